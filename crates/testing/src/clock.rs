//! A clock to turn by hand.

use std::sync::Mutex;

use chrono::{DateTime, Duration, Utc};
use services::Clock;

/// Stands still until it is turned.
pub struct ManualClock {
    now: Mutex<DateTime<Utc>>,
    /// What chance says, in turn; a half when it is empty.
    chance: Mutex<Vec<f64>>,
}

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            now: Mutex::new(now),
            chance: Mutex::default(),
        }
    }

    /// Turns it.
    pub fn advance(&self, by: Duration) {
        *self.now.lock().expect("the clock") += by;
    }

    /// Says what chance will say, the last one first.
    pub fn set_chance(&self, numbers: Vec<f64>) {
        *self.chance.lock().expect("chance") = numbers;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("the clock")
    }

    fn jitter(&self) -> f64 {
        self.chance.lock().expect("chance").pop().unwrap_or(0.5)
    }
}
