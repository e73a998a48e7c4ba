//! Budgets: what was spent of a platform's limits, shared by all processes.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Interval, Nullable, Text, Timestamptz};
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
    free_at(conn, key, limit, window, now).await.map(Some)
}

/// One unit of a budget that is to be spent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Take {
    /// The name under which it is counted.
    pub key: String,
    /// How many there are.
    pub limit: u32,
    /// Within what time.
    pub window: Duration,
}

/// Spends all of these as [`take`] does, by two statements however many there are. Where several want the same
/// budget, the first of them get it. The answers are in the order of what was asked.
///
/// # Errors
/// When a query fails.
pub async fn take_all(
    conn: &mut Connection,
    takes: &[Take],
    now: DateTime<Utc>,
) -> DbResult<Vec<Option<DateTime<Utc>>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        key: String,
        #[diesel(sql_type = Integer)]
        granted: i32,
    }
    if takes.is_empty() {
        return Ok(Vec::new());
    }
    let mut wanted: BTreeMap<&str, (&Take, i32)> = BTreeMap::new();
    for take in takes {
        wanted.entry(&take.key).or_insert((take, 0)).1 += 1;
    }
    let keys: Vec<&str> = wanted.keys().copied().collect();
    let windows: Vec<Duration> = wanted.values().map(|(take, _)| take.window).collect();
    let limits: Vec<i32> = wanted
        .values()
        .map(|(take, _)| i32::try_from(take.limit).unwrap_or(i32::MAX))
        .collect();
    let counts: Vec<i32> = wanted.values().map(|(_, count)| *count).collect();
    diesel::sql_query(
        "INSERT INTO budgets (key, spent, idle_at)
         SELECT key, '{}', $1 + span FROM unnest($2, $3) AS w (key, span) ON CONFLICT (key) DO NOTHING",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(&keys)
    .bind::<Array<Interval>, _>(&windows)
    .execute(conn)
    .await?;
    // Locked in the order of their keys, so that two who want the same ones wait for each other and not crosswise.
    let rows: Vec<Row> = diesel::sql_query(
        "UPDATE budgets b
         SET spent = x.kept || array_fill($1::timestamptz, ARRAY[x.granted]),
             idle_at = greatest(b.idle_at, $1 + x.span)
         FROM (SELECT w.key, w.span, k.kept, least(w.n, greatest(w.most - cardinality(k.kept), 0)) AS granted
               FROM unnest($2, $3, $4, $5) AS w (key, span, most, n)
               JOIN budgets b ON b.key = w.key
               CROSS JOIN LATERAL (SELECT ARRAY(SELECT s FROM unnest(b.spent) s WHERE s > $1 - w.span) AS kept) k
               ORDER BY w.key
               FOR UPDATE OF b) x
         WHERE b.key = x.key
         RETURNING b.key, x.granted",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Array<Text>, _>(&keys)
    .bind::<Array<Interval>, _>(&windows)
    .bind::<Array<Integer>, _>(&limits)
    .bind::<Array<Integer>, _>(&counts)
    .load(conn)
    .await?;
    let mut granted: BTreeMap<String, i32> =
        rows.into_iter().map(|row| (row.key, row.granted)).collect();
    // Many may want one that is used up: when it is free is asked once.
    let mut free: BTreeMap<&str, DateTime<Utc>> = BTreeMap::new();
    let mut answers = Vec::with_capacity(takes.len());
    for take in takes {
        let left = granted.get_mut(&take.key).filter(|left| **left > 0);
        answers.push(if let Some(left) = left {
            *left -= 1;
            None
        } else if let Some(at) = free.get(take.key.as_str()) {
            Some(*at)
        } else {
            let at = free_at(conn, &take.key, take.limit, take.window, now).await?;
            free.insert(&take.key, at);
            Some(at)
        });
    }
    Ok(answers)
}

/// When one of a budget that is used up will be free.
async fn free_at(
    conn: &mut Connection,
    key: &str,
    limit: u32,
    window: Duration,
    now: DateTime<Utc>,
) -> DbResult<DateTime<Utc>> {
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
    Ok(row
        .free_at
        .unwrap_or(now)
        .max(now + Duration::milliseconds(50)))
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
