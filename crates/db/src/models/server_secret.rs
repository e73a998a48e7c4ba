//! Keys of the server itself: ciphertext under a name.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;

use crate::schema::server_secrets;
use crate::{Connection, DbResult};

/// The secret of this name.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, name: &str) -> DbResult<Option<Vec<u8>>> {
    Ok(server_secrets::table
        .find(name)
        .select(server_secrets::sealed)
        .first(conn)
        .await
        .optional()?)
}

/// Keeps a secret unless there is one of this name already: of several servers that start together, one
/// makes it.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    name: &str,
    sealed: &[u8],
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(server_secrets::table)
        .values((
            server_secrets::name.eq(name),
            server_secrets::sealed.eq(sealed),
            server_secrets::created_at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// Every secret, to be sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn all(conn: &mut Connection) -> DbResult<Vec<(String, Vec<u8>)>> {
    Ok(server_secrets::table
        .select((server_secrets::name, server_secrets::sealed))
        .load(conn)
        .await?)
}

/// Replaces a secret by the same one sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn replace(conn: &mut Connection, name: &str, sealed: &[u8]) -> DbResult<()> {
    diesel::update(server_secrets::table.find(name))
        .set(server_secrets::sealed.eq(sealed))
        .execute(conn)
        .await?;
    Ok(())
}
