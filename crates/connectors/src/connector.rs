//! The one trait that every platform is behind, and what goes in and out of it.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::account::AccountFacts;
use domain::history::Tone;
use domain::media::{Attached, MediaFacts};
use domain::post::PlatformOptions;
use domain::{DeliveryId, Platform};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;

use crate::error::{ErrorKind, PlatformError};

/// How an account can be connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// By the platform's own consent page.
    Redirect,
    /// The same, but the handle has to be known first, because it says which server to go to.
    RedirectWithHandle,
    /// By the handle and a password that the person made for AutoPost alone.
    AppPassword,
}

/// Where to send the browser so that a person can grant access, and what must be kept until they return.
pub struct Authorization {
    /// The platform's own page, with everything it needs in the query.
    pub url: url::Url,
    /// What [`Connector::exchange`] needs again: kept sealed until the person returns, and read by
    /// nobody but the connector.
    pub private: Option<SecretString>,
}

/// What the platform's consent page sent the browser back with.
#[derive(Clone, Copy)]
pub struct Consent<'a> {
    /// The code to trade for tokens.
    pub code: &'a str,
    /// Who sent it back, where the platform says (RFC 9207).
    pub iss: Option<&'a str>,
    /// What we sent along; the caller has made sure that it is ours.
    pub state: &'a str,
}

/// Tokens as a platform handed them out. Plaintext: seal before storing, never log.
pub struct TokenSet {
    /// Used on every call.
    pub access_token: SecretString,
    /// Seconds from now until the access token ends.
    pub expires_in: u64,
    /// Used to renew; `None` when the reply carried none (or an empty one), which must never overwrite
    /// a stored one.
    pub refresh_token: Option<SecretString>,
    /// Seconds from now until the refresh token ends, where the platform says.
    pub refresh_expires_in: Option<u64>,
    /// The scopes that the person really granted.
    pub scopes: Vec<String>,
    /// The account's id within our app, where the reply names it.
    pub platform_user_id: Option<String>,
    /// Whatever else the platform's session needs, read by nobody but the connector; `None` never
    /// overwrites a stored one.
    pub session: Option<SecretString>,
}

impl TokenSet {
    /// What calls are made with.
    #[must_use]
    pub fn access(&self) -> Access<'_> {
        Access {
            access_token: &self.access_token,
            platform_user_id: self.platform_user_id.as_deref().unwrap_or_default(),
            session: self.session.as_ref(),
        }
    }
}

/// What calls for an account are made with.
#[derive(Clone, Copy)]
pub struct Access<'a> {
    /// The account's access token.
    pub access_token: &'a SecretString,
    /// The account's id within our app; empty while it is not known.
    pub platform_user_id: &'a str,
    /// Whatever else the platform's session needs.
    pub session: Option<&'a SecretString>,
}

/// What an account's tokens are renewed with.
#[derive(Clone, Copy)]
pub struct Renewal<'a> {
    /// The refresh token.
    pub refresh_token: &'a SecretString,
    /// The account's id within our app.
    pub platform_user_id: &'a str,
    /// Whatever else the platform's session needs.
    pub session: Option<&'a SecretString>,
}

/// What is shown of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The account's id within our app.
    pub platform_user_id: String,
    /// The display name.
    pub nickname: String,
    /// The handle without `@`; `None` when the granted scopes do not show it.
    pub handle: Option<String>,
    /// Where the avatar can be copied from, for a short while.
    pub avatar_url: Option<String>,
}

/// A file that a connector reads parts of while it uploads.
#[async_trait]
pub trait MediaSource: Send + Sync {
    /// Size in bytes.
    fn len(&self) -> u64;
    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Opens `length` bytes from `start`; the reader ends after them.
    async fn open(
        &self,
        start: u64,
        length: u64,
    ) -> std::io::Result<Box<dyn AsyncRead + Send + Unpin>>;
    /// Where the platform can fetch the whole file for the next two hours at least, without signing in.
    /// Whoever knows it can: never log or show it. `None` where there is no such address.
    fn public_address(&self) -> Option<url::Url> {
        None
    }
}

/// What is to be said on one account.
#[derive(Clone)]
pub struct DeliveryContent {
    /// Which delivery this is; where a platform lets us choose an identity, it is derived from this.
    pub delivery_id: DeliveryId,
    /// The caption for this account.
    pub caption: String,
    /// The platform's own options.
    pub options: PlatformOptions,
    /// When it was to go out.
    pub due_at: DateTime<Utc>,
    /// The files, in order; none for a post of text alone.
    pub media: Vec<MediaItem>,
}

/// A file of a post.
#[derive(Clone)]
pub struct MediaItem {
    /// What the probe found.
    pub facts: MediaFacts,
    /// The description for people who cannot see it; may be empty.
    pub alt: String,
    /// Its bytes.
    pub source: Arc<dyn MediaSource>,
}

impl DeliveryContent {
    /// The files as the rules look at them.
    #[must_use]
    pub fn attached(&self) -> Vec<Attached<'_>> {
        self.media
            .iter()
            .map(|item| Attached {
                facts: &item.facts,
                alt: &item.alt,
            })
            .collect()
    }
}

