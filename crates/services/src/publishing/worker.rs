//! A worker: looks for what is due, and holds each claim with a heartbeat while it is driven.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration as StdDuration;

use chrono::Duration;
use db::DbError;
use db::delivery_queue::{self, Claim, Claimed};
use tokio::sync::{Notify, RwLock, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::content::{self, Loaded};
use super::hooks::Hooks;
use super::{drive, tell};
use crate::{ServiceResult, Services};

/// How long a claim holds without being renewed, and how often it is renewed while its worker lives.
#[derive(Clone, Copy, Debug)]
pub struct Lease {
    /// How long it holds.
    pub length: Duration,
    /// How often it is renewed.
    pub heartbeat: StdDuration,
}

impl Lease {
    /// A lease of this length, renewed four times within it.
    #[must_use]
    pub fn of(length: StdDuration) -> Self {
        Self {
            length: Duration::from_std(length).unwrap_or(Duration::seconds(60)),
            heartbeat: length / 4,
        }
    }
}

impl Default for Lease {
    fn default() -> Self {
        Self::of(StdDuration::from_secs(60))
    }
}

/// So many are claimed by one look: what it found first is under way while the next are looked for.
const AT_A_LOOK: usize = 200;

/// What came of a look at the queue.
#[derive(Default)]
struct Look {
    /// How much was claimed, or taken out of the queue because it is held.
    found: usize,
    /// How much of it is being driven now.
    started: usize,
}

/// A worker. Any number of them share one database.
#[derive(Clone)]
pub struct Publisher {
    pub(super) services: Services,
    worker: Arc<str>,
    lease: Lease,
    slots: Arc<Semaphore>,
    running: TaskTracker,
    freed: Arc<Notify>,
    /// Whether the last look found more than there were slots for.
    behind: Arc<AtomicBool>,
    /// Held while a tick claims.
    claiming: Arc<RwLock<()>>,
    pub(super) hooks: Option<Arc<dyn Hooks>>,
    killed: CancellationToken,
}

impl Publisher {
    /// A worker of this name (unique among all that share the database) that talks to at most
    /// `at_once` accounts at the same time.
    #[must_use]
    pub fn new(services: Services, worker: &str, at_once: usize) -> Self {
        Self {
            services,
            worker: worker.into(),
            lease: Lease::default(),
            slots: Arc::new(Semaphore::new(at_once)),
            running: TaskTracker::new(),
            freed: Arc::new(Notify::new()),
            behind: Arc::new(AtomicBool::new(false)),
            claiming: Arc::default(),
            hooks: None,
            killed: CancellationToken::new(),
        }
    }

    /// With a lease of another length.
    #[must_use]
    pub fn with_lease(mut self, lease: Lease) -> Self {
        self.lease = lease;
        self
    }

    /// With somebody who can interrupt it, for simulations.
    #[must_use]
    pub fn with_hooks(mut self, hooks: Arc<dyn Hooks>) -> Self {
        self.hooks = Some(hooks);
        self
    }

    /// One tick: claims what is due now, as far as there are free slots, and starts to drive it in the
    /// background. Returns how many were claimed.
    ///
    /// # Errors
    /// When the database cannot be reached; the next tick tries again, and what was claimed by then is
    /// taken over when its lease runs out.
    pub async fn tick(&self) -> ServiceResult<usize> {
        let _claiming = self.claiming.write().await;
        let free = self.slots.available_permits();
        let mut left = free;
        let mut count = 0;
        while left > 0 {
            let limit = left.min(AT_A_LOOK);
            let Look { found, started } = self.look(limit).await?;
            left -= found;
            count += started;
            if found < limit {
                break;
            }
        }
        self.behind.store(left == 0, Ordering::Relaxed);
        Ok(count)
    }

    /// Claims what is due now, up to `limit`, and starts to drive it.
    async fn look(&self, limit: usize) -> ServiceResult<Look> {
        let now = self.services.clock.now();
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let until = now + self.lease.length;
        let mut conn = self.services.conn().await?;
        let Claimed { claims, held } =
            delivery_queue::claim(&mut conn, &self.worker, now, until, limit).await?;
        let found = claims.len() + held.len();
        if found == 0 {
            return Ok(Look::default());
        }
        // All of it at once: what is due in the same minute costs a handful of queries, not one each.
        let mut loaded = content::load(&mut conn, &claims).await?;
        self.services
            .spend_for_first_calls(&mut conn, &mut loaded)
            .await?;
        let mut events: Vec<_> = held.iter().map(|held| tell::held(held, now)).collect();
        events.extend(
            loaded
                .iter()
                .filter_map(|loaded| tell::claimed(loaded, now)),
        );
        db::models::event::append(&mut conn, &events).await?;
        drop(conn);
        let started = loaded.len();
        for loaded in loaded {
            // Ticks of one worker do not overlap, so what was free above is still free.
            let Ok(slot) = Arc::clone(&self.slots).acquire_owned().await else {
                break;
            };
            let publisher = self.clone();
            self.running.spawn(async move {
                tokio::select! {
                    () = publisher.hold(loaded) => {}
                    () = publisher.killed.cancelled() => {}
                }
                drop(slot);
                publisher.freed.notify_one();
            });
        }
        Ok(Look { found, started })
    }

    /// How long until something else is due, if anything waits.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn time_to_next(&self) -> ServiceResult<Option<StdDuration>> {
        let mut conn = self.services.conn().await?;
        let now = self.services.clock.now();
        let next = delivery_queue::next_due(&mut conn, now).await?;
        Ok(next.map(|at| (at - now).to_std().unwrap_or_default()))
    }

    /// Whether more may be due than the last tick had slots for.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.behind.load(Ordering::Relaxed)
    }

    /// Returns when a slot has been freed.
    pub async fn slot_freed(&self) {
        self.freed.notified().await;
    }

    /// One tick, and waits until everything it claimed has been let go of again. For tests, which turn
    /// the clock by hand.
    ///
    /// # Errors
    /// As [`Self::tick`].
    pub async fn tick_and_settle(&self) -> ServiceResult<usize> {
        let count = self.tick().await?;
        self.settle().await;
        Ok(count)
    }

    /// Waits until everything that is being driven has been let go of.
    pub async fn settle(&self) {
        self.running.close();
        self.running.wait().await;
        self.running.reopen();
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

    /// Drops everything where it stands, as the end of the process would: nothing is handed back.
    pub fn kill(&self) {
        self.killed.cancel();
    }

    /// Returns when no tick is claiming. What was claimed first makes its first call meanwhile, and has the
    /// processor and the database to itself after the last one has been claimed.
    pub(super) async fn all_claimed(&self) {
        drop(self.claiming.read().await);
    }

    /// Drives a claim while a heartbeat keeps it.
    async fn hold(&self, loaded: Loaded) {
        let id = loaded.claim.id;
        let fence = loaded.claim.fence;
        tokio::select! {
            result = drive::drive(self, loaded) => match result {
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
        let mut beat = tokio::time::interval(self.lease.heartbeat);
        beat.tick().await;
        loop {
            beat.tick().await;
            let until = self.services.clock.now() + self.lease.length;
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
            Ok(mut conn) => delivery_queue::write(&mut conn, id, fence, &write, &[], &[]).await,
            Err(_) => return,
        };
        if let Err(error) = written {
            tracing::warn!(delivery = %id, %error, "the claim will run out by itself");
        }
    }
}

impl Loaded {
    /// The claim that everything is written under.
    pub(super) const fn claim(&self) -> &Claim {
        &self.claim
    }
}
