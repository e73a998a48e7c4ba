//! The rules for cutting a video into chunks. Where TikTok's pages mix 10^6
//! and 2^20, the narrower reading holds.

const SMALLEST: u64 = 5 * 1024 * 1024;
const LARGEST: u64 = 64_000_000;
const LARGEST_FINAL: u64 = 128_000_000;
const MOST: u64 = 1000;
/// The largest video.
pub(super) const LARGEST_VIDEO: u64 = 4_000_000_000;

/// How a client has said that it will upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Plan {
    pub(super) size: u64,
    pub(super) chunk_size: u64,
    pub(super) count: u64,
}

/// A plan breaks the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanError {
    TooLarge,
    BadChunks,
}

impl Plan {
    pub(super) fn new(size: i64, chunk_size: i64, count: i64) -> Result<Self, PlanError> {
        let positive = |number: i64| {
            u64::try_from(number)
                .ok()
                .filter(|number| *number > 0)
                .ok_or(PlanError::BadChunks)
        };
        let plan = Self {
            size: positive(size)?,
            chunk_size: positive(chunk_size)?,
            count: positive(count)?,
        };
        if plan.size > LARGEST_VIDEO {
            return Err(PlanError::TooLarge);
        }
        let fits = if plan.count == 1 {
            plan.chunk_size == plan.size && plan.size <= LARGEST
        } else {
            plan.count <= MOST
                && plan.count == plan.size / plan.chunk_size
                && (SMALLEST..=LARGEST).contains(&plan.chunk_size)
                && plan.length_at(plan.final_start()) <= LARGEST_FINAL
        };
        fits.then_some(plan).ok_or(PlanError::BadChunks)
    }

    /// How long the chunk that starts at `first` must be.
    pub(super) fn length_at(&self, first: u64) -> u64 {
        if first >= self.final_start() {
            self.size - first.min(self.size)
        } else {
            self.chunk_size
        }
    }

    /// The number, from 1, of the chunk that starts at `first`.
    pub(super) fn number_at(&self, first: u64) -> u64 {
        first / self.chunk_size + 1
    }

    fn final_start(&self) -> u64 {
        (self.count - 1) * self.chunk_size
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_documented_plans_are_accepted() {
        for (size, chunk_size, count, last) in [
            (4_194_304, 4_194_304, 1, 4_194_304),
            (50_000_123, 10_000_000, 5, 10_000_123),
            (50_000_123, 50_000_123, 1, 50_000_123),
            (64_000_001, 10_000_000, 6, 14_000_001),
            (66_259_900, 10_000_000, 6, 16_259_900),
            (4_000_000_000, 10_000_000, 400, 10_000_000),
        ] {
            let plan = Plan::new(size, chunk_size, count).unwrap_or_else(|e| panic!("{e:?}"));
            assert_eq!(plan.length_at(plan.final_start()), last);
        }
    }

    #[test]
    fn plans_that_break_a_rule_are_refused() {
        for (size, chunk_size, count) in [
            (0, 0, 1),
            (-1, 5, 1),
            (10, 0, 1),
            (4_194_304, 10_000_000, 1),
            (4_194_304, 2_097_152, 2),
            (50_000_123, 10_000_000, 6),
            (50_000_123, 40_000_000, 1),
            (66_259_900, 66_259_900, 1),
            (200_000_000, 65_000_000, 3),
            (20_000_000, 5_000_000, 4),
        ] {
            assert_eq!(
                Plan::new(size, chunk_size, count),
                Err(PlanError::BadChunks)
            );
        }
        assert_eq!(
            Plan::new(4_000_000_001, 10_000_000, 400),
            Err(PlanError::TooLarge)
        );
    }
}
