//! Nothing is kept longer than it is needed: files, sessions, consents that nobody finished.

use chrono::Duration;
use db::AsyncConnection;
use db::models::asset::Kept;
use db::models::{asset, client, notice, oauth_attempt, outbox, session, webhook, webhook_message};
use domain::audit::AuditAction;

use crate::audit::{self, By, Entry, HOUSEKEEPING};
use crate::{ServiceError, ServiceResult, Services};

/// How long webhooks are known again: longer than any platform repeats one, and than any signature counts.
const WEBHOOKS_KEPT: Duration = Duration::days(7);

/// How long the text of a mail that could not be sent is kept for a person to send it again.
const MAIL_KEPT: Duration = Duration::days(30);
/// How long what was told is kept: to people, and to the addresses of others.
const NOTICES_KEPT: Duration = Duration::days(180);
const MESSAGES_KEPT: Duration = Duration::days(30);

/// What a sweep removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Assets whose files were removed.
    pub assets: usize,
    /// Uploads that nobody went on with, and what was left of copies that were not made.
    pub uploads: usize,
    /// Sessions that had expired.
    pub sessions: usize,
    /// Consents that nobody came back for.
    pub consents: usize,
    /// Webhooks that were received long ago.
    pub webhooks: usize,
    /// Texts of mails, notices and messages that were told long ago.
    pub told: usize,
}

impl Services {
    /// Removes what is no longer needed. Safe to run again at any time, on any number of servers.
    ///
    /// # Errors
    /// When the database or the media folder cannot be reached; the next sweep goes on.
    pub async fn sweep(&self) -> ServiceResult<Swept> {
        let now = self.clock.now();
        let uploads = self.sweep_uploads().await? + self.sweep_copies().await?;
        let mut conn = self.conn().await?;
        let mut swept = Swept {
            sessions: session::delete_expired(&mut conn, now).await?,
            consents: oauth_attempt::delete_expired(&mut conn, now).await?,
            webhooks: webhook::delete_received_before(&mut conn, now - WEBHOOKS_KEPT).await?,
            told: outbox::erase_written_before(&mut conn, now - MAIL_KEPT).await?
                + notice::delete_told_before(&mut conn, now - NOTICES_KEPT).await?
                + webhook_message::delete_made_before(&mut conn, now - MESSAGES_KEPT).await?,
            uploads,
            assets: 0,
        };
        let usual = i64::from(self.settings.media_retention_days);
        let own = client::all(&mut conn).await?.into_iter().filter_map(|row| {
            let days = row.media_retention_days?;
            Some((Kept::For(row.id), i64::from(days)))
        });
        for (kept, days) in own.chain([(Kept::AsUsual, usual)]) {
            let before = now - Duration::days(days);
            for expired in asset::expired(&mut conn, kept, before, None, 500).await? {
                let entry = Entry::of(AuditAction::AssetRemoved)
                    .at(expired.client_id)
                    .on("asset", expired.id);
                let is_removed: ServiceResult<bool> = conn
                    .transaction(async |conn| {
                        // Whoever plans a post or brings the same file again holds this lock too: what was taken
                        // up since stays.
                        client::find_for_update(conn, expired.client_id).await?;
                        let still = asset::expired(conn, kept, before, Some(expired.id), 1).await?;
                        if still.is_empty() {
                            return Ok(false);
                        }
                        asset::mark_deleted(conn, expired.id, now).await?;
                        audit::write(conn, By::Software(HOUSEKEEPING), now, &[entry]).await?;
                        // The files before the end: a crash in between is mended by the next sweep.
                        let removed = self.media.delete(expired.id).await;
                        removed.map_err(ServiceError::internal)?;
                        Ok(true)
                    })
                    .await;
                swept.assets += usize::from(is_removed?);
            }
        }
        Ok(swept)
    }
}
