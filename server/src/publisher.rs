//! The publisher's loop: a tokio interval that ticks the worker, and whether it really does.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use services::publishing::Publisher;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

/// How often due deliveries are looked for. A tick that finds nothing costs one look at a partial index.
const INTERVAL: Duration = Duration::from_millis(500);
/// How many accounts are talked to at the same time.
pub const AT_ONCE: usize = 16;
/// Without a successful tick for this long, the publisher does not work.
const SILENCE: Duration = Duration::from_secs(30);

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
#[must_use]
pub fn worker_name() -> String {
    format!("{}-{}", std::process::id(), domain::DeliveryId::generate())
}

/// Ticks until told to stop; then lets what is under way come to a checkpoint, and gives the rest back.
pub async fn run_publisher(
    publisher: Publisher,
    health: Arc<PublisherHealth>,
    stop: CancellationToken,
    grace: Duration,
) {
    let mut interval = tokio::time::interval(INTERVAL);
    interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            _ = interval.tick() => match publisher.tick().await {
                Ok(_) => health.ticked(),
                Err(error) => tracing::error!(%error, cause = error.source_text(), "looking for due deliveries failed"),
            },
        }
    }
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
