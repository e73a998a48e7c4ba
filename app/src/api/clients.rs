//! Clients.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::ClientId;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::controls::PauseData;
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
    /// Whether its publishing is paused.
    pub paused: bool,
}

/// What is set for a client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClientSettings {
    /// Its name.
    pub name: String,
    /// "Europe/London".
    pub time_zone: String,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
    /// How many minutes after its minute a post is still sent.
    pub lateness_minutes: i32,
    /// The times to choose from: minutes, and "24 hours".
    pub choices: Vec<(i32, String)>,
    /// Whether its publishing is paused.
    pub pause: Option<PauseData>,
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
            paused: row.paused,
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

/// What is set for a client.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ReadClientSettings, endpoint = "client_settings")]
pub async fn client_settings(client: ClientId) -> Result<ClientSettings, ApiError> {
    use super::controls::PauseReach;
    use crate::ssr;
    use services::clients::lateness_words;
    let (services, actor) = ssr::signed_in().await?;
    let settings = services
        .client_settings(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let version = services
        .state_version(&actor, Some(client))
        .await
        .map_err(ssr::refuse)?;
    let look = super::mapping::look(&services, &actor, Some(client), version).await;
    let pauses = look.map_err(ssr::refuse)?.pauses;
    let mut choices: Vec<i32> = vec![60, 6 * 60, 24 * 60, 48 * 60, 7 * 24 * 60];
    // What was set by other means stays possible.
    choices.push(settings.lateness_minutes);
    choices.sort_unstable();
    choices.dedup();
    Ok(ClientSettings {
        name: settings.client.name,
        time_zone: settings.client.time_zone,
        zone_label: settings.client.zone_label_with_offset,
        lateness_minutes: settings.lateness_minutes,
        choices: choices
            .into_iter()
            .map(|minutes| (minutes, lateness_words(minutes)))
            .collect(),
        pause: pauses
            .into_iter()
            .find(|pause| pause.reach == PauseReach::Client),
    })
}

/// Renames a client, and sets how long after its minute a post is still sent. Works as a plain form.
///
/// # Errors
/// When the name is empty or taken, or the time is out of range.
#[server(SaveClientSettings, endpoint = "save_client_settings")]
pub async fn save_client_settings(
    client: ClientId,
    name: String,
    lateness_minutes: i32,
) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .update_client(&actor, client, &name, lateness_minutes)
        .await
        .map_err(ssr::refuse)?;
    leptos_axum::redirect(&format!("/clients/{client}/settings?saved=1"));
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
