//! Many posts at once: a month out of a spreadsheet, and a calendar for other programs.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::ClientId;
use domain::rules::Severity;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// What becomes of a row of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RowStanding {
    /// It becomes a draft.
    Fine,
    /// It becomes a draft, and something is worth knowing.
    Doubtful,
    /// It is there already, and is skipped.
    Known,
    /// It has to be mended first.
    Wrong,
}

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportRow {
    /// The line that it begins on.
    pub line: u64,
    /// "Mon 30 Nov 2026, 09:00", as far as it could be read.
    pub when: String,
    /// The first line of the caption.
    pub title: String,
    /// "@kestrelcoffee on TikTok, 1 file".
    pub facts: String,
    /// What becomes of it.
    pub standing: RowStanding,
    /// What is to be known, a sentence each.
    pub told: Vec<(Severity, String)>,
}

/// What an import does, or has done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportData {
    /// What is to be known about the whole, a sentence each.
    pub told: Vec<String>,
    /// The rows, in the order of the file.
    pub rows: Vec<ImportRow>,
    /// "London, GMT (UTC)".
    pub zone_label: String,
    /// How many posts are kept; `None` when nothing was.
    pub imported: Option<u32>,
    /// "2026-11": the month of the first of them.
    pub month: Option<String>,
}

impl ImportData {
    /// How many rows stand so.
    #[must_use]
    pub fn count(&self, standing: RowStanding) -> usize {
        self.rows
            .iter()
            .filter(|row| row.standing == standing)
            .count()
    }
}

/// What the page for imports has to say about the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPageData {
    /// "London, GMT (UTC)".
    pub zone_label: String,
    /// How the client's accounts are called in a file.
    pub accounts: Vec<String>,
    /// The first and the last day of this month: "2026-11-01".
    pub month: (String, String),
    /// Whether whoever looks may import.
    pub may_import: bool,
}

/// What the page for imports has to say about the client.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "import_page")]
pub async fn import_page(client: ClientId) -> Result<ImportPageData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let guide = services
        .import_guide(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(ImportPageData {
        zone_label: guide.zone_label,
        accounts: guide.accounts,
        month: (guide.month.0.to_string(), guide.month.1.to_string()),
        may_import: actor.role.may(domain::Permission::WritePosts),
    })
}

/// The secret address of a client's calendar, which itself is shown once, when it is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedData {
    /// "Olive Owner, Fri 16 Oct, 09:00": who made it and when; `None` when there is none.
    pub made: Option<String>,
    /// Whether whoever looks may make one and take it back.
    pub may_change: bool,
}

/// Whether a client's calendar has a secret address.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "calendar_feed")]
pub async fn calendar_feed(client: ClientId) -> Result<FeedData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let found = services
        .calendar_feed(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(FeedData {
        made: found.map(|feed| super::mapping::by_and_when(&view, &feed.made_by, feed.made_at)),
        may_change: actor.role.may(domain::Permission::ManageClients),
    })
}

/// Gives a client's calendar a new secret address, and hands it over. The one before ends with that.
///
/// # Errors
/// When the client is not this person's to manage.
#[server(endpoint = "make_calendar_feed")]
pub async fn make_calendar_feed(client: ClientId) -> Result<String, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .make_calendar_feed(&actor, client)
        .await
        .map_err(ssr::refuse)
}

/// Takes the secret address of a client's calendar back.
///
/// # Errors
/// When the client is not this person's to manage.
#[server(endpoint = "revoke_calendar_feed")]
pub async fn revoke_calendar_feed(client: ClientId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .revoke_calendar_feed(&actor, client)
        .await
        .map_err(ssr::refuse)
}

/// Reads a file of posts: tells row by row what would become of it, and with `keep` keeps them as drafts, all of
/// them or none.
///
/// # Errors
/// When it is no file of posts.
#[server(endpoint = "import_posts", input = Json)]
pub async fn import_posts(
    client: ClientId,
    text: String,
    keep: bool,
) -> Result<ImportData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let report = if keep {
        services.import_posts(&actor, client, &text).await
    } else {
        services.check_import(&actor, client, &text).await
    };
    report.map(super::mapping::import).map_err(ssr::refuse)
}
