//! Signed-in sessions. Only hashes of their ids are ever stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::UserId;

use super::user::User;
use crate::schema::{sessions, users};
use crate::{Connection, DbResult};

/// Opens a session.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    id_hash: &[u8],
    user: UserId,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id_hash.eq(id_hash),
            sessions::user_id.eq(user.0),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The user of a live session, and when the session was last seen.
///
/// # Errors
/// When the query fails.
pub async fn user(
    conn: &mut Connection,
    id_hash: &[u8],
    now: DateTime<Utc>,
) -> DbResult<Option<(User, DateTime<Utc>)>> {
    Ok(sessions::table
        .inner_join(users::table)
        .filter(sessions::id_hash.eq(id_hash))
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select((User::as_select(), sessions::last_seen_at))
        .first(conn)
        .await
        .optional()?)
}

/// Notes that a session is in use and moves its end.
///
/// # Errors
/// When the query fails.
pub async fn touch(
    conn: &mut Connection,
    id_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(sessions::table.find(id_hash))
        .set((
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, id_hash: &[u8]) -> DbResult<()> {
    diesel::delete(sessions::table.find(id_hash))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes what has expired. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_expired(conn: &mut Connection, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(
        diesel::delete(sessions::table.filter(sessions::expires_at.le(now)))
            .execute(conn)
            .await?,
    )
}
