use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use chrono::{DateTime, TimeDelta, Utc};

/// The emulator's idea of now. Clones share one clock.
///
/// Lifetimes, rate windows and processing times are all computed from it when
/// somebody asks, so tests move time instead of sleeping.
#[derive(Clone, Debug)]
pub struct Clock {
    frozen_at: Option<DateTime<Utc>>,
    ahead_ms: Arc<AtomicI64>,
}

impl Clock {
    /// A clock that runs with the machine's.
    #[must_use]
    pub fn system() -> Self {
        Self {
            frozen_at: None,
            ahead_ms: Arc::new(AtomicI64::new(0)),
        }
    }

    /// A clock that stands still at `instant` until it is advanced.
    #[must_use]
    pub fn frozen_at(instant: DateTime<Utc>) -> Self {
        Self {
            frozen_at: Some(instant),
            ..Self::system()
        }
    }

    /// The current instant on this clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        self.frozen_at.unwrap_or_else(machine_time)
            + TimeDelta::milliseconds(self.ahead_ms.load(Ordering::SeqCst))
    }

    /// Moves this clock, and every clone of it, forward.
    pub fn advance(&self, by: Duration) {
        let ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.ahead_ms.fetch_add(ms, Ordering::SeqCst);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the one place that reads the machine's clock"
)]
fn machine_time() -> DateTime<Utc> {
    SystemTime::now().into()
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}
