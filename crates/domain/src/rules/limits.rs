//! What each platform takes, as data: one table a platform, all of one shape. Another platform is one more
//! table. The rules read the tables, and so may whoever prepares a file for a platform.

use std::ops::RangeInclusive;

use crate::Platform;
use crate::media::{Container, ImageFormat};

mod bluesky;
mod tiktok;

pub use bluesky::BLUESKY;
pub use tiktok::TIKTOK;

/// The table of a platform.
#[must_use]
pub const fn limits(platform: Platform) -> &'static Limits {
    match platform {
        Platform::TikTok => &TIKTOK,
        Platform::Bluesky => &BLUESKY,
    }
}

/// What one platform takes.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Whose table it is.
    pub platform: Platform,
    /// The text of a post that is a video, or text alone.
    pub caption: TextLimit,
    /// The text of a post of pictures.
    pub caption_of_pictures: TextLimit,
    /// The title of a post of pictures, where there is one beside the text.
    pub title_of_pictures: Option<TextLimit>,
    /// How many hashtags, mentions and links a text may have.
    pub marks: MarkLimits,
    /// What a post may be made of.
    pub makeup: Makeup,
    /// What a video has to be like.
    pub video: VideoLimits,
    /// What a picture has to be like.
    pub picture: PictureLimits,
    /// How many posts an account may make within 24 hours, through all apps together, where that is known.
    pub posts_a_day: Option<u32>,
    /// How many drafts an account takes within 24 hours, where the platform has drafts.
    pub drafts_a_day: Option<u32>,
}

/// How sure a limit is: what is not documented warns, and never blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// In the platform's own documentation, or in its answers.
    Documented,
    /// Seen by others, or believed; nothing official says so.
    Reported,
}

/// A limit with how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// The last value that fits.
    pub value: u64,
    /// How sure that is.
    pub certainty: Certainty,
}

impl Bound {
    const fn documented(value: u64) -> Self {
        Self {
            value,
            certainty: Certainty::Documented,
        }
    }

    const fn reported(value: u64) -> Self {
        Self {
            value,
            certainty: Certainty::Reported,
        }
    }
}

/// What a text is counted in. A platform that weighs its characters, or counts every link as the same
/// length, is one more variant here and one more line in [`super::count`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// UTF-16 code units: what browsers and Java call the length.
    Utf16,
    /// Extended grapheme clusters: what people see as one character.
    Graphemes,
    /// Bytes of UTF-8.
    Bytes,
}

/// The length of a text in one unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Measure {
    /// What is counted.
    pub unit: Unit,
    /// How many fit.
    pub limit: usize,
}

/// How long a text may be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLimit {
    /// What it is called in a sentence, such as "caption".
    pub name: &'static str,
    /// All of these have to fit. People are shown the first, unless only another is exceeded.
    pub measures: &'static [Measure],
    /// What is worth knowing about the counting.
    pub note: &'static str,
}

/// How many of each may stand in a text; `None` where there is no limit, or none that is known.
#[derive(Clone, Debug)]
pub struct MarkLimits {
    /// Words that begin with `#`.
    pub hashtags: Option<usize>,
    /// Words that begin with `@`.
    pub mentions: Option<usize>,
    /// Addresses that begin with `http://` or `https://`.
    pub links: Option<usize>,
}

/// What a post may be made of: one video, or pictures, or text where that is enough. No platform of ours
/// takes both.
#[derive(Clone, Debug)]
pub struct Makeup {
    /// Text alone is a post.
    pub text_alone: bool,
    /// How many pictures one post takes.
    pub pictures: usize,
    /// People who cannot see a file are told what it shows, so a description is asked for.
    pub wants_descriptions: bool,
}

/// What a video has to be like.
#[derive(Clone, Debug)]
pub struct VideoLimits {
    /// The containers that are taken, the best first.
    pub containers: &'static [Container],
    /// The codecs that are taken, by ffprobe's names, the best first; none where nothing is said.
    pub codecs: &'static [&'static str],
    /// The largest, in bytes.
    pub bytes: u64,
    /// Pixels on each side.
    pub sides: Option<RangeInclusive<u32>>,
    /// The size that fits best, for who makes it anew.
    pub best_size: (u32, u32),
    /// Frames a second.
    pub frame_rate: Option<RangeInclusive<f64>>,
    /// Width by height.
    pub proportions: Option<RangeInclusive<f64>>,
    /// The shortest, in milliseconds.
    pub shortest_ms: Option<Bound>,
    /// The longest for any account, in milliseconds; an account's own limit is at most this.
    pub longest_ms: Option<Bound>,
    /// Shown small where it is wider than tall.
    pub is_upright: bool,
}

/// What a picture has to be like.
#[derive(Clone, Debug)]
pub struct PictureLimits {
    /// The formats that are taken, the best first.
    pub formats: &'static [ImageFormat],
    /// The largest, in bytes.
    pub bytes: u64,
    /// What servers that were not updated still take, in bytes.
    pub bytes_everywhere: Option<u64>,
    /// The longest shorter and longer side in pixels.
    pub sides: Option<(u32, u32)>,
    /// Width by height.
    pub proportions: Option<RangeInclusive<f64>>,
}