/// Where a delivery stands with its platform: opaque to the publisher, sealed when stored, because it
/// can hold upload addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checkpoint(pub serde_json::Value);

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").finish_non_exhaustive()
    }
}

/// Everything that a step may look at.
pub struct StepContext<'a> {
    /// What calls are made with.
    pub access: Access<'a>,
    /// The account's handle, for the address of the post.
    pub handle: Option<&'a str>,
    /// What is to be said.
    pub content: &'a DeliveryContent,
    /// The injected time.
    pub now: DateTime<Utc>,
    /// Whether this is the first step after a claim with a checkpoint: the worker before may have died
    /// anywhere, so the platform is asked what it has before anything is sent.
    pub resumed: bool,
}

/// What a step tells the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// How it turned out.
    pub tone: Tone,
    /// What we did, a few words: "Sent part 1 of 3".
    pub title: String,
    /// Why, or what it means; one sentence, may be empty.
    pub detail: String,
    /// The platform's own words, without secrets; shown in monospace.
    pub platform_words: Option<String>,
}

/// How far an upload is, for the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that the platform has taken.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// What follows from a step.
pub enum StepOutcome {
    /// Write the checkpoint, then take the next step at once.
    Continue {
        /// Where it stands now.
        checkpoint: Checkpoint,
        /// For the history; `None` where the step is not worth a line.
        report: Option<StepReport>,
        /// For the screens.
        progress: Option<Progress>,
    },
    /// Write the checkpoint, let go, and come back at `until`. The platform is working.
    Wait {
        /// Where it stands now.
        checkpoint: Checkpoint,
        /// When to ask again.
        until: DateTime<Utc>,
        /// For the history.
        report: Option<StepReport>,
    },
    /// The platform confirmed the post.
    Published {
        /// The platform's id of the post, once it tells it.
        id: Option<String>,
        /// The public address of the post, or of the profile while the id is not known.
        address: Option<String>,
        /// For the history.
        report: Option<StepReport>,
        /// Where the id can still be learnt later: the checkpoint to continue from, and when.
        follow_up: Option<(Checkpoint, DateTime<Utc>)>,
    },
}

/// Whose budget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BudgetScope {
    /// Each account has its own.
    Account,
    /// All accounts share it.
    App,
}

/// How often a platform lets something be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Its name, unique within the platform.
    pub name: &'static str,
    /// Whose it is.
    pub scope: BudgetScope,
    /// How often.
    pub limit: u32,
    /// Within what time.
    pub window: Duration,
}

/// One unit of a budget that a step spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Of which budget.
    pub budget: &'static Budget,
}

/// What became of the wish to take a delivery back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Nothing of it is out, and nothing will be.
    Cancelled,
    /// It is out, or may be.
    TooLate,
}

/// What the platform says became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// It is out.
    Found {
        /// The platform's id of the post, where it tells it.
        id: Option<String>,
        /// The public address of the post.
        address: Option<String>,
    },
    /// It is certainly not out, and never will be from what was sent.
    NotThere,
    /// The same, and the platform says why.
    Failed(PlatformError),
    /// Nobody can say yet.
    StillUnknown,
}

/// A call of a platform at our address for what it tells by itself.
#[derive(Clone, Copy)]
pub struct WebhookCall<'a> {
    /// Looks a header up by its name in lower case.
    pub header: &'a (dyn Fn(&str) -> Option<String> + Send + Sync),
    /// The bytes as they came.
    pub body: &'a [u8],
    /// The injected time.
    pub now: DateTime<Utc>,
}

/// What a platform tells by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// When the platform says that it happened.
    pub sent_at: DateTime<Utc>,
    /// The account's id within our app.
    pub platform_user_id: String,
    /// What happened.
    pub news: News,
}

/// What a platform can tell by itself. A hint: it may come twice, late, or never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum News {
    /// Something became of what a delivery announced: the platform is to be asked.
    Task {
        /// The platform's name for it, as [`Connector::task_id`] has it.
        task_id: String,
    },
    /// A post is no longer public.
    TaskHidden {
        /// The platform's name for what was announced.
        task_id: String,
    },
    /// The account took our access away.
    AccessRemoved {
        /// Why; one sentence.
        why: String,
    },
    /// Nothing that matters here.
    Nothing,
}

/// Why a call of a platform is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// The platform tells nothing by itself, as far as AutoPost knows.
    #[error("This platform has no webhooks here.")]
    NoSuchThing,
    /// The signature is missing or is not the platform's.
    #[error(
        "The signature is missing or wrong. Check that the app’s secret is the one in AutoPost."
    )]
    NotSigned,
    /// It was signed too long ago, or in the future.
    #[error("The signature is too old, or ahead of this server’s clock.")]
    Stale,
    /// It is for another app.
    #[error("This is for another app. Check that the app’s key is the one in AutoPost.")]
    AnotherApp,
    /// It is signed and cannot be read.
    #[error("The body cannot be read.")]
    Unreadable,
}

