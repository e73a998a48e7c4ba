//! The agency itself: one row.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::UserId;
use uuid::Uuid;

use crate::schema::agency;
use crate::{Connection, DbResult};

/// The agency's name.
///
/// # Errors
/// When the query fails.
pub async fn name(conn: &mut Connection) -> DbResult<String> {
    Ok(agency::table.select(agency::name).first(conn).await?)
}

/// Renames the agency.
///
/// # Errors
/// When the query fails.
pub async fn rename(conn: &mut Connection, name: &str) -> DbResult<()> {
    diesel::update(agency::table)
        .set(agency::name.eq(name))
        .execute(conn)
        .await?;
    Ok(())
}

/// Since when all publishing is paused, and who paused it.
///
/// # Errors
/// When the query fails.
pub async fn paused(conn: &mut Connection) -> DbResult<Option<(DateTime<Utc>, Option<UserId>)>> {
    let (since, by): (Option<DateTime<Utc>>, Option<Uuid>) = agency::table
        .select((agency::paused_at, agency::paused_by))
        .first(conn)
        .await?;
    Ok(since.map(|since| (since, by.map(UserId::from))))
}

/// Pauses all publishing (since when, and who did it), or resumes it. `false` when it was so already.
///
/// # Errors
/// When the query fails.
pub async fn set_paused(
    conn: &mut Connection,
    pause: Option<(DateTime<Utc>, UserId)>,
) -> DbResult<bool> {
    let changed =
        diesel::update(agency::table.filter(agency::paused_at.is_null().eq(pause.is_some())))
            .set((
                agency::paused_at.eq(pause.map(|(since, _)| since)),
                agency::paused_by.eq(pause.map(|(_, by)| by.0)),
            ))
            .execute(conn)
            .await?;
    Ok(changed > 0)
}
