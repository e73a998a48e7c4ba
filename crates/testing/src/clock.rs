//! A clock to turn by hand.

use std::sync::Mutex;

use chrono::{DateTime, Duration, Utc};
use services::Clock;

/// Stands still until it is turned.
pub struct ManualClock(Mutex<DateTime<Utc>>);

impl ManualClock {
    /// A clock that shows this time.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self(Mutex::new(now))
    }

    /// Turns it.
    pub fn advance(&self, by: Duration) {
        *self.0.lock().expect("the clock") += by;
    }
}

impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().expect("the clock")
    }
}
