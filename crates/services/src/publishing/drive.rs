//! Drives one claimed delivery from its checkpoint until it has to wait, is published, or stops.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use connectors::{
    CancelOutcome, Checkpoint, Connector, ErrorKind, PlatformError, StepContext, StepOutcome,
};
use db::AsyncConnection;
use db::DbError;
use db::delivery_queue::{self, Claim, Write};
use db::models::audit::PUBLISHER;
use db::models::connection::Connection;
use db::models::event::NewEvent;
use domain::DeliveryState;
use domain::state::Transition;

use super::budgets::{Spent, UsedUp};
use super::content::{self, Loaded, Ready};
use super::hooks::Point;
use super::news::About;
use super::worker::Publisher;
use crate::audit::{self, By, Entry};
use crate::tokens::{Access, AccountRef};
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

impl From<db::QueryError> for DriveError {
    fn from(error: db::QueryError) -> Self {
        Self::Db(error.into())
    }
}

impl From<ServiceError> for DriveError {
    fn from(error: ServiceError) -> Self {
        Self::Ours(error)
    }
}

/// One claim being driven.
pub(super) struct Drive<'a> {
    pub services: &'a Services,
    pub publisher: &'a Publisher,
    pub connector: Arc<dyn Connector>,
    pub claim: Claim,
    pub state: DeliveryState,
    /// The state that was written last.
    written: DeliveryState,
    pub retries: i32,
    /// What every further step starts from.
    pub checkpoint: Option<Checkpoint>,
    /// Whether somebody has asked for it to be taken back, and has no answer yet.
    pub cancel_requested: bool,
    /// Whether the platform has been asked for the last time what became of it.
    pub left_to_a_person: bool,
    /// What people are told it is.
    pub about: About,
    access: Option<Access>,
    /// The connection as it was when this was claimed, for the first look.
    stored: Option<Connection>,
    /// What came of spending for the first call when this was claimed.
    spent: Spent,
}

/// Drives a claim until it is let go of.
pub(super) async fn drive(publisher: &Publisher, mut loaded: Loaded) -> Result<(), DriveError> {
    let services = &publisher.services;
    let stored = loaded.connection.take();
    let claim = loaded.claim().clone();
    let mut drive = Drive {
        services,
        publisher,
        connector: services.connector(loaded.account.platform)?,
        state: claim.state,
        written: claim.state,
        retries: claim.retries,
        checkpoint: None,
        cancel_requested: claim.cancel_requested,
        left_to_a_person: false,
        about: About::of(&loaded),
        access: None,
        stored,
        spent: loaded.spent,
        claim,
    };
    drive.checkpoint = drive.open_checkpoint()?;
    match content::ready(services, &loaded).await? {
        Ok(ready) if drive.state == DeliveryState::Unknown => drive.reconcile(&ready).await,
        Ok(ready) => drive.run(&ready).await,
        Err(sentence) => {
            let error = PlatformError::new(ErrorKind::Rejected, sentence);
            drive.stop(Transition::Fail, "Not sent", &error, None).await
        }
    }
}

