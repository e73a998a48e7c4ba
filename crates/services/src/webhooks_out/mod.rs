//! What other systems of the agency are told: signed webhooks, as <https://www.standardwebhooks.com> has
//! them. A message is kept with what it tells of, and delivered afterwards.

mod endpoints;
mod signature;
mod work;

use db::models::{webhook_endpoint, webhook_message};
use domain::webhook::WebhookEvent;
use domain::{AccountId, ClientId, DeliveryId, EndpointId, Platform, PostId};
use serde_json::{Value, json};

use crate::{ServiceError, ServiceResult, Services};

pub use endpoints::{EndpointView, MessageView, NewEndpoint};
pub use signature::sign;

impl Services {
    /// Tells whoever wants to know of a client, in the transaction of what it tells of. `data` is an
    /// object: ids and facts, without content.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub(crate) async fn announce(
        &self,
        conn: &mut db::Connection,
        client: ClientId,
        event: WebhookEvent,
        data: Value,
    ) -> ServiceResult<()> {
        let endpoints = webhook_endpoint::told_of(conn, client).await?;
        if endpoints.is_empty() {
            return Ok(());
        }
        let mut data = data;
        if let Value::Object(fields) = &mut data {
            fields.insert("client_id".to_owned(), json!(client));
        }
        self.keep_message(conn, &endpoints, event, &data).await
    }

    async fn keep_message(
        &self,
        conn: &mut db::Connection,
        endpoints: &[EndpointId],
        event: WebhookEvent,
        data: &Value,
    ) -> ServiceResult<()> {
        let now = self.clock.now();
        let body = json!({ "type": event, "timestamp": now, "data": data });
        let body = serde_json::to_string(&body).map_err(ServiceError::internal)?;
        Ok(webhook_message::insert(conn, endpoints, event.as_str(), &body, now).await?)
    }
}

/// What a webhook says of a delivery: which it is, and what became of it.
pub(crate) fn delivery_data(
    (delivery, post, account): (DeliveryId, PostId, AccountId),
    platform: Platform,
    outcome: Value,
) -> Value {
    let mut data = json!({
        "delivery_id": delivery,
        "post_id": post,
        "account_id": account,
        "platform": platform,
    });
    if let (Value::Object(data), Value::Object(outcome)) = (&mut data, outcome) {
        data.extend(outcome);
    }
    data
}

/// What a webhook says of an account.
pub(crate) fn account_data(account: AccountId, platform: Platform, outcome: Value) -> Value {
    let mut data = json!({ "account_id": account, "platform": platform });
    if let (Value::Object(data), Value::Object(outcome)) = (&mut data, outcome) {
        data.extend(outcome);
    }
    data
}

/// What binds an address's sealed secret to its row.
pub(crate) fn place(id: EndpointId) -> String {
    format!("webhook_endpoints/{id}/sealed_secret")
}
