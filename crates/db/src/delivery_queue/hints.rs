//! What a platform says by itself about something it was given: looked at now instead of later.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::AccountId;

use super::wake;
use crate::models::delivery::Delivery;
use crate::schema::deliveries;
use crate::{Connection, DbResult};

/// The delivery of an account that its platform knows by this name.
///
/// # Errors
/// When the query fails.
pub async fn of_task(
    conn: &mut Connection,
    account: AccountId,
    task_id: &str,
) -> DbResult<Option<Delivery>> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(account.0))
        .filter(deliveries::platform_task_id.eq(task_id))
        .select(Delivery::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Has a delivery that waits for its platform looked at now, and tells the workers. `false` when nothing
/// of it waits, or a worker is at it.
///
/// # Errors
/// When the query fails.
pub async fn look_now(
    conn: &mut Connection,
    delivery: &Delivery,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let changed = diesel::update(
        deliveries::table
            .find(delivery.id.0)
            .filter(deliveries::platform_task_id.is_not_null())
            .filter(deliveries::next_step_at.gt(now))
            .filter(deliveries::lease_owner.is_null()),
    )
    .set(deliveries::next_step_at.eq(now))
    .execute(conn)
    .await?;
    if changed > 0 {
        wake(conn).await?;
    }
    Ok(changed > 0)
}
