//! The publisher: claims what is due and drives each connector's step machine.
//!
//! The order is always the same: take a step, write its checkpoint, take the next. No transaction and no
//! lock is held during a network call; the claim's fencing number makes a late writer's update fail.

mod content;
mod drive;
mod policy;

use std::sync::Arc;
use std::time::Duration as StdDuration;

use chrono::Duration;
use db::DbError;
use db::delivery_queue::{self, Claim};
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use crate::{ServiceResult, Services};

pub use policy::{Decision, Situation, decide};

/// How long a claim holds without being renewed.
const LEASE: Duration = Duration::seconds(60);
/// How often a claim is renewed while its worker lives.
const HEARTBEAT: StdDuration = StdDuration::from_secs(15);

/// How long after its minute a delivery that nobody claimed means that publishing does not work.
const OVERDUE: Duration = Duration::minutes(2);

impl Services {
    /// How many deliveries nobody has claimed although they are well overdue.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn overdue_deliveries(&self) -> ServiceResult<i64> {
        Ok(delivery_queue::overdue(&mut *self.conn().await?, self.clock.now() - OVERDUE).await?)
    }
}

/// A worker. Any number of them share one database.
#[derive(Clone)]
pub struct Publisher {
    services: Services,
    worker: Arc<str>,
    slots: Arc<Semaphore>,
    running: TaskTracker,
}

impl Publisher {
    /// A worker of this name (unique among all that share the database) that talks to at most
    /// `at_once` accounts at the same time.
    #[must_use]
    pub fn new(services: Services, worker: &str, at_once: usize) -> Self {
        Self {
            services,
            worker: worker.into(),
            slots: Arc::new(Semaphore::new(at_once)),
            running: TaskTracker::new(),
        }
    }

    /// One tick: claims what is due now, as far as there are free slots, and starts to drive it in the
    /// background. Returns how many were claimed.
    ///
    /// # Errors
    /// When the database cannot be reached; the next tick tries again.
    pub async fn tick(&self) -> ServiceResult<usize> {
        let free = self.slots.available_permits();
        if free == 0 {
            return Ok(0);
        }
        let now = self.services.clock.now();
        let limit = i64::try_from(free).unwrap_or(i64::MAX);
        let claims = {
            let mut conn = self.services.conn().await?;
            delivery_queue::claim(&mut conn, &self.worker, now, now + LEASE, limit).await?
        };
        let count = claims.len();
        for claim in claims {
            // Ticks of one worker do not overlap, so what was free above is still free.
            let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else {
                break;
            };
            let publisher = self.clone();
            self.running.spawn(async move {
                publisher.hold(claim).await;
                drop(slot);
            });
        }
        Ok(count)
    }

    /// One tick, and waits until everything it claimed has been let go of again. For tests, which turn
    /// the clock by hand.
    ///
    /// # Errors
    /// As [`Self::tick`].
    pub async fn tick_and_settle(&self) -> ServiceResult<usize> {
        let count = self.tick().await?;
        self.running.close();
        self.running.wait().await;
        self.running.reopen();
        Ok(count)
    }

    /// Waits until nothing is held any more, for a clean shutdown. Stop ticking first.
    pub async fn drain(&self) {
        self.running.close();
        self.running.wait().await;
    }

    /// Gives back everything this worker still holds, so that another continues from the checkpoints.
    ///
    /// # Errors
    /// When the database cannot be reached; then the leases run out by themselves.
    pub async fn hand_back(&self) -> ServiceResult<usize> {
        Ok(delivery_queue::release_all(&mut *self.services.conn().await?, &self.worker).await?)
    }

    /// Drives a claim while a heartbeat keeps it.
    async fn hold(&self, claim: Claim) {
        let id = claim.id;
        let fence = claim.fence;
        tokio::select! {
            result = drive::drive(&self.services, claim) => match result {
                Ok(()) => {}
                Err(drive::DriveError::Db(DbError::FenceLost)) => {
                    tracing::info!(delivery = %id, "taken over by another worker");
                }
                Err(error) => {
                    // Whatever was not written is still as the last checkpoint says; another look in a while.
                    tracing::error!(delivery = %id, %error, "a delivery could not be driven on");
                    self.postpone_after_trouble(id, fence).await;
                }
            },
            () = self.heartbeat(id) => tracing::warn!(delivery = %id, "the claim was lost; stopping"),
        }
    }

    /// Renews the claim until it is lost.
    async fn heartbeat(&self, id: domain::DeliveryId) {
        let mut beat = tokio::time::interval(HEARTBEAT);
        beat.tick().await;
        loop {
            beat.tick().await;
            let until = self.services.clock.now() + LEASE;
            let renewed = match self.services.conn().await {
                Ok(mut conn) => delivery_queue::renew(&mut conn, &self.worker, &[id], until).await,
                // The database is away; the lease may outlast it.
                Err(_) => continue,
            };
            if renewed.is_ok_and(|held| held.is_empty()) {
                return;
            }
        }
    }

    /// Our own trouble (a file that cannot be read, the database in between) is tried again in a while,
    /// without counting against the delivery.
    async fn postpone_after_trouble(&self, id: domain::DeliveryId, fence: i64) {
        let again = self.services.clock.now() + Duration::seconds(30);
        let write = delivery_queue::Write {
            next_step_at: Some(Some(again)),
            ..Default::default()
        }
        .releasing();
        let written = match self.services.conn().await {
            Ok(mut conn) => delivery_queue::write(&mut conn, id, fence, &write, &[]).await,
            Err(_) => return,
        };
        if let Err(error) = written {
            tracing::warn!(delivery = %id, %error, "the claim will run out by itself");
        }
    }
}
