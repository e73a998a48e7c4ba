//! Bluesky, or any other server of the AT Protocol: by OAuth or by an app password.
//!
//! There is no one place to talk to. A handle leads to an identity, and that to the server that the
//! account lives on ([`identity`]); whoever grants access to it is a server of its own ([`oauth`]).

mod api;
pub mod config;
mod error;
mod facets;
mod identity;
mod key;
mod net;
mod oauth;
mod password;
mod proof;
mod publish;
mod session;
mod video;

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Platform;
use domain::account::AccountFacts;
use domain::post::PlatformOptions;
use secrecy::SecretString;
use url::Url;

pub use config::{Config, VideoService};
pub use key::{KeyError, generate_signing_key};

use crate::http::HttpClientError;
use crate::{
    Access, Authorization, CancelOutcome, Checkpoint, Connector, Consent, Cost, PlatformError,
    Profile, Reconciled, Renewal, StepContext, StepOutcome, TokenSet, Way,
};
use api::Api;
use net::Net;
use oauth::Client;
use session::Session;

/// What is asked of a person: to act as the account's own app does, but for its settings and messages.
const SCOPES: [&str; 2] = ["atproto", "transition:generic"];

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
    client: Client,
    net: Arc<Net>,
}

impl Bluesky {
    /// A connector with this configuration. It has an HTTP client of its own, which goes to public
    /// addresses only, because people say which servers it talks to.
    ///
    /// # Errors
    /// When the signing key is none, or no HTTP client can be set up.
    pub fn new(config: Config) -> Result<Self, SetupError> {
        Ok(Self {
            client: Client::new(config.public_url.clone(), &config.signing_key)?,
            net: Arc::new(Net::new(&config.development_hosts)?),
            config,
        })
    }

    /// The JSON document to serve at [`config::CLIENT_METADATA_PATH`], as `application/json`, to anybody;
    /// the public key is in it. `None` where the public address cannot be a client id (plain http, a
    /// bare IP address, or a port of its own): there is nothing to serve then.
    #[must_use]
    pub fn client_metadata(&self) -> Option<serde_json::Value> {
        self.client.document()
    }
}

/// An account's session, opened for calls.
struct Opened<'a> {
    net: &'a Net,
    session: Session,
    access: Access<'a>,
}

impl Opened<'_> {
    fn api(&self) -> Api<'_> {
        Api {
            net: self.net,
            session: &self.session,
            token: self.access.access_token,
            did: self.access.platform_user_id,
        }
    }
}

impl Bluesky {
    fn open<'a>(&'a self, access: Access<'a>) -> Result<Opened<'a>, PlatformError> {
        Ok(Opened {
            net: &self.net,
            session: Session::open(access.session)?,
            access,
        })
    }
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
        &SCOPES
    }

    async fn authorize(
        &self,
        hint: Option<&str>,
        state: &str,
        redirect_uri: &Url,
    ) -> Result<Authorization, PlatformError> {
        oauth::authorize(
            &self.net,
            &self.config,
            &self.client,
            hint,
            state,
            redirect_uri,
        )
        .await
    }

    async fn exchange(
        &self,
        consent: Consent<'_>,
        redirect_uri: &Url,
        private: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError> {
        oauth::exchange(
            &self.net,
            &self.config,
            &self.client,
            consent,
            redirect_uri,
            private,
        )
        .await
    }

    async fn sign_in(
        &self,
        identifier: &str,
        secret: &SecretString,
    ) -> Result<(TokenSet, Profile), PlatformError> {
        let tokens = password::sign_in(&self.net, &self.config, identifier, secret).await?;
        let profile = self.profile(tokens.access()).await?;
        Ok((tokens, profile))
    }

    async fn refresh(&self, renewal: Renewal<'_>) -> Result<TokenSet, PlatformError> {
        match Session::open(renewal.session)? {
            Session::Password { server } => {
                password::refresh(&self.net, &server, renewal.refresh_token).await
            }
            Session::Oauth(session) => {
                oauth::refresh(
                    &self.net,
                    &self.client,
                    &session,
                    renewal.platform_user_id,
                    renewal.refresh_token,
                )
                .await
            }
        }
    }

    async fn revoke(
        &self,
        access: Access<'_>,
        refresh_token: Option<&SecretString>,
    ) -> Result<(), PlatformError> {
        match Session::open(access.session)? {
            // Without the one token that ends it, the session ends by itself.
            Session::Password { server } => match refresh_token {
                Some(token) => password::revoke(&self.net, &server, token).await,
                None => Ok(()),
            },
            Session::Oauth(session) => {
                let token = refresh_token.unwrap_or(access.access_token);
                oauth::revoke(&self.net, &self.client, &session, token).await
            }
        }
    }

    async fn profile(&self, access: Access<'_>) -> Result<Profile, PlatformError> {
        api::profile(&self.open(access)?.api(), &self.config).await
    }

    async fn avatar(&self, address: &str) -> Result<Bytes, PlatformError> {
        api::avatar(&self.net, address).await
    }

    async fn account_facts(&self, access: Access<'_>) -> Result<AccountFacts, PlatformError> {
        self.open(access)?.api().session().await?;
        Ok(AccountFacts::Bluesky)
    }

    fn costs(
        &self,
        _options: &PlatformOptions,
        files: usize,
        checkpoint: Option<&Checkpoint>,
    ) -> Vec<Cost> {
        publish::costs(files, checkpoint)
    }

    async fn step(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<StepOutcome, PlatformError> {
        let opened = self.open(context.access)?;
        publish::step(opened.api(), &self.config, &context, checkpoint).await
    }

    fn may_be_out(&self, checkpoint: Option<&Checkpoint>) -> bool {
        checkpoint.is_some_and(publish::may_be_out)
    }

    async fn cancel(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<CancelOutcome, PlatformError> {
        // Who has just noted that the post goes out now, and has not sent it, can still keep it.
        let may_be_out = context.resumed && self.may_be_out(checkpoint.as_ref());
        Ok(if may_be_out {
            CancelOutcome::TooLate
        } else {
            CancelOutcome::Cancelled
        })
    }

    async fn reconcile(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Reconciled, PlatformError> {
        let opened = self.open(context.access)?;
        publish::reconcile(opened.api(), &self.config, &context, checkpoint).await
    }
}
