//! Pausing and resuming, and the one look that every page takes at what has changed.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{AccountId, ClientId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// How far a pause reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PauseReach {
    /// Everything that this installation publishes.
    Everything,
    /// A client.
    Client,
    /// An account.
    Account(AccountId),
}

/// A pause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PauseData {
    /// How far it reaches.
    pub reach: PauseReach,
    /// "@kestrelcoffee" or "Kestrel Coffee": what is paused, unless it is everything.
    pub name: Option<String>,
    /// "today, 12:04".
    pub since: String,
    /// Who paused it.
    pub by: Option<String>,
    /// How many posts are due and wait for its end.
    pub held: u32,
}

impl PauseData {
    /// "Publishing for Kestrel Coffee was paused by Olga Owner, today, 12:04."
    #[must_use]
    pub fn sentence(&self) -> String {
        let by = self
            .by
            .as_ref()
            .map_or_else(String::new, |by| format!(" by {by}"));
        format!("{} was paused{by}, {}.", self.what(), self.since)
    }

    /// "All publishing", "Publishing for Kestrel Coffee", "Publishing on @kestrelcoffee".
    #[must_use]
    pub fn what(&self) -> String {
        match (self.reach, &self.name) {
            (PauseReach::Everything, _) => "All publishing".to_owned(),
            (PauseReach::Client, Some(name)) => format!("Publishing for {name}"),
            (PauseReach::Client, None) => "Publishing for this client".to_owned(),
            (PauseReach::Account(_), Some(name)) => format!("Publishing on {name}"),
            (PauseReach::Account(_), None) => "Publishing on this account".to_owned(),
        }
    }

    /// What resuming does to what waits; empty when nothing does.
    #[must_use]
    pub fn consequence(&self) -> String {
        match self.held {
            0 => "Nothing is due yet.".to_owned(),
            1 => "1 post is due and waits; it goes out as soon as you resume.".to_owned(),
            held => format!("{held} posts are due and wait; they go out as soon as you resume."),
        }
    }
}

/// What every page looks at when something has changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Moves with every change of state.
    pub version: i64,
    /// How much this person was told and has not read.
    pub unread: u32,
    /// How many accounts of the client need a person.
    pub accounts_attention: u32,
    /// How many posts wait for a decision.
    pub approvals: u32,
    /// What is paused, the widest first.
    pub pauses: Vec<PauseData>,
}

/// What has changed since `seen`, of a client or without one of everybody; `None` when nothing has, and as
/// much is `unread` as before.
///
/// # Errors
/// When the client is not this person's to see.
#[server(TakeLook, endpoint = "look")]
pub async fn look(
    client: Option<ClientId>,
    seen: i64,
    #[server(default)] unread: u32,
) -> Result<Option<Look>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let facts = services.frame(&actor, client).await.map_err(ssr::refuse)?;
    if facts.version == seen && facts.unread == i64::from(unread) {
        return Ok(None);
    }
    let look = super::mapping::look(&services, &actor, client, &facts).await;
    look.map(Some).map_err(ssr::refuse)
}

/// Pauses or resumes: an account, a client, or without either everything. Works as a plain form, which
/// comes back to the page it stood on.
///
/// # Errors
/// When the client or account is not this person's to see.
#[server(SetPaused, endpoint = "set_paused")]
pub async fn set_paused(
    client: Option<ClientId>,
    account: Option<AccountId>,
    paused: bool,
) -> Result<(), ApiError> {
    use crate::ssr;
    use services::controls::PauseScope;
    let (services, actor) = ssr::signed_in().await?;
    let scope = match (client, account) {
        (Some(client), Some(account)) => PauseScope::Account(client, account),
        (Some(client), None) => PauseScope::Client(client),
        (None, None) => PauseScope::Everything,
        (None, Some(_)) => {
            return Err(ssr::refuse(services::ServiceError::NotFound("account")));
        }
    };
    services
        .set_paused(&actor, scope, paused)
        .await
        .map_err(ssr::refuse)
}
