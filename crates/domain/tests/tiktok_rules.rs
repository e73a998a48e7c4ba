//! The rules for a video on TikTok, a table of cases and the edges of each number.

use domain::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::rules::{Field, Finding, Fix, Severity, blocks, judge_tiktok as judge_media};
use domain::tiktok::{CreatorInfo, TikTokOptions};
use proptest::prelude::*;

fn video() -> VideoFacts {
    VideoFacts {
        container: Container::Mp4,
        video_codec: "h264".into(),
        audio_codec: Some("aac".into()),
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms: 32_000,
        size_bytes: 48_200_000,
    }
}

fn creator() -> CreatorInfo {
    CreatorInfo {
        nickname: "Kestrel Coffee".into(),
        username: "kestrelcoffee".into(),
        privacy_level_options: ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
            .map(String::from)
            .to_vec(),
        max_video_post_duration_sec: 300,
        ..CreatorInfo::default()
    }
}

fn options() -> TikTokOptions {
    TikTokOptions {
        privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
        ..TikTokOptions::default()
    }
}

fn judge_tiktok(
    caption: &str,
    video: Option<&VideoFacts>,
    options: &TikTokOptions,
    creator: Option<&CreatorInfo>,
) -> Vec<Finding> {
    let facts = video.cloned().map(MediaFacts::Video);
    let media: Vec<_> = facts
        .iter()
        .map(|facts| Attached { facts, alt: "" })
        .collect();
    judge_media(caption, &media, options, creator)
}

fn errors(
    caption: &str,
    video: Option<&VideoFacts>,
    options: &TikTokOptions,
    creator: Option<&CreatorInfo>,
) -> Vec<Field> {
    judge_tiktok(caption, video, options, creator)
        .into_iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.field)
        .collect()
}

#[test]
fn a_good_post_has_no_errors() {
    assert_eq!(
        errors(
            "Pour-over myths",
            Some(&video()),
            &options(),
            Some(&creator())
        ),
        []
    );
}

#[test]
fn the_panel_starts_with_nothing_chosen_and_so_blocks() {
    let fresh = TikTokOptions::default();
    assert_eq!(fresh.privacy_level, None);
    assert!(
        !(fresh.allow_comment
            || fresh.allow_duet
            || fresh.allow_stitch
            || fresh.disclose
            || fresh.ai_generated)
    );
    assert_eq!(
        errors("", Some(&video()), &fresh, Some(&creator())),
        [Field::Privacy]
    );
}

#[test]
fn several_videos_and_mixtures_are_refused() {
    let picture = MediaFacts::Image(ImageFacts {
        format: ImageFormat::Jpeg,
        width: 1080,
        height: 1350,
        size_bytes: 800_000,
    });
    let video = MediaFacts::Video(video());
    for media in [vec![], vec![&video, &video], vec![&video, &picture]] {
        let media: Vec<_> = media
            .into_iter()
            .map(|facts| Attached { facts, alt: "" })
            .collect();
        assert!(blocks(&judge_media(
            "",
            &media,
            &options(),
            Some(&creator())
        )));
    }
}

#[test]
fn a_caption_counts_utf16_units() {
    // A waving hand with a skin tone is one picture, two scalars and four units.
    let full = "👋🏽".repeat(550);
    assert_eq!(
        errors(&full, Some(&video()), &options(), Some(&creator())),
        []
    );
    assert_eq!(
        errors(
            &format!("{full}!"),
            Some(&video()),
            &options(),
            Some(&creator())
        ),
        [Field::Caption]
    );
}

#[test]
fn a_privacy_level_must_be_offered_now() {
    let chosen = TikTokOptions {
        privacy_level: Some("FOLLOWER_OF_CREATOR".into()),
        ..options()
    };
    assert_eq!(
        errors("", Some(&video()), &chosen, Some(&creator())),
        [Field::Privacy]
    );
}

#[test]
fn disclosure_needs_one_of_its_two_boxes() {
    let chosen = TikTokOptions {
        disclose: true,
        ..options()
    };
    assert_eq!(
        errors("", Some(&video()), &chosen, Some(&creator())),
        [Field::Disclosure]
    );
    let chosen = TikTokOptions {
        disclose: true,
        your_brand: true,
        ..options()
    };
    assert_eq!(errors("", Some(&video()), &chosen, Some(&creator())), []);
}

#[test]
fn branded_content_cannot_be_private() {
    let private = TikTokOptions {
        privacy_level: Some("SELF_ONLY".into()),
        disclose: true,
        branded_content: true,
        ..TikTokOptions::default()
    };
    assert_eq!(
        errors("", Some(&video()), &private, Some(&creator())),
        [Field::Privacy]
    );
    // With the switch off again the box does not count.
    let off = TikTokOptions {
        disclose: false,
        ..private
    };
    assert_eq!(errors("", Some(&video()), &off, Some(&creator())), []);
}

#[test]
fn without_the_creators_limits_nothing_is_scheduled() {
    assert!(blocks(&judge_tiktok("", Some(&video()), &options(), None)));
}

