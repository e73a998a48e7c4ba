//! Consents in progress: bound to a session, used once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, Platform};
use uuid::Uuid;

use crate::schema::oauth_attempts;
use crate::{Connection, DbResult};

/// A consent in progress.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = oauth_attempts, check_for_backend(diesel::pg::Pg))]
pub struct OauthAttempt {
    /// For which client the account is connected.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// At which platform.
    #[diesel(deserialize_as = String)]
    pub platform: Platform,
    /// What the connector kept until the person returns; sealed.
    pub private: Option<Vec<u8>>,
}

/// Notes that a consent begins.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    state_hash: &[u8],
    session_hash: &[u8],
    client: ClientId,
    platform: Platform,
    private: Option<&[u8]>,
    expires_at: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(oauth_attempts::table)
        .values((
            oauth_attempts::state_hash.eq(state_hash),
            oauth_attempts::session_hash.eq(session_hash),
            oauth_attempts::client_id.eq(client.0),
            oauth_attempts::platform.eq(platform.as_str()),
            oauth_attempts::private.eq(private),
            oauth_attempts::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a consent out, so that its state works once and only in the session that began it.
///
/// # Errors
/// When the query fails.
pub async fn take(
    conn: &mut Connection,
    state_hash: &[u8],
    session_hash: &[u8],
    now: DateTime<Utc>,
) -> DbResult<Option<OauthAttempt>> {
    Ok(diesel::delete(
        oauth_attempts::table
            .find(state_hash)
            .filter(oauth_attempts::session_hash.eq(session_hash))
            .filter(oauth_attempts::expires_at.gt(now)),
    )
    .returning(OauthAttempt::as_returning())
    .get_result(conn)
    .await
    .optional()?)
}

/// Removes what nobody came back for.
///
/// # Errors
/// When the query fails.
pub async fn delete_expired(conn: &mut Connection, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(
        diesel::delete(oauth_attempts::table.filter(oauth_attempts::expires_at.le(now)))
            .execute(conn)
            .await?,
    )
}
