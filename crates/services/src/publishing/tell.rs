//! The lines that a delivery's history gets.

use chrono::{DateTime, Utc};
use connectors::{Checkpoint, PlatformError, StepReport};
use db::delivery_queue::{HeldDelivery, Hold, Write};
use db::models::event::NewEvent;
use domain::history::Tone;

use super::content::Loaded;
use super::drive::{Drive, DriveError};

/// A delivery was due and was not sent, for this reason.
pub(super) fn held(held: &HeldDelivery, now: DateTime<Utc>) -> NewEvent {
    let (title, detail) = match held.hold {
        Hold::Paused => (
            "Held: publishing is paused",
            "Its minute has come. It goes out once publishing is resumed, unless it is too late by then.",
        ),
        Hold::Reconnect => (
            "Held: the account needs reconnecting",
            "Its minute has come. It goes out once the account is connected again, unless it is too late by then.",
        ),
    };
    NewEvent {
        client: held.client_id,
        account: Some(held.account_id),
        post: Some(held.post_id),
        delivery: Some(held.id),
        attempt: None,
        at: now,
        actor: None,
        kind: "held",
        tone: Tone::Warning,
        title: title.to_owned(),
        detail: detail.to_owned(),
        platform_words: None,
        duration_ms: None,
    }
}

/// A worker has begun an attempt.
pub(super) fn claimed(loaded: &Loaded, now: DateTime<Utc>) -> Option<NewEvent> {
    let claim = &loaded.claim;
    if !claim.new_attempt {
        return None;
    }
    let version: String = loaded
        .post
        .version
        .iter()
        .take(4)
        .map(|byte| format!("{byte:02x}"))
        .collect();
    let late = (now - loaded.delivery.due_at).num_seconds();
    let detail = match (claim.taken_over, claim.checkpoint.is_some()) {
        (true, true) => "The worker before went away; goes on from its last checkpoint.".to_owned(),
        (true, false) => "The worker before went away before anything had left.".to_owned(),
        (false, true) => "Goes on from the last checkpoint.".to_owned(),
        (false, false) if late > 60 => {
            format!(
                "{} after its minute. Version {version} is what was scheduled.",
                duration_words(late)
            )
        }
        (false, false) => format!("Version {version} is what was scheduled."),
    };
    Some(NewEvent {
        client: claim.client_id,
        account: Some(claim.account_id),
        post: Some(claim.post_id),
        delivery: Some(claim.id),
        attempt: Some(claim.attempt),
        at: now,
        actor: None,
        kind: "claimed",
        tone: Tone::Good,
        title: if claim.taken_over {
            "Taken over by another worker"
        } else {
            "Claimed"
        }
        .to_owned(),
        detail,
        platform_words: None,
        duration_ms: None,
    })
}

impl Drive<'_> {
    pub(super) async fn tell_refused(
        &mut self,
        error: &PlatformError,
        took: i64,
    ) -> Result<(), DriveError> {
        let event = self.event(
            "token_refused",
            Tone::Warning,
            "The access token had ended".to_owned(),
            "Renews it and takes the same step again.".to_owned(),
            error.platform_words.clone(),
            Some(took),
        );
        self.write_with(Write::default(), &[event]).await
    }

    /// Somebody asked for it to be taken back, and it could not be.
    pub(super) async fn tell_too_late(
        &mut self,
        error: Option<&PlatformError>,
    ) -> Result<(), DriveError> {
        let detail = error.map_or_else(
            || "It has left already, and what has left cannot be unsent.".to_owned(),
            |error| format!("{} What has left cannot be unsent.", error.message),
        );
        let event = self.event(
            "cancel_refused",
            Tone::Warning,
            "Could not be taken back".to_owned(),
            detail,
            error.and_then(|error| error.platform_words.clone()),
            None,
        );
        let write = Write {
            cancel_requested: Some(false),
            ..Write::default()
        };
        self.write_with(write, &[event]).await?;
        self.cancel_requested = false;
        Ok(())
    }

    pub(super) async fn write(
        &mut self,
        write: Write,
        report: Option<StepReport>,
        took: i64,
        checkpoint: Option<&Checkpoint>,
    ) -> Result<(), DriveError> {
        let events: Vec<NewEvent> = report
            .map(|report| {
                self.event(
                    "step",
                    report.tone,
                    report.title,
                    report.detail,
                    report.platform_words,
                    Some(took),
                )
            })
            .into_iter()
            .collect();
        self.write_checkpoint(write, &events, checkpoint).await
    }

    pub(super) fn event(
        &self,
        kind: &'static str,
        tone: Tone,
        title: String,
        detail: String,
        platform_words: Option<String>,
        took: Option<i64>,
    ) -> NewEvent {
        NewEvent {
            client: self.claim.client_id,
            account: Some(self.claim.account_id),
            post: Some(self.claim.post_id),
            delivery: Some(self.claim.id),
            attempt: Some(self.claim.attempt),
            at: self.now(),
            actor: None,
            kind,
            tone,
            title,
            detail,
            platform_words,
            duration_ms: took,
        }
    }
}

/// "20 s", "3 min", "2 h".
pub(super) fn duration_words(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
