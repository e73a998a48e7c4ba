//! Nothing is kept longer than it is needed: files, sessions, consents that nobody finished.

use chrono::Duration;
use db::models::{asset, oauth_attempt, session};

use crate::{ServiceError, ServiceResult, Services};

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Assets whose files were removed.
    pub assets: usize,
    /// Sessions that had expired.
    pub sessions: usize,
    /// Consents that nobody came back for.
    pub consents: usize,
}

impl Services {
    /// Removes what is no longer needed. Safe to run again at any time, on any number of servers.
    ///
    /// # Errors
    /// When the database or the media folder cannot be reached; the next sweep goes on.
    pub async fn sweep(&self) -> ServiceResult<Swept> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        let mut swept = Swept {
            sessions: session::delete_expired(&mut conn, now).await?,
            consents: oauth_attempt::delete_expired(&mut conn, now).await?,
            assets: 0,
        };
        let before = now - Duration::days(i64::from(self.settings.media_retention_days));
        for expired in asset::expired(&mut conn, before, 500).await? {
            // The files first: a crash in between is mended by the next sweep, not the other way round.
            self.media
                .delete(expired.id)
                .await
                .map_err(ServiceError::internal)?;
            asset::mark_deleted(&mut conn, expired.id, now).await?;
            swept.assets += 1;
        }
        Ok(swept)
    }
}
