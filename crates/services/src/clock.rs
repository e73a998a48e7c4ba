//! Time is injected: nothing else in AutoPost asks the system what time it is. So is the chance that
//! spreads what would otherwise come back together, so that a simulation can be repeated exactly.

use chrono::{DateTime, SubsecRound, Utc};

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now, to the microsecond, as PostgreSQL keeps it.
    fn now(&self) -> DateTime<Utc>;

    /// A number from 0 up to 1, by chance.
    #[expect(
        clippy::disallowed_methods,
        reason = "spreads retries: chance, and no secret"
    )]
    fn jitter(&self) -> f64 {
        rand::random()
    }
}

/// The system's time.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place where the system is asked"
    )]
    fn now(&self) -> DateTime<Utc> {
        DateTime::<Utc>::from(std::time::SystemTime::now()).trunc_subsecs(6)
    }
}
