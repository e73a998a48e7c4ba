//! The publisher's loop: a tokio interval that ticks the worker, and whether it really does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use services::Services;
use services::publishing::{Lease, Publisher};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::config::Config;

/// How often due deliveries are looked for when nothing else says that there are any. A tick that finds
/// nothing costs one look at a partial index.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many accounts are talked to at the same time, unless configured otherwise. Many posts are due at
/// the same full hour; one that waits is a task of a few kilobytes.
pub const AT_ONCE: usize = 1024;
/// Open files that the rest of the process needs: the database, requests, media.
const OTHER_FILES: u64 = 512;
/// Without a successful tick for this long, the publisher does not work.
const SILENCE: Duration = Duration::from_secs(30);
/// Freed slots are filled together, not one by one.
const GATHER: Duration = Duration::from_millis(20);
/// How long to wait before listening again after the connection ended.
const LISTEN_AGAIN: Duration = Duration::from_secs(2);

/// When the publisher last looked for work without an error.
pub struct PublisherHealth {
    started: Instant,
    /// Milliseconds after `started`; below zero before the first.
    last_tick: AtomicI64,
}

impl Default for PublisherHealth {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            last_tick: AtomicI64::new(-1),
        }
    }
}

impl PublisherHealth {
    fn ticked(&self) {
        let after = i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX);
        self.last_tick.store(after, Ordering::Relaxed);
    }

    /// Whether it has looked for work lately.
    #[must_use]
    pub fn is_ticking(&self) -> bool {
        let last = u64::try_from(self.last_tick.load(Ordering::Relaxed)).map(Duration::from_millis);
        self.started
            .elapsed()
            .saturating_sub(last.unwrap_or_default())
            < SILENCE
    }
}

/// A name that no other worker has: leases are told apart by it.
fn worker_name() -> String {
    format!("{}-{}", std::process::id(), domain::DeliveryId::generate())
}

/// As many slots as were asked for, if the system lets us open a connection and a file for each.
fn slots(wanted: usize) -> usize {
    let files = u64::try_from(wanted)
        .unwrap_or(u64::MAX)
        .saturating_mul(2)
        .saturating_add(OTHER_FILES);
    let allowed = match rlimit::increase_nofile_limit(files) {
        Ok(allowed) => allowed,
        Err(error) => {
            tracing::warn!(%error, "the limit of open files cannot be looked at");
            return wanted;
        }
    };
    if allowed >= files {
        return wanted;
    }
    let fitting = allowed.saturating_sub(OTHER_FILES) / 2;
    let slots = usize::try_from(fitting).unwrap_or(wanted).clamp(1, wanted);
    tracing::warn!(
        allowed,
        slots,
        "few open files are allowed: fewer accounts are talked to at the same time (see ulimit -n)"
    );
    slots
}

/// The worker of this process.
#[must_use]
pub fn worker(config: &Config, services: Services) -> Publisher {
    Publisher::new(services, &worker_name(), slots(config.publisher_slots))
        .with_lease(Lease::of(config.publisher_lease))
}

/// Ticks until told to stop; then lets what is under way come to a checkpoint, and gives the rest back.
///
/// Between ticks it sleeps until the next delivery is due, a slot is free again while more waits, or
/// another process has said through the database that something is due; in any case no longer than
/// [`INTERVAL`].
pub async fn run_publisher(
    publisher: Publisher,
    database_url: &str,
    health: Arc<PublisherHealth>,
    stop: CancellationToken,
    grace: Duration,
) {
    let woken = Arc::new(Notify::new());
    let listening = tokio::spawn(listen(
        database_url.to_owned(),
        Arc::clone(&woken),
        stop.clone(),
    ));
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = interval.tick() => {}
            () = woken.notified() => {}
            () = something_to_do(&publisher) => {}
        }
        match publisher.tick().await {
            Ok(_) => health.ticked(),
            Err(error) => {
                tracing::error!(%error, cause = error.source_text(), "looking for due deliveries failed");
                tokio::time::sleep(INTERVAL).await;
            }
        }
    }
    let _ = listening.await;
    if tokio::time::timeout(grace, publisher.drain())
        .await
        .is_err()
    {
        match publisher.hand_back().await {
            Ok(count) => tracing::info!(count, "gave deliveries back at their checkpoints"),
            Err(error) => {
                tracing::warn!(%error, "could not give deliveries back; their leases will run out")
            }
        }
    }
}

/// Until the next delivery is due, or a slot is free while more waits.
async fn something_to_do(publisher: &Publisher) {
    if publisher.is_behind() {
        publisher.slot_freed().await;
        return tokio::time::sleep(GATHER).await;
    }
    match publisher.time_to_next().await {
        Ok(Some(pause)) => tokio::time::sleep(pause).await,
        // Nothing waits, or the database is away: the interval looks again.
        Ok(None) | Err(_) => std::future::pending().await,
    }
}

/// Wakes the loop whenever another process says that something is due.
async fn listen(database_url: String, woken: Arc<Notify>, stop: CancellationToken) {
    loop {
        let heard = async {
            let mut listener = db::listen::Listener::connect(&database_url).await?;
            loop {
                listener.heard().await?;
                woken.notify_one();
            }
        };
        let ended: db::DbResult<()> = tokio::select! {
            () = stop.cancelled() => return,
            ended = heard => ended,
        };
        if let Err(error) = ended {
            tracing::warn!(%error, "listening for due deliveries ended; the interval goes on");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LISTEN_AGAIN) => {}
        }
    }
}
