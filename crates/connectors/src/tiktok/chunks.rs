//! How a video is cut into the parts that TikTok takes: strictly in order, every part of one size and
//! the last with the remainder.

use serde::{Deserialize, Serialize};

/// The largest video that goes up in one part. TikTok says 64 MB without saying which; this is the
/// smaller reading.
const SINGLE_PART: u64 = 64_000_000;
/// The size of a part of anything larger.
const PART: u64 = 10_000_000;
/// The most parts that TikTok takes.
const MOST_PARTS: u64 = 1_000;

/// The parts of one video.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ChunkPlan {
    /// The video's size in bytes.
    pub size: u64,
    /// The size of every part but the last.
    pub chunk_size: u64,
    /// How many parts.
    pub count: u64,
}

/// One part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Chunk {
    /// The offset of its first byte.
    pub start: u64,
    /// Its length in bytes.
    pub length: u64,
}

impl Chunk {
    /// The value of `Content-Range`: zero-based, both ends included.
    pub fn content_range(self, size: u64) -> String {
        let last = (self.start + self.length).saturating_sub(1);
        format!("bytes {}-{last}/{size}", self.start)
    }
}

impl ChunkPlan {
    /// The plan for a video of this size; `None` when TikTok takes no such size.
    pub fn of(size: u64) -> Option<Self> {
        let chunk_size = if size <= SINGLE_PART { size } else { PART };
        let count = size.checked_div(chunk_size)?;
        (count <= MOST_PARTS).then_some(Self {
            size,
            chunk_size,
            count,
        })
    }

    /// The part with this number, from 0.
    pub fn chunk(&self, index: u64) -> Option<Chunk> {
        let start = index.checked_mul(self.chunk_size)?;
        let length = match (index + 1).cmp(&self.count) {
            std::cmp::Ordering::Less => self.chunk_size,
            std::cmp::Ordering::Equal => self.size.checked_sub(start)?,
            std::cmp::Ordering::Greater => return None,
        };
        Some(Chunk { start, length })
    }

    /// The number of the last part.
    pub const fn last(&self) -> u64 {
        self.count.saturating_sub(1)
    }

    /// The part that begins at this offset; `None` in the middle of one and at the end.
    pub fn index_at(&self, offset: u64) -> Option<u64> {
        let index = offset.checked_div(self.chunk_size)?;
        (index < self.count && index * self.chunk_size == offset).then_some(index)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const SMALLEST_PART: u64 = 5_242_880;
    const LARGEST_LAST_PART: u64 = 128_000_000;

    fn lengths(plan: &ChunkPlan) -> Vec<u64> {
        (0..plan.count)
            .map(|index| plan.chunk(index).unwrap().length)
            .collect()
    }

    #[test]
    fn the_table_of_the_fact_sheet() {
        for (size, chunk_size, count, last) in [
            (1, 1, 1, 1),
            (4_194_304, 4_194_304, 1, 4_194_304),
            (50_000_123, 50_000_123, 1, 50_000_123),
            (64_000_000, 64_000_000, 1, 64_000_000),
            (64_000_001, 10_000_000, 6, 14_000_001),
            (66_259_900, 10_000_000, 6, 16_259_900),
            (4_000_000_000, 10_000_000, 400, 10_000_000),
        ] {
            let plan = ChunkPlan::of(size).unwrap();
            assert_eq!(
                plan,
                ChunkPlan {
                    size,
                    chunk_size,
                    count
                }
            );
            assert_eq!(lengths(&plan).last(), Some(&last), "{size}");
        }
    }

    #[test]
    fn nothing_and_too_much_have_no_plan() {
        assert_eq!(ChunkPlan::of(0), None);
        assert!(ChunkPlan::of(10_009_999_999).is_some());
        assert_eq!(ChunkPlan::of(10_010_000_000), None);
    }

    #[test]
    fn an_offset_names_the_part_that_begins_there() {
        let plan = ChunkPlan::of(66_259_900).unwrap();
        assert_eq!(plan.index_at(0), Some(0));
        assert_eq!(plan.index_at(50_000_000), Some(5));
        assert_eq!(plan.index_at(50_000_001), None);
        // Inside of the last part, which is longer than the others.
        assert_eq!(plan.index_at(60_000_000), None);
        assert_eq!(plan.index_at(66_259_900), None);
    }

    #[test]
    fn ranges_name_both_ends() {
        let plan = ChunkPlan::of(66_259_900).unwrap();
        assert_eq!(
            plan.chunk(0).unwrap().content_range(plan.size),
            "bytes 0-9999999/66259900"
        );
        assert_eq!(
            plan.chunk(5).unwrap().content_range(plan.size),
            "bytes 50000000-66259899/66259900"
        );
        assert_eq!(plan.chunk(6), None);
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_within_the_limits(size in 1_u64..=4_000_000_000) {
            let plan = ChunkPlan::of(size).unwrap();
            prop_assert!((1..=1_000).contains(&plan.count));
            prop_assert_eq!(plan.count, size / plan.chunk_size);
            let mut offset = 0;
            for index in 0..plan.count {
                let chunk = plan.chunk(index).unwrap();
                prop_assert_eq!(chunk.start, offset);
                prop_assert_eq!(plan.index_at(offset), Some(index));
                offset += chunk.length;
                if index < plan.last() {
                    prop_assert!((SMALLEST_PART..=SINGLE_PART).contains(&chunk.length));
                }
            }
            prop_assert_eq!(offset, size);
            let last = plan.chunk(plan.last()).unwrap().length;
            prop_assert!(last <= LARGEST_LAST_PART);
            prop_assert!(plan.count == 1 || last >= SMALLEST_PART);
            prop_assert!(plan.count > 1 || size <= SINGLE_PART);
        }
    }
}
