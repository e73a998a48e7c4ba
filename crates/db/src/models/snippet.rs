//! Snippets: pieces of captions that are used again.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, SnippetId, UserId};
use uuid::Uuid;

use super::user::lower;
use crate::schema::snippets;
use crate::{Connection, DbResult};

/// A snippet.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = snippets, check_for_backend(diesel::pg::Pg))]
pub struct Snippet {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: SnippetId,
    /// The client it is for; `None` for all.
    pub client_id: Option<Uuid>,
    /// How it is called.
    pub name: String,
    /// What it says.
    pub body: String,
}

/// The snippets for a client, with those that are for all; by name.
///
/// # Errors
/// When the query fails.
pub async fn for_client(conn: &mut Connection, client: ClientId) -> DbResult<Vec<Snippet>> {
    let is_for = snippets::client_id
        .eq(client.0)
        .or(snippets::client_id.is_null());
    Ok(snippets::table
        .filter(is_for)
        .order((lower(snippets::name), snippets::id))
        .select(Snippet::as_select())
        .load(conn)
        .await?)
}

/// One of the snippets for a client, locked until the transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn find_for_update(
    conn: &mut Connection,
    client: ClientId,
    id: SnippetId,
) -> DbResult<Option<Snippet>> {
    let is_for = snippets::client_id
        .eq(client.0)
        .or(snippets::client_id.is_null());
    Ok(snippets::table
        .find(id.0)
        .filter(is_for)
        .for_update()
        .select(Snippet::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Adds a snippet, for a client or for all.
///
/// # Errors
/// A duplicate when the name is taken; otherwise when the query fails.
pub async fn insert(
    conn: &mut Connection,
    snippet: &Snippet,
    by: UserId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(snippets::table)
        .values((
            snippets::id.eq(snippet.id.0),
            snippets::client_id.eq(snippet.client_id),
            snippets::name.eq(&snippet.name),
            snippets::body.eq(&snippet.body),
            snippets::created_by.eq(by.0),
            snippets::created_at.eq(now),
            snippets::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes a snippet: what it says, how it is called, and whether it is for one client or all.
///
/// # Errors
/// A duplicate when the name is taken; otherwise when the query fails.
pub async fn update(conn: &mut Connection, snippet: &Snippet, now: DateTime<Utc>) -> DbResult<()> {
    diesel::update(snippets::table.find(snippet.id.0))
        .set((
            snippets::client_id.eq(snippet.client_id),
            snippets::name.eq(&snippet.name),
            snippets::body.eq(&snippet.body),
            snippets::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes a snippet. What was written with it stays.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, id: SnippetId) -> DbResult<()> {
    diesel::delete(snippets::table.find(id.0))
        .execute(conn)
        .await?;
    Ok(())
}
