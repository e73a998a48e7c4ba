//! Bluesky, or any other server of the AT Protocol: by OAuth or by an app password.

pub mod config;
mod key;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Platform;
use domain::account::AccountFacts;
use secrecy::SecretString;
use url::Url;

pub use config::{Config, VideoService};
pub use key::{KeyError, generate_signing_key};

use crate::http::{HttpClient, HttpClientError};
use crate::{
    Access, Authorization, Checkpoint, Connector, Consent, ErrorKind, PlatformError, Profile,
    Renewal, StepContext, StepOutcome, TokenSet, Way,
};
use key::Key;

/// The configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The signing key is none.
    #[error("the key that signs for Bluesky cannot be used")]
    Key(#[from] KeyError),
    /// No HTTP client.
    #[error(transparent)]
    Http(#[from] HttpClientError),
}

/// The connector for Bluesky, or for whatever stands in for it at the configured addresses.
#[derive(Clone, Debug)]
pub struct Bluesky {
    config: Config,
    #[expect(dead_code, reason = "being written")]
    key: std::sync::Arc<Key>,
    #[expect(dead_code, reason = "being written")]
    http: HttpClient,
}

impl Bluesky {
    /// A connector with this configuration. It has an HTTP client of its own, which goes to public
    /// addresses only, because people say which servers it talks to.
    ///
    /// # Errors
    /// When the signing key is none, or no HTTP client can be set up.
    pub fn new(config: Config) -> Result<Self, SetupError> {
        Ok(Self {
            key: std::sync::Arc::new(Key::read(&config.signing_key)?),
            http: HttpClient::new()?,
            config,
        })
    }

    /// The JSON document to serve at [`config::CLIENT_METADATA_PATH`], as `application/json`, to anybody;
    /// the public key is in it. `None` where the public address cannot be a client id (plain http, a
    /// bare IP address, or a port of its own): there is nothing to serve then.
    #[must_use]
    pub fn client_metadata(&self) -> Option<serde_json::Value> {
        (self.config.public_url.scheme() == "https").then(|| serde_json::json!({}))
    }
}

fn unfinished() -> PlatformError {
    PlatformError::new(ErrorKind::Rejected, "Bluesky is not ready yet.")
}

#[async_trait]
impl Connector for Bluesky {
    fn platform(&self) -> Platform {
        Platform::Bluesky
    }

    fn ways(&self) -> &[Way] {
        &[Way::RedirectWithHandle, Way::AppPassword]
    }

    fn required_scopes(&self) -> &'static [&'static str] {
        &["atproto", "transition:generic"]
    }

    async fn authorize(
        &self,
        _hint: Option<&str>,
        _state: &str,
        _redirect_uri: &Url,
    ) -> Result<Authorization, PlatformError> {
        Err(unfinished())
    }

    async fn exchange(
        &self,
        _consent: Consent<'_>,
        _redirect_uri: &Url,
        _private: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError> {
        Err(unfinished())
    }

    async fn refresh(&self, _renewal: Renewal<'_>) -> Result<TokenSet, PlatformError> {
        Err(unfinished())
    }

    async fn revoke(
        &self,
        _access: Access<'_>,
        _refresh_token: Option<&SecretString>,
    ) -> Result<(), PlatformError> {
        Err(unfinished())
    }

    async fn profile(&self, _access: Access<'_>) -> Result<Profile, PlatformError> {
        Err(unfinished())
    }

    async fn avatar(&self, _address: &str) -> Result<Bytes, PlatformError> {
        Err(unfinished())
    }

    async fn account_facts(&self, _access: Access<'_>) -> Result<AccountFacts, PlatformError> {
        Err(unfinished())
    }

    async fn step(
        &self,
        _context: StepContext<'_>,
        _checkpoint: Option<Checkpoint>,
    ) -> Result<StepOutcome, PlatformError> {
        Err(unfinished())
    }
}
