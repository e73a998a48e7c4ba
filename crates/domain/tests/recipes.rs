//! From what a file is and what a platform takes to how a copy is made, or why none would help.

use domain::Platform;
use domain::crop::{Area, SHAPES, Shape};
use domain::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};
use domain::post::PlatformOptions;
use domain::rules::{CannotMend, Fix, Make, copy_for, copy_of_part, judge, limits};

fn video(change: impl FnOnce(&mut VideoFacts)) -> MediaFacts {
    let mut facts = VideoFacts {
        container: Container::Mp4,
        video_codec: "h264".into(),
        audio_codec: Some("aac".into()),
        width: 1080,
        height: 1920,
        frame_rate: 30.0,
        duration_ms: 20_000,
        size_bytes: 10_000_000,
    };
    change(&mut facts);
    MediaFacts::Video(facts)
}

fn picture(format: ImageFormat, width: u32, height: u32, size_bytes: u64) -> MediaFacts {
    MediaFacts::Image(ImageFacts {
        format,
        width,
        height,
        size_bytes,
    })
}

fn made(facts: &MediaFacts, platform: Platform) -> Result<Option<Make>, CannotMend> {
    let recipe = copy_for(facts, limits(platform), None)?;
    Ok(recipe.map(|recipe| {
        assert_eq!(recipe.crop, None);
        recipe.make
    }))
}

const fn anew(width: u32, height: u32, frame_rate: Option<u32>, bytes: u64) -> Make {
    Make::Video {
        width,
        height,
        frame_rate,
        bytes: Some(bytes),
    }
}

/// What TikTok takes at the most, in bytes.
fn tiktok_bytes() -> u64 {
    limits(Platform::TikTok).video.bytes
}

/// What it is, for whom, and what is made of it.
type Case = (
    &'static str,
    MediaFacts,
    Platform,
    Result<Option<Make>, CannotMend>,
);

#[test]
fn a_video_is_made_anew_only_as_far_as_it_breaks_a_rule() {
    use Platform::{Bluesky, TikTok};
    let size =
        |width, height| move |video: &mut VideoFacts| (video.width, video.height) = (width, height);
    let most = tiktok_bytes();
    let table: Vec<Case> = vec![
        ("passes", video(|_| {}), TikTok, Ok(None)),
        ("passes", video(|_| {}), Bluesky, Ok(None)),
        (
            "too many frames",
            video(|video| video.frame_rate = 100.0),
            TikTok,
            Ok(Some(anew(1080, 1920, Some(30), most))),
        ),
        (
            "too few frames",
            video(|video| video.frame_rate = 12.0),
            TikTok,
            Ok(Some(anew(1080, 1920, Some(30), most))),
        ),
        (
            "frames are nothing to this platform",
            video(|video| video.frame_rate = 100.0),
            Bluesky,
            Ok(None),
        ),
        (
            "another codec",
            video(|video| video.video_codec = "av1".into()),
            TikTok,
            Ok(Some(anew(1080, 1920, None, most))),
        ),
        (
            "odd sides become even",
            video(|video| {
                video.video_codec = "av1".into();
                (video.width, video.height) = (721, 1281);
            }),
            TikTok,
            Ok(Some(anew(720, 1280, None, most))),
        ),
        (
            "8K",
            video(size(4320, 7680)),
            TikTok,
            Ok(Some(anew(1080, 1920, None, most))),
        ),
        (
            "8K lying",
            video(size(7680, 4320)),
            TikTok,
            Ok(Some(anew(1920, 1080, None, most))),
        ),
        (
            "too small",
            video(size(200, 300)),
            TikTok,
            Ok(Some(anew(360, 540, None, most))),
        ),
        (
            "a long strip comes down by its long side",
            video(size(1000, 4200)),
            TikTok,
            Ok(Some(anew(974, 4096, None, most))),
        ),
        (
            "too narrow at any size",
            video(size(300, 5000)),
            TikTok,
            Err(CannotMend::TooNarrow),
        ),
        (
            "another container keeps its picture",
            video(|video| video.container = Container::Mov),
            Bluesky,
            Ok(Some(Make::Repack)),
        ),
        (
            "WebM has no picture that an MP4 takes everywhere",
            video(|video| {
                video.container = Container::Webm;
                video.video_codec = "vp9".into();
            }),
            Bluesky,
            Ok(Some(anew(1080, 1920, None, 300_000_000))),
        ),
        (
            "too many bytes",
            video(|video| video.size_bytes = 400_000_000),
            Bluesky,
            Ok(Some(anew(1080, 1920, None, 300_000_000))),
        ),
        (
            "too long is never cut",
            video(|video| {
                video.frame_rate = 100.0;
                video.duration_ms = 600_001;
            }),
            TikTok,
            Err(CannotMend::TooLong { to_ms: 600_000 }),
        ),
        (
            "what is only reported is no reason",
            video(|video| {
                video.container = Container::Mov;
                video.duration_ms = 200_000;
            }),
            Bluesky,
            Ok(Some(Make::Repack)),
        ),
    ];
    for (what, facts, platform, expected) in table {
        assert_eq!(made(&facts, platform), expected, "{what}");
    }
    // What the account allows less counts as well.
    let fast = video(|video| video.frame_rate = 100.0);
    let allowed = copy_for(&fast, limits(Platform::TikTok), Some(10_000));
    assert_eq!(allowed, Err(CannotMend::TooLong { to_ms: 10_000 }));
}

