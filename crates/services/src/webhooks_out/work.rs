//! Delivering what is kept for the addresses of others.

use chrono::{DateTime, Duration, Utc};
use db::AsyncConnection;
use db::models::webhook_message::{Outcome, Waiting};
use db::models::{webhook_endpoint, webhook_message};
use domain::EndpointId;
use futures::future::join_all;
use url::Url;

use super::{place, sign};
use crate::{ServiceError, ServiceResult, Services};

/// How long one worker keeps a message to itself: longer than a call may take.
const LEASE: Duration = Duration::minutes(2);
/// How many are called at the same time.
const AT_A_TIME: i64 = 20;
/// How long after each try that failed the next one follows, as the standard has it.
const PAUSES: [Duration; 7] = [
    Duration::seconds(5),
    Duration::minutes(5),
    Duration::minutes(30),
    Duration::hours(2),
    Duration::hours(5),
    Duration::hours(10),
    Duration::hours(14),
];
/// And after that.
const LONG_PAUSE: Duration = Duration::hours(20);
/// After so long an address that takes nothing is switched off.
const PATIENCE: Duration = Duration::days(3);

impl Services {
    /// Delivers everything that is due. Safe to run on any number of servers. Returns how many were taken.
    ///
    /// # Errors
    /// When the database cannot be reached; what was not delivered is taken up again.
    pub async fn deliver_webhooks(&self) -> ServiceResult<usize> {
        if self.announcer.is_none() {
            return Ok(0);
        }
        let mut count = 0;
        loop {
            let now = self.clock.now();
            let due = webhook_message::claim(&mut *self.conn().await?, now, now + LEASE, AT_A_TIME)
                .await?;
            if due.is_empty() {
                return Ok(count);
            }
            for done in join_all(due.iter().map(|message| self.deliver_message(message))).await {
                match done {
                    Ok(true) => count += 1,
                    Ok(false) => {}
                    // One that cannot be written down does not keep the others.
                    Err(error) => {
                        tracing::error!(%error, cause = error.source_text(), "delivering a webhook failed; tries again");
                    }
                }
            }
        }
    }

    async fn deliver_message(&self, message: &Waiting) -> ServiceResult<bool> {
        let id = EndpointId(message.endpoint_id);
        let answer = self.call_endpoint(id, message).await?;
        let now = self.clock.now();
        let (status, problem) = match answer {
            Ok(status) if (200..300).contains(&status) => {
                let told = (Some(status.into()), None);
                let mut conn = self.conn().await?;
                webhook_message::settle(&mut conn, message, &Outcome::Sent, told, now).await?;
                return Ok(true);
            }
            Ok(status) => (Some(status), format!("It answered {status}.")),
            Err(fault) => (None, format!("{fault}.")),
        };
        let told = (status.map(i32::from), Some(problem.as_str()));
        let next = next_try(message.tries, message.created_at, now, self.clock.jitter());
        // "Gone" is how an address says that it wants no more.
        let gone = status == Some(410);
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let outcome = match next {
                Some(at) if !gone => Outcome::Again(at),
                _ => Outcome::Failed,
            };
            webhook_message::settle(conn, message, &outcome, told, now).await?;
            let is_over = matches!(outcome, Outcome::Failed)
                && (gone || !webhook_message::any_sent_since(conn, id, message.created_at).await?);
            if is_over {
                self.give_endpoint_up(conn, id, message, &problem, now)
                    .await?;
            }
            Ok::<_, ServiceError>(())
        })
        .await?;
        Ok(false)
    }

    /// Calls the address. The inner error is what went wrong there.
    async fn call_endpoint(
        &self,
        id: EndpointId,
        message: &Waiting,
    ) -> ServiceResult<Result<u16, String>> {
        let (Some(announcer), Ok(url)) = (&self.announcer, Url::parse(&message.url)) else {
            return Ok(Err("The address cannot be called".to_owned()));
        };
        let secret = self
            .vault
            .open_secret(&message.sealed_secret, &place(id))
            .map_err(ServiceError::internal)?;
        let at = self.clock.now();
        let name = format!("msg_{}", message.id.simple());
        let Some(signature) = sign(&secret, &name, at, &message.body) else {
            return Ok(Err("The address has no usable secret".to_owned()));
        };
        let headers = [
            ("webhook-id", name),
            ("webhook-timestamp", at.timestamp().to_string()),
            ("webhook-signature", signature),
        ];
        Ok(announcer.call(&url, &headers, message.body.clone()).await)
    }

    /// Switches an address off, and tells the owners.
    async fn give_endpoint_up(
        &self,
        conn: &mut db::Connection,
        id: EndpointId,
        message: &Waiting,
        problem: &str,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        if !webhook_endpoint::disable(conn, id, problem, now).await? {
            return Ok(());
        }
        let host = Url::parse(&message.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "An address".to_owned());
        let title = format!("Webhooks to {host} were switched off");
        let body = format!(
            "It has taken nothing for three days, or said that it wants no more. {problem} Mend it, then switch it on again."
        );
        self.tell_owners(conn, &title, &body, "/settings/webhooks")
            .await
    }
}

/// When a message is tried again; `None` when its time is over.
fn next_try(
    tries: i32,
    made: DateTime<Utc>,
    now: DateTime<Utc>,
    jitter: f64,
) -> Option<DateTime<Utc>> {
    let place = usize::try_from(tries).unwrap_or(1).saturating_sub(1);
    let pause = PAUSES.get(place).copied().unwrap_or(LONG_PAUSE);
    // Up to a tenth later, so that what failed together does not come back together.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "some milliseconds do not matter"
    )]
    let later = Duration::milliseconds((pause.num_milliseconds() as f64 * jitter / 10.0) as i64);
    Some(now + pause + later).filter(|at| *at <= made + PATIENCE)
}

#[cfg(test)]
mod tests {
    use super::{PATIENCE, next_try};
    use chrono::{DateTime, Duration};

    #[test]
    fn tries_are_spread_over_three_days_and_end() {
        let made = DateTime::from_timestamp(1_800_000_000, 0).expect("an instant");
        let (mut now, mut tries) = (made, 1);
        while let Some(next) = next_try(tries, made, now, 0.5) {
            assert!(next > now);
            (now, tries) = (next, tries + 1);
            assert!(tries < 20, "it ends");
        }
        assert!(now - made > Duration::days(2) && now - made <= PATIENCE);
        assert!(tries >= 8, "{tries} tries");
    }
}
