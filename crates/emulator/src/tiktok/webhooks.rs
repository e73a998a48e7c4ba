//! What TikTok tells by itself. What happened is found out by looking, as everything that depends on time
//! is; each event is signed, sent twice, and sent again until it is answered with 200 or three days are over.

use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use ring::hmac;
use serde_json::{Value, json};

use super::{
    config::Config,
    media::new_client,
    state::{Platform, State},
    tasks::{Mode, Stage},
};

/// How long an event is sent again.
const PATIENCE: TimeDelta = TimeDelta::hours(72);

/// What was told, and what is still to be sent.
#[derive(Default)]
pub(super) struct Webhooks {
    told: HashSet<(String, &'static str)>,
    queue: Vec<Outgoing>,
}

/// An event on its way.
#[derive(Clone)]
struct Outgoing {
    body: String,
    since: DateTime<Utc>,
    due_at: DateTime<Utc>,
    tries: u32,
}

/// The header `TikTok-Signature` for a body that is sent at this second.
#[must_use]
pub fn signature(client_secret: &str, seconds: i64, body: &[u8]) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, client_secret.as_bytes());
    let message = [seconds.to_string().as_bytes(), b".", body].concat();
    let tag = hmac::sign(&key, &message);
    format!("t={seconds},s={}", hex::encode(tag))
}

/// An event as it goes over the wire.
pub(super) fn body(
    config: &Config,
    event: &str,
    open_id: &str,
    content: &Value,
    now: DateTime<Utc>,
) -> String {
    json!({
        "client_key": config.client_key,
        "event": event,
        "create_time": now.timestamp(),
        "user_openid": open_id,
        // JSON written as a string, as TikTok has it.
        "content": content.to_string(),
    })
    .to_string()
}

impl State {
    /// An account took the access away; `reason` is TikTok's number.
    pub(super) fn tell_removed(&mut self, open_id: &str, reason: u8, now: DateTime<Utc>) {
        let content = json!({ "reason": reason });
        let body = body(
            &self.config,
            "authorization.removed",
            open_id,
            &content,
            now,
        );
        self.push_event(body, now);
    }

    pub(super) fn push_event(&mut self, body: String, now: DateTime<Utc>) {
        if self.config.webhook_url.is_none() {
            return;
        }
        let event = Outgoing {
            body,
            since: now,
            due_at: now + self.config.webhook_lag,
            tries: 0,
        };
        // At least once means that it happens twice.
        self.webhooks.queue.push(event.clone());
        self.webhooks.queue.push(event);
    }

    /// Finds out what has happened since the last look.
    fn look_for_news(&mut self, now: DateTime<Utc>) {
        let mut news = Vec::new();
        for task in self.tasks.all() {
            let publish_type = match task.mode {
                Mode::Direct => "DIRECT_PUBLISH",
                Mode::Draft => "INBOX_SHARE",
            };
            let mut about = json!({ "publish_id": task.publish_id, "publish_type": publish_type });
            let event = match task.stage(now, &self.config) {
                Stage::Receiving | Stage::Processing => continue,
                Stage::InInbox => "post.publish.inbox_delivered",
                Stage::Complete(_) => "post.publish.complete",
                Stage::Failed(reason) => {
                    about["reason"] = json!(reason);
                    "post.publish.failed"
                }
            };
            news.push((
                task.publish_id.clone(),
                event,
                task.owner.clone(),
                about.clone(),
            ));
            if task.is_available(now, &self.config) {
                about["post_id"] = json!(task.post_id.to_string());
                let event = "post.publish.publicly_available";
                news.push((task.publish_id.clone(), event, task.owner.clone(), about));
            }
        }
        for (publish_id, event, owner, about) in news {
            if self.webhooks.told.insert((publish_id, event)) {
                let body = body(&self.config, event, &owner, &about, now);
                self.push_event(body, now);
            }
        }
    }

    fn take_due(&mut self, now: DateTime<Utc>) -> Vec<Outgoing> {
        let (due, later) = std::mem::take(&mut self.webhooks.queue)
            .into_iter()
            .partition(|event| event.due_at <= now);
        self.webhooks.queue = later;
        due
    }
}

impl Platform {
    /// Sends what is due. Returns how many were answered with 200.
    pub(super) async fn send_webhooks(&self) -> usize {
        let now = self.now();
        let (due, url, secret) = {
            let mut state = self.state();
            let Some(url) = state.config.webhook_url.clone() else {
                return 0;
            };
            state.look_for_news(now);
            (state.take_due(now), url, state.config.client_secret.clone())
        };
        let Some(client) = self.client.get_or_init(new_client).as_ref() else {
            return 0;
        };
        let mut answered = 0;
        for mut event in due {
            let header = signature(&secret, now.timestamp(), event.body.as_bytes());
            let answer = client
                .post(url.clone())
                .header("TikTok-Signature", header)
                .header(reqwest::header::CONTENT_TYPE, "application/json")
                .body(event.body.clone())
                .send()
                .await;
            if answer.is_ok_and(|answer| answer.status() == reqwest::StatusCode::OK) {
                answered += 1;
                continue;
            }
            event.due_at = now + TimeDelta::seconds(1 << event.tries.min(12));
            event.tries += 1;
            if now < event.since + PATIENCE {
                self.state().webhooks.queue.push(event);
            } else {
                tracing::warn!("a webhook was given up");
            }
        }
        answered
    }
}
