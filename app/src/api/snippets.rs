//! Snippets: pieces of captions that are used again.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::{ClientId, SnippetId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;

/// A snippet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnippetData {
    /// Its id.
    pub id: SnippetId,
    /// How it is called.
    pub name: String,
    /// What it says.
    pub body: String,
    /// Whether it is for every client.
    pub for_all: bool,
    /// Whether whoever looks may change it.
    pub may_change: bool,
}

/// The snippets for a client.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnippetsData {
    /// The snippets, by name.
    pub snippets: Vec<SnippetData>,
    /// Whether whoever looks may make some for every client.
    pub may_make_for_all: bool,
}

/// What a snippet is to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SnippetForm {
    /// The one to change; `None` makes a new one.
    pub id: Option<SnippetId>,
    /// How it is called.
    pub name: String,
    /// What it says.
    pub body: String,
    /// Whether it is for every client.
    pub for_all: bool,
}

/// The snippets for a client, with those that are for all; by name.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "snippets")]
pub async fn snippets(client: ClientId) -> Result<SnippetsData, ApiError> {
    use crate::ssr;
    use services::planning::snippets::may_change_for_all;
    let (services, actor) = ssr::signed_in().await?;
    let found = services
        .snippets(&actor, client)
        .await
        .map_err(ssr::refuse)?;
    let may_make_for_all = may_change_for_all(&actor);
    Ok(SnippetsData {
        snippets: found
            .into_iter()
            .map(|snippet| SnippetData {
                id: snippet.id,
                name: snippet.name,
                body: snippet.body,
                for_all: snippet.client_id.is_none(),
                may_change: snippet.client_id.is_some() || may_make_for_all,
            })
            .collect(),
        may_make_for_all,
    })
}

/// Makes or changes a snippet.
///
/// # Errors
/// When something will not do, or the name is taken.
#[server(endpoint = "save_snippet", input = Json)]
pub async fn save_snippet(client: ClientId, form: SnippetForm) -> Result<SnippetId, ApiError> {
    use crate::ssr;
    use services::planning::snippets::SnippetInput;
    let (services, actor) = ssr::signed_in().await?;
    let input = SnippetInput {
        id: form.id,
        name: form.name,
        body: form.body,
        for_all: form.for_all,
    };
    services
        .save_snippet(&actor, client, input)
        .await
        .map_err(ssr::refuse)
}

/// Removes a snippet. What was written with it stays.
///
/// # Errors
/// When it is not this person's to change.
#[server(endpoint = "delete_snippet")]
pub async fn delete_snippet(client: ClientId, snippet: SnippetId) -> Result<(), ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    services
        .delete_snippet(&actor, client, snippet)
        .await
        .map_err(ssr::refuse)
}