#[test]
fn a_picture_keeps_its_format_and_size_where_it_can() {
    use ImageFormat::{Jpeg, Png, Webp};
    use Platform::{Bluesky, TikTok};
    let anew = |format, width, height, bytes| {
        Ok(Some(Make::Picture {
            format,
            width,
            height,
            bytes: Some(bytes),
        }))
    };
    for (facts, platform, expected) in [
        (picture(Jpeg, 1080, 1350, 500_000), TikTok, Ok(None)),
        (
            picture(Png, 1080, 1350, 500_000),
            TikTok,
            anew(Jpeg, 1080, 1350, 20_000_000),
        ),
        (picture(Png, 1080, 1350, 500_000), Bluesky, Ok(None)),
        (
            picture(Webp, 4000, 3000, 500_000),
            TikTok,
            anew(Webp, 1440, 1080, 20_000_000),
        ),
        (
            picture(Jpeg, 1000, 4000, 500_000),
            TikTok,
            anew(Jpeg, 480, 1920, 20_000_000),
        ),
        // Servers that were not updated take less, and a copy is made so that it passes everywhere.
        (
            picture(Jpeg, 4000, 3000, 1_500_000),
            Bluesky,
            anew(Jpeg, 4000, 3000, 976_000),
        ),
        // Another PNG would be as large.
        (
            picture(Png, 4000, 3000, 9_000_000),
            Bluesky,
            anew(Jpeg, 4000, 3000, 976_000),
        ),
    ] {
        assert_eq!(made(&facts, platform), expected, "{facts:?}");
    }
}

#[test]
fn findings_offer_a_copy_exactly_where_one_helps() {
    let fixes = |facts: &MediaFacts| {
        let media = [Attached { facts, alt: "" }];
        let found = judge(
            "Hello",
            &media,
            &PlatformOptions::empty(Platform::TikTok),
            None,
        );
        let mut fixes: Vec<_> = found.into_iter().filter_map(|found| found.fix).collect();
        fixes.retain(|fix| matches!(fix, Fix::ConvertVideo { .. } | Fix::TrimVideo { .. }));
        fixes
    };
    let anew = |width, height| Fix::ConvertVideo {
        file: 0,
        container: Container::Mp4,
        width,
        height,
        bytes: tiktok_bytes(),
    };
    let fast = video(|video| video.frame_rate = 100.0);
    assert_eq!(fixes(&fast), [anew(1080, 1920)]);
    let large = video(|video| {
        video.frame_rate = 100.0;
        (video.width, video.height) = (4320, 7680);
    });
    assert_eq!(fixes(&large), [anew(1080, 1920), anew(1080, 1920)]);
    let long = video(|video| {
        video.frame_rate = 100.0;
        video.duration_ms = 700_000;
    });
    assert_eq!(
        fixes(&long),
        [Fix::TrimVideo {
            file: 0,
            to_ms: 600_000
        }]
    );
}

