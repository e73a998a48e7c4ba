//! TikTok's table, from the Content Posting API (direct post, photo post, media transfer guide), as it
//! stood in September 2026.

use super::{
    Bound, Limits, Makeup, MarkLimits, Measure, PictureLimits, TextLimit, Unit, VideoLimits,
};
use crate::Platform;
use crate::media::{Container, ImageFormat};
use crate::tiktok::{DRAFTS_A_DAY, DURATION_SECONDS, VIDEO_BYTES};

/// TikTok counts UTF-16 code units everywhere: an emoji with a skin tone is four.
const fn utf16(limit: usize) -> Measure {
    Measure {
        unit: Unit::Utf16,
        limit,
    }
}

/// What TikTok takes: one video, or up to 35 pictures.
pub static TIKTOK: Limits = Limits {
    platform: Platform::TikTok,
    // Documented: direct post, `title`.
    caption: TextLimit {
        name: "caption",
        measures: &[utf16(2_200)],
        note: "Hashtags and mentions count",
    },
    // Documented: photo post, `description`.
    caption_of_pictures: TextLimit {
        name: "caption",
        measures: &[utf16(4_000)],
        note: "Hashtags and mentions count",
    },
    // Documented: photo post, `title`.
    title_of_pictures: Some(TextLimit {
        name: "title",
        measures: &[utf16(90)],
        note: "Above the caption; may stay empty",
    }),
    // None is documented, and none was reported.
    marks: MarkLimits {
        hashtags: None,
        mentions: None,
        links: None,
    },
    makeup: Makeup {
        // Each kind has an endpoint of its own, and none takes text alone.
        text_alone: false,
        // Documented: photo post, `photo_images`.
        pictures: 35,
        // The API has no field for one.
        wants_descriptions: false,
    },
    // Documented: media transfer guide, where nothing else is said.
    video: VideoLimits {
        containers: &[Container::Mp4, Container::Webm, Container::Mov],
        codecs: &["h264", "hevc", "vp8", "vp9"],
        // "4 GB": the smaller reading is meant.
        bytes: VIDEO_BYTES,
        sides: Some(360..=4_096),
        best_size: (1_080, 1_920),
        frame_rate: Some(23.0..=60.0),
        // Nothing is said about them.
        proportions: None,
        // Claimed by a third party alone.
        shortest_ms: Some(Bound::reported(3_000)),
        // Through the API, whatever more an account may do in the app; `creator_info` has the account's own.
        longest_ms: Some(Bound::documented(DURATION_SECONDS * 1000)),
        is_upright: true,
    },
    picture: PictureLimits {
        // Documented: media transfer guide. No PNG and no GIF.
        formats: &[ImageFormat::Jpeg, ImageFormat::Webp],
        bytes: 20_000_000,
        bytes_everywhere: None,
        // Documented as "1080p"; this is the reading that working clients resize to.
        sides: Some((1_080, 1_920)),
        proportions: None,
    },
    // Documented as "typically around 15"; `spam_risk_too_many_posts` beyond.
    posts_a_day: Some(15),
    // Documented: `spam_risk_too_many_pending_share` beyond.
    drafts_a_day: Some(DRAFTS_A_DAY),
};
