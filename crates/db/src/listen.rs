//! Hears what other processes tell through the database.

use diesel_async::{AsyncConnection, SimpleAsyncConnection};
use futures::StreamExt;

use crate::delivery_queue::WAKE_CHANNEL;
use crate::{Connection, DbError, DbResult};

/// A connection of its own that waits for word of work that is due at once.
pub struct Listener {
    conn: Connection,
}

impl Listener {
    /// Connects and begins to listen.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn connect(database_url: &str) -> DbResult<Self> {
        let mut conn = Connection::establish(database_url)
            .await
            .map_err(DbError::Connect)?;
        conn.batch_execute(&format!("LISTEN {WAKE_CHANNEL}"))
            .await?;
        Ok(Self { conn })
    }

    /// Returns at the next word.
    ///
    /// # Errors
    /// When the connection has ended; connect anew.
    pub async fn heard(&mut self) -> DbResult<()> {
        let mut words = std::pin::pin!(self.conn.notifications_stream());
        match words.next().await {
            Some(Ok(_)) => Ok(()),
            Some(Err(error)) => Err(error.into()),
            None => Err(diesel::result::Error::BrokenTransactionManager.into()),
        }
    }
}
