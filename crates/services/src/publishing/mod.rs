//! The publisher: claims what is due and drives each connector's step machine.
//!
//! The order is always the same: take a step, write its checkpoint, take the next. No transaction and no
//! lock is held during a network call; the claim's fencing number makes a late writer's update fail.

mod budgets;
mod content;
mod drive;
mod hooks;
mod news;
mod policy;
mod reconcile;
mod settle;
mod tell;
mod worker;

use chrono::Duration;
use db::{AsyncConnection, delivery_queue};

use crate::{ServiceResult, Services};

pub use hooks::{Hooks, Point};
pub use policy::{Decision, Situation, decide};
pub use worker::{Lease, Publisher};

/// How long after its minute a delivery that nobody claimed means that publishing does not work.
const OVERDUE: Duration = Duration::minutes(2);

impl Services {
    /// How many deliveries nobody has claimed although they are well overdue.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn overdue_deliveries(&self) -> ServiceResult<i64> {
        Ok(delivery_queue::overdue(&mut *self.conn().await?, self.clock.now() - OVERDUE).await?)
    }

    /// Puts back into the queue what nothing keeps any longer: an account that was connected again, a
    /// pause that ended. Returns how many.
    ///
    /// # Errors
    /// When the database cannot be reached; the next look tries again.
    pub async fn release_holds(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        Ok(conn
            .transaction(async |conn| crate::controls::release(conn, None, now).await)
            .await?)
    }
}
