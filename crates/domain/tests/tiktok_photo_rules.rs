//! The rules for pictures and for drafts on TikTok, with the edges of each number.

use domain::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::rules::{Field, Severity, judge_tiktok};
use domain::tiktok::{CreatorInfo, TikTokOptions};

fn picture() -> ImageFacts {
    ImageFacts {
        format: ImageFormat::Jpeg,
        width: 1080,
        height: 1920,
        size_bytes: 20_000_000,
    }
}

fn video() -> MediaFacts {
    MediaFacts::Video(VideoFacts {
        container: Container::Mp4,
        video_codec: "h264".into(),
        audio_codec: None,
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms: 32_000,
        size_bytes: 48_200_000,
    })
}

fn creator() -> CreatorInfo {
    CreatorInfo {
        privacy_level_options: vec!["PUBLIC_TO_EVERYONE".into(), "SELF_ONLY".into()],
        duet_disabled: true,
        stitch_disabled: true,
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

fn found(
    severity: Severity,
    caption: &str,
    files: &[MediaFacts],
    options: &TikTokOptions,
    creator: Option<&CreatorInfo>,
) -> Vec<(Field, String)> {
    let media: Vec<_> = files
        .iter()
        .map(|facts| Attached { facts, alt: "" })
        .collect();
    judge_tiktok(caption, &media, options, creator)
        .into_iter()
        .filter(|finding| finding.severity == severity)
        .map(|finding| (finding.field, finding.sentence))
        .collect()
}

fn errors(caption: &str, files: &[MediaFacts], options: &TikTokOptions) -> Vec<(Field, String)> {
    found(Severity::Error, caption, files, options, Some(&creator()))
}

fn pictures(count: usize) -> Vec<MediaFacts> {
    vec![MediaFacts::Image(picture()); count]
}

#[test]
fn up_to_35_pictures_or_one_video_and_never_both() {
    for count in [1, 2, 35] {
        assert_eq!(errors("", &pictures(count), &options()), [], "{count}");
    }
    assert!(
        errors("", &pictures(36), &options())[0]
            .1
            .contains("at most 35")
    );
    for mixed in [
        [pictures(1), vec![video()]].concat(),
        vec![video(), video()],
    ] {
        let [(Field::Media, sentence)] = &errors("", &mixed, &options())[..] else {
            panic!("{mixed:?}");
        };
        assert!(sentence.contains("either one video or up to 35 pictures"));
    }
}

#[test]
fn each_picture_is_held_to_its_limits() {
    let ok = picture();
    let lying = ImageFacts {
        width: 1920,
        height: 1080,
        ..ok.clone()
    };
    let webp = ImageFacts {
        format: ImageFormat::Webp,
        ..ok.clone()
    };
    for fits in [&lying, &webp] {
        assert_eq!(
            errors("", &[MediaFacts::Image(fits.clone())], &options()),
            []
        );
    }
    for (bad, expected) in [
        (
            ImageFacts {
                format: ImageFormat::Png,
                ..ok.clone()
            },
            "JPEG and WebP",
        ),
        (
            ImageFacts {
                size_bytes: 20_000_001,
                ..ok.clone()
            },
            "at most 20 MB",
        ),
        (
            ImageFacts {
                width: 1081,
                ..ok.clone()
            },
            "1080 × 1920",
        ),
        (
            ImageFacts {
                height: 1921,
                ..ok.clone()
            },
            "1080 × 1920",
        ),
        (
            ImageFacts {
                width: 1100,
                height: 1100,
                ..ok.clone()
            },
            "1080 × 1920",
        ),
    ] {
        let files = [MediaFacts::Image(ok.clone()), MediaFacts::Image(bad)];
        let [(Field::Media, sentence)] = &errors("", &files, &options())[..] else {
            panic!("{expected}");
        };
        assert!(
            sentence.starts_with("Picture 2 ") && sentence.contains(expected),
            "{sentence}"
        );
    }
}

#[test]
fn texts_are_counted_as_tiktok_counts_them() {
    let one = pictures(1);
    for (length, over) in [(4_000, None), (4_001, Some("1 over"))] {
        let found = errors(&"a".repeat(length), &one, &options());
        assert_eq!(
            found.first().map(|(field, _)| *field),
            over.map(|_| Field::Caption)
        );
        assert!(
            over.is_none_or(|over| found[0].1.contains(over)),
            "{found:?}"
        );
    }
    // A skin-toned wave is 4 units.
    for (title, over) in [
        ("👋🏽".repeat(22) + "ab", false),
        ("👋🏽".repeat(22) + "abc", true),
    ] {
        let options = TikTokOptions { title, ..options() };
        let found = errors("", &one, &options);
        assert_eq!(!found.is_empty(), over, "{found:?}");
        // A video has no title, whatever was typed while there were pictures.
        assert_eq!(errors("", &[video()], &options), []);
    }
    assert!(!errors(&"a".repeat(2_201), &[video()], &options()).is_empty());
}

#[test]
fn the_cover_is_one_of_the_pictures() {
    let cover = |cover_index| TikTokOptions {
        cover_index,
        ..options()
    };
    assert_eq!(errors("", &pictures(3), &cover(2)), []);
    assert!(errors("", &pictures(3), &cover(3))[0].1.contains("cover"));
    assert_eq!(errors("", &[video()], &cover(3)), []);
}

#[test]
fn pictures_have_no_duets_to_be_warned_of() {
    let options = TikTokOptions {
        allow_duet: true,
        allow_stitch: true,
        ..options()
    };
    let warnings = |files: &[MediaFacts]| {
        found(Severity::Warning, "", files, &options, Some(&creator())).len()
    };
    assert_eq!((warnings(&[video()]), warnings(&pictures(1))), (2, 0));
}

#[test]
fn a_draft_asks_nothing_of_the_account_and_still_judges_the_file() {
    let draft = TikTokOptions {
        as_draft: true,
        ..TikTokOptions::default()
    };
    for creator in [None, Some(&creator())] {
        for files in [vec![video()], pictures(2)] {
            assert_eq!(found(Severity::Error, "", &files, &draft, creator), []);
        }
    }
    assert_eq!(found(Severity::Error, "", &[], &draft, None).len(), 1);
    let silent = found(Severity::Warning, "", &[video()], &draft, None);
    let worded = found(Severity::Warning, "Hello", &[video()], &draft, None);
    assert_eq!(
        (silent.len(), worded.len()),
        (0, 1),
        "no caption goes along with a video"
    );
    assert_eq!(
        found(Severity::Warning, "Hello", &pictures(1), &draft, None),
        []
    );
}
