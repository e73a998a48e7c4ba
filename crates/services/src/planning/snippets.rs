//! Snippets: pieces of captions that are used again, of one client or of all.

use db::AsyncConnection;
use db::models::snippet;
use domain::audit::AuditAction;
use domain::{ClientId, Permission, SnippetId};
use serde_json::json;

use crate::actor::Reach;
use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::snippet::Snippet;

/// The longest name.
const NAME: usize = 60;
/// The longest text: no platform takes a longer caption.
const BODY: usize = 5_000;

/// What a snippet is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnippetInput {
    /// The one to change; `None` makes a new one.
    pub id: Option<SnippetId>,
    /// How it is called.
    pub name: String,
    /// What it says.
    pub body: String,
    /// Whether it is for every client.
    pub for_all: bool,
}

/// Whether a person may change what every client's posts are written with.
#[must_use]
pub fn may_change_for_all(actor: &Actor) -> bool {
    actor.role.may(Permission::ManageClients) && actor.reach == Reach::Every
}

impl Services {
    /// The snippets for a client, with those that are for all; by name.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn snippets(&self, actor: &Actor, client: ClientId) -> ServiceResult<Vec<Snippet>> {
        self.client_row(actor, Permission::SeeDesk, client).await?;
        Ok(snippet::for_client(&mut *self.conn().await?, client).await?)
    }

    /// Makes or changes a snippet.
    ///
    /// # Errors
    /// When something will not do, the name is taken, or it is for all and the person is not for all clients.
    pub async fn save_snippet(
        &self,
        actor: &Actor,
        client: ClientId,
        input: SnippetInput,
    ) -> ServiceResult<SnippetId> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let (name, body) = check(&input)?;
        if input.for_all && !may_change_for_all(actor) {
            return Err(ServiceError::Forbidden);
        }
        let wanted = Snippet {
            id: input.id.unwrap_or_else(SnippetId::generate),
            client_id: (!input.for_all).then_some(client.0),
            name,
            body,
        };
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let saved = conn
            .transaction(async |conn| {
                if input.id.is_some() {
                    self.own_snippet(conn, actor, client, wanted.id).await?;
                    snippet::update(conn, &wanted, now).await?;
                } else {
                    snippet::insert(conn, &wanted, actor.user_id, now).await?;
                }
                let entry = changed(client, wanted.id, "saved", input.for_all);
                self.record(conn, By::User(actor), &[entry]).await
            })
            .await;
        match saved {
            Err(error) if error.is_duplicate() => Err(ServiceError::Conflict(format!(
                "There is a snippet called “{}” already. Choose another name.",
                wanted.name
            ))),
            other => other.map(|()| wanted.id),
        }
    }

    /// Removes a snippet. What was written with it stays.
    ///
    /// # Errors
    /// When it is not this person's to change.
    pub async fn delete_snippet(
        &self,
        actor: &Actor,
        client: ClientId,
        id: SnippetId,
    ) -> ServiceResult<()> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let gone = self.own_snippet(conn, actor, client, id).await?;
            snippet::delete(conn, id).await?;
            let entry = changed(client, id, "deleted", gone.client_id.is_none());
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// A snippet that this person may change.
    async fn own_snippet(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        client: ClientId,
        id: SnippetId,
    ) -> ServiceResult<Snippet> {
        let found = snippet::find_for_update(conn, client, id).await?;
        let found = found.ok_or(ServiceError::NotFound("snippet"))?;
        if found.client_id.is_none() && !may_change_for_all(actor) {
            return Err(ServiceError::Forbidden);
        }
        Ok(found)
    }
}

/// The name and the text as they are kept.
fn check(input: &SnippetInput) -> ServiceResult<(String, String)> {
    let name = input.name.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > NAME || name.contains(char::is_control) {
        return Err(ServiceError::Invalid(format!(
            "Give the snippet a name of 1 to {NAME} characters."
        )));
    }
    // A line break at its beginning or end is meant: it stands between other words.
    let is_empty = input.body.trim().is_empty();
    if is_empty || input.body.chars().count() > BODY || input.body.contains('\0') {
        return Err(ServiceError::Invalid(format!(
            "Write the text of the snippet, in at most {BODY} characters."
        )));
    }
    Ok((name, input.body.replace("\r\n", "\n")))
}

fn changed(client: ClientId, id: SnippetId, what: &str, for_all: bool) -> Entry {
    Entry::of(AuditAction::SnippetChanged)
        .at(client)
        .on("snippet", id)
        .after(json!({ "snippet": what, "for_all_clients": for_all }))
}
