//! Every limit of every platform's table, just inside and just outside. The numbers stand here once more,
//! so that a slip in a table is found.

use domain::Platform;
use domain::account::AccountFacts;
use domain::bluesky::BlueskyOptions;
use domain::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding, Fix, Severity, Text, judge, limits};
use domain::tiktok::{CreatorInfo, TikTokOptions};

/// What the rules make of a case.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Fits,
    Warns(Field),
    Blocks(Field),
}
use Verdict::{Blocks, Fits, Warns};

/// A post that fits, with one thing changed.
struct Post {
    caption: String,
    media: Vec<MediaFacts>,
    options: PlatformOptions,
    longest_s: u64,
}

fn video(change: impl Fn(&mut VideoFacts)) -> MediaFacts {
    let mut facts = VideoFacts {
        container: Container::Mp4,
        video_codec: "h264".into(),
        audio_codec: Some("aac".into()),
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms: 32_000,
        size_bytes: 48_200_000,
    };
    change(&mut facts);
    MediaFacts::Video(facts)
}

fn picture(change: impl Fn(&mut ImageFacts)) -> MediaFacts {
    let mut facts = ImageFacts {
        format: ImageFormat::Jpeg,
        width: 1080,
        height: 1350,
        size_bytes: 800_000,
    };
    change(&mut facts);
    MediaFacts::Image(facts)
}

fn post(platform: Platform, media: Vec<MediaFacts>) -> Post {
    let options = match platform {
        Platform::TikTok => PlatformOptions::TikTok(TikTokOptions {
            privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
            ..TikTokOptions::default()
        }),
        Platform::Bluesky => PlatformOptions::Bluesky(BlueskyOptions::default()),
    };
    Post {
        caption: "Pour-over myths".into(),
        media,
        options,
        longest_s: 3_600,
    }
}

fn found(post: &Post) -> Vec<Finding> {
    let media: Vec<_> = post
        .media
        .iter()
        .map(|facts| Attached {
            facts,
            alt: "A cup",
        })
        .collect();
    let facts = match post.options.platform() {
        Platform::TikTok => AccountFacts::TikTok(CreatorInfo {
            privacy_level_options: vec!["PUBLIC_TO_EVERYONE".into()],
            max_video_post_duration_sec: post.longest_s,
            ..CreatorInfo::default()
        }),
        Platform::Bluesky => AccountFacts::Bluesky,
    };
    judge(&post.caption, &media, &post.options, Some(&facts))
}

fn verdict(post: &Post) -> Verdict {
    let found = found(post);
    let worst = |severity| found.iter().find(|found| found.severity == severity);
    match (worst(Severity::Error), worst(Severity::Warning)) {
        (Some(error), _) => Blocks(error.field),
        (None, Some(warning)) => Warns(warning.field),
        (None, None) => Fits,
    }
}

#[test]
fn every_limit_of_a_video_is_judged_at_its_edge() {
    use Platform::{Bluesky, TikTok};
    type Change = Box<dyn Fn(&mut VideoFacts)>;
    fn container(container: Container) -> Change {
        Box::new(move |video| video.container = container)
    }
    fn codec(codec: &'static str) -> Change {
        Box::new(move |video| codec.clone_into(&mut video.video_codec))
    }
    fn bytes(bytes: u64) -> Change {
        Box::new(move |video| video.size_bytes = bytes)
    }
    fn size(width: u32, height: u32) -> Change {
        Box::new(move |video| (video.width, video.height) = (width, height))
    }
    fn rate(rate: f64) -> Change {
        Box::new(move |video| video.frame_rate = rate)
    }
    fn ms(ms: u64) -> Change {
        Box::new(move |video| video.duration_ms = ms)
    }
    let media = || Blocks(Field::Media);
    let unsure = || Warns(Field::Media);
    let cases: [(Platform, Change, Verdict); 42] = [
        (TikTok, container(Container::Mp4), Fits),
        (TikTok, container(Container::Mov), Fits),
        (TikTok, container(Container::Webm), Fits),
        (TikTok, codec("h264"), Fits),
        (TikTok, codec("hevc"), Fits),
        (TikTok, codec("vp8"), Fits),
        (TikTok, codec("vp9"), Fits),
        (TikTok, codec("av1"), media()),
        (TikTok, codec("mpeg4"), media()),
        (TikTok, bytes(4_000_000_000), Fits),
        (TikTok, bytes(4_000_000_001), media()),
        (TikTok, size(360, 640), Fits),
        (TikTok, size(359, 640), media()),
        (TikTok, size(360, 360), Fits),
        (TikTok, size(360, 359), media()),
        (TikTok, size(4_096, 4_096), Fits),
        (TikTok, size(4_097, 4_096), media()),
        (TikTok, size(4_096, 4_097), media()),
        (TikTok, size(1_080, 1_080), Fits),
        (TikTok, size(1_081, 1_080), unsure()),
        (TikTok, rate(23.0), Fits),
        (TikTok, rate(22.99), media()),
        (TikTok, rate(60.0), Fits),
        (TikTok, rate(60.01), media()),
        (TikTok, ms(3_000), Fits),
        (TikTok, ms(2_999), unsure()),
        (TikTok, ms(600_000), Fits),
        (TikTok, ms(600_001), media()),
        (Bluesky, container(Container::Mp4), Fits),
        (Bluesky, container(Container::Mov), media()),
        (Bluesky, container(Container::Webm), media()),
        (Bluesky, codec("av1"), Fits),
        (Bluesky, bytes(300_000_000), Fits),
        (Bluesky, bytes(300_000_001), media()),
        (Bluesky, size(64, 64), Fits),
        (Bluesky, size(7_680, 4_320), Fits),
        (Bluesky, rate(5.0), Fits),
        (Bluesky, rate(240.0), Fits),
        (Bluesky, ms(1), Fits),
        (Bluesky, ms(180_000), Fits),
        (Bluesky, ms(180_001), unsure()),
        (Bluesky, ms(3_600_000), unsure()),
    ];
    for (number, (platform, change, expected)) in cases.into_iter().enumerate() {
        let case = post(platform, vec![video(change)]);
        let what = (number, &case.media, found(&case));
        assert_eq!(verdict(&case), expected, "{platform}: {what:?}");
    }
}

