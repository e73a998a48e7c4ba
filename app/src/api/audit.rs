//! Who did what.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::audit::AuditAction;
use domain::{ClientId, UserId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;

/// How many of the newest entries are verified for a person who asks.
pub const CHECKED: i64 = 10_000;

/// What is asked for, as it stands in the address: whatever is left out is not asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditQuery {
    /// A user's id.
    #[serde(default)]
    pub person: String,
    /// A client's id.
    #[serde(default)]
    pub client: String,
    /// An action's word.
    #[serde(default)]
    pub action: String,
    /// The first day, as `2026-10-14`.
    #[serde(default)]
    pub from: String,
    /// The last day.
    #[serde(default)]
    pub to: String,
    /// The id of the entry that the page before ended with.
    #[serde(default)]
    pub before: String,
}

/// A page of the audit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditData {
    /// The rows, newest first.
    pub rows: Vec<AuditRow>,
    /// Hand this over to read on.
    pub next: Option<i64>,
    /// "London, BST (UTC+1)" or "UTC".
    pub zone_label: String,
    /// Whom can be asked for.
    pub people: Vec<(UserId, String)>,
    /// Which clients can be asked for.
    pub clients: Vec<(ClientId, String)>,
    /// How far the chain goes.
    pub chained: Option<ChainedData>,
    /// What a look at the newest entries found, where one was asked for.
    pub checked: Option<CheckedData>,
}

/// The last link of the chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainedData {
    /// Its place.
    pub seq: i64,
    /// Its hash, in hex.
    pub hash: String,
}

/// What a look at the newest entries found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CheckedData {
    /// How many were looked at.
    pub entries: u64,
    /// "Wed 14 Oct 2026, 12:00:05": when that was.
    pub at: String,
    /// What is not as it was written.
    pub problems: Vec<String>,
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditRow {
    /// Its id.
    pub id: i64,
    /// "Wed 14 Oct 2026".
    pub day: String,
    /// "12:00:05".
    pub time: String,
    /// How whoever did it was called then.
    pub who: String,
    /// Their role then; `None` where it was no user.
    pub role: Option<String>,
    /// What they did, as it follows the name.
    pub what: String,
    /// At which client.
    pub client: Option<(ClientId, String)>,
    /// To what: a noun, and where it can be seen.
    pub subject: Option<(String, Option<String>)>,
    /// What changed: name, before, after.
    pub details: Vec<(String, Option<String>, Option<String>)>,
    /// From which address.
    pub ip: Option<String>,
    /// By which browser.
    pub agent: Option<String>,
}

/// Every action with its words, for the filter.
#[must_use]
pub fn actions() -> Vec<(&'static str, &'static str)> {
    AuditAction::ALL
        .iter()
        .map(|action| (action.as_str(), action.phrase()))
        .collect()
}

/// A page of the audit. `check` has the newest entries verified.
///
/// # Errors
/// For whoever may not read it, also at that client.
#[server(ReadAudit, endpoint = "audit")]
pub async fn audit(
    #[server(default)] person: String,
    #[server(default)] client: String,
    #[server(default)] action: String,
    #[server(default)] from: String,
    #[server(default)] to: String,
    #[server(default)] before: String,
    #[server(default)] check: bool,
) -> Result<AuditData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let query = AuditQuery {
        person,
        client,
        action,
        from,
        to,
        before,
    };
    let wanted = wanted(&query).map_err(ssr::refuse)?;
    let page = services
        .audit_page(&actor, &wanted)
        .await
        .map_err(ssr::refuse)?;
    let checked = if check {
        let verdict = services.check_newest_audit(&actor, CHECKED).await;
        Some((verdict.map_err(ssr::refuse)?, services.clock.now()))
    } else {
        None
    };
    Ok(super::mapping::audit(page, checked))
}

/// What an address asks for.
///
/// # Errors
/// When it cannot be read.
#[cfg(feature = "ssr")]
pub fn wanted(
    query: &AuditQuery,
) -> Result<services::audit::read::AuditFilter, services::ServiceError> {
    fn read<T: std::str::FromStr>(text: &str) -> Result<Option<T>, services::ServiceError> {
        let text = text.trim();
        if text.is_empty() {
            return Ok(None);
        }
        text.parse().map(Some).map_err(|_| {
            services::ServiceError::Invalid(format!(
                "The audit cannot be filtered by “{text}”. Choose the filters anew."
            ))
        })
    }
    Ok(services::audit::read::AuditFilter {
        person: read(&query.person)?,
        client: read(&query.client)?,
        action: read(&query.action)?,
        from: read(&query.from)?,
        to: read(&query.to)?,
        before: read(&query.before)?,
    })
}
