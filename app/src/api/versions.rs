//! What a post said before.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::ApiError;
use super::approvals::CaptionPart;

/// A save of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveData {
    /// Its id.
    pub id: i64,
    /// "Maja, Fri 16 Oct, 09:00".
    pub saved: String,
    /// Whether it is what the post says now.
    pub is_now: bool,
    /// Whether it is the first that is kept.
    pub is_first: bool,
    /// The caption compared with the one before; empty when it is the same.
    pub caption: Vec<CaptionPart>,
    /// What else has changed, a sentence each.
    pub others: Vec<String>,
}

/// The last saves of a post, newest first.
///
/// # Errors
/// When the post is not this person's to see.
#[server(endpoint = "post_saves")]
pub async fn post_saves(client: ClientId, post: PostId) -> Result<Vec<SaveData>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let saves = services
        .post_saves(&actor, client, post)
        .await
        .map_err(ssr::refuse)?;
    Ok(saves
        .into_iter()
        .map(|save| super::mapping::save(&view, save))
        .collect())
}

/// Brings back what a post said, as a new save. Returns what could not be brought back, and what follows.
///
/// # Errors
/// When the post can no longer be changed.
#[server(endpoint = "restore_save")]
pub async fn restore_save(
    client: ClientId,
    post: PostId,
    save: i64,
) -> Result<Vec<String>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let restored = services
        .restore_save(&actor, client, post, save)
        .await
        .map_err(ssr::refuse)?;
    Ok(restored.told)
}
