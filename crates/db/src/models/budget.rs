//! Budgets: what was spent of a platform's limits, shared by all processes.

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Interval, Nullable, Text, Timestamptz};
use diesel_async::RunQueryDsl;

use crate::schema::budgets;
use crate::{Connection, DbResult};

/// Spends one of `limit` within any `window`, or says when one will be free.
///
/// The times of what was spent are kept one by one, so that no window however placed ever holds more
/// than `limit`.
///
/// # Errors
/// When the query fails.
pub async fn take(
    conn: &mut Connection,
    key: &str,
    limit: u32,
    window: Duration,
    now: DateTime<Utc>,
) -> DbResult<Option<DateTime<Utc>>> {
    let taken = diesel::sql_query(
        "INSERT INTO budgets AS b (key, spent, idle_at) VALUES ($1, ARRAY[$2], $2 + $3)
         ON CONFLICT (key) DO UPDATE
         SET spent = array_append(ARRAY(SELECT s FROM unnest(b.spent) s WHERE s > $2 - $3), $2),
             idle_at = greatest(b.idle_at, $2 + $3)
         WHERE (SELECT count(*) FROM unnest(b.spent) s WHERE s > $2 - $3) < $4",
    )
    .bind::<Text, _>(key)
    .bind::<Timestamptz, _>(now)
    .bind::<Interval, _>(window)
    .bind::<BigInt, _>(i64::from(limit))
    .execute(conn)
    .await?;
    if taken > 0 {
        return Ok(None);
    }
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Nullable<Timestamptz>)]
        free_at: Option<DateTime<Utc>>,
    }
    // Another process may have changed it meanwhile; then it is asked for again that much later.
    let row: Row = diesel::sql_query(
        "SELECT (SELECT s + $3 FROM unnest(b.spent) s ORDER BY s DESC OFFSET $4 - 1 LIMIT 1) AS free_at
         FROM (SELECT coalesce((SELECT spent FROM budgets WHERE key = $1), '{}') AS spent, $2 AS now) b",
    )
    .bind::<Text, _>(key)
    .bind::<Timestamptz, _>(now)
    .bind::<Interval, _>(window)
    .bind::<BigInt, _>(i64::from(limit))
    .get_result(conn)
    .await?;
    Ok(Some(
        row.free_at
            .unwrap_or(now)
            .max(now + Duration::milliseconds(50)),
    ))
}

/// Gives back what was spent at a moment, because it does not count after all.
///
/// # Errors
/// When the query fails.
pub async fn give_back(conn: &mut Connection, key: &str, at: DateTime<Utc>) -> DbResult<()> {
    // Only one, should two have been spent at the same moment.
    diesel::sql_query(
        "UPDATE budgets SET spent = spent[:array_position(spent, $2) - 1] || spent[array_position(spent, $2) + 1:]
         WHERE key = $1 AND $2 = ANY (spent)",
    )
    .bind::<Text, _>(key)
    .bind::<Timestamptz, _>(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// How many of a budget were spent within the window that ends now.
///
/// # Errors
/// When the query fails.
pub async fn spent(
    conn: &mut Connection,
    key: &str,
    window: Duration,
    now: DateTime<Utc>,
) -> DbResult<i64> {
    let spent: Option<Vec<DateTime<Utc>>> = budgets::table
        .find(key)
        .select(budgets::spent)
        .first(conn)
        .await
        .optional()?;
    let count = spent
        .unwrap_or_default()
        .into_iter()
        .filter(|at| *at > now - window)
        .count();
    Ok(i64::try_from(count).unwrap_or(i64::MAX))
}

/// Removes what no longer counts. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn remove_idle(conn: &mut Connection, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(
        diesel::delete(budgets::table.filter(budgets::idle_at.lt(now)))
            .execute(conn)
            .await?,
    )
}
