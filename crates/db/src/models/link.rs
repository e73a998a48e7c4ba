//! Links that were sent to people. Only hashes of their tokens are ever stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::link::LinkPurpose;
use domain::{ClientId, LinkId, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::links;
use crate::{Connection, DbResult};

/// A link.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = links, check_for_backend(diesel::pg::Pg))]
pub struct Link {
    /// Its id, which opens nothing.
    #[diesel(deserialize_as = Uuid)]
    pub id: LinkId,
    /// What it was sent for.
    #[diesel(deserialize_as = String)]
    pub purpose: LinkPurpose,
    /// At which client.
    pub client_id: Option<Uuid>,
    /// To which user.
    pub user_id: Option<Uuid>,
    /// To which address.
    pub email: Option<String>,
    /// What exactly it was sent for: a [`domain::link::LinkScope`].
    pub scope: Value,
    /// Who made it.
    pub created_by: Option<Uuid>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// When it was used.
    pub used_at: Option<DateTime<Utc>>,
    /// When somebody took it back.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// A link that is to be made.
#[derive(Clone, Debug)]
pub struct NewLink<'a> {
    /// Its id.
    pub id: LinkId,
    /// The hash of its token.
    pub token_hash: &'a [u8],
    /// What it is sent for.
    pub purpose: LinkPurpose,
    /// At which client.
    pub client: Option<ClientId>,
    /// To which user.
    pub user: Option<UserId>,
    /// To which address.
    pub email: Option<&'a str>,
    /// What exactly it is sent for.
    pub scope: Value,
    /// Who makes it.
    pub created_by: Option<UserId>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Makes a link.
///
/// # Errors
/// When the query fails.
pub async fn insert(conn: &mut Connection, new: &NewLink<'_>, now: DateTime<Utc>) -> DbResult<()> {
    diesel::insert_into(links::table)
        .values((
            links::id.eq(new.id.0),
            links::token_hash.eq(new.token_hash),
            links::purpose.eq(new.purpose.as_str()),
            links::client_id.eq(new.client.map(|id| id.0)),
            links::user_id.eq(new.user.map(|id| id.0)),
            links::email.eq(new.email),
            links::scope.eq(&new.scope),
            links::created_by.eq(new.created_by.map(|id| id.0)),
            links::created_at.eq(now),
            links::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The link of a token, whatever has become of it.
///
/// # Errors
/// When the query fails.
pub async fn by_token(
    conn: &mut Connection,
    token_hash: &[u8],
    purpose: LinkPurpose,
) -> DbResult<Option<Link>> {
    Ok(links::table
        .filter(links::token_hash.eq(token_hash))
        .filter(links::purpose.eq(purpose.as_str()))
        .select(Link::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Notes that a link was used. `false` when it was used before, has ended, or was taken back: whoever
/// asks for `true` is the only one to get it.
///
/// # Errors
/// When the query fails.
pub async fn mark_used(conn: &mut Connection, id: LinkId, now: DateTime<Utc>) -> DbResult<bool> {
    let changed = diesel::update(
        links::table
            .find(id.0)
            .filter(links::used_at.is_null())
            .filter(links::revoked_at.is_null())
            .filter(links::expires_at.gt(now)),
    )
    .set(links::used_at.eq(now))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Takes a link back. `false` when that was done before, or it was used.
///
/// # Errors
/// When the query fails.
pub async fn revoke(conn: &mut Connection, id: LinkId, now: DateTime<Utc>) -> DbResult<bool> {
    let changed = diesel::update(
        links::table
            .find(id.0)
            .filter(links::used_at.is_null())
            .filter(links::revoked_at.is_null()),
    )
    .set(links::revoked_at.eq(now))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Takes back all links of a purpose that a user has not used, for example when a newer one is sent.
///
/// # Errors
/// When the query fails.
pub async fn revoke_of_user(
    conn: &mut Connection,
    user: UserId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(diesel::update(
        links::table
            .filter(links::user_id.eq(user.0))
            .filter(links::purpose.eq(purpose.as_str()))
            .filter(links::used_at.is_null())
            .filter(links::revoked_at.is_null()),
    )
    .set(links::revoked_at.eq(now))
    .execute(conn)
    .await?)
}

/// The links of these purposes that can still be used, newest first.
///
/// # Errors
/// When the query fails.
pub async fn open(
    conn: &mut Connection,
    purpose: LinkPurpose,
    client: Option<ClientId>,
    now: DateTime<Utc>,
) -> DbResult<Vec<Link>> {
    let mut query = links::table
        .filter(links::purpose.eq(purpose.as_str()))
        .filter(links::used_at.is_null())
        .filter(links::revoked_at.is_null())
        .filter(links::expires_at.gt(now))
        .order(links::created_at.desc())
        .select(Link::as_select())
        .into_boxed();
    if let Some(client) = client {
        query = query.filter(links::client_id.eq(client.0));
    }
    Ok(query.load(conn).await?)
}

/// A link by its id, whatever has become of it.
///
/// # Errors
/// When the query fails.
pub async fn by_id(
    conn: &mut Connection,
    id: LinkId,
    purpose: LinkPurpose,
) -> DbResult<Option<Link>> {
    Ok(links::table
        .find(id.0)
        .filter(links::purpose.eq(purpose.as_str()))
        .select(Link::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The links of a purpose that were sent to a user, have not ended and were not taken back, newest first;
/// used ones, too.
///
/// # Errors
/// When the query fails.
pub async fn standing_of_user(
    conn: &mut Connection,
    user: UserId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> DbResult<Vec<Link>> {
    Ok(links::table
        .filter(links::user_id.eq(user.0))
        .filter(links::purpose.eq(purpose.as_str()))
        .filter(links::revoked_at.is_null())
        .filter(links::expires_at.gt(now))
        .order(links::created_at.desc())
        .select(Link::as_select())
        .load(conn)
        .await?)
}

/// Takes back all links of a purpose that were sent to a user, also those that were used.
///
/// # Errors
/// When the query fails.
pub async fn forget_of_user(
    conn: &mut Connection,
    user: UserId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(diesel::update(
        links::table
            .filter(links::user_id.eq(user.0))
            .filter(links::purpose.eq(purpose.as_str()))
            .filter(links::revoked_at.is_null()),
    )
    .set(links::revoked_at.eq(now))
    .execute(conn)
    .await?)
}

/// Takes back all links of a purpose that a user has made and nobody has used.
///
/// # Errors
/// When the query fails.
pub async fn revoke_made_by(
    conn: &mut Connection,
    user: UserId,
    purpose: LinkPurpose,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(diesel::update(
        links::table
            .filter(links::created_by.eq(user.0))
            .filter(links::purpose.eq(purpose.as_str()))
            .filter(links::used_at.is_null())
            .filter(links::revoked_at.is_null()),
    )
    .set(links::revoked_at.eq(now))
    .execute(conn)
    .await?)
}
