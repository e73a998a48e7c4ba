//! What people decide about a delivery.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::post::PlatformOptions;
use domain::{AccountId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use super::NewDelivery;
use crate::schema::deliveries;
use crate::{Connection, DbResult};

/// Adds a delivery as a draft.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewDelivery<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(new.id.0),
            deliveries::client_id.eq(new.client.0),
            deliveries::post_id.eq(new.post.0),
            deliveries::account_id.eq(new.account.0),
            deliveries::caption_override.eq(new.caption),
            deliveries::options.eq(to_json(new.options)?),
            deliveries::state.eq(DeliveryState::Draft.as_str()),
            deliveries::due_at.eq(new.due_at),
            deliveries::created_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes what is chosen for a delivery and takes it back to draft; whoever schedules it does so anew. A caption
/// of its own stays.
///
/// # Errors
/// When the query fails.
pub async fn rewrite(
    conn: &mut Connection,
    id: DeliveryId,
    options: &PlatformOptions,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::options.eq(to_json(options)?),
            deliveries::state.eq(DeliveryState::Draft.as_str()),
            deliveries::scheduled_version.eq(None::<Vec<u8>>),
            deliveries::next_step_at.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::last_problem.eq(None::<String>),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::findings.eq(serde_json::json!([])),
            deliveries::due_at.eq(due_at),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives the deliveries of a post another minute, and takes them out of the queue; whoever schedules them does so
/// anew.
///
/// # Errors
/// When the query fails.
pub async fn move_to(
    conn: &mut Connection,
    post: PostId,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.filter(deliveries::post_id.eq(post.0)))
        .set((
            deliveries::due_at.eq(due_at),
            deliveries::scheduled_version.eq(None::<Vec<u8>>),
            deliveries::next_step_at.eq(None::<DateTime<Utc>>),
            deliveries::held.eq(None::<String>),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::findings.eq(serde_json::json!([])),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a delivery a caption of its own, or the one that it shares again.
///
/// # Errors
/// When the query fails.
pub async fn set_caption(
    conn: &mut Connection,
    id: DeliveryId,
    caption: Option<&str>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set(deliveries::caption_override.eq(caption))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a delivery into the queue. `preflight_at` is when it is looked at ahead of its minute.
///
/// # Errors
/// When the query fails.
pub async fn schedule(
    conn: &mut Connection,
    id: DeliveryId,
    version: &[u8],
    preflight_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(DeliveryState::Scheduled.as_str()),
            deliveries::scheduled_version.eq(version),
            deliveries::next_step_at.eq(deliveries::due_at.nullable()),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(preflight_at),
            deliveries::findings.eq(serde_json::json!([])),
            deliveries::retries.eq(0),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sends a delivery that is to go out at once, whatever it was before: from the beginning.
///
/// # Errors
/// When the query fails.
pub async fn send_now(
    conn: &mut Connection,
    id: DeliveryId,
    version: &[u8],
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(DeliveryState::Scheduled.as_str()),
            deliveries::scheduled_version.eq(version),
            deliveries::due_at.eq(now),
            deliveries::next_step_at.eq(now),
            deliveries::fence.eq(deliveries::fence + 1),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::attempt_open.eq(false),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::last_problem.eq(None::<String>),
            deliveries::retries.eq(0),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a delivery whose outcome nobody knew as published, as a person found it.
///
/// # Errors
/// When the query fails.
pub async fn confirm(
    conn: &mut Connection,
    id: DeliveryId,
    address: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    set_aside(conn, id, DeliveryState::Published, None, now).await?;
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::post_url.eq(address),
            deliveries::published_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Asks the worker that is at it, or the next one, to take a delivery back.
///
/// # Errors
/// When the query fails.
pub async fn request_cancel(
    conn: &mut Connection,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::cancel_requested.eq(true),
            deliveries::next_step_at.eq(now),
            deliveries::held.eq(None::<String>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sets the state of a delivery that no worker holds, and takes it out of the queue.
///
/// # Errors
/// When the query fails.
pub async fn set_aside(
    conn: &mut Connection,
    id: DeliveryId,
    state: DeliveryState,
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(state.as_str()),
            deliveries::next_step_at.eq(None::<DateTime<Utc>>),
            // Whoever held it is too late from here on.
            deliveries::fence.eq(deliveries::fence + 1),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::last_problem.eq(problem),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the deliveries of a post, to be written anew.
///
/// # Errors
/// When the query fails.
pub async fn delete_of_post_except(
    conn: &mut Connection,
    post: PostId,
    keep: &[AccountId],
) -> DbResult<()> {
    let keep: Vec<Uuid> = keep.iter().map(|id| id.0).collect();
    diesel::delete(
        deliveries::table
            .filter(deliveries::post_id.eq(post.0))
            .filter(deliveries::account_id.ne_all(keep)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

fn to_json(options: &PlatformOptions) -> DbResult<serde_json::Value> {
    serde_json::to_value(options)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
