//! TikTok: Login Kit for the web and the Content Posting API. Videos go up by file upload, pictures are
//! fetched by TikTok; both as direct posts, or as drafts into the account's inbox.

mod api;
mod chunks;
pub mod config;
mod error;
mod library;
mod oauth;
mod photos;
mod publish;
mod token;
mod webhook;
mod wire;

use async_trait::async_trait;
use bytes::Bytes;
use domain::Platform;
use domain::account::AccountFacts;
use domain::post::PlatformOptions;
use secrecy::SecretString;
use url::Url;

pub use config::{PkceMode, TikTokConfig};

use crate::http::HttpClient;
use crate::{
    Access, Authorization, CancelOutcome, Checkpoint, Connector, Consent, Cost, PlatformError,
    Profile, Reconciled, Renewal, StepContext, StepOutcome, TokenSet, Webhook, WebhookCall,
    WebhookRefused,
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

    async fn authorize(
        &self,
        _hint: Option<&str>,
        state: &str,
        redirect_uri: &Url,
    ) -> Result<Authorization, PlatformError> {
        oauth::authorize(&self.config, state, redirect_uri)
    }

    async fn exchange(
        &self,
        consent: Consent<'_>,
        redirect_uri: &Url,
        private: Option<&SecretString>,
    ) -> Result<TokenSet, PlatformError> {
        oauth::exchange(
            &self.config,
            &self.http,
            consent.code,
            redirect_uri,
            private,
        )
        .await
    }

    async fn refresh(&self, renewal: Renewal<'_>) -> Result<TokenSet, PlatformError> {
        oauth::refresh(&self.config, &self.http, renewal.refresh_token).await
    }

    async fn revoke(
        &self,
        access: Access<'_>,
        _refresh_token: Option<&SecretString>,
    ) -> Result<(), PlatformError> {
        oauth::revoke(&self.config, &self.http, access.access_token).await
    }

    async fn profile(&self, access: Access<'_>) -> Result<Profile, PlatformError> {
        self.api(access.access_token).profile().await
    }

    async fn avatar(&self, address: &str) -> Result<Bytes, PlatformError> {
        api::avatar(&self.config, &self.http, address).await
    }

    async fn account_facts(&self, access: Access<'_>) -> Result<AccountFacts, PlatformError> {
        let creator = self.api(access.access_token).creator_info().await?;
        Ok(AccountFacts::TikTok(creator))
    }

    fn daily_posts(&self) -> Option<u32> {
        domain::rules::TIKTOK.posts_a_day
    }

    fn may_be_out(&self, checkpoint: Option<&Checkpoint>) -> bool {
        checkpoint.is_some_and(publish::may_be_out)
    }

    fn costs(
        &self,
        options: &PlatformOptions,
        _files: usize,
        checkpoint: Option<&Checkpoint>,
    ) -> Vec<Cost> {
        publish::costs(options, checkpoint)
    }

    fn webhook(&self, call: &WebhookCall<'_>) -> Result<Webhook, WebhookRefused> {
        webhook::read(&self.config, call)
    }

    fn task_id(&self, checkpoint: &Checkpoint) -> Option<String> {
        publish::task_id(checkpoint)
    }

    fn standing(&self, checkpoint: &Checkpoint) -> Option<String> {
        publish::standing(checkpoint)
    }

    async fn step(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<StepOutcome, PlatformError> {
        publish::step(self.api(context.access.access_token), &context, checkpoint).await
    }

    async fn cancel(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<CancelOutcome, PlatformError> {
        publish::cancel(self.api(context.access.access_token), &context, checkpoint).await
    }

    async fn reconcile(
        &self,
        context: StepContext<'_>,
        checkpoint: Option<Checkpoint>,
    ) -> Result<Reconciled, PlatformError> {
        publish::reconcile(self.api(context.access.access_token), &context, checkpoint).await
    }
}
