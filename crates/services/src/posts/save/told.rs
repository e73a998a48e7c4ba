//! What a save tells the history and the audit.

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use db::models::delivery::Delivery;
use db::models::event::NewEvent;
use db::models::post::{Post, PostContent};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::post::PlatformOptions;
use domain::time::local_label;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use serde_json::json;

use super::Intent;
use crate::Actor;
use crate::audit::{self, Entry};

/// What a person decided about a post, for the history.
pub(super) struct Planned<'a> {
    pub(super) actor: &'a Actor,
    pub(super) client: ClientId,
    pub(super) post: PostId,
    pub(super) intent: Intent,
    pub(super) now: DateTime<Utc>,
    pub(super) local_time: NaiveDateTime,
    pub(super) zone: Tz,
}

impl Planned<'_> {
    /// What the audit keeps of the post, and of deliveries that it no longer has. A draft that is kept again
    /// and again, by itself every other second, is written down once.
    pub(super) fn audit(
        &self,
        before: Option<&Post>,
        existing: &[Delivery],
        keep: &[AccountId],
        content: &PostContent<'_>,
    ) -> Vec<Entry> {
        let was_draft = existing
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Draft);
        let mut entries = Vec::new();
        if before.is_none() || !was_draft || self.intent != Intent::SaveDraft {
            let mut entry = Entry::of(AuditAction::PostSaved)
                .at(self.client)
                .on("post", self.post)
                .after(json!({
                    "version": hex::encode(content.version),
                    "due_at": content.due_at,
                    "files": content.assets.len(),
                    "accounts": keep,
                }));
            if let Some(before) = before {
                entry = entry.before(json!({
                    "version": hex::encode(&before.version),
                    "due_at": before.due_at,
                }));
            }
            entries.push(entry);
        }
        entries.extend(
            existing
                .iter()
                .filter(|delivery| !keep.contains(&delivery.account_id))
                .map(|gone| audit::moved((self.client, gone.id), gone.state, "removed", 0)),
        );
        entries
    }

    /// What the audit keeps of a delivery, if it goes to another state.
    pub(super) fn audit_of_delivery(
        &self,
        id: DeliveryId,
        known: Option<&Delivery>,
    ) -> Option<Entry> {
        let before = known.map_or(DeliveryState::Draft, |delivery| delivery.state);
        let after = if self.intent == Intent::SaveDraft {
            DeliveryState::Draft
        } else {
            DeliveryState::Scheduled
        };
        (before != after).then(|| audit::moved((self.client, id), before, after.as_str(), 0))
    }

    /// One line, about one delivery or about the post alone.
    pub(super) fn event(&self, on: Option<(AccountId, DeliveryId, &PlatformOptions)>) -> NewEvent {
        let when = format!(
            "{} {}",
            local_label(self.local_time),
            domain::time::zone_place(self.zone)
        );
        let consent = on.map_or_else(String::new, |(.., options)| consent_sentence(options));
        let (kind, tone, title, detail) = match self.intent {
            Intent::SaveDraft => (
                "saved",
                Tone::Neutral,
                "Kept as a draft",
                format!("Planned for {when}."),
            ),
            Intent::Schedule => (
                "scheduled",
                Tone::Good,
                "Scheduled",
                format!("For {when}. {consent}").trim_end().to_owned(),
            ),
            Intent::PublishNow => (
                "scheduled",
                Tone::Good,
                "Sent off",
                format!("To go out at once. {consent}")
                    .trim_end()
                    .to_owned(),
            ),
        };
        NewEvent {
            client: self.client,
            account: on.map(|(account, ..)| account),
            post: Some(self.post),
            delivery: on.map(|(_, delivery, _)| delivery),
            attempt: None,
            at: self.now,
            actor: Some(self.actor.user_id),
            kind,
            tone,
            title: title.to_owned(),
            detail,
            platform_words: None,
            duration_ms: None,
        }
    }
}

/// What the person agreed to by scheduling, for the record.
fn consent_sentence(options: &PlatformOptions) -> String {
    match options {
        PlatformOptions::TikTok(options) => options.consent(),
        PlatformOptions::Bluesky(_) => String::new(),
    }
}
