//! Looks at what is scheduled, ahead of its minute.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::rules::Finding;
use domain::{AccountId, DeliveryId, DeliveryState};

use super::Delivery;
use crate::models::account::Account;
use crate::models::post::Post;
use crate::schema::{accounts, deliveries, posts};
use crate::{Connection, DbResult};

/// The deliveries whose next look ahead of their minute is due, earliest first.
///
/// # Errors
/// When the query fails.
pub async fn to_preflight(
    conn: &mut Connection,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<(Delivery, Post, Account)>> {
    Ok(deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::preflight_at.le(now))
        .order(deliveries::preflight_at)
        .limit(limit)
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .load(conn)
        .await?)
}

/// Writes what a look ahead found, and when the next one is, unless the delivery has changed since
/// `seen`. `false` when it has.
///
/// # Errors
/// When the query fails.
pub async fn write_preflight(
    conn: &mut Connection,
    seen: &Delivery,
    findings: &[Finding],
    next: Option<DateTime<Utc>>,
) -> DbResult<bool> {
    let findings = serde_json::to_value(findings)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let written = diesel::update(
        deliveries::table
            .find(seen.id.0)
            .filter(deliveries::state.eq(DeliveryState::Scheduled.as_str()))
            .filter(deliveries::scheduled_version.is_not_distinct_from(&seen.scheduled_version))
            .filter(deliveries::due_at.eq(seen.due_at)),
    )
    .set((
        deliveries::findings.eq(findings),
        deliveries::preflight_at.eq(next),
    ))
    .execute(conn)
    .await?;
    Ok(written > 0)
}

/// When a delivery is looked at ahead of its minute next, whatever was planned.
///
/// # Errors
/// When the query fails.
pub async fn preflight_next_at(
    conn: &mut Connection,
    id: DeliveryId,
    at: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set(deliveries::preflight_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Looks ahead again, at once, at what an account still has scheduled and something was found about.
///
/// # Errors
/// When the query fails.
pub async fn preflight_again(
    conn: &mut Connection,
    account: AccountId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(
        deliveries::table
            .filter(deliveries::account_id.eq(account.0))
            .filter(deliveries::state.eq(DeliveryState::Scheduled.as_str()))
            .filter(deliveries::findings.ne(serde_json::json!([]))),
    )
    .set(deliveries::preflight_at.eq(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// How many deliveries of an account go out, or went out, after `from` and not after `to`.
///
/// # Errors
/// When the query fails.
pub async fn count_between(
    conn: &mut Connection,
    account: AccountId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> DbResult<i64> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(account.0))
        .filter(deliveries::due_at.gt(from))
        .filter(deliveries::due_at.le(to))
        .filter(deliveries::state.eq_any(["scheduled", "publishing", "processing", "published"]))
        .count()
        .get_result(conn)
        .await?)
}
