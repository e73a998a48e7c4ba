//! The inbox: what platforms have told by themselves, kept until somebody has acted on it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Int4, Jsonb, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;
use domain::Platform;

use crate::schema::webhooks;
use crate::{Connection, DbResult};

/// A call that waits to be acted on.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// Its number.
    pub id: i64,
    /// Who told it.
    pub platform: Platform,
    /// What was told.
    pub news: serde_json::Value,
    /// How often it was tried, this time included.
    pub tries: i32,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
    #[diesel(sql_type = Text)]
    platform: String,
    #[diesel(sql_type = Nullable<Jsonb>)]
    news: Option<serde_json::Value>,
    #[diesel(sql_type = Int4)]
    tries: i32,
}

/// Keeps a call, unless the very same one was kept before. Returns whether it is new.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    platform: Platform,
    body_hash: &[u8],
    news: &serde_json::Value,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let inserted = diesel::insert_into(webhooks::table)
        .values((
            webhooks::platform.eq(platform.as_str()),
            webhooks::body_hash.eq(body_hash),
            webhooks::news.eq(news),
            webhooks::received_at.eq(now),
            webhooks::next_try_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(inserted > 0)
}

/// Takes up to `limit` that are due, for until `until`: whoever dies over one leaves it to the next.
///
/// # Errors
/// When the query fails.
pub async fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Waiting>> {
    let rows: Vec<Row> = diesel::sql_query(
        "UPDATE webhooks w SET next_try_at = $2, tries = w.tries + 1
         FROM (SELECT id FROM webhooks WHERE next_try_at <= $1 ORDER BY id LIMIT $3 FOR UPDATE SKIP LOCKED) due
         WHERE w.id = due.id
         RETURNING w.id, w.platform, w.news, w.tries",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?;
    let mut waiting: Vec<Waiting> = rows
        .into_iter()
        .filter_map(|row| {
            Some(Waiting {
                id: row.id,
                platform: row.platform.parse().ok()?,
                news: row.news?,
                tries: row.tries,
            })
        })
        .collect();
    waiting.sort_by_key(|waiting| waiting.id);
    Ok(waiting)
}

/// Puts a call off.
///
/// # Errors
/// When the query fails.
pub async fn try_again_at(conn: &mut Connection, id: i64, at: DateTime<Utc>) -> DbResult<()> {
    diesel::update(webhooks::table.find(id))
        .set(webhooks::next_try_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a call as done. Only its hash stays, so that the same one is known again.
///
/// # Errors
/// When the query fails.
pub async fn done(conn: &mut Connection, id: i64) -> DbResult<()> {
    diesel::update(webhooks::table.find(id))
        .set((
            webhooks::next_try_at.eq(None::<DateTime<Utc>>),
            webhooks::news.eq(None::<serde_json::Value>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets what was received before `before`. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_received_before(
    conn: &mut Connection,
    before: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(
        diesel::delete(webhooks::table.filter(webhooks::received_at.lt(before)))
            .execute(conn)
            .await?,
    )
}
