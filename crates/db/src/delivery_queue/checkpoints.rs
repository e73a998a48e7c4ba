//! Sealed checkpoints, for the rotation of keys.

use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::DeliveryId;
use uuid::Uuid;

use crate::schema::deliveries;
use crate::{Connection, DbResult};

/// Every sealed checkpoint, to be sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn sealed_checkpoints(conn: &mut Connection) -> DbResult<Vec<(DeliveryId, Vec<u8>)>> {
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = deliveries::table
        .filter(deliveries::checkpoint.is_not_null())
        .select((deliveries::id, deliveries::checkpoint))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, checkpoint)| Some((id.into(), checkpoint?)))
        .collect())
}

/// Replaces a checkpoint by the same one sealed anew, unless a worker wrote another in between.
///
/// # Errors
/// When the query fails.
pub async fn replace_checkpoint(
    conn: &mut Connection,
    id: DeliveryId,
    was: &[u8],
    sealed: &[u8],
) -> DbResult<()> {
    diesel::update(
        deliveries::table
            .find(id.0)
            .filter(deliveries::checkpoint.eq(was)),
    )
    .set(deliveries::checkpoint.eq(sealed))
    .execute(conn)
    .await?;
    Ok(())
}
