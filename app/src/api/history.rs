//! The history, and whether anything has changed.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::history::Tone;
use domain::{ClientId, DeliveryId, DeliveryState, Platform, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::deliveries::{Held, StandingData};

/// A page of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryData {
    /// The client's name.
    pub client_name: String,
    /// The rows, newest first.
    pub rows: Vec<HistoryRow>,
    /// Hand this over to read on.
    pub next: Option<String>,
    /// Moves with every change.
    pub version: i64,
}

/// A row of the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryRow {
    /// The delivery.
    pub id: DeliveryId,
    /// The first line of the caption.
    pub title: String,
    /// The poster frame.
    pub poster_url: Option<String>,
    /// Its platform.
    pub platform: Platform,
    /// "@kestrelcoffee".
    pub account_name: String,
    /// Where it stands.
    pub state: DeliveryState,
    /// "Mon 12 Oct, 17:30".
    pub due: String,
    /// "Mon 12 Oct, 17:31", once it is published.
    pub published: Option<String>,
    /// "1 min 52 s late" or "On time".
    pub punctuality: Option<String>,
    /// How many attempts there were.
    pub attempts: i32,
    /// What is the matter, if anything is.
    pub problem: Option<String>,
    /// The public address.
    pub post_url: Option<String>,
    /// What keeps it although its minute has come.
    pub held: Option<Held>,
}

/// One delivery with all that happened to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryData {
    /// The row.
    pub row: HistoryRow,
    /// How it stands.
    pub standing: StandingData,
    /// The post.
    pub post: PostId,
    /// "Mon 12 Oct 2026, 17:30:00".
    pub due_exact: String,
    /// "17:31:52".
    pub published_exact: Option<String>,
    /// "London".
    pub place: String,
    /// How far the upload is: bytes taken, and bytes in all.
    pub progress: Option<(u64, u64)>,
    /// The attempts, newest first; what happened before the first attempt comes last with number 0.
    pub attempts: Vec<AttemptData>,
    /// What was sent, as name and value.
    pub sent: Vec<(String, String)>,
    /// Moves with every change.
    pub version: i64,
}

/// What happened at a client that belongs to no post.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivityData {
    /// What happened, newest first.
    pub steps: Vec<StepData>,
    /// Moves with every change.
    pub version: i64,
}

/// An attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptData {
    /// From 1; 0 for what people did before.
    pub number: i32,
    /// Where it stands or ended: "Published", "Stopped", "Under way".
    pub outcome: String,
    /// How that turned out.
    pub tone: Tone,
    /// "1 min 17 s".
    pub took: String,
    /// Its steps, newest first.
    pub steps: Vec<StepData>,
}

/// A step of an attempt.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepData {
    /// Its place in the order of things.
    pub id: i64,
    /// "17:31:52".
    pub time: String,
    /// "Mon 12 Oct", where it is another day than the step before.
    pub day: String,
    /// A word for machines: what kind of thing it was.
    pub kind: String,
    /// How it turned out.
    pub tone: Tone,
    /// What was done.
    pub title: String,
    /// Why.
    pub detail: String,
    /// The platform's own words.
    pub platform_words: Option<String>,
    /// "40.2 s".
    pub took: Option<String>,
    /// Who did it; `None` for the software itself.
    pub actor: Option<String>,
}

/// A page of the history; `before` is what the page before handed over.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "history")]
pub async fn history(client: ClientId, before: Option<String>) -> Result<HistoryData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let before = before.and_then(|text| text.parse().ok());
    let page = services
        .history(&actor, client, before)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::history(&view, page))
}

/// One delivery with all that happened to it.
///
/// # Errors
/// When it is not this person's to see.
#[server(endpoint = "delivery")]
pub async fn delivery(client: ClientId, delivery: DeliveryId) -> Result<DeliveryData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let found = services
        .delivery_history(&actor, client, delivery)
        .await
        .map_err(ssr::refuse)?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let of = (
        found.row.delivery.clone(),
        found.row.account.clone(),
        found.row.post.version.clone(),
    );
    let standing = services
        .standings(&actor, client, std::slice::from_ref(&of))
        .await
        .map_err(ssr::refuse)?
        .pop()
        .ok_or_else(|| ssr::refuse(services::ServiceError::NotFound("delivery")))?;
    let standing = super::mapping::standing(&view, services.clock.now(), standing);
    Ok(super::mapping::delivery(found, standing))
}

/// What happened at a client that belongs to no post: connections, pauses, settings.
///
/// # Errors
/// When the client is not this person's to see.
#[server(ReadActivity, endpoint = "activity")]
pub async fn activity(client: ClientId) -> Result<ActivityData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let found = services
        .activity(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::activity(found))
}