#[test]
fn the_largest_part_of_each_shape_is_within_the_picture_and_in_its_middle() {
    let area = |x, y, width, height| Area {
        x,
        y,
        width,
        height,
    };
    let of = (1920, 1080);
    for (name, expected) in [
        ("9:16", area(656, 0, 608, 1080)),
        ("4:5", area(528, 0, 864, 1080)),
        ("1:1", area(420, 0, 1080, 1080)),
        ("1.91:1", area(0, 36, 1920, 1006)),
        ("16:9", area(0, 0, 1920, 1080)),
    ] {
        let shape = Shape::named(name).expect(name);
        assert_eq!(Area::largest(of, shape), expected, "{name}");
    }
    for shape in SHAPES {
        for of in [(1080, 1920), (721, 1281), (400, 401), (17, 4000), (36, 36)] {
            let largest = Area::largest(of, shape);
            assert!(largest.x + largest.width <= of.0, "{} {of:?}", shape.name);
            assert!(largest.y + largest.height <= of.1, "{} {of:?}", shape.name);
            for per_cent in [0, 20, 55, 99, 100, 300] {
                let sized = largest.sized(of, shape, per_cent);
                assert!(sized.x + sized.width <= of.0 && sized.y + sized.height <= of.1);
                for (right, down) in [(-5000, 5000), (1, 1), (5000, -5000), (8, 0)] {
                    let moved = sized.moved(of, right, down);
                    assert_eq!((moved.width, moved.height), (sized.width, sized.height));
                    assert!(moved.x + moved.width <= of.0 && moved.y + moved.height <= of.1);
                    assert!(moved.x.is_multiple_of(2) && moved.y.is_multiple_of(2));
                }
            }
        }
    }
}

#[test]
fn a_part_is_taken_only_where_it_is_one() {
    let clip = video(|_| {});
    let area = |x, y, width, height| Area {
        x,
        y,
        width,
        height,
    };
    let part = area(0, 284, 1080, 1350);
    let recipe = copy_of_part(&clip, part).expect("a part");
    assert_eq!(recipe.crop, Some(part));
    assert_eq!(
        recipe.make,
        Make::Video {
            width: 1080,
            height: 1350,
            frame_rate: None,
            bytes: None
        }
    );
    for (what, wrong) in [
        ("all of it", area(0, 0, 1080, 1920)),
        ("beside it", area(2, 0, 1080, 1350)),
        ("below it", area(0, 600, 1080, 1350)),
        ("odd", area(1, 0, 500, 500)),
        ("nothing", area(0, 0, 0, 0)),
        ("a line", area(0, 0, 1080, 2)),
        ("far out", area(u32::MAX - 1, 0, 500, 500)),
    ] {
        assert!(copy_of_part(&clip, wrong).is_err(), "{what}");
    }
    let png = picture(ImageFormat::Png, 400, 300, 1000);
    let recipe = copy_of_part(&png, area(0, 0, 300, 300)).expect("a part");
    assert!(matches!(
        recipe.make,
        Make::Picture {
            format: ImageFormat::Png,
            width: 300,
            height: 300,
            bytes: None
        }
    ));
    // What is kept is read again.
    let kept = serde_json::to_string(&recipe).expect("JSON");
    let read: domain::rules::Recipe = serde_json::from_str(&kept).expect("a recipe");
    assert_eq!(read, recipe);
}
