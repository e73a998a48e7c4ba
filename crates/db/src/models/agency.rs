//! The agency itself: one row.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

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

/// Since when all publishing is paused.
///
/// # Errors
/// When the query fails.
pub async fn paused_at(conn: &mut Connection) -> DbResult<Option<DateTime<Utc>>> {
    Ok(agency::table.select(agency::paused_at).first(conn).await?)
}

/// Pauses all publishing, or resumes it. `false` when it was so already.
///
/// # Errors
/// When the query fails.
pub async fn set_paused(conn: &mut Connection, since: Option<DateTime<Utc>>) -> DbResult<bool> {
    let changed =
        diesel::update(agency::table.filter(agency::paused_at.is_null().eq(since.is_some())))
            .set(agency::paused_at.eq(since))
            .execute(conn)
            .await?;
    Ok(changed > 0)
}