impl Drive<'_> {
    async fn run(&mut self, ready: &Ready) -> Result<(), DriveError> {
        let mut resumed = self.checkpoint.is_some();
        let mut refused_at: Option<DateTime<Utc>> = None;
        loop {
            if self.cancel_requested
                && self
                    .take_back(ready, resumed || refused_at.is_some())
                    .await?
            {
                return Ok(());
            }
            if let Some((budget, free_at)) = self.spend(ready).await? {
                return self.wait_for_budget(ready, budget, free_at).await;
            }
            let started = self.now();
            if let Err(error) = self.renew_access(ready, refused_at).await? {
                return self.settle_error(&error, ready, None).await;
            }
            let renewed = refused_at.is_some();
            self.hook(Point::BeforeStep).await;
            let context = self.context(ready, resumed)?;
            let outcome = self.connector.step(context, self.checkpoint.clone()).await;
            self.hook(Point::AfterStep).await;
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
                        retries: (self.retries != 0).then_some(0),
                        ..Write::default()
                    };
                    self.write(write, report, took, Some(&next)).await?;
                    self.retries = 0;
                    self.checkpoint = Some(next);
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

    /// Spends what the next step takes, unless that was done when this was claimed.
    async fn spend(&mut self, ready: &Ready) -> Result<Option<UsedUp>, DriveError> {
        match std::mem::take(&mut self.spent) {
            Spent::Enough => return Ok(None),
            Spent::UsedUp(used_up) => return Ok(Some(used_up)),
            Spent::NotYet => {}
        }
        let content = &ready.content;
        let costs = self.connector.costs(
            &content.options,
            content.media.len(),
            self.checkpoint.as_ref(),
        );
        let account = self.claim.account_id;
        Ok(self.services.spend(ready.platform, account, &costs).await?)
    }

    /// Asks the platform whether it can still be taken back. `resumed` unless this worker wrote the
    /// checkpoint itself and has taken no step from it. `true` when this settled it.
    async fn take_back(&mut self, ready: &Ready, resumed: bool) -> Result<bool, DriveError> {
        self.cancel_requested = false;
        let outcome = if self.checkpoint.is_none() {
            Ok(CancelOutcome::Cancelled)
        } else {
            match self.renew_access(ready, None).await? {
                Ok(()) => {
                    let context = self.context(ready, resumed)?;
                    self.connector
                        .cancel(context, self.checkpoint.clone())
                        .await
                }
                Err(error) => Err(error),
            }
        };
        match outcome {
            Ok(CancelOutcome::Cancelled) => {
                self.taken_back().await?;
                Ok(true)
            }
            Ok(CancelOutcome::TooLate) => {
                self.tell_too_late(None).await?;
                Ok(false)
            }
            Err(error) => {
                self.tell_too_late(Some(&error)).await?;
                Ok(false)
            }
        }
    }

    /// Makes sure of an access token that lasts; the error is the platform's.
    pub(super) async fn renew_access(
        &mut self,
        ready: &Ready,
        refused_at: Option<DateTime<Utc>>,
    ) -> Result<Result<(), PlatformError>, DriveError> {
        let now = self.now();
        if refused_at.is_none() {
            if self
                .access
                .as_ref()
                .is_some_and(|access| access.lasts_until > now)
            {
                return Ok(Ok(()));
            }
            if let Some(stored) = self.stored.take()
                && let Some(access) = self.services.access_of(&stored)?
            {
                self.access = Some(access);
                return Ok(Ok(()));
            }
        }
        match self.services.access(self.account(ready), refused_at).await {
            Ok(access) => {
                self.access = Some(access);
                Ok(Ok(()))
            }
            Err(ServiceError::Platform(error)) => Ok(Err(error)),
            Err(error) => Err(error.into()),
        }
    }

    pub(super) fn context<'c>(
        &'c self,
        ready: &'c Ready,
        resumed: bool,
    ) -> Result<StepContext<'c>, DriveError> {
        let access = self.access.as_ref().ok_or_else(|| {
            ServiceError::internal(std::io::Error::other("a step without access"))
        })?;
        Ok(StepContext {
            access: access.lend(),
            handle: ready.handle.as_deref(),
            content: &ready.content,
            now: self.now(),
            resumed,
        })
    }

    pub(super) const fn account(&self, ready: &Ready) -> AccountRef {
        AccountRef {
            id: self.claim.account_id,
            client: self.claim.client_id,
            platform: ready.platform,
        }
    }

    pub(super) async fn write_with(
        &mut self,
        write: Write,
        events: &[NewEvent],
    ) -> Result<(), DriveError> {
        self.write_checkpoint(write, events, None).await
    }

    /// Writes, and with a new checkpoint the name under which the platform tells of it by itself.
    pub(super) async fn write_checkpoint(
        &mut self,
        mut write: Write,
        events: &[NewEvent],
        checkpoint: Option<&Checkpoint>,
    ) -> Result<(), DriveError> {
        let task_id = checkpoint.and_then(|checkpoint| self.connector.task_id(checkpoint));
        write.updated_at = Some(self.now());
        write.platform_task_id = task_id;
        let moved = write.state.filter(|state| *state != self.written.as_str());
        let entries: Vec<Entry> = moved
            .map(|state| {
                let of = (self.claim.client_id, self.claim.id);
                audit::moved(of, self.written, state, self.claim.attempt)
            })
            .into_iter()
            .collect();
        self.publisher.all_claimed().await;
        self.hook(Point::BeforeWrite).await;
        let (id, fence) = (self.claim.id, self.claim.fence);
        let mut conn = self.services.conn().await?;
        let rows = audit::rows(By::Software(PUBLISHER), self.now(), &entries);
        let cancel_requested = match self.news(&write) {
            None => delivery_queue::write(&mut conn, id, fence, &write, events, &rows).await?,
            // What is told and what it tells of are written together.
            Some(news) => {
                conn.transaction(async |conn| {
                    let wish =
                        delivery_queue::write(conn, id, fence, &write, events, &rows).await?;
                    self.spread(conn, &news).await?;
                    Ok::<_, DriveError>(wish)
                })
                .await?
            }
        };
        drop(conn);
        if moved.is_some() {
            self.written = self.state;
        }
        self.cancel_requested |= cancel_requested;
        self.hook(Point::AfterWrite).await;
        Ok(())
    }

    async fn hook(&self, point: Point) {
        if let Some(hooks) = &self.publisher.hooks {
            hooks.at(point, self.claim.id).await;
        }
    }

    /// The state after a transition, as the one table says; an impossible one changes nothing.
    pub(super) fn after(&mut self, transition: Transition) -> Option<&'static str> {
        let next = self.state.after(transition)?;
        self.state = next;
        Some(next.as_str())
    }

    pub(super) fn seal_checkpoint(&self, checkpoint: &Checkpoint) -> Result<Vec<u8>, DriveError> {
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

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.services.clock.now()
    }
}
