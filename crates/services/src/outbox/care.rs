//! The outbox as owners look after it.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::outbox;
use domain::audit::AuditAction;
use domain::{MailId, Permission};
use serde_json::json;

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::outbox::Shown as MailView;

/// How many are shown at a time.
const AT_A_TIME: i64 = 50;

/// A page of the outbox.
#[derive(Clone, Debug)]
pub struct Outbox {
    /// Whether there is a mail server; without one everything waits.
    pub has_server: bool,
    /// How many wait.
    pub waiting: i64,
    /// The newest first.
    pub mails: Vec<MailView>,
    /// Where older ones begin.
    pub next: Option<DateTime<Utc>>,
}

impl Services {
    /// Mail on its way and mail that was sent, without what it says; only what is in trouble when asked for.
    ///
    /// # Errors
    /// For anybody but owners, or when the database cannot be reached.
    pub async fn outbox(
        &self,
        actor: &Actor,
        in_trouble: bool,
        before: Option<DateTime<Utc>>,
    ) -> ServiceResult<Outbox> {
        actor.require(Permission::ManageAgency)?;
        let mut conn = self.conn().await?;
        let mails = outbox::list(&mut conn, in_trouble, before, AT_A_TIME).await?;
        let is_full = i64::try_from(mails.len()).is_ok_and(|count| count == AT_A_TIME);
        Ok(Outbox {
            has_server: self.smtp.is_some(),
            waiting: outbox::count_waiting(&mut conn).await?,
            next: mails.last().filter(|_| is_full).map(|mail| mail.created_at),
            mails,
        })
    }

    /// Sends a mail again that failed, or of which nobody knows whether it arrived.
    ///
    /// # Errors
    /// When there is none such, or its text is not kept any more; for anybody but owners.
    pub async fn send_mail_again(&self, actor: &Actor, id: MailId) -> ServiceResult<()> {
        actor.require(Permission::ManageAgency)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let to = outbox::send_again(conn, id, now).await?;
            let to = to.ok_or_else(|| {
                ServiceError::Conflict(
                    "This mail is on its way already, or its text is not kept any more.".to_owned(),
                )
            })?;
            let entry = Entry::of(AuditAction::MailSentAgain)
                .on("mail", id)
                .after(json!({ "to": to }));
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }
}
