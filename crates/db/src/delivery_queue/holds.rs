//! What keeps a due delivery out of the queue, and what brings it back.

use chrono::{DateTime, Utc};
use diesel::QueryableByName;
use diesel::sql_types::{Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use uuid::Uuid;

use super::HeldDelivery;
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

/// Puts back into the queue whatever nothing keeps any longer. Returns what that was, and what had kept it.
///
/// # Errors
/// When the query fails.
pub async fn release_holds(
    conn: &mut Connection,
    now: DateTime<Utc>,
) -> DbResult<Vec<HeldDelivery>> {
    let released: Vec<Row> = diesel::sql_query(
        "WITH free AS (
             SELECT d.id, d.held
             FROM deliveries d
             JOIN accounts a ON a.id = d.account_id
             JOIN clients c ON c.id = d.client_id
             CROSS JOIN agency g
             WHERE d.held IS NOT NULL AND a.status = 'working'
               AND (d.checkpoint IS NOT NULL OR coalesce(a.paused_at, c.paused_at, g.paused_at) IS NULL)
             FOR UPDATE OF d
         )
         UPDATE deliveries d
         SET held = NULL, updated_at = $1,
             last_problem = CASE WHEN free.held = 'paused' THEN d.last_problem END,
             next_step_at = CASE d.state WHEN 'scheduled' THEN d.due_at ELSE $1 END
         FROM free WHERE d.id = free.id
         RETURNING d.id, d.client_id, d.post_id, d.account_id, free.held",
    )
    .bind::<Timestamptz, _>(now)
    .load(conn)
    .await?;
    if !released.is_empty() {
        wake(conn).await?;
    }
    Ok(released.into_iter().map(HeldDelivery::from).collect())
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    client_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    post_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = Text)]
    held: String,
}

impl From<Row> for HeldDelivery {
    fn from(row: Row) -> Self {
        Self {
            id: row.id.into(),
            client_id: row.client_id.into(),
            post_id: row.post_id.into(),
            account_id: row.account_id.into(),
            hold: Hold::from_word(&row.held),
        }
    }
}

/// Tells every worker to look at the queue now; inside a transaction, once it is committed.
///
/// # Errors
/// When the query fails.
pub async fn wake(conn: &mut Connection) -> DbResult<()> {
    Ok(conn.batch_execute("NOTIFY autopost_due").await?)
}
