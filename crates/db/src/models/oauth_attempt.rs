//! Consents in progress: bound to a browser, used once.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, LinkId, Platform};
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
    /// The connect link that the browser came by, where nobody is signed in.
    pub link_id: Option<Uuid>,
    /// What the connector kept until the person returns; sealed.
    pub private: Option<Vec<u8>>,
}

/// A consent that begins.
#[derive(Clone, Debug)]
pub struct NewAttempt<'a> {
    /// The hash of the state that the platform sends back.
    pub state_hash: &'a [u8],
    /// The hash of what the browser proves by its cookie that it is.
    pub browser_hash: &'a [u8],
    /// For which client.
    pub client: ClientId,
    /// At which platform.
    pub platform: Platform,
    /// What the connector keeps until the person returns; sealed.
    pub private: Option<&'a [u8]>,
    /// The connect link that the browser came by, where nobody is signed in.
    pub link: Option<LinkId>,
    /// When it is too late to return.
    pub expires_at: DateTime<Utc>,
}

/// Notes that a consent begins.
///
/// # Errors
/// When the query fails.
pub async fn insert(conn: &mut Connection, new: &NewAttempt<'_>) -> DbResult<()> {
    diesel::insert_into(oauth_attempts::table)
        .values((
            oauth_attempts::state_hash.eq(new.state_hash),
            oauth_attempts::browser_hash.eq(new.browser_hash),
            oauth_attempts::client_id.eq(new.client.0),
            oauth_attempts::platform.eq(new.platform.as_str()),
            oauth_attempts::private.eq(new.private),
            oauth_attempts::link_id.eq(new.link.map(|link| link.0)),
            oauth_attempts::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a consent out, so that its state works once and only in the browser that began it.
///
/// # Errors
/// When the query fails.
pub async fn take(
    conn: &mut Connection,
    state_hash: &[u8],
    browser_hash: &[u8],
    now: DateTime<Utc>,
) -> DbResult<Option<OauthAttempt>> {
    Ok(diesel::delete(
        oauth_attempts::table
            .find(state_hash)
            .filter(oauth_attempts::browser_hash.eq(browser_hash))
            .filter(oauth_attempts::expires_at.gt(now)),
    )
    .returning(OauthAttempt::as_returning())
    .get_result(conn)
    .await
    .optional()?)
}

/// The connect link that a consent began by, if it began by one and nobody came back from it yet.
///
/// # Errors
/// When the query fails.
pub async fn link_of(conn: &mut Connection, state_hash: &[u8]) -> DbResult<Option<LinkId>> {
    let found: Option<Option<Uuid>> = oauth_attempts::table
        .find(state_hash)
        .select(oauth_attempts::link_id)
        .first(conn)
        .await
        .optional()?;
    Ok(found.flatten().map(LinkId::from))
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
