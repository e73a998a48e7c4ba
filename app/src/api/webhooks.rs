//! The addresses of others that are told by webhooks.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, EndpointId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// An address that is told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndpointRow {
    /// Its id.
    pub id: EndpointId,
    /// Where it is.
    pub url: String,
    /// The client that it is told of; `None` for every one.
    pub client: Option<String>,
    /// Why it is switched off, and since when.
    pub disabled: Option<String>,
    /// What it was told last, newest first.
    pub last: Vec<MessageRow>,
}

/// Something that an address was told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// "delivery.published".
    pub kind: String,
    /// When.
    pub at: String,
    /// What has become of it.
    pub state: MessageState,
    /// What went wrong, and when it is told again.
    pub detail: String,
}

/// What has become of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MessageState {
    /// It is told when its time comes.
    Waiting,
    /// The address took it.
    Sent,
    /// It was not taken, and is not told again.
    Failed,
}

/// The addresses, and the clients to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhooksData {
    /// The addresses.
    pub endpoints: Vec<EndpointRow>,
    /// The clients: id and name.
    pub clients: Vec<(ClientId, String)>,
}

/// An address that was just added, with its secret: shown once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddedEndpoint {
    /// Where it is.
    pub url: String,
    /// What proves that a call comes from here.
    pub secret: String,
}

/// The addresses that are told.
///
/// # Errors
/// For anybody but owners.
#[server(ReadWebhooks, endpoint = "webhooks")]
pub async fn webhooks() -> Result<WebhooksData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let endpoints = services
        .webhook_endpoints(&actor)
        .await
        .map_err(ssr::refuse)?;
    let clients = services.clients(&actor).await.map_err(ssr::refuse)?;
    Ok(WebhooksData {
        endpoints: endpoints
            .into_iter()
            .map(super::mapping::endpoint)
            .collect(),
        clients: clients
            .into_iter()
            .map(|client| (client.id, client.name))
            .collect(),
    })
}

/// Adds an address, of a client (its id) or of every one (nothing), and hands over its secret.
///
/// # Errors
/// When the address is not one that is called; for anybody but owners.
#[server(AddEndpoint, endpoint = "add_webhook")]
pub async fn add_webhook(
    url: String,
    #[server(default)] client: String,
) -> Result<AddedEndpoint, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let client = match client.trim() {
        "" => None,
        id => Some(
            id.parse()
                .map_err(|_| ssr::refuse(services::ServiceError::NotFound("client")))?,
        ),
    };
    let added = services
        .add_webhook_endpoint(&actor, &url, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(AddedEndpoint {
        url,
        secret: added.reveal().to_owned(),
    })
}

/// Switches an address off or on. Works as a plain form, which comes back to the page it stood on.
///
/// # Errors
/// When there is none with this id; for anybody but owners.
#[server(SetEndpoint, endpoint = "set_webhook")]
pub async fn set_webhook(endpoint: EndpointId, enabled: bool) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .set_webhook_endpoint(&actor, endpoint, enabled)
        .await
        .map_err(ssr::refuse)
}

/// Removes an address. Works as a plain form, which comes back to the page it stood on.
///
/// # Errors
/// When there is none with this id; for anybody but owners.
#[server(RemoveEndpoint, endpoint = "remove_webhook")]
pub async fn remove_webhook(endpoint: EndpointId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .remove_webhook_endpoint(&actor, endpoint)
        .await
        .map_err(ssr::refuse)
}

/// Sends an address something that tells of nothing. Works as a plain form, which comes back to the page it
/// stood on.
///
/// # Errors
/// When it is switched off; for anybody but owners.
#[server(TestEndpoint, endpoint = "test_webhook")]
pub async fn test_webhook(endpoint: EndpointId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .test_webhook_endpoint(&actor, endpoint)
        .await
        .map_err(ssr::refuse)
}
