//! Drives one claimed delivery from its checkpoint until it has to wait, is published, or stops.

use chrono::{DateTime, Utc};
use connectors::{Checkpoint, ErrorKind, PlatformError, StepContext, StepOutcome, StepReport};
use db::DbError;
use db::delivery_queue::{self, Claim, Write};
use db::models::event::NewEvent;
use domain::DeliveryState;
use domain::history::Tone;
use domain::state::Transition;

use super::content::{self, Ready};
use super::policy::{Decision, Situation, decide};
use crate::tokens::AccountRef;
use crate::{ServiceError, Services};

/// Why a delivery could not be driven on; nothing is lost, the last checkpoint stands.
#[derive(Debug, thiserror::Error)]
pub(super) enum DriveError {
    /// The database, or the claim is lost.
    #[error(transparent)]
    Db(#[from] DbError),
    /// Our own trouble.
    #[error("{}", cause(.0))]
    Ours(ServiceError),
}

fn cause(error: &ServiceError) -> String {
    match error {
        ServiceError::Internal(source) => source.to_string(),
        other => other.to_string(),
    }
}

impl From<ServiceError> for DriveError {
    fn from(error: ServiceError) -> Self {
        Self::Ours(error)
    }
}

/// One claim being driven.
struct Drive<'a> {
    services: &'a Services,
    claim: Claim,
    state: DeliveryState,
    retries: i32,
}

pub(super) async fn drive(services: &Services, claim: Claim) -> Result<(), DriveError> {
    let mut drive = Drive {
        services,
        state: claim.state,
        retries: claim.retries,
        claim,
    };
    let ready = match content::load(services, &drive.claim).await {
        Ok(ready) => ready,
        Err(Ok(sentence)) => {
            let error = PlatformError::new(ErrorKind::Rejected, sentence);
            return drive.stop(Transition::Fail, "Not sent", &error, None).await;
        }
        Err(Err(error)) => return Err(error.into()),
    };
    drive.tell_claimed(&ready).await?;
    drive.run(&ready).await
}

