//! Events: the append-only history. The database itself refuses to change or delete them.

use chrono::{DateTime, Utc};
use diesel::define_sql_function;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use diesel_async::RunQueryDsl;
use domain::history::Tone;
use domain::{AccountId, ClientId, DeliveryId, PostId, UserId};
use uuid::Uuid;

use crate::schema::{events, users};
use crate::{Connection, DbResult};

/// Something to be remembered.
#[derive(Clone, Debug)]
pub struct NewEvent {
    /// Whose history it belongs to.
    pub client: ClientId,
    /// About which account.
    pub account: Option<AccountId>,
    /// About which post.
    pub post: Option<PostId>,
    /// About which delivery.
    pub delivery: Option<DeliveryId>,
    /// In which attempt.
    pub attempt: Option<i32>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it; `None` for the software itself.
    pub actor: Option<UserId>,
    /// A word for machines.
    pub kind: &'static str,
    /// How it turned out.
    pub tone: Tone,
    /// What was done, a few words.
    pub title: String,
    /// Why, or what it means.
    pub detail: String,
    /// The platform's own words.
    pub platform_words: Option<String>,
    /// How long it took.
    pub duration_ms: Option<i64>,
}

/// An event as it is read.
#[derive(Clone, Debug, Queryable)]
pub struct Event {
    /// Its place in the order of things.
    pub id: i64,
    /// In which attempt.
    pub attempt: Option<i32>,
    /// When.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor_name: Option<String>,
    /// A word for machines.
    pub kind: String,
    /// How it turned out.
    #[diesel(deserialize_as = String)]
    pub tone: Tone,
    /// What was done.
    pub title: String,
    /// Why.
    pub detail: String,
    /// The platform's own words.
    pub platform_words: Option<String>,
    /// How long it took.
    pub duration_ms: Option<i64>,
}

/// Appends events in their order.
///
/// # Errors
/// When the query fails.
pub async fn append(conn: &mut Connection, new: &[NewEvent]) -> DbResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<_> = new
        .iter()
        .map(|event| {
            (
                events::client_id.eq(event.client.0),
                events::account_id.eq(event.account.map(|id| id.0)),
                events::post_id.eq(event.post.map(|id| id.0)),
                events::delivery_id.eq(event.delivery.map(|id| id.0)),
                events::attempt.eq(event.attempt),
                events::at.eq(event.at),
                events::actor.eq(event.actor.map(|id| id.0)),
                events::kind.eq(event.kind),
                events::tone.eq(event.tone.as_str()),
                events::title.eq(&event.title),
                events::detail.eq(&event.detail),
                events::platform_words.eq(&event.platform_words),
                events::duration_ms.eq(event.duration_ms),
            )
        })
        .collect();
    // One is what a worker adds, with nearly every step: its statement is prepared once and kept, while one
    // for any number is prepared each time.
    if rows.len() == 1
        && let Some(row) = rows.pop()
    {
        let insert = diesel::insert_into(events::table).values(row);
        insert.execute(conn).await?;
        return Ok(());
    }
    diesel::insert_into(events::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// The history of a delivery, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn of_delivery(conn: &mut Connection, delivery: DeliveryId) -> DbResult<Vec<Event>> {
    Ok(events::table
        .left_join(users::table)
        .filter(events::delivery_id.eq(delivery.0))
        .order(events::id.asc())
        .select((
            events::id,
            events::attempt,
            events::at,
            users::name.nullable(),
            events::kind,
            events::tone,
            events::title,
            events::detail,
            events::platform_words,
            events::duration_ms,
        ))
        .load(conn)
        .await?)
}

/// When something of a kind happened to a post last.
///
/// # Errors
/// When the query fails.
pub async fn last_of_post(
    conn: &mut Connection,
    post: PostId,
    kind: &str,
) -> DbResult<Option<DateTime<Utc>>> {
    Ok(events::table
        .filter(events::post_id.eq(post.0))
        .filter(events::kind.eq(kind))
        .select(max(events::at))
        .first(conn)
        .await?)
}

/// What happened at a client that belongs to no post, newest first, each with the account it is about.
///
/// # Errors
/// When the query fails.
pub async fn of_desk(
    conn: &mut Connection,
    client: ClientId,
    limit: i64,
) -> DbResult<Vec<(Event, Option<AccountId>)>> {
    let rows: Vec<(Event, Option<Uuid>)> = events::table
        .left_join(users::table)
        .filter(events::client_id.eq(client.0))
        .filter(events::post_id.is_null())
        .order(events::id.desc())
        .limit(limit)
        .select((
            (
                events::id,
                events::attempt,
                events::at,
                users::name.nullable(),
                events::kind,
                events::tone,
                events::title,
                events::detail,
                events::platform_words,
                events::duration_ms,
            ),
            events::account_id,
        ))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(event, account)| (event, account.map(AccountId::from)))
        .collect())
}

define_sql_function! {
    /// A number that moves with every event of a client that can be seen.
    fn state_version(of_client: diesel::sql_types::Uuid) -> BigInt;
}

mod of_all {
    diesel::define_sql_function! {
        /// A number that moves with every event that can be seen.
        fn state_version() -> BigInt;
    }
}

/// A number that moves with every change of state, of all clients. It also moves with an event that comes into
/// sight after a later one.
///
/// # Errors
/// When the query fails.
pub async fn version_of_all(conn: &mut Connection) -> DbResult<i64> {
    Ok(diesel::select(of_all::state_version())
        .get_result(conn)
        .await?)
}

/// The same of a client.
///
/// # Errors
/// When the query fails.
pub async fn version(conn: &mut Connection, client: ClientId) -> DbResult<i64> {
    Ok(diesel::select(state_version(client.0))
        .get_result(conn)
        .await?)
}

/// How many events of a client there are with an id above two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Since {
    /// The client.
    #[diesel(sql_type = diesel::sql_types::Uuid, deserialize_as = Uuid)]
    pub client: ClientId,
    /// Above the lower one.
    #[diesel(sql_type = BigInt)]
    pub above_floor: i64,
    /// Above the higher one.
    #[diesel(sql_type = BigInt)]
    pub above_mark: i64,
    /// The newest.
    #[diesel(sql_type = BigInt)]
    pub newest: i64,
}

/// For each client with events above `floor`: how many there are above it, and above `mark`.
///
/// # Errors
/// When the query fails.
pub async fn since(conn: &mut Connection, floor: i64, mark: i64) -> DbResult<Vec<Since>> {
    Ok(diesel::sql_query(
        "SELECT client_id AS client, count(*) AS above_floor, count(*) FILTER (WHERE id > $2) AS above_mark,
                max(id) AS newest
         FROM events WHERE id > $1 GROUP BY client_id",
    )
    .bind::<BigInt, _>(floor)
    .bind::<BigInt, _>(mark)
    .load(conn)
    .await?)
}

/// The id of the newest event.
///
/// # Errors
/// When the query fails.
pub async fn newest(conn: &mut Connection) -> DbResult<i64> {
    let newest: Option<i64> = events::table.select(max(events::id)).first(conn).await?;
    Ok(newest.unwrap_or_default())
}
