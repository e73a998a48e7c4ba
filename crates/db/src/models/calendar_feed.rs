//! The secret addresses of clients' calendars.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use domain::{ClientId, UserId};
use uuid::Uuid;

use crate::schema::{calendar_feeds, users};
use crate::{Connection, DbResult};

/// Sets the address of a client's calendar; the one before ends with that.
///
/// # Errors
/// When the query fails.
pub async fn set(
    conn: &mut Connection,
    client: ClientId,
    token_hash: &[u8],
    by: UserId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(calendar_feeds::table)
        .values((
            calendar_feeds::client_id.eq(client.0),
            calendar_feeds::token_hash.eq(token_hash),
            calendar_feeds::created_by.eq(by.0),
            calendar_feeds::created_at.eq(now),
        ))
        .on_conflict(calendar_feeds::client_id)
        .do_update()
        .set((
            calendar_feeds::token_hash.eq(excluded(calendar_feeds::token_hash)),
            calendar_feeds::created_by.eq(excluded(calendar_feeds::created_by)),
            calendar_feeds::created_at.eq(excluded(calendar_feeds::created_at)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes the address of a client's calendar back. `false` when there was none.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, client: ClientId) -> DbResult<bool> {
    let gone = diesel::delete(calendar_feeds::table.find(client.0))
        .execute(conn)
        .await?;
    Ok(gone > 0)
}

/// Who made the address of a client's calendar, and when.
///
/// # Errors
/// When the query fails.
pub async fn find(
    conn: &mut Connection,
    client: ClientId,
) -> DbResult<Option<(String, DateTime<Utc>)>> {
    Ok(calendar_feeds::table
        .inner_join(users::table)
        .filter(calendar_feeds::client_id.eq(client.0))
        .select((users::name, calendar_feeds::created_at))
        .first(conn)
        .await
        .optional()?)
}

/// Whose calendar has the address with this hash.
///
/// # Errors
/// When the query fails.
pub async fn client_of(conn: &mut Connection, token_hash: &[u8]) -> DbResult<Option<ClientId>> {
    let found: Option<Uuid> = calendar_feeds::table
        .filter(calendar_feeds::token_hash.eq(token_hash))
        .select(calendar_feeds::client_id)
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(ClientId::from))
}
