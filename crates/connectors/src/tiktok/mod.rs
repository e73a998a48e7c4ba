//! TikTok: Login Kit for the web and the Content Posting API, videos by file upload as direct posts.

mod api;
mod chunks;
pub mod config;
mod error;
mod oauth;
mod publish;
mod token;
mod wire;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Platform;
use domain::tiktok::CreatorInfo;
use secrecy::SecretString;
use url::Url;

pub use config::{PkceMode, TikTokConfig};

use crate::http::HttpClient;
use crate::{
    Authorization, Checkpoint, Connector, PlatformError, Profile, StepContext, StepOutcome,
    TokenSet,
};
use api::Api;

/// The connector for TikTok, or for whatever stands in for it at the configured addresses.
#[derive(Clone, Debug)]
pub struct TikTok {
    config: TikTokConfig,
    http: HttpClient,
}

impl TikTok {
    /// A connector with this configuration.
    #[must_use]
    pub const fn new(config: TikTokConfig, http: HttpClient) -> Self {
        Self { config, http }
    }

    const fn api<'a>(&'a self, access_token: &'a SecretString) -> Api<'a> {
        Api {
            config: &self.config,
            http: &self.http,
            access_token,
        }
    }
}

#[async_trait]
impl Connector for TikTok {
    fn platform(&self) -> Platform {
        Platform::TikTok
    }

    fn required_scopes(&self) -> &'static [&'static str] {
        &["user.info.basic", "video.publish"]
    }

    fn authorize(&self, state: &str, redirect_uri: &Url) -> Result<Authorization, PlatformError> {
        oauth::authorize(&self.config, state, redirect_uri)
    }

    async fn exchange(
        &self,
        code: &str,
        redirect_uri: &Url,
        pkce_verifier: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError> {
        oauth::exchange(&self.config, &self.http, code, redirect_uri, pkce_verifier).await
    }

    async fn refresh(&self, refresh_token: &SecretString) -> Result<TokenSet, PlatformError> {
        oauth::refresh(&self.config, &self.http, refresh_token).await
    }

    async fn revoke(&self, access_token: &SecretString) -> Result<(), PlatformError> {
        oauth::revoke(&self.config, &self.http, access_token).await
    }

    async fn profile(&self, access_token: &SecretString) -> Result<Profile, PlatformError> {
        self.api(access_token).profile().await
    }

    async fn avatar(&self, address: &str) -> Result<Bytes, PlatformError> {
        api::avatar(&self.config, &self.http, address).await
    }

    async fn creator_info(
        &self,
        access_token: &SecretString,
    ) -> Result<CreatorInfo, PlatformError> {
        self.api(access_token).creator_info().await
    }

    async fn step(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<StepOutcome, PlatformError> {
        publish::step(self.api(context.access_token), &context, checkpoint).await
    }
}
