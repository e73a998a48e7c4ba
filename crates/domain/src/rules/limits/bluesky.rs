//! Bluesky's table, from the lexicons `app.bsky.feed.post` and `app.bsky.embed.*` and the guides on images
//! and video of the AT Protocol, as they stood in August 2026.

use super::{
    Bound, Limits, Makeup, MarkLimits, Measure, PictureLimits, TextLimit, Unit, VideoLimits,
};
use crate::Platform;
use crate::media::{Container, ImageFormat};

/// Documented: `app.bsky.feed.post`, `text`; a server was seen to hold both. Before the bytes are used up
/// there are only graphemes of many parts.
const TEXT: TextLimit = TextLimit {
    name: "text",
    measures: &[
        Measure {
            unit: Unit::Graphemes,
            limit: 300,
        },
        Measure {
            unit: Unit::Bytes,
            limit: 3_000,
        },
    ],
    note: "Links count in full",
};

/// What Bluesky takes: text, up to four pictures, or one video.
pub static BLUESKY: Limits = Limits {
    platform: Platform::Bluesky,
    caption: TEXT,
    caption_of_pictures: TEXT,
    title_of_pictures: None,
    // Facets have no limit of their own.
    marks: MarkLimits {
        hashtags: None,
        mentions: None,
        links: None,
    },
    makeup: Makeup {
        text_alone: true,
        // Documented: `app.bsky.embed.images`. The gallery of more is not shown by all apps yet.
        pictures: 4,
        // Documented: `alt` is required, though it may be empty.
        wants_descriptions: true,
    },
    video: VideoLimits {
        // Documented: `app.bsky.embed.video`, `accept`.
        containers: &[Container::Mp4],
        // The video service converts what it gets.
        codecs: &[],
        // Documented: `app.bsky.embed.video`, `maxSize`.
        bytes: 300_000_000,
        sides: None,
        best_size: (1_080, 1_920),
        frame_rate: None,
        proportions: None,
        shortest_ms: None,
        // In no lexicon: what the video service is known to take.
        longest_ms: Some(Bound::reported(180_000)),
        is_upright: false,
    },
    picture: PictureLimits {
        // Documented: `app.bsky.embed.images`, `accept` is `image/*`.
        formats: &[ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::Webp],
        // Documented: the same, `maxSize`.
        bytes: 2_000_000,
        // It was 1,000,000, and clients keep some slack.
        bytes_everywhere: Some(976_000),
        sides: None,
        proportions: None,
    },
    // Only the servers' limits of calls, which the connector counts.
    posts_a_day: None,
    drafts_a_day: None,
};
