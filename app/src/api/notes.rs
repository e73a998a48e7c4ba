//! The note of a post, for the agency alone.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, PostId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// The note of a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoteData {
    /// What it says.
    pub body: String,
    /// Moves with every change; 0 where there is none yet.
    pub revision: i32,
    /// "Maja, Fri 16 Oct, 09:00"; empty where there is none yet.
    pub changed: String,
}

/// The note of a post; an empty one where there is none.
///
/// # Errors
/// When the post is not this person's to see.
#[server(endpoint = "note")]
pub async fn note(client: ClientId, post: PostId) -> Result<NoteData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let found = services
        .note(&actor, client, post)
        .await
        .map_err(ssr::refuse)?;
    Ok(found.map_or_else(NoteData::default, |note| super::mapping::note(&view, note)))
}

/// Writes the note of a post over the revision that its writer has seen.
///
/// # Errors
/// When it is too long, or somebody has changed it since.
#[server(endpoint = "write_note", input = Json)]
pub async fn write_note(
    client: ClientId,
    post: PostId,
    body: String,
    over: i32,
) -> Result<NoteData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let kept = services
        .write_note(&actor, client, post, &body, over)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::note(&view, kept))
}
