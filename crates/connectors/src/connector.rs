//! The one trait that every platform is behind, and what goes in and out of it.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use domain::history::Tone;
use domain::media::VideoFacts;
use domain::post::PlatformOptions;
use domain::tiktok::CreatorInfo;
use domain::{DeliveryId, Platform};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tokio::io::AsyncRead;

use crate::error::PlatformError;

/// Where to send the browser so that a person can grant access, and what must be kept until they return.
pub struct Authorization {
    /// The platform's own page, with everything it needs in the query.
    pub url: url::Url,
    /// The PKCE verifier, where the platform's mode has one; needed again for [`Connector::exchange`].
    pub pkce_verifier: Option<SecretString>,
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
    /// The probed facts of the video.
    pub video: VideoFacts,
    /// The video's bytes.
    pub media: Arc<dyn MediaSource>,
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
    /// The account's access token.
    pub access_token: &'a SecretString,
    /// The account's id within our app.
    pub platform_user_id: &'a str,
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

/// One platform. Implementations hold their configuration and an HTTP client, and no state.
#[async_trait]
pub trait Connector: Send + Sync {
    /// Which platform this is.
    fn platform(&self) -> Platform;

    /// The scopes without which the account cannot be used; what the person refused of these is told
    /// to them by name.
    fn required_scopes(&self) -> &'static [&'static str];

    /// Prepares the address of the platform's own consent page, account chooser forced.
    ///
    /// # Errors
    /// When the configured address cannot carry the query.
    fn authorize(
        &self,
        state: &str,
        redirect_uri: &url::Url,
    ) -> Result<Authorization, PlatformError>;

    /// Trades the code that came back for tokens.
    ///
    /// # Errors
    /// As the platform answers.
    async fn exchange(
        &self,
        code: &str,
        redirect_uri: &url::Url,
        pkce_verifier: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError>;

    /// Renews the tokens.
    ///
    /// # Errors
    /// As the platform answers; only [`ErrorKind::Reauthorise`](crate::ErrorKind::Reauthorise) means
    /// that the connection is dead.
    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet, PlatformError>;

    /// Gives the access back.
    ///
    /// # Errors
    /// As the platform answers; a disconnect purges all the same.
    async fn revoke(&self, access_token: &SecretString) -> Result<(), PlatformError>;

    /// Asks who the account is.
    ///
    /// # Errors
    /// As the platform answers.
    async fn profile(&self, access_token: &SecretString) -> Result<Profile, PlatformError>;

    /// Copies an avatar: bytes and nothing else; the caller judges the content.
    ///
    /// # Errors
    /// When it cannot be fetched or has more than 5 MB.
    async fn avatar(&self, address: &str) -> Result<Bytes, PlatformError>;

    /// Asks what the account allows at this moment.
    ///
    /// # Errors
    /// As the platform answers.
    async fn creator_info(&self, access_token: &SecretString)
    -> Result<CreatorInfo, PlatformError>;

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
}
