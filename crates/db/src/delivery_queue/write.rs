//! What a worker writes about a delivery it holds, under its fencing number.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncConnection, RunQueryDsl};
use domain::DeliveryId;

use crate::models::audit::{self, NewAuditEntry};
use crate::models::event::{self, NewEvent};
use crate::schema::deliveries;
use crate::{Connection, DbError, DbResult};

/// What a worker writes about a delivery it holds. `None` leaves a column as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = deliveries)]
pub struct Write {
    /// The new state.
    pub state: Option<&'static str>,
    /// The sealed checkpoint; `Some(None)` removes it.
    pub checkpoint: Option<Option<Vec<u8>>>,
    /// When to look again; `Some(None)` takes it out of the queue.
    pub next_step_at: Option<Option<DateTime<Utc>>>,
    /// `Some(None)` lets go of it.
    pub lease_owner: Option<Option<String>>,
    /// `Some(None)` together with `lease_owner`.
    pub lease_until: Option<Option<DateTime<Utc>>>,
    /// Whether the attempt goes on with the next claim.
    pub attempt_open: Option<bool>,
    /// How often it has been put off.
    pub retries: Option<i32>,
    /// Bytes that the platform has taken.
    pub bytes_sent: Option<Option<i64>>,
    /// What is the matter.
    pub last_problem: Option<Option<String>>,
    /// The platform's id of the post.
    pub platform_post_id: Option<String>,
    /// The public address.
    pub post_url: Option<String>,
    /// When the platform confirmed it.
    pub published_at: Option<DateTime<Utc>>,
    /// What keeps it out of the queue; `Some(None)` lets it go.
    pub held: Option<Option<&'static str>>,
    /// Whether it is to be taken back.
    pub cancel_requested: Option<bool>,
    /// The platform's name for what was announced there.
    pub platform_task_id: Option<String>,
    /// Now.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Write {
    /// Lets go of the delivery with this write.
    #[must_use]
    pub fn releasing(mut self) -> Self {
        self.lease_owner = Some(None);
        self.lease_until = Some(None);
        self
    }
}

/// Writes what became of a step, with its events and what the audit keeps of it, in one transaction, if the
/// claim still holds. Returns whether somebody has asked for it to be taken back in the meantime.
///
/// # Errors
/// [`DbError::FenceLost`] when somebody else has taken it over; otherwise when a query fails.
pub async fn write(
    conn: &mut Connection,
    id: DeliveryId,
    fence: i64,
    write: &Write,
    events: &[NewEvent],
    entries: &[NewAuditEntry<'_>],
) -> DbResult<bool> {
    if events.is_empty() && entries.is_empty() {
        return update(conn, id, fence, write).await;
    }
    conn.transaction(async |conn| {
        let cancel_requested = update(conn, id, fence, write).await?;
        event::append(conn, events).await?;
        audit::append(conn, entries).await?;
        Ok(cancel_requested)
    })
    .await
}

async fn update(
    conn: &mut Connection,
    id: DeliveryId,
    fence: i64,
    write: &Write,
) -> DbResult<bool> {
    diesel::update(
        deliveries::table
            .find(id.0)
            .filter(deliveries::fence.eq(fence)),
    )
    .set(write)
    .returning(deliveries::cancel_requested)
    .get_result(conn)
    .await
    .optional()?
    .ok_or(DbError::FenceLost)
}