impl Drive<'_> {
    async fn run(&mut self, ready: &Ready) -> Result<(), DriveError> {
        let connector = self.services.connector(ready.platform)?;
        let on = AccountRef {
            id: self.claim.account_id,
            client: self.claim.client_id,
            platform: ready.platform,
        };
        let mut checkpoint = self.open_checkpoint()?;
        let mut resumed = checkpoint.is_some();
        let mut refused_at: Option<DateTime<Utc>> = None;
        loop {
            let started = self.now();
            let access = match self.services.access(on, refused_at).await {
                Ok(access) => access,
                Err(ServiceError::Platform(error)) => {
                    return self.settle_error(&error, ready, None).await;
                }
                Err(error) => return Err(error.into()),
            };
            let renewed = refused_at.is_some();
            let context = StepContext {
                access_token: &access.token,
                platform_user_id: &access.platform_user_id,
                handle: ready.handle.as_deref(),
                content: &ready.content,
                now: self.now(),
                resumed,
            };
            let outcome = connector.step(context, checkpoint.clone()).await;
            let took = (self.now() - started).num_milliseconds();
            match outcome {
                Ok(StepOutcome::Continue {
                    checkpoint: next,
                    report,
                    progress,
                }) => {
                    let write = Write {
                        checkpoint: Some(Some(self.seal_checkpoint(&next)?)),
                        bytes_sent: progress.map(|progress| i64::try_from(progress.sent).ok()),
                        retries: Some(0),
                        ..Write::default()
                    };
                    self.write(write, report, took).await?;
                    self.retries = 0;
                    checkpoint = Some(next);
                    resumed = false;
                    refused_at = None;
                }
                Ok(StepOutcome::Wait {
                    checkpoint: next,
                    until,
                    report,
                }) => {
                    return self.wait(next, until, report, took).await;
                }
                Ok(StepOutcome::Published {
                    id,
                    address,
                    report,
                    follow_up,
                }) => {
                    return self.published(id, address, report, follow_up, took).await;
                }
                Err(error) if error.kind == ErrorKind::RefreshToken && !renewed => {
                    self.tell_refused(&error, took).await?;
                    refused_at = Some(started);
                }
                Err(error) => return self.settle_error(&error, ready, Some(took)).await,
            }
        }
    }

    async fn wait(
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
            last_problem: Some(None),
            ..Write::default()
        };
        self.write(write.releasing(), report, took).await
    }

    async fn published(
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
            ..Write::default()
        };
        self.write(write.releasing(), report, took).await
    }

    async fn settle_error(
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
            return self.write(write.releasing(), None, 0).await;
        }
        let situation = Situation {
            retries: self.retries,
            due_at: ready.due_at,
            may_be_out: self.state == DeliveryState::Processing,
        };
        match decide(error, situation, self.now()) {
            Decision::TryAgain { at, restart } => self.postpone(error, at, restart, took).await,
            // A token that is refused right after it was renewed will not get better.
            Decision::Reauthorise | Decision::RefreshToken => {
                let on = AccountRef {
                    id: self.claim.account_id,
                    client: self.claim.client_id,
                    platform: ready.platform,
                };
                self.services.mark_needs_reconnecting(on, error).await?;
                let end = if situation.may_be_out {
                    Transition::LoseTrack
                } else {
                    Transition::Fail
                };
                self.stop(end, "Access refused", error, took).await
            }
            Decision::Fail => {
                self.stop(Transition::Fail, "Not published", error, took)
                    .await
            }
            Decision::LoseTrack => {
                self.stop(Transition::LoseTrack, "Lost track", error, took)
                    .await
            }
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

    async fn stop(
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
            ..Write::default()
        };
        let kind = if transition == Transition::LoseTrack {
            "unknown"
        } else {
            "failed"
        };
        let event = self.event(
            kind,
            Tone::Bad,
            title.to_owned(),
            error.message.clone(),
            error.platform_words.clone(),
            took,
        );
        self.write_with(write.releasing(), &[event]).await
    }

    async fn tell_claimed(&mut self, ready: &Ready) -> Result<(), DriveError> {
        if !self.claim.new_attempt {
            return Ok(());
        }
        let version: String = ready
            .version
            .iter()
            .take(4)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let late = (self.now() - ready.due_at).num_seconds();
        let detail = match (self.claim.taken_over, self.claim.checkpoint.is_some()) {
            (true, _) => {
                "The worker before went away; goes on from its last checkpoint.".to_owned()
            }
            (false, true) => "Goes on from the last checkpoint.".to_owned(),
            (false, false) if late > 60 => {
                format!(
                    "{} after its minute. Version {version} is what was scheduled.",
                    duration_words(late)
                )
            }
            (false, false) => format!("Version {version} is what was scheduled."),
        };
        let event = self.event(
            "claimed",
            Tone::Good,
            "Claimed".to_owned(),
            detail,
            None,
            None,
        );
        self.write_with(Write::default(), &[event]).await
    }

    async fn tell_refused(&mut self, error: &PlatformError, took: i64) -> Result<(), DriveError> {
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

    async fn write(
        &mut self,
        write: Write,
        report: Option<StepReport>,
        took: i64,
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
        self.write_with(write, &events).await
    }

    async fn write_with(
        &mut self,
        mut write: Write,
        events: &[NewEvent],
    ) -> Result<(), DriveError> {
        write.updated_at = Some(self.now());
        let mut conn = self.services.conn().await?;
        Ok(
            delivery_queue::write(&mut conn, self.claim.id, self.claim.fence, &write, events)
                .await?,
        )
    }

    /// The state after a transition, as the one table says; an impossible one changes nothing.
    fn after(&mut self, transition: Transition) -> Option<&'static str> {
        let next = self.state.after(transition)?;
        self.state = next;
        Some(next.as_str())
    }

    fn event(
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

    fn seal_checkpoint(&self, checkpoint: &Checkpoint) -> Result<Vec<u8>, DriveError> {
        let plain = serde_json::to_vec(checkpoint).map_err(ServiceError::internal)?;
        Ok(self
            .services
            .vault
            .seal(&plain, &self.place())
            .map_err(ServiceError::internal)?)
    }

    fn open_checkpoint(&self) -> Result<Option<Checkpoint>, DriveError> {
        let Some(sealed) = &self.claim.checkpoint else {
            return Ok(None);
        };
        let plain = self
            .services
            .vault
            .open(sealed, &self.place())
            .map_err(ServiceError::internal)?;
        Ok(Some(
            serde_json::from_slice(&plain).map_err(ServiceError::internal)?,
        ))
    }

    fn place(&self) -> String {
        format!("deliveries/{}/checkpoint", self.claim.id)
    }

    fn now(&self) -> DateTime<Utc> {
        self.services.clock.now()
    }
}

/// "20 s", "3 min", "2 h".
fn duration_words(seconds: i64) -> String {
    match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}