/// One platform. Implementations hold their configuration and an HTTP client, and no state that is missed
/// when it is lost.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Which platform this is.
    fn platform(&self) -> Platform;

    /// How an account can be connected here, the recommended way first.
    fn ways(&self) -> &[Way] {
        &[Way::Redirect]
    }

    /// The scopes without which a consent cannot be used; what the person refused of these is told to
    /// them by name.
    fn required_scopes(&self) -> &'static [&'static str];

    /// Prepares the address of the platform's own consent page, account chooser forced. `hint` is the
    /// handle, where the way needs one.
    ///
    /// # Errors
    /// When the configured address cannot carry the query, or as the platform answers.
    async fn authorize(
        &self,
        hint: Option<&str>,
        state: &str,
        redirect_uri: &url::Url,
    ) -> Result<Authorization, PlatformError>;

    /// Trades what came back for tokens.
    ///
    /// # Errors
    /// As the platform answers.
    async fn exchange(
        &self,
        consent: Consent<'_>,
        redirect_uri: &url::Url,
        private: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError>;

    /// Signs in with a password that the person made for AutoPost alone.
    ///
    /// # Errors
    /// As the platform answers, or that it has no such way.
    async fn sign_in(
        &self,
        identifier: &str,
        secret: &SecretString,
    ) -> Result<(TokenSet, Profile), PlatformError> {
        let _ = (identifier, secret);
        Err(PlatformError::new(
            ErrorKind::Rejected,
            format!(
                "{0} accounts are connected on {0}’s own page, not by a password.",
                self.platform()
            ),
        ))
    }

    /// Renews the tokens.
    ///
    /// # Errors
    /// As the platform answers; only [`ErrorKind::Reauthorise`](crate::ErrorKind::Reauthorise) means
    /// that the connection is dead.
    async fn refresh(&self, renewal: Renewal<'_>) -> Result<TokenSet, PlatformError>;

    /// Gives the access back.
    ///
    /// # Errors
    /// As the platform answers; a disconnect purges all the same.
    async fn revoke(
        &self,
        access: Access<'_>,
        refresh_token: Option<&SecretString>,
    ) -> Result<(), PlatformError>;

    /// Asks who the account is.
    ///
    /// # Errors
    /// As the platform answers.
    async fn profile(&self, access: Access<'_>) -> Result<Profile, PlatformError>;

    /// Copies an avatar: bytes and nothing else; the caller judges the content.
    ///
    /// # Errors
    /// When it cannot be fetched or has more than 5 MB.
    async fn avatar(&self, address: &str) -> Result<Bytes, PlatformError>;

    /// Asks what the account allows at this moment.
    ///
    /// # Errors
    /// As the platform answers.
    async fn account_facts(&self, access: Access<'_>) -> Result<AccountFacts, PlatformError>;

    /// Which budgets the next step from this checkpoint spends.
    fn costs(&self, content: &DeliveryContent, checkpoint: Option<&Checkpoint>) -> Vec<Cost> {
        let _ = (content, checkpoint);
        Vec::new()
    }

    /// Takes one step from a checkpoint (`None` at the start). The caller stores the checkpoint that
    /// comes back before it calls again.
    ///
    /// # Errors
    /// Of one of six kinds; the checkpoint that went in stays valid.
    async fn step(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<StepOutcome, PlatformError>;

    /// How many posts the platform takes on one account within 24 hours, where it says.
    fn daily_posts(&self) -> Option<u32> {
        None
    }

    /// The platform's name for what a delivery has announced there, by which it tells of it by itself.
    fn task_id(&self, checkpoint: &Checkpoint) -> Option<String> {
        let _ = checkpoint;
        None
    }

    /// Makes sure that a call at our address for webhooks is the platform's and meant for us, and reads it.
    ///
    /// # Errors
    /// Why it is not taken.
    fn webhook(&self, call: &WebhookCall<'_>) -> Result<Webhook, WebhookRefused> {
        let _ = call;
        Err(WebhookRefused::NoSuchThing)
    }

    /// What is told of a delivery while it waits here for somebody else than the platform: one sentence.
    fn standing(&self, checkpoint: &Checkpoint) -> Option<String> {
        let _ = checkpoint;
        None
    }

    /// Whether the platform may have posted it, or may still, from what this checkpoint has sent: what
    /// fails then is never called failed, because somebody would send it again.
    fn may_be_out(&self, checkpoint: Option<&Checkpoint>) -> bool {
        checkpoint.is_some()
    }

    /// Makes sure that nothing is posted, where that is still possible.
    ///
    /// # Errors
    /// As the platform answers; the delivery goes on then.
    async fn cancel(
        &self,
        _context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<CancelOutcome, PlatformError> {
        Ok(if self.may_be_out(checkpoint.as_ref()) {
            CancelOutcome::TooLate
        } else {
            CancelOutcome::Cancelled
        })
    }

    /// Asks what became of a delivery whose outcome is unknown.
    ///
    /// # Errors
    /// As the platform answers; it is asked again later.
    async fn reconcile(
        &self,
        _context: StepContext<'_>,
        _checkpoint: Option<Checkpoint>,
    ) -> Result<Reconciled, PlatformError> {
        Ok(Reconciled::StillUnknown)
    }
}
