//! The rules for Bluesky: a table of cases and the edges of each number.

use domain::account::AccountFacts;
use domain::bluesky::{BlueskyOptions, graphemes, is_language_tag};
use domain::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::post::PlatformOptions;
use domain::rules::{Field, Severity, judge, judge_bluesky};
use proptest::prelude::*;

fn image(size_bytes: u64) -> MediaFacts {
    MediaFacts::Image(ImageFacts {
        format: ImageFormat::Jpeg,
        width: 1080,
        height: 1350,
        size_bytes,
    })
}

fn video(container: Container, size_bytes: u64, duration_ms: u64) -> MediaFacts {
    MediaFacts::Video(VideoFacts {
        container,
        video_codec: "h264".into(),
        audio_codec: None,
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms,
        size_bytes,
    })
}

/// What was found of this severity.
fn found(caption: &str, media: &[MediaFacts], alt: &str, severity: Severity) -> Vec<Field> {
    let media: Vec<_> = media.iter().map(|facts| Attached { facts, alt }).collect();
    judge_bluesky(caption, &media, &BlueskyOptions::default())
        .into_iter()
        .filter(|finding| finding.severity == severity)
        .map(|finding| finding.field)
        .collect()
}

/// What is posted; what blocks; what is worth knowing.
type Case = (
    &'static str,
    String,
    Vec<MediaFacts>,
    &'static [Field],
    &'static [Field],
);

#[test]
fn each_limit_is_judged_at_its_edge() {
    let small = image(976_000);
    let mp4 = |size, ms| video(Container::Mp4, size, ms);
    let cases: [Case; 16] = [
        ("text alone", "Hello".into(), vec![], &[], &[]),
        ("nothing", " \n".into(), vec![], &[Field::Caption], &[]),
        (
            "a picture alone",
            String::new(),
            vec![small.clone()],
            &[],
            &[],
        ),
        ("longest", "é".repeat(300), vec![], &[], &[]),
        ("too long", "é".repeat(301), vec![], &[Field::Caption], &[]),
        // A family of four is one grapheme of 25 bytes.
        ("most bytes", "👨‍👩‍👧‍👦".repeat(120), vec![], &[], &[]),
        (
            "too many bytes",
            "👨‍👩‍👧‍👦".repeat(121),
            vec![],
            &[Field::Caption],
            &[],
        ),
        (
            "four pictures",
            String::new(),
            vec![small.clone(); 4],
            &[],
            &[],
        ),
        (
            "five pictures",
            String::new(),
            vec![small.clone(); 5],
            &[Field::Media],
            &[],
        ),
        (
            "large for some",
            String::new(),
            vec![image(976_001)],
            &[],
            &[Field::Media],
        ),
        (
            "largest",
            String::new(),
            vec![image(2_000_000)],
            &[],
            &[Field::Media],
        ),
        (
            "too large",
            String::new(),
            vec![image(2_000_001)],
            &[Field::Media],
            &[],
        ),
        (
            "a video at its limits",
            String::new(),
            vec![mp4(300_000_000, 180_000)],
            &[],
            &[],
        ),
        (
            "a long video",
            String::new(),
            vec![mp4(1, 180_001)],
            &[],
            &[Field::Media],
        ),
        (
            "too large a video",
            String::new(),
            vec![mp4(300_000_001, 1)],
            &[Field::Media],
            &[],
        ),
        (
            "a video and a picture",
            String::new(),
            vec![mp4(1, 1), small],
            &[Field::Media],
            &[],
        ),
    ];
    for (name, caption, media, errors, warnings) in cases {
        assert_eq!(
            found(&caption, &media, "A cup", Severity::Error),
            errors,
            "{name}"
        );
        assert_eq!(
            found(&caption, &media, "A cup", Severity::Warning),
            warnings,
            "{name}"
        );
    }
    for container in [Container::Mov, Container::Webm] {
        let media = [video(container, 1, 1)];
        assert_eq!(found("", &media, "A cup", Severity::Error), [Field::Media]);
    }
}

#[test]
fn a_missing_description_warns_once_and_does_not_block() {
    let media = [image(1), image(1)];
    assert_eq!(found("", &media, " ", Severity::Warning), [Field::Media]);
    assert_eq!(found("", &media, "", Severity::Error), []);
}

#[test]
fn languages_are_few_and_tags() {
    for (langs, fits) in [
        (vec![], true),
        (vec!["en", "pt-BR", "zh-Hant-TW"], true),
        (vec!["en", "de", "fr", "it"], false),
        (vec!["English"], false),
        (vec!["e"], false),
        (vec!["en-"], false),
        (vec!["ён"], false),
    ] {
        let options = BlueskyOptions {
            langs: langs.iter().map(ToString::to_string).collect(),
            ..BlueskyOptions::default()
        };
        let errors = judge_bluesky("Hello", &[], &options)
            .iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count();
        assert_eq!(errors == 0, fits, "{langs:?}");
    }
}

#[test]
fn the_platform_of_the_options_decides_which_rules_count() {
    let options = PlatformOptions::Bluesky(BlueskyOptions::default());
    let errors = |options: &PlatformOptions, account: Option<&AccountFacts>| {
        judge("Hello", &[], options, account)
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .count()
    };
    assert_eq!(errors(&options, Some(&AccountFacts::Bluesky)), 0);
    assert_eq!(errors(&options, None), 0);
    let tiktok = PlatformOptions::empty(domain::Platform::TikTok);
    assert!(errors(&tiktok, Some(&AccountFacts::Bluesky)) > 0);
}

proptest! {
    #[test]
    fn a_text_that_passes_is_one_that_the_lexicon_takes(caption in "\\PC{0,400}") {
        let blocked = !found(&caption, &[], "", Severity::Error).is_empty();
        let fits = graphemes(&caption) <= 300 && caption.len() <= 3000 && !caption.trim().is_empty();
        prop_assert_eq!(blocked, !fits);
    }

    #[test]
    fn every_finding_is_one_sentence_and_the_judge_never_panics(
        caption in ".{0,400}", sizes in proptest::collection::vec(any::<u64>(), 0..7), alt in ".{0,5}",
        tags in proptest::collection::vec(".{0,12}", 0..6), duration_ms in any::<u64>(),
    ) {
        let facts: Vec<_> = sizes.iter().enumerate().map(|(place, size)| match place % 3 {
            2 => video(Container::Mov, *size, duration_ms),
            _ => image(*size),
        }).collect();
        let media: Vec<_> = facts.iter().map(|facts| Attached { facts, alt: &alt }).collect();
        let options = BlueskyOptions { langs: tags, labels: vec!["nudity".to_owned()] };
        for finding in judge_bluesky(&caption, &media, &options) {
            prop_assert!(!finding.sentence.is_empty());
        }
    }

    #[test]
    fn a_tag_is_ascii(tag in ".{0,12}") {
        prop_assert!(!is_language_tag(&tag) || tag.is_ascii());
    }
}
