//! Clients.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::ClientId;
use domain::approval::{ApprovalPolicy, Approvers, LateApproval};
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
    /// The zones to choose from, by their IANA names.
    pub zones: Vec<String>,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
    /// How many of its approvers have to agree.
    pub approvers: Approvers,
    /// What happens to a post whose minute comes before its approval.
    pub late_approval: LateApproval,
    /// How many minutes before its minute a decision about a post is wanted.
    pub decide_ahead_minutes: i32,
    /// The times to choose from: minutes, and "24 hours".
    pub ahead_choices: Vec<(i32, String)>,
    /// Who approves for the client, by name.
    pub approver_names: Vec<String>,
    /// How many posts are scheduled that the client has not approved.
    pub scheduled_unapproved: u32,
    /// Who is told of failures besides the team.
    pub failure_email: Option<String>,
    /// "#1f4a44".
    pub brand_color: Option<String>,
    /// How many days its files are kept, where that differs from the installation.
    pub media_retention_days: Option<i32>,
    /// How many days files are kept otherwise.
    pub usual_retention_days: u16,
    /// Whether whoever asks may change any of it.
    pub may_change: bool,
    /// Whether its publishing is paused.
    pub pause: Option<PauseData>,
}

/// What is to be set for a client; what is not given stays.
///
/// A field that is left empty is not told from one that is not there, so a form that has all of them says so:
/// then what is empty is to be empty.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct SettingsForm {
    /// Its name.
    pub name: String,
    /// The IANA name of its zone.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// How many minutes after its minute a post is still sent.
    #[serde(default)]
    pub lateness_minutes: Option<i32>,
    /// Whether its posts need approval.
    #[serde(default)]
    pub approval_policy: Option<ApprovalPolicy>,
    /// How many of its approvers have to agree.
    #[serde(default)]
    pub approvers: Option<Approvers>,
    /// What happens to a post whose minute comes before its approval.
    #[serde(default)]
    pub late_approval: Option<LateApproval>,
    /// How many minutes before its minute a decision about a post is wanted.
    #[serde(default)]
    pub decide_ahead_minutes: Option<i32>,
    /// Who is told of failures besides the team.
    #[serde(default)]
    pub failure_email: Option<String>,
    /// "#1f4a44".
    #[serde(default)]
    pub brand_color: Option<String>,
    /// How many days its files are kept.
    #[serde(default)]
    pub media_retention_days: Option<i32>,
    /// Whether all of this was on the form.
    #[serde(default)]
    pub whole: Option<bool>,
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
    let facts = services
        .frame(&actor, Some(client))
        .await
        .map_err(ssr::refuse)?;
    let look = super::mapping::look(&services, &actor, Some(client), &facts).await;
    let pauses = look.map_err(ssr::refuse)?.pauses;
    let mut choices: Vec<i32> = vec![60, 6 * 60, 24 * 60, 48 * 60, 7 * 24 * 60];
    // What was set by other means stays possible.
    choices.push(settings.lateness_minutes);
    choices.sort_unstable();
    choices.dedup();
    let mut ahead: Vec<i32> = vec![2 * 60, 6 * 60, 12 * 60, 24 * 60, 48 * 60, 72 * 60];
    ahead.push(settings.decide_ahead_minutes);
    ahead.sort_unstable();
    ahead.dedup();
    Ok(ClientSettings {
        zones: domain::time::zone_names()
            .into_iter()
            .map(str::to_owned)
            .collect(),
        approval_policy: settings.approval_policy,
        approvers: settings.approvers,
        late_approval: settings.late_approval,
        decide_ahead_minutes: settings.decide_ahead_minutes,
        ahead_choices: ahead
            .into_iter()
            .map(|minutes| (minutes, lateness_words(minutes)))
            .collect(),
        approver_names: settings.approver_names,
        scheduled_unapproved: u32::try_from(settings.scheduled_unapproved).unwrap_or(u32::MAX),
        failure_email: settings.failure_email,
        brand_color: settings.brand_color,
        media_retention_days: settings.media_retention_days,
        usual_retention_days: settings.usual_retention_days,
        may_change: actor.role.may(domain::Permission::ManageClients),
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

/// Sets what is set for a client; what is not given stays. Works as a plain form.
///
/// # Errors
/// When something will not do, or something is scheduled that nobody could approve.
#[server(SaveClientSettings, endpoint = "save_client_settings")]
pub async fn save_client_settings(client: ClientId, form: SettingsForm) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let is_whole = form.whole == Some(true);
    let text = |given: Option<String>| given.or_else(|| is_whole.then(String::new));
    let input = services::client_settings::SettingsInput {
        name: Some(form.name),
        time_zone: form.time_zone,
        lateness_minutes: form.lateness_minutes,
        approval_policy: form.approval_policy,
        approvers: form.approvers,
        late_approval: form.late_approval,
        decide_ahead_minutes: form.decide_ahead_minutes,
        failure_email: text(form.failure_email),
        brand_color: text(form.brand_color),
        media_retention_days: form.media_retention_days.or(is_whole.then_some(0)),
    };
    let saved = services
        .update_client(&actor, client, &input)
        .await
        .map_err(ssr::refuse)?;
    let sent = match saved.sent_for_approval {
        0 => String::new(),
        sent => format!("&sent={sent}"),
    };
    leptos_axum::redirect(&format!("/clients/{client}/settings?saved=1{sent}"));
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
