//! Sending what is in the outbox.
//!
//! That a mail server is given the text now is written down before it is. A worker that dies between
//! leaves a mail of which nobody knows: it is shown as such, and sent again by a person alone.

use std::collections::BTreeSet;

use chrono::Duration;
use db::models::outbox::{self, Claimed, Outcome};
use domain::{AssetId, MailId};
use futures::future::join_all;
use lettre::Address;

use super::message::Letter;
use super::smtp::{Smtp, Trouble};
use super::{Body, place};
use crate::{ServiceError, ServiceResult, Services};

/// How long one worker keeps a mail to itself before the text is given: longer than that may take.
const LEASE: Duration = Duration::minutes(3);
/// And while it is given.
const SENDING: Duration = Duration::minutes(7);
/// How many are sent at the same time.
const AT_A_TIME: i64 = 8;
/// How long after the first try that failed the next one follows; doubled each time.
const FIRST_PAUSE: Duration = Duration::minutes(1);
/// And no longer than this.
const LONGEST_PAUSE: Duration = Duration::hours(4);
/// For how long a mail is tried.
const PATIENCE: Duration = Duration::days(2);
/// What is written about a mail whose worker went away.
const WORKER_GONE: &str = "The server stopped while the mail server had the mail. It may have arrived. Ask the recipient, or send it again.";

impl Services {
    /// Sends everything that is due. Safe to run on any number of servers. Returns how many were sent.
    ///
    /// # Errors
    /// When the database cannot be reached; what was not sent is taken up again.
    pub async fn send_mail(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let lost = outbox::lose(&mut *self.conn().await?, WORKER_GONE, now).await?;
        if lost > 0 {
            tracing::warn!(lost, "nobody knows whether these mails were sent");
        }
        let Some(smtp) = self.smtp.clone() else {
            return Ok(0);
        };
        let mut count = 0;
        loop {
            let now = self.clock.now();
            let (until, give_up_at) = (now + LEASE, now + PATIENCE);
            let mut conn = self.conn().await?;
            let due = outbox::claim(&mut conn, now, until, give_up_at, AT_A_TIME).await?;
            drop(conn);
            if due.is_empty() {
                return Ok(count);
            }
            for done in join_all(due.iter().map(|mail| self.mail_one(&smtp, mail))).await {
                match done {
                    Ok(true) => count += 1,
                    Ok(false) => {}
                    // One that cannot be written down does not keep the others.
                    Err(error) => {
                        tracing::error!(%error, cause = error.source_text(), "sending a mail failed");
                    }
                }
            }
        }
    }

    async fn mail_one(&self, smtp: &Smtp, mail: &Claimed) -> ServiceResult<bool> {
        let outcome = match self.try_mail(smtp, mail).await? {
            // Somebody else has it.
            None => return Ok(false),
            Some(Ok(())) => Outcome::Sent,
            Some(Err(Trouble::Never(words))) => Outcome::Failed(words),
            Some(Err(Trouble::Unknown(words))) => Outcome::Unknown(words),
            Some(Err(Trouble::Later(words))) => self.put_mail_off(mail, words),
        };
        if !matches!(outcome, Outcome::Sent) {
            tracing::warn!(mail = %mail.id, kind = mail.kind, ?outcome, "a mail was not sent");
        }
        let mut conn = self.conn().await?;
        outbox::settle(&mut conn, mail, &outcome, self.clock.now()).await?;
        Ok(matches!(outcome, Outcome::Sent))
    }

    /// `None` when somebody else holds the mail by now.
    async fn try_mail(
        &self,
        smtp: &Smtp,
        mail: &Claimed,
    ) -> ServiceResult<Option<Result<(), Trouble>>> {
        let never = |words: &str| Ok(Some(Err(Trouble::Never(words.to_owned()))));
        let Ok(to) = mail.recipient.trim().parse::<Address>() else {
            return never("That is no mail address.");
        };
        let Some(sealed) = &mail.sealed else {
            return never("Its text is not kept any more.");
        };
        let id = MailId(mail.id);
        let Ok(plain) = self.vault.open(sealed, &place(id)) else {
            return never("Its text cannot be opened: the key that sealed it is not here.");
        };
        let body: Body = serde_json::from_slice(&plain).map_err(ServiceError::internal)?;
        let letter = Letter {
            id,
            from: smtp.from(),
            to: to.clone(),
            subject: &mail.subject,
            at: self.clock.now(),
            pictures: self.mail_pictures(&body).await,
            body,
        };
        let text = letter.set().map_err(ServiceError::internal)?;
        let introduced = match smtp.introduce(&to, &text).await {
            Ok(introduced) => introduced,
            Err(trouble) => return Ok(Some(Err(trouble))),
        };
        let until = self.clock.now() + SENDING;
        let begun = match self.conn().await {
            Ok(mut conn) => outbox::begin(&mut conn, mail, until).await?,
            Err(error) => {
                introduced.leave().await;
                return Err(error);
            }
        };
        if !begun {
            introduced.leave().await;
            return Ok(None);
        }
        Ok(Some(introduced.give(&text).await))
    }

    /// The posters that still exist; a mail goes out without those that do not.
    async fn mail_pictures(&self, body: &Body) -> Vec<(AssetId, Vec<u8>)> {
        let mut pictures = Vec::new();
        for asset in body.pictures.iter().copied().collect::<BTreeSet<_>>() {
            if let Ok(bytes) = tokio::fs::read(self.media.poster(asset)).await {
                pictures.push((asset, bytes));
            }
        }
        pictures
    }

    fn put_mail_off(&self, mail: &Claimed, words: String) -> Outcome {
        let again = self.clock.now() + pause(mail.tries);
        if again > mail.give_up_at {
            return Outcome::Failed(format!("{words} It was tried for two days."));
        }
        Outcome::Again(again, words)
    }
}

/// How long after a try that failed the next one follows.
fn pause(tries: i32) -> Duration {
    let doubled = u32::try_from(tries.saturating_sub(1)).unwrap_or(0).min(16);
    (FIRST_PAUSE * 2_i32.saturating_pow(doubled)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::{LONGEST_PAUSE, pause};
    use chrono::Duration;

    #[test]
    fn tries_follow_at_growing_distance() {
        assert_eq!(pause(1), Duration::minutes(1));
        assert_eq!(pause(2), Duration::minutes(2));
        assert_eq!(pause(5), Duration::minutes(16));
        assert_eq!(pause(20), LONGEST_PAUSE);
        assert_eq!(pause(i32::MAX), LONGEST_PAUSE);
    }
}
