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

/// What is set for the agency.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = agency, check_for_backend(diesel::pg::Pg))]
pub struct AgencySettings {
    /// Its name.
    pub name: String,
    /// Who is told of failures besides the team.
    pub failure_email: Option<String>,
    /// "#1f4a44": the colour of its mark and its mails.
    pub brand_color: Option<String>,
}

/// What is set for the agency.
///
/// # Errors
/// When the query fails.
pub async fn settings(conn: &mut Connection) -> DbResult<AgencySettings> {
    Ok(agency::table
        .select(AgencySettings::as_select())
        .first(conn)
        .await?)
}

/// Sets it.
///
/// # Errors
/// When the query fails.
pub async fn set_settings(conn: &mut Connection, new: &AgencySettings) -> DbResult<()> {
    diesel::update(agency::table)
        .set((
            agency::name.eq(&new.name),
            agency::failure_email.eq(&new.failure_email),
            agency::brand_color.eq(&new.brand_color),
        ))
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
