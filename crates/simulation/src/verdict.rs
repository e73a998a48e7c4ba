//! What became of what was asked.

use std::fmt;
use std::ops::AddAssign;

/// Counts of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Asked for.
    pub deliveries: u64,
    /// Posted once, and called published.
    pub published: u64,
    /// Called unknown: shown to staff with what to check.
    pub unknown: u64,
    /// Neither posted nor called unknown; or called published and not there; or never settled.
    pub lost: u64,
    /// Posted more than once; or posted and called failed, so that somebody would send it again.
    pub doubled: u64,
}

impl Tally {
    /// Whether anything was lost or doubled.
    #[must_use]
    pub const fn is_bad(&self) -> bool {
        self.lost > 0
            || self.doubled > 0
            || self.published + self.unknown + self.lost + self.doubled != self.deliveries
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.deliveries += other.deliveries;
        self.published += other.published;
        self.unknown += other.unknown;
        self.lost += other.lost;
        self.doubled += other.doubled;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "deliveries {}, published {}, unknown {}, lost {}, doubled {}",
            self.deliveries, self.published, self.unknown, self.lost, self.doubled
        )
    }
}
