//! Clients.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::session::FrameClient;

/// A row of the client list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientRow {
    /// The client.
    pub client: FrameClient,
    /// How many accounts are linked.
    pub accounts: u32,
    /// How many of them need a person.
    pub attention: u32,
    /// "Fri 16 Oct, 09:00": when the next post goes out.
    pub next_post: Option<String>,
}

/// All clients by name.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(endpoint = "list_clients")]
pub async fn list_clients() -> Result<Vec<ClientRow>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let rows = services
        .client_overview(&actor)
        .await
        .map_err(ssr::refuse)?;
    Ok(rows
        .into_iter()
        .map(|row| ClientRow {
            next_post: row.next_post.map(domain::time::local_label),
            client: FrameClient {
                id: row.client.id,
                name: row.client.name,
                zone_label: row.client.zone_label,
                zone_label_with_offset: row.client.zone_label_with_offset,
            },
            accounts: row.accounts,
            attention: row.attention,
        })
        .collect())
}

/// Adds a client and goes to its accounts, to connect the first one. Works as a plain form.
///
/// # Errors
/// When the name is empty or taken, or the zone does not exist.
#[server(endpoint = "create_client")]
pub async fn create_client(name: String, time_zone: String) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let id = services
        .create_client(&actor, &name, &time_zone)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/clients/{id}/accounts"));
    Ok(())
}

/// The zones to choose from, by their IANA names.
///
/// # Errors
/// [`ApiError::SignedOut`] when nobody is signed in.
#[server(endpoint = "zone_names")]
pub async fn zone_names() -> Result<Vec<String>, ApiError> {
    crate::ssr::signed_in().await?;
    Ok(domain::time::zone_names()
        .into_iter()
        .map(str::to_owned)
        .collect())
}
