//! Acting on what was kept. A call is a hint: it has the platform asked sooner, and decides nothing. Only
//! that an account took its access away is taken at its word, because nothing could be asked any more.

use chrono::Duration;
use connectors::{News, Webhook};
use db::delivery_queue;
use db::models::delivery::Delivery;
use db::models::event::{self, NewEvent};
use db::models::webhook::{self, Waiting};
use db::models::{account, connection};
use domain::history::Tone;
use domain::{AccountId, ClientId};

use crate::audit::{By, WEBHOOKS};
use crate::{ServiceError, ServiceResult, Services};

/// How long one worker keeps a call to itself.
const LEASE: Duration = Duration::minutes(1);
/// How many are taken at a time.
const AT_A_TIME: i64 = 20;
/// A call about something that we have not written down yet is tried again: the first pause, doubled
/// each time.
const FIRST_PAUSE: Duration = Duration::seconds(5);
/// So often (the last time after some twenty minutes); whatever it was about is asked for anyway.
const TRIES: i32 = 9;

/// What came of acting on a call.
enum Acted {
    Done,
    /// It is about something that is not known here, or not yet.
    Unknown,
}

impl Services {
    /// Acts on everything that waits. Safe to run on any number of servers. Returns how many were done.
    ///
    /// # Errors
    /// When the database cannot be reached; what was not done is taken up again.
    pub async fn work_inbox(&self) -> ServiceResult<usize> {
        let mut count = 0;
        loop {
            let now = self.clock.now();
            let taken =
                webhook::claim(&mut *self.conn().await?, now, now + LEASE, AT_A_TIME).await?;
            if taken.is_empty() {
                return Ok(count);
            }
            for waiting in taken {
                match self.work(&waiting).await {
                    Ok(true) => count += 1,
                    Ok(false) => {}
                    // One that cannot be acted on does not keep the others.
                    Err(error) => {
                        tracing::error!(webhook = waiting.id, %error, cause = error.source_text(), "acting on a webhook failed");
                        if waiting.tries >= TRIES {
                            webhook::done(&mut *self.conn().await?, waiting.id).await?;
                        }
                    }
                }
            }
        }
    }

    async fn work(&self, waiting: &Waiting) -> ServiceResult<bool> {
        let webhook: Webhook =
            serde_json::from_value(waiting.news.clone()).map_err(ServiceError::internal)?;
        let acted = self.act(waiting, &webhook).await?;
        let mut conn = self.conn().await?;
        if matches!(acted, Acted::Unknown) && waiting.tries < TRIES {
            let pause = FIRST_PAUSE * (1 << waiting.tries.clamp(1, TRIES).saturating_sub(1));
            webhook::try_again_at(&mut conn, waiting.id, self.clock.now() + pause).await?;
            return Ok(false);
        }
        webhook::done(&mut conn, waiting.id).await?;
        Ok(true)
    }

    async fn act(&self, waiting: &Waiting, webhook: &Webhook) -> ServiceResult<Acted> {
        let mut conn = self.conn().await?;
        let owner =
            connection::owner(&mut conn, waiting.platform, &webhook.platform_user_id).await?;
        let Some((id, client)) = owner else {
            // Nobody here has this account, or not any more.
            return Ok(Acted::Done);
        };
        let (task_id, hidden) = match &webhook.news {
            News::Nothing => return Ok(Acted::Done),
            News::AccessRemoved { why } => {
                drop(conn);
                return self.access_removed(id, client, webhook, why).await;
            }
            News::Task { task_id } => (task_id, false),
            News::TaskHidden { task_id } => (task_id, true),
        };
        let found = delivery_queue::of_task(&mut conn, id, task_id).await?;
        let Some(delivery) = found else {
            return Ok(Acted::Unknown);
        };
        if hidden {
            let told = hidden_told(&delivery, waiting, self.clock.now());
            event::append(&mut conn, &[told]).await?;
        }
        delivery_queue::look_now(&mut conn, &delivery, self.clock.now()).await?;
        Ok(Acted::Done)
    }

    /// The tokens are dead: what is kept of the account goes the way of a disconnect.
    async fn access_removed(
        &self,
        id: AccountId,
        client: ClientId,
        webhook: &Webhook,
        why: &str,
    ) -> ServiceResult<Acted> {
        let found = account::find(&mut *self.conn().await?, client, id).await?;
        let Some(account) = found else {
            return Ok(Acted::Done);
        };
        if webhook.sent_at < account.connected_at {
            // It is about a consent before the present one.
            return Ok(Acted::Done);
        }
        let told = NewEvent {
            client,
            account: Some(id),
            post: None,
            delivery: None,
            attempt: None,
            at: self.clock.now(),
            actor: None,
            kind: "disconnected",
            tone: Tone::Bad,
            title: format!("{} ended our access", account.platform),
            detail: format!(
                "{why} Tokens and profile were purged. Connect the account again to post on it."
            ),
            platform_words: None,
            duration_ms: None,
        };
        self.purge(&account, By::Software(WEBHOOKS), told).await?;
        Ok(Acted::Done)
    }
}

fn hidden_told(
    delivery: &Delivery,
    waiting: &Waiting,
    now: chrono::DateTime<chrono::Utc>,
) -> NewEvent {
    NewEvent {
        client: delivery.client_id,
        account: Some(delivery.account_id),
        post: Some(delivery.post_id),
        delivery: Some(delivery.id),
        attempt: (delivery.attempt > 0).then_some(delivery.attempt),
        at: now,
        actor: None,
        kind: "hidden",
        tone: Tone::Warning,
        title: "No longer public".to_owned(),
        detail: format!(
            "{} says that the post is no longer publicly available. Look at the account to see why.",
            waiting.platform
        ),
        platform_words: None,
        duration_ms: None,
    }
}
