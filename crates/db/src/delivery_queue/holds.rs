//! What keeps a due delivery out of the queue, and what brings it back.

use chrono::{DateTime, Utc};
use diesel::sql_types::Timestamptz;
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};

use crate::{Connection, DbResult};

/// Where workers listen for work that should not wait for the next tick.
pub const WAKE_CHANNEL: &str = "autopost_due";

/// Why a due delivery is not sent for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// Publishing is paused: for everything, for the client, or for the account.
    Paused,
    /// The account has to be connected again.
    Reconnect,
}

impl Hold {
    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Paused => "paused",
            Self::Reconnect => "reconnect",
        }
    }

    /// The hold of this word; the database allows no other.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "reconnect" {
            Self::Reconnect
        } else {
            Self::Paused
        }
    }
}

/// Puts back into the queue whatever nothing keeps any longer. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn release_holds(conn: &mut Connection, now: DateTime<Utc>) -> DbResult<usize> {
    let released = diesel::sql_query(
        "UPDATE deliveries d
         SET held = NULL, updated_at = $1,
             last_problem = CASE WHEN d.held = 'paused' THEN d.last_problem END,
             next_step_at = CASE d.state WHEN 'scheduled' THEN d.due_at ELSE $1 END
         FROM accounts a, clients c, agency g
         WHERE d.held IS NOT NULL AND a.id = d.account_id AND c.id = d.client_id
           AND a.status = 'working'
           AND (d.checkpoint IS NOT NULL OR coalesce(a.paused_at, c.paused_at, g.paused_at) IS NULL)",
    )
    .bind::<Timestamptz, _>(now)
    .execute(conn)
    .await?;
    if released > 0 {
        wake(conn).await?;
    }
    Ok(released)
}

/// Tells every worker to look at the queue now; inside a transaction, once it is committed.
///
/// # Errors
/// When the query fails.
pub async fn wake(conn: &mut Connection) -> DbResult<()> {
    Ok(conn.batch_execute("NOTIFY autopost_due").await?)
}
