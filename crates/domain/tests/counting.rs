//! How texts are counted: every platform in its own way, at the edge of each limit.

use domain::Platform;
use domain::media::{Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::rules::{PostKind, TIKTOK, Unit, count};
use proptest::prelude::*;

/// A waving hand with a skin tone: one grapheme, four UTF-16 units, eight bytes.
const WAVE: &str = "👋🏽";
/// A family of four: one grapheme, eleven UTF-16 units, 25 bytes.
const FAMILY: &str = "👩\u{200d}👩\u{200d}👧\u{200d}👦";

#[test]
fn each_text_is_counted_at_its_edge() {
    use PostKind::{Pictures, Text, Video};
    use Unit::{Bytes, Graphemes, Utf16};
    let tiktok = Platform::TikTok;
    let bluesky = Platform::Bluesky;
    // Platform, kind, text, used, limit, unit, whether it is over.
    let cases = [
        (tiktok, Text, String::new(), 0, 2_200, Utf16, false),
        (tiktok, Video, "a".repeat(2_200), 2_200, 2_200, Utf16, false),
        (tiktok, Video, "a".repeat(2_201), 2_201, 2_200, Utf16, true),
        (tiktok, Video, WAVE.repeat(550), 2_200, 2_200, Utf16, false),
        (tiktok, Video, WAVE.repeat(551), 2_204, 2_200, Utf16, true),
        (
            tiktok,
            Pictures,
            "é".repeat(4_000),
            4_000,
            4_000,
            Utf16,
            false,
        ),
        (
            tiktok,
            Pictures,
            "é".repeat(4_001),
            4_001,
            4_000,
            Utf16,
            true,
        ),
        (bluesky, Text, "é".repeat(300), 300, 300, Graphemes, false),
        (bluesky, Text, "é".repeat(301), 301, 300, Graphemes, true),
        (
            bluesky,
            Pictures,
            FAMILY.repeat(120),
            120,
            300,
            Graphemes,
            false,
        ),
        // 3,025 bytes are too many, though 121 graphemes are not.
        (
            bluesky,
            Pictures,
            FAMILY.repeat(121),
            3_025,
            3_000,
            Bytes,
            true,
        ),
        // Links count in full.
        (
            bluesky,
            Video,
            format!("https://example.com/{}", "a".repeat(280)),
            300,
            300,
            Graphemes,
            false,
        ),
        (
            bluesky,
            Video,
            format!("https://example.com/{}", "a".repeat(281)),
            301,
            300,
            Graphemes,
            true,
        ),
    ];
    for (platform, kind, text, used, limit, unit, is_over) in cases {
        let found = count(platform, kind, &text);
        assert_eq!(
            (found.used, found.limit, found.unit, found.is_over()),
            (used, limit, unit, is_over),
            "{platform} {kind:?}"
        );
        assert!(!found.note.is_empty());
    }
    let title = TIKTOK.title_of_pictures.as_ref().unwrap();
    assert!(!title.count(&(WAVE.repeat(22) + "ab")).is_over());
    assert_eq!(title.count(&(WAVE.repeat(22) + "abc")).over(), 1);
}

#[test]
fn what_is_too_much_begins_where_the_limit_ends() {
    let caption = &TIKTOK.caption;
    assert_eq!(caption.excess(&"a".repeat(2_200)), None);
    assert_eq!(caption.excess(&"a".repeat(2_205)), Some(2_200));
    // A hand is not cut in two: 549 of them and three letters are 2,199 units.
    let text = WAVE.repeat(549) + "abc" + WAVE;
    assert_eq!(caption.excess(&text), Some(2_199));
    // Counted as browsers do, whatever the platform counts.
    let limits = domain::rules::limits(Platform::Bluesky);
    assert_eq!(limits.caption.excess(&FAMILY.repeat(121)), Some(120 * 11));
    assert_eq!(limits.caption.excess(&WAVE.repeat(302)), Some(300 * 4));
    // Too many of both: the tighter one cuts.
    assert_eq!(limits.caption.excess(&FAMILY.repeat(400)), Some(120 * 11));
}

#[test]
fn a_post_with_a_video_is_one_whatever_else_is_there() {
    let picture = MediaFacts::Image(ImageFacts {
        format: ImageFormat::Jpeg,
        width: 1080,
        height: 1350,
        size_bytes: 800_000,
    });
    let video = MediaFacts::Video(VideoFacts {
        container: Container::Mp4,
        video_codec: "h264".into(),
        audio_codec: None,
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms: 32_000,
        size_bytes: 48_200_000,
    });
    assert_eq!(PostKind::of([]), PostKind::Text);
    assert_eq!(PostKind::of([&picture, &picture]), PostKind::Pictures);
    assert_eq!(PostKind::of([&video]), PostKind::Video);
    assert_eq!(PostKind::of([&video, &picture]), PostKind::Video);
    assert_eq!(PostKind::of([&picture, &video]), PostKind::Video);
}

proptest! {
    #[test]
    fn what_is_left_without_the_excess_fits(text in "(\\PC|👩\u{200d}👩\u{200d}👧\u{200d}👦){0,400}") {
        for platform in Platform::ALL {
            let limit = &domain::rules::limits(platform).caption;
            match limit.excess(&text) {
                None => prop_assert!(!limit.count(&text).is_over()),
                Some(at) => {
                    let units: Vec<u16> = text.encode_utf16().take(at).collect();
                    let kept = String::from_utf16(&units).unwrap();
                    prop_assert!(!limit.count(&kept).is_over());
                }
            }
        }
    }
}
