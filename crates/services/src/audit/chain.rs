//! Chains what was written down: each link's hash says something about its entry and all before it.
//!
//! It is done afterwards, a few seconds behind, so that nothing that is done has to wait for what another
//! does. It is done strictly in the order of ids, by one process at a time: an entry gets its link once no
//! entry with a lower id can appear any more.

use std::time::Duration;

use db::DbError;
use db::models::audit::chain::{self, Link};

use super::canonical::{BEGINNING, link_hash};
use crate::{ServiceResult, Services};

/// How many entries get their link in one transaction.
const BATCH: i64 = 2_000;
/// How often is looked whether those have ended that may still have something to show.
const LOOK_AGAIN: Duration = Duration::from_millis(20);
/// How many looks are worth it. Whoever takes longer is waited for by the next round.
const LOOKS: usize = 100;

impl Services {
    /// Chains what is there to be chained, unless another process does so already. Returns how many
    /// entries got their link.
    ///
    /// # Errors
    /// When the database cannot be reached; what is not chained then waits for the next round.
    pub async fn chain_audit(&self) -> ServiceResult<usize> {
        let mut chained = 0;
        loop {
            let count = self.chain_batch().await?;
            chained += count;
            if i64::try_from(count).is_ok_and(|count| count < BATCH) {
                return Ok(chained);
            }
        }
    }

    async fn chain_batch(&self) -> ServiceResult<usize> {
        let mut conn = self.conn().await?;
        // Each statement has to see what has ended since the one before.
        let chained = conn
            .build_transaction()
            .read_committed()
            .run(async |conn| {
                if !chain::try_lock(conn).await? {
                    return Ok(0);
                }
                let newest = chain::newest(conn).await?;
                let (seq, after, mut hash) = newest.map_or_else(
                    || (0, 0, BEGINNING.to_vec()),
                    |link| (link.seq, link.entry_id, link.hash),
                );
                let Some(up_to) = chain::newest_entry(conn, after).await? else {
                    return Ok(0);
                };
                if !settled(conn).await? {
                    return Ok(0);
                }
                let entries = chain::entries(conn, after, up_to, BATCH).await?;
                let links: Vec<Link> = (seq + 1..)
                    .zip(&entries)
                    .map(|(seq, entry)| {
                        hash = link_hash(&hash, entry).to_vec();
                        Link {
                            seq,
                            entry_id: entry.id,
                            hash: hash.clone(),
                        }
                    })
                    .collect();
                chain::append(conn, &links).await?;
                Ok::<_, DbError>(links.len())
            })
            .await?;
        Ok(chained)
    }
}

/// Waits until all have ended that might still show an entry with an id which has been given out by now.
async fn settled(conn: &mut db::Connection) -> Result<bool, DbError> {
    let mut waited_for = chain::writers(conn).await?;
    for _ in 0..LOOKS {
        if waited_for.is_empty() {
            return Ok(true);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
        let still = chain::writers(conn).await?;
        waited_for.retain(|writer| still.contains(writer));
    }
    tracing::warn!(
        waiting = waited_for.len(),
        "a transaction that has added to the audit takes long: the chain waits for it"
    );
    Ok(false)
}