#[test]
fn every_limit_of_pictures_is_judged_at_its_edge() {
    use Platform::{Bluesky, TikTok};
    let jpeg = |width, height, size_bytes| {
        vec![picture(move |picture| {
            (picture.width, picture.height) = (width, height);
            picture.size_bytes = size_bytes;
        })]
    };
    let format = |format| vec![picture(move |picture| picture.format = format)];
    let many = |count| vec![picture(|_| {}); count];
    let media = || Blocks(Field::Media);
    let cases = [
        (TikTok, many(35), Fits),
        (TikTok, many(36), media()),
        (TikTok, format(ImageFormat::Jpeg), Fits),
        (TikTok, format(ImageFormat::Webp), Fits),
        (TikTok, format(ImageFormat::Png), media()),
        (TikTok, jpeg(1_080, 1_920, 20_000_000), Fits),
        (TikTok, jpeg(1_080, 1_920, 20_000_001), media()),
        (TikTok, jpeg(1_920, 1_080, 1), Fits),
        (TikTok, jpeg(1_081, 1_920, 1), media()),
        (TikTok, jpeg(1_080, 1_921, 1), media()),
        (TikTok, jpeg(1_921, 1_080, 1), media()),
        (Bluesky, many(4), Fits),
        (Bluesky, many(5), media()),
        (Bluesky, format(ImageFormat::Jpeg), Fits),
        (Bluesky, format(ImageFormat::Png), Fits),
        (Bluesky, format(ImageFormat::Webp), Fits),
        (Bluesky, jpeg(8_000, 6_000, 976_000), Fits),
        (Bluesky, jpeg(8_000, 6_000, 976_001), Warns(Field::Media)),
        (Bluesky, jpeg(8_000, 6_000, 2_000_000), Warns(Field::Media)),
        (Bluesky, jpeg(8_000, 6_000, 2_000_001), media()),
        // Neither takes both, nor two videos.
        (TikTok, vec![video(|_| {}), picture(|_| {})], media()),
        (TikTok, vec![video(|_| {}), video(|_| {})], media()),
        (Bluesky, vec![video(|_| {}), picture(|_| {})], media()),
        (Bluesky, vec![video(|_| {}), video(|_| {})], media()),
        (TikTok, vec![], media()),
        (Bluesky, vec![], Fits),
    ];
    for (number, (platform, media, expected)) in cases.into_iter().enumerate() {
        let case = post(platform, media);
        assert_eq!(verdict(&case), expected, "{platform} {number}");
    }
}

