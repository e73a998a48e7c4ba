//! The agency itself: one row.

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
