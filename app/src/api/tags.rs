//! Tags: what the agency sorts a client's posts by.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, PostId, TagId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagData {
    /// Its id.
    pub id: TagId,
    /// How it is called.
    pub name: String,
}

/// What the field of a post's tags starts with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostTagsData {
    /// The names of the tags that the post has.
    pub chosen: Vec<String>,
    /// The names of all that the client's posts have, to choose from.
    pub known: Vec<String>,
}

/// The tags that any post of a client carries, by name.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "tags")]
pub async fn tags(client: ClientId) -> Result<Vec<TagData>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let found = services.tags(&actor, client).await.map_err(ssr::refuse)?;
    Ok(found
        .into_iter()
        .map(|tag| TagData {
            id: tag.id,
            name: tag.name,
        })
        .collect())
}

/// What the field of a post's tags starts with; a new post has none.
///
/// # Errors
/// When the client or post is not this person's to see.
#[server(endpoint = "post_tags")]
pub async fn post_tags(client: ClientId, post: Option<PostId>) -> Result<PostTagsData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let chosen = match post {
        Some(post) => services
            .post_tags(&actor, client, post)
            .await
            .map_err(ssr::refuse)?,
        None => Vec::new(),
    };
    let known = services.tags(&actor, client).await.map_err(ssr::refuse)?;
    Ok(PostTagsData {
        chosen: chosen.into_iter().map(|tag| tag.name).collect(),
        known: known.into_iter().map(|tag| tag.name).collect(),
    })
}

/// Gives a post these tags and no others; those that are not there yet are made. Returns them as they are kept.
///
/// # Errors
/// When a name will not do, or the post is not this person's to write.
#[server(endpoint = "set_post_tags", input = Json)]
pub async fn set_post_tags(
    client: ClientId,
    post: PostId,
    names: Vec<String>,
) -> Result<Vec<String>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let kept = services
        .set_post_tags(&actor, client, post, &names)
        .await
        .map_err(ssr::refuse)?;
    Ok(kept.into_iter().map(|tag| tag.name).collect())
}
