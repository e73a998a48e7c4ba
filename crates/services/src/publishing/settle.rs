//! What is written when a delivery is let go of: it waits, is published, is tried again, or stops.

use chrono::{DateTime, Duration, Utc};
use connectors::{Budget, Checkpoint, PlatformError, StepReport};
use db::delivery_queue::{Hold, Write};
use domain::DeliveryState;
use domain::history::Tone;
use domain::state::Transition;

use super::content::Ready;
use super::drive::{Drive, DriveError};
use super::policy::{Decision, Situation, decide};
use super::tell::duration_words;

/// A wait that is shorter is not worth a line in the history.
const WORTH_TELLING: Duration = Duration::minutes(1);

impl Drive<'_> {
    pub(super) async fn wait(
        &mut self,
        checkpoint: Checkpoint,
        until: DateTime<Utc>,
        report: Option<StepReport>,
        took: i64,
    ) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(Transition::AwaitPlatform),
            checkpoint: Some(Some(self.seal_checkpoint(&checkpoint)?)),
            next_step_at: Some(Some(until)),
            retries: Some(0),
            last_problem: Some(self.connector.standing(&checkpoint)),
            ..Write::default()
        };
        self.write(write.releasing(), report, took, Some(&checkpoint))
            .await
    }

    pub(super) async fn published(
        &mut self,
        id: Option<String>,
        address: Option<String>,
        report: Option<StepReport>,
        follow_up: Option<(Checkpoint, DateTime<Utc>)>,
        took: i64,
    ) -> Result<(), DriveError> {
        let first_time = self.state != DeliveryState::Published;
        let (checkpoint, next_step_at) = match follow_up {
            Some((checkpoint, at)) => (Some(self.seal_checkpoint(&checkpoint)?), Some(at)),
            None => (None, None),
        };
        let write = Write {
            state: self.after(Transition::Publish),
            checkpoint: Some(checkpoint),
            next_step_at: Some(next_step_at),
            attempt_open: Some(true),
            retries: Some(0),
            bytes_sent: Some(None),
            last_problem: Some(None),
            platform_post_id: id,
            post_url: address,
            published_at: first_time.then(|| self.now()),
            cancel_requested: Some(false),
            ..Write::default()
        };
        self.write(write.releasing(), report, took, None).await
    }

    /// A limit of the platform is used up: goes on when it is free again, which is no failure.
    pub(super) async fn wait_for_budget(
        &mut self,
        ready: &Ready,
        budget: &Budget,
        free_at: DateTime<Utc>,
    ) -> Result<(), DriveError> {
        let sentence = format!(
            "{} allows {} of these calls ({}) in {}; they are used up for now.",
            ready.platform,
            budget.limit,
            budget.name.replace('_', " "),
            duration_words(i64::try_from(budget.window.as_secs()).unwrap_or(i64::MAX)),
        );
        let nothing_sent = self.checkpoint.is_none();
        if nothing_sent && free_at > ready.due_at + ready.lateness {
            let error = PlatformError::new(
                connectors::ErrorKind::Rejected,
                format!("{sentence} That is later than this client allows. Choose another time."),
            );
            return self.stop(Transition::Fail, "Not sent", &error, None).await;
        }
        let long = free_at - self.now() > WORTH_TELLING;
        let write = Write {
            state: if nothing_sent {
                self.after(Transition::PutBack)
            } else {
                None
            },
            next_step_at: Some(Some(free_at)),
            last_problem: long.then(|| Some(sentence.clone())),
            ..Write::default()
        };
        let events: Vec<_> = long
            .then(|| {
                let seconds = (free_at - self.now()).num_seconds();
                self.event(
                    "waits",
                    Tone::Neutral,
                    "Waits its turn".to_owned(),
                    format!("{sentence} Goes on in {}.", duration_words(seconds)),
                    None,
                    None,
                )
            })
            .into_iter()
            .collect();
        self.write_with(write.releasing(), &events).await
    }

    pub(super) async fn settle_error(
        &mut self,
        error: &PlatformError,
        ready: &Ready,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        if self.state == DeliveryState::Published {
            // Only the address of something that is out already was being looked for.
            let write = Write {
                next_step_at: Some(None),
                checkpoint: Some(None),
                ..Write::default()
            };
            return self.write(write.releasing(), None, 0, None).await;
        }
        let situation = Situation {
            retries: self.retries,
            due_at: ready.due_at,
            lateness: ready.lateness,
            jitter: self.services.clock.jitter(),
            may_be_out: self.state == DeliveryState::Processing
                || self.connector.may_be_out(self.checkpoint.as_ref()),
        };
        match decide(error, situation, self.now()) {
            Decision::TryAgain { at, restart } => self.postpone(error, at, restart, took).await,
            // A token that is refused right after it was renewed will not get better.
            Decision::Reauthorise | Decision::RefreshToken => {
                self.services
                    .mark_needs_reconnecting(self.account(ready), error)
                    .await?;
                self.hold_for_reconnecting(error, took).await
            }
            Decision::Fail => {
                self.stop(Transition::Fail, "Not published", error, took)
                    .await
            }
            Decision::LoseTrack => self.lose_track(error, took).await,
        }
    }

    async fn postpone(
        &mut self,
        error: &PlatformError,
        at: DateTime<Utc>,
        restart: bool,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let seconds = (at - self.now()).num_seconds().max(1);
        let write = Write {
            state: self.after(if restart {
                Transition::Restart
            } else {
                Transition::Postpone
            }),
            checkpoint: restart.then_some(None),
            next_step_at: Some(Some(at)),
            attempt_open: Some(false),
            retries: Some(self.retries.saturating_add(1)),
            last_problem: Some(Some(error.message.clone())),
            ..Write::default()
        };
        let place = if restart {
            "Starts over"
        } else {
            "Kept the place and tries again"
        };
        let event = self.event(
            "postponed",
            Tone::Warning,
            error.message.clone(),
            format!("Temporary. {place} in {}.", duration_words(seconds)),
            error.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// Out of the queue until the account is connected again; then it goes on where it was.
    async fn hold_for_reconnecting(
        &mut self,
        error: &PlatformError,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let from_the_beginning = self.checkpoint.is_none() || error.restart;
        let state = if from_the_beginning {
            let _ = self.after(Transition::Restart);
            self.after(Transition::PutBack)
        } else {
            None
        };
        let write = Write {
            state,
            checkpoint: from_the_beginning.then_some(None),
            next_step_at: Some(None),
            held: Some(Some(Hold::Reconnect.as_str())),
            attempt_open: Some(false),
            last_problem: Some(Some(error.message.clone())),
            ..Write::default()
        };
        let event = self.event(
            "held",
            Tone::Bad,
            "Waits for the account".to_owned(),
            format!(
                "{} It goes on by itself once the account is connected again.",
                error.message
            ),
            error.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    pub(super) async fn stop(
        &mut self,
        transition: Transition,
        title: &str,
        error: &PlatformError,
        took: Option<i64>,
    ) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(transition),
            checkpoint: Some(None),
            next_step_at: Some(None),
            attempt_open: Some(false),
            bytes_sent: Some(None),
            last_problem: Some(Some(error.message.clone())),
            cancel_requested: Some(false),
            ..Write::default()
        };
        let event = self.event(
            "failed",
            Tone::Bad,
            title.to_owned(),
            error.message.clone(),
            error.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    /// Nothing of it will be posted: somebody asked for that in time.
    pub(super) async fn taken_back(&mut self) -> Result<(), DriveError> {
        let write = Write {
            state: self.after(Transition::TakeBack),
            checkpoint: Some(None),
            next_step_at: Some(None),
            attempt_open: Some(false),
            bytes_sent: Some(None),
            last_problem: Some(None),
            cancel_requested: Some(false),
            ..Write::default()
        };
        let event = self.event(
            "cancelled",
            Tone::Neutral,
            "Cancelled".to_owned(),
            "Taken back in time: nothing of it was posted.".to_owned(),
            None,
            None,
        );
        self.write_with(write.releasing(), &[event]).await
    }
}