#[test]
fn every_limit_of_texts_is_judged_at_its_edge() {
    use Platform::{Bluesky, TikTok};
    let text = || vec![];
    let pictures = || vec![picture(|_| {})];
    let clip = || vec![video(|_| {})];
    let cases = [
        (TikTok, clip(), 0, Fits),
        (TikTok, clip(), 2_200, Fits),
        (TikTok, clip(), 2_201, Blocks(Field::Caption)),
        (TikTok, pictures(), 4_000, Fits),
        (TikTok, pictures(), 4_001, Blocks(Field::Caption)),
        (Bluesky, text(), 0, Blocks(Field::Caption)),
        (Bluesky, text(), 1, Fits),
        (Bluesky, text(), 300, Fits),
        (Bluesky, text(), 301, Blocks(Field::Caption)),
        (Bluesky, pictures(), 0, Fits),
        (Bluesky, pictures(), 301, Blocks(Field::Caption)),
        (Bluesky, clip(), 300, Fits),
    ];
    for (platform, media, length, expected) in cases {
        let case = Post {
            caption: "a".repeat(length),
            ..post(platform, media)
        };
        assert_eq!(verdict(&case), expected, "{platform} {length}");
    }
    for (length, expected) in [(90, Fits), (91, Blocks(Field::Caption))] {
        let mut case = post(TikTok, pictures());
        if let PlatformOptions::TikTok(options) = &mut case.options {
            options.title = "a".repeat(length);
        }
        assert_eq!(verdict(&case), expected, "title of {length}");
    }
    for (count, expected) in [(3, Fits), (4, Blocks(Field::Languages))] {
        let mut case = post(Bluesky, text());
        if let PlatformOptions::Bluesky(options) = &mut case.options {
            options.langs = vec!["en".to_owned(); count];
        }
        assert_eq!(verdict(&case), expected, "{count} languages");
    }
}

#[test]
fn an_account_may_allow_less_than_its_platform_and_never_more() {
    for (longest_s, duration_ms, fits) in [
        (300, 300_000, true),
        (300, 300_001, false),
        (3_600, 600_000, true),
        (3_600, 600_001, false),
        (u64::MAX, 600_001, false),
        (0, 1, false),
    ] {
        let case = Post {
            longest_s,
            ..post(
                Platform::TikTok,
                vec![video(|video| video.duration_ms = duration_ms)],
            )
        };
        let fix = found(&case).into_iter().find_map(|found| match found.fix {
            Some(Fix::TrimVideo { to_ms, .. }) => Some(to_ms),
            _ => None,
        });
        let allowed = longest_s.min(600) * 1000;
        assert_eq!(fix, (!fits).then_some(allowed), "{longest_s} {duration_ms}");
    }
}

#[test]
fn what_a_platform_may_refuse_is_said_as_such() {
    let long = post(
        Platform::Bluesky,
        vec![video(|video| video.duration_ms = 200_000)],
    );
    let short = post(
        Platform::TikTok,
        vec![video(|video| video.duration_ms = 2_000)],
    );
    for (case, expected) in [
        (
            long,
            "The video runs 3:20; Bluesky may refuse more than 3:00. A shorter one is safer.",
        ),
        (
            short,
            "The video runs 0:02; TikTok may refuse less than 0:03. A longer one is safer.",
        ),
    ] {
        let sentences: Vec<_> = found(&case)
            .into_iter()
            .filter(|found| found.severity == Severity::Warning)
            .map(|found| found.sentence)
            .collect();
        assert_eq!(sentences, [expected]);
    }
}

#[test]
fn a_fix_says_what_would_fit() {
    let fixes = |platform, media| {
        found(&post(platform, media))
            .into_iter()
            .filter_map(|found| found.fix)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        fixes(Platform::TikTok, vec![picture(|_| {}); 40]),
        [Fix::KeepFirst { files: 35 }]
    );
    let png = |picture: &mut ImageFacts| picture.format = ImageFormat::Png;
    assert_eq!(
        fixes(Platform::TikTok, vec![picture(|_| {}), picture(png)]),
        [Fix::ConvertPicture {
            file: 1,
            format: ImageFormat::Jpeg,
            bytes: 20_000_000,
            sides: Some((1_080, 1_920)),
        }]
    );
    // What has the right size keeps it.
    let mov = |video: &mut VideoFacts| video.container = Container::Mov;
    assert_eq!(
        fixes(Platform::Bluesky, vec![video(mov)]),
        [Fix::ConvertVideo {
            file: 0,
            container: Container::Mp4,
            width: 1_080,
            height: 1_920,
            bytes: 300_000_000,
        }]
    );
    let case = Post {
        caption: "a".repeat(305),
        ..post(Platform::Bluesky, vec![])
    };
    let shorten = Fix::Shorten {
        text: Text::Caption,
        from: 300,
    };
    assert_eq!(found(&case)[0].fix, Some(shorten));
}

#[test]
fn findings_that_were_stored_before_there_were_fixes_still_read() {
    let old = r#"{"severity":"error","field":"media","sentence":"Add a video."}"#;
    let read: Finding = serde_json::from_str(old).unwrap();
    assert_eq!(read, Finding::error(Field::Media, "Add a video."));
    assert_eq!(serde_json::to_string(&read).unwrap(), old);
    let with = read.with(Fix::KeepFirst { files: 4 });
    let text = serde_json::to_string(&with).unwrap();
    assert_eq!(serde_json::from_str::<Finding>(&text).unwrap(), with);
}

#[test]
fn every_platform_has_a_table_of_its_own() {
    for platform in Platform::ALL {
        assert_eq!(limits(platform).platform, platform);
    }
}
