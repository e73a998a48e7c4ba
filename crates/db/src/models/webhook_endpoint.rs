//! Addresses of others that are told of deliveries and accounts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, EndpointId, UserId};
use uuid::Uuid;

use crate::schema::{webhook_endpoints, webhook_messages};
use crate::{Connection, DbResult};

/// An address that is told.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_endpoints, check_for_backend(diesel::pg::Pg))]
pub struct Endpoint {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: EndpointId,
    /// Of which client it is told; `None` for every one.
    pub client_id: Option<Uuid>,
    /// Where it is.
    pub url: String,
    /// The key that signs what it is told.
    pub sealed_secret: Vec<u8>,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when it is told nothing.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Why.
    pub last_problem: Option<String>,
}

/// Adds one.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    id: EndpointId,
    client: Option<ClientId>,
    (url, sealed_secret): (&str, &[u8]),
    by: UserId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(webhook_endpoints::table)
        .values((
            webhook_endpoints::id.eq(id.0),
            webhook_endpoints::client_id.eq(client.map(|id| id.0)),
            webhook_endpoints::url.eq(url),
            webhook_endpoints::sealed_secret.eq(sealed_secret),
            webhook_endpoints::created_by.eq(by.0),
            webhook_endpoints::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// All of them, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn all(conn: &mut Connection) -> DbResult<Vec<Endpoint>> {
    Ok(webhook_endpoints::table
        .order((webhook_endpoints::created_at, webhook_endpoints::id))
        .select(Endpoint::as_select())
        .load(conn)
        .await?)
}

/// One of them.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, id: EndpointId) -> DbResult<Option<Endpoint>> {
    Ok(webhook_endpoints::table
        .find(id.0)
        .select(Endpoint::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Those that are told of a client.
///
/// # Errors
/// When the query fails.
pub async fn told_of(conn: &mut Connection, client: ClientId) -> DbResult<Vec<EndpointId>> {
    let ids: Vec<Uuid> = webhook_endpoints::table
        .filter(webhook_endpoints::disabled_at.is_null())
        .filter(
            webhook_endpoints::client_id
                .is_null()
                .or(webhook_endpoints::client_id.eq(client.0)),
        )
        .select(webhook_endpoints::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(EndpointId::from).collect())
}

/// Switches one off, and drops what waits for it. `false` when it was off already.
///
/// # Errors
/// When a query fails.
pub async fn disable(
    conn: &mut Connection,
    id: EndpointId,
    problem: &str,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let changed = diesel::update(
        webhook_endpoints::table
            .find(id.0)
            .filter(webhook_endpoints::disabled_at.is_null()),
    )
    .set((
        webhook_endpoints::disabled_at.eq(now),
        webhook_endpoints::last_problem.eq(problem),
    ))
    .execute(conn)
    .await?;
    diesel::update(
        webhook_messages::table
            .filter(webhook_messages::endpoint_id.eq(id.0))
            .filter(webhook_messages::state.eq("waiting")),
    )
    .set((
        webhook_messages::state.eq("failed"),
        webhook_messages::next_try_at.eq(None::<DateTime<Utc>>),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Switches one on again. `false` when it was on already.
///
/// # Errors
/// When the query fails.
pub async fn enable(conn: &mut Connection, id: EndpointId) -> DbResult<bool> {
    let changed = diesel::update(
        webhook_endpoints::table
            .find(id.0)
            .filter(webhook_endpoints::disabled_at.is_not_null()),
    )
    .set((
        webhook_endpoints::disabled_at.eq(None::<DateTime<Utc>>),
        webhook_endpoints::last_problem.eq(None::<String>),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Removes one with all that it was told.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, id: EndpointId) -> DbResult<bool> {
    let gone = diesel::delete(webhook_endpoints::table.find(id.0))
        .execute(conn)
        .await?;
    Ok(gone > 0)
}

/// Replaces a key by the same one sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn replace_secret(
    conn: &mut Connection,
    id: EndpointId,
    sealed_secret: &[u8],
) -> DbResult<()> {
    diesel::update(webhook_endpoints::table.find(id.0))
        .set(webhook_endpoints::sealed_secret.eq(sealed_secret))
        .execute(conn)
        .await?;
    Ok(())
}
