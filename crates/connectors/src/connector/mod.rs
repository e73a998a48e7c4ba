//! The one trait that every platform is behind, and what goes in and out of it.

mod access;
mod content;
mod step;
mod webhook;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Platform;
use domain::account::AccountFacts;
use domain::post::PlatformOptions;
use secrecy::SecretString;

pub use access::{Access, Authorization, Consent, Profile, Renewal, TokenSet, Way};
pub use content::{DeliveryContent, MediaItem, MediaSource};
pub use step::{
    Budget, BudgetScope, CancelOutcome, Checkpoint, Cost, Progress, Reconciled, StepContext,
    StepOutcome, StepReport,
};
pub use webhook::{News, Webhook, WebhookCall, WebhookRefused};

use crate::error::{ErrorKind, PlatformError};

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

    /// Which budgets the next step from this checkpoint spends, for a delivery of so many files.
    fn costs(
        &self,
        options: &PlatformOptions,
        files: usize,
        checkpoint: Option<&Checkpoint>,
    ) -> Vec<Cost> {
        let _ = (options, files, checkpoint);
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
