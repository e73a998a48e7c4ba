//! What platforms tell by themselves. A call is kept first and acted on afterwards, so that one that was
//! answered with "received" is not lost by a crash.

mod inbox;

use connectors::{News, Webhook, WebhookCall, WebhookRefused};
use db::models::webhook;
use domain::Platform;
use sha2::{Digest, Sha256};

use crate::{ServiceError, ServiceResult, Services};

/// What became of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is kept and will be acted on.
    Kept,
    /// It was kept before, or there is nothing to do about it.
    NothingNew,
    /// It is not taken.
    Refused(WebhookRefused),
}

impl Services {
    /// Takes a call in. `header` looks a header up by its name in lower case.
    ///
    /// # Errors
    /// When this server has no such platform, or the database cannot be reached: the platform is to
    /// call again then.
    pub async fn receive_webhook(
        &self,
        platform: Platform,
        header: &(dyn Fn(&str) -> Option<String> + Send + Sync),
        body: &[u8],
    ) -> ServiceResult<Received> {
        let connector = self.connector(platform)?;
        let now = self.clock.now();
        let call = WebhookCall { header, body, now };
        let webhook: Webhook = match connector.webhook(&call) {
            Ok(webhook) => webhook,
            Err(refused) => return Ok(Received::Refused(refused)),
        };
        if webhook.news == News::Nothing {
            return Ok(Received::NothingNew);
        }
        let hash = Sha256::digest(body);
        let news = serde_json::to_value(&webhook).map_err(ServiceError::internal)?;
        let is_new = webhook::insert(&mut *self.conn().await?, platform, &hash, &news, now).await?;
        if !is_new {
            return Ok(Received::NothingNew);
        }
        self.webhook_came.notify_one();
        Ok(Received::Kept)
    }

    /// Returns when this process has kept a call that nobody has looked at yet.
    pub async fn webhook_came(&self) {
        self.webhook_came.notified().await;
    }
}