#[test]
fn each_limit_of_the_media_is_judged_at_its_edge() {
    let cases: [(&str, VideoFacts, bool); 14] = [
        (
            "no wider than the largest side",
            VideoFacts {
                width: 4096,
                ..video()
            },
            true,
        ),
        (
            "too wide",
            VideoFacts {
                width: 4097,
                ..video()
            },
            false,
        ),
        (
            "narrow enough",
            VideoFacts {
                width: 360,
                ..video()
            },
            true,
        ),
        (
            "too narrow",
            VideoFacts {
                width: 359,
                ..video()
            },
            false,
        ),
        (
            "slowest",
            VideoFacts {
                frame_rate: 23.0,
                ..video()
            },
            true,
        ),
        (
            "film rate",
            VideoFacts {
                frame_rate: 23.976,
                ..video()
            },
            true,
        ),
        (
            "too slow",
            VideoFacts {
                frame_rate: 22.9,
                ..video()
            },
            false,
        ),
        (
            "fastest",
            VideoFacts {
                frame_rate: 60.0,
                ..video()
            },
            true,
        ),
        (
            "too fast",
            VideoFacts {
                frame_rate: 60.1,
                ..video()
            },
            false,
        ),
        (
            "longest for the creator",
            VideoFacts {
                duration_ms: 300_000,
                ..video()
            },
            true,
        ),
        (
            "too long for the creator",
            VideoFacts {
                duration_ms: 300_001,
                ..video()
            },
            false,
        ),
        (
            "largest",
            VideoFacts {
                size_bytes: 4_000_000_000,
                ..video()
            },
            true,
        ),
        (
            "too large",
            VideoFacts {
                size_bytes: 4_000_000_001,
                ..video()
            },
            false,
        ),
        (
            "a codec TikTok does not take",
            VideoFacts {
                video_codec: "av1".into(),
                ..video()
            },
            false,
        ),
    ];
    for (name, facts, fits) in cases {
        let found = errors("", Some(&facts), &options(), Some(&creator()));
        assert_eq!(found.is_empty(), fits, "{name}: {found:?}");
    }
}

proptest! {
    #[test]
    fn every_finding_is_one_sentence_and_the_judge_never_panics(
        caption in ".{0,300}",
        width in 0_u32..6000, height in 0_u32..6000,
        frame_rate in 0.0_f64..240.0, duration_ms in 0_u64..10_000_000, size_bytes in any::<u64>(),
        privacy in proptest::option::of("[A-Z_]{1,20}"),
        disclose in any::<bool>(), branded in any::<bool>(), known in any::<bool>(), max in any::<u32>(),
    ) {
        let facts = VideoFacts { width, height, frame_rate, duration_ms, size_bytes, ..video() };
        let chosen = TikTokOptions { privacy_level: privacy, disclose, branded_content: branded, ..TikTokOptions::default() };
        let creator = CreatorInfo { max_video_post_duration_sec: u64::from(max), ..creator() };
        for finding in judge_tiktok(&caption, Some(&facts), &chosen, known.then_some(&creator)) {
            prop_assert!(!finding.sentence.is_empty() && !finding.sentence.contains('\n'));
        }
    }
}

#[test]
fn the_cover_of_a_video_lies_within_it() {
    // (how long the video is, where the cover is, whether it is sent as a draft, what is found)
    for (duration_ms, cover, as_draft, found) in [
        (32_000, None, false, None),
        (32_000, Some(0), false, None),
        (32_000, Some(12_400), false, None),
        (32_000, Some(32_000), false, None),
        (
            32_000,
            Some(32_001),
            false,
            Some(
                "The cover was chosen at 0:32.0, and the video is 0:32.0 long. Choose another frame.",
            ),
        ),
        (
            9_900,
            Some(72_400),
            false,
            Some(
                "The cover was chosen at 1:12.4, and the video is 0:09.9 long. Choose another frame.",
            ),
        ),
        // A draft takes no cover along: whoever finishes it in the app chooses it there.
        (9_900, Some(72_400), true, None),
    ] {
        let video = VideoFacts {
            duration_ms,
            ..video()
        };
        let options = TikTokOptions {
            video_cover_ms: cover,
            as_draft,
            ..options()
        };
        let findings = judge_tiktok("", Some(&video), &options, Some(&creator()));
        let about: Vec<_> = findings
            .iter()
            .filter(|finding| finding.fix == Some(Fix::CoverFirst))
            .map(|finding| (finding.field, finding.severity, finding.sentence.as_str()))
            .collect();
        let expected: Vec<_> = found
            .map(|sentence| (Field::Media, Severity::Error, sentence))
            .into_iter()
            .collect();
        assert_eq!(about, expected, "{cover:?} of {duration_ms}");
    }
}

#[test]
fn a_post_without_a_chosen_cover_is_stored_as_it_always_was() {
    let stored = serde_json::to_value(options()).unwrap();
    assert!(stored.get("video_cover_ms").is_none());
    let chosen = TikTokOptions {
        video_cover_ms: Some(1200),
        ..options()
    };
    let stored = serde_json::to_value(&chosen).unwrap();
    assert_eq!(
        serde_json::from_value::<TikTokOptions>(stored).unwrap(),
        chosen
    );
    for refused in [
        serde_json::json!(1.5),
        serde_json::json!(-1),
        serde_json::json!("1200"),
    ] {
        let odd = serde_json::json!({ "video_cover_ms": refused });
        assert!(serde_json::from_value::<TikTokOptions>(odd).is_err());
    }
}
