//! What comes out: as the recipe says, and fit for the platform.

use domain::copy::CopyState;
use domain::crop::{Area, Shape};
use domain::media::{Container, ImageFormat, MediaFacts};
use domain::rules::{copy_for, limits};
use domain::{AssetId, Platform};
use services::copies::CopyWish;
use std::process::Command;
use testing::Desk;

use super::{BLUESKY, TIKTOK, ask, asset, copied, file, left_over, stored};

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_breaks_the_rules_becomes_one_that_passes_and_the_original_stays() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let source = "testsrc2=size=362x642:rate=100:duration=1";
    let sound = ["-f", "lavfi", "-i", "sine=duration=1", "-c:v", "mpeg4"];
    let clip = file(&desk, client, source, "clip.v2.mp4", &sound).await;
    let before = (stored(&desk, clip), asset(&desk, client, clip).await);
    let copy = copied(&desk, client, clip, TIKTOK).await;
    let tiktok = limits(Platform::TikTok);
    assert!(
        copy_for(&before.1.facts, tiktok, None)
            .expect("a recipe")
            .is_some()
    );
    assert_eq!(copy_for(&copy.facts, tiktok, None), Ok(None));
    let facts = copy.facts.video().expect("a video");
    assert_eq!((facts.width, facts.height), (362, 642));
    assert_eq!(
        (facts.video_codec.as_str(), facts.container),
        ("h264", Container::Mp4)
    );
    assert!((facts.frame_rate - 30.0).abs() < 0.1, "{facts:?}");
    assert_eq!(facts.audio_codec.as_deref(), Some("aac"));
    assert!(facts.duration_ms.abs_diff(1000) < 120, "{facts:?}");
    assert_eq!(copy.file_name, "clip.v2 (TikTok).mp4");
    let from = copy.made_from.clone().expect("from where");
    assert_eq!(
        (from.asset, &*from.file_name, &*from.how),
        (Some(clip), "clip.v2.mp4", "for TikTok")
    );
    // It has a poster of its own, and nothing lies about.
    assert!(desk.services.media.poster(copy.id).exists());
    assert_eq!(left_over(&desk), 0);
    let after = asset(&desk, client, clip).await;
    assert_eq!(stored(&desk, clip), before.0);
    assert_eq!(
        (after.facts, after.sha256),
        (before.1.facts, before.1.sha256)
    );

    // The same once more is the same copy, at once.
    let again = ask(&desk, client, clip, TIKTOK).await;
    assert_eq!(again.state, CopyState::Done);
    assert_eq!(again.asset.expect("a file").id, copy.id);
    assert!(!desk.services.make_next_copy("w").await.expect("a look"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_size_that_is_too_large_shrinks_and_another_container_keeps_every_picture() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let strip = "testsrc2=size=4200x1000:rate=25:duration=0.4";
    let strip = file(&desk, client, strip, "strip.mp4", &["-c:v", "mpeg4"]).await;
    let copy = copied(&desk, client, strip, TIKTOK).await;
    assert_eq!((copy.facts.width(), copy.facts.height()), (4096, 974));
    assert_eq!(
        copy_for(&copy.facts, limits(Platform::TikTok), None),
        Ok(None)
    );

    let source = "testsrc2=size=360x640:rate=25:duration=1";
    let as_mov = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let mov = file(&desk, client, source, "phone.mov", &as_mov).await;
    let copy = copied(&desk, client, mov, BLUESKY).await;
    assert_eq!(
        copy.facts.video().expect("a video").container,
        Container::Mp4
    );
    assert_eq!(
        copy_for(&copy.facts, limits(Platform::Bluesky), None),
        Ok(None)
    );
    // Picture by picture the same.
    let pictures = |id: AssetId| {
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(desk.services.media.original(id))
            .args(["-map", "0:v", "-f", "framemd5", "-"])
            .output()
            .expect("ffmpeg");
        let lines = String::from_utf8(out.stdout).expect("text");
        let hash = |line: &str| line.rsplit(',').next().map(str::to_owned);
        let lines = lines.lines().filter(|line| !line.starts_with('#'));
        lines.filter_map(hash).collect::<Vec<_>>()
    };
    assert_eq!(pictures(mov).len(), 25);
    assert_eq!(pictures(mov), pictures(copy.id));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_a_picture_or_a_video_has_exactly_those_pixels() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    // Four columns, so that a frame that is off by little shows.
    let columns = "color=red:size=400x300:rate=10:duration=0.5,\
                   drawbox=x=100:w=100:h=300:color=lime:t=fill,\
                   drawbox=x=200:w=100:h=300:color=blue:t=fill,\
                   drawbox=x=300:w=100:h=300:color=white:t=fill";
    let part = |x, y, width, height| CopyWish::Part {
        area: Area {
            x,
            y,
            width,
            height,
        },
        shape: Shape::named("1:1").expect("a shape"),
    };
    let columns_of = |id: AssetId, width: usize| {
        let out = Command::new("ffmpeg")
            .args(["-v", "error", "-i"])
            .arg(desk.services.media.original(id))
            .args(["-frames:v", "1", "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
            .output()
            .expect("ffmpeg");
        let row: Vec<[u8; 3]> = out.stdout[..width * 3]
            .chunks(3)
            .map(|pixel| pixel.try_into().expect("three"))
            .collect();
        (row, out.stdout.len())
    };
    let png = file(&desk, client, columns, "columns.png", &["-frames:v", "1"]).await;
    let copy = copied(&desk, client, png, part(150, 20, 200, 200)).await;
    assert_eq!(copy.file_name, "columns (1x1).png");
    assert_eq!(copy.made_from.clone().expect("from").how, "cropped to 1:1");
    assert_eq!((copy.facts.width(), copy.facts.height()), (200, 200));
    assert_eq!(
        copy.facts.image().expect("a picture").format,
        ImageFormat::Png
    );
    let (row, bytes) = columns_of(copy.id, 200);
    assert_eq!(bytes, 200 * 200 * 3);
    // Pixel by pixel what the original shows there: the second, the third and the fourth column.
    let (whole, _) = columns_of(png, 400);
    assert_eq!(row, whole[150..350]);
    assert!(row[49] != row[50] && row[149] != row[150]);
    assert!(row[49] == row[0] && row[149] == row[50] && row[199] == row[150]);

    let as_video = ["-c:v", "libx264", "-pix_fmt", "yuv420p"];
    let clip = file(&desk, client, columns, "columns.mp4", &as_video).await;
    let copy = copied(&desk, client, clip, part(200, 50, 200, 200)).await;
    assert_eq!((copy.facts.width(), copy.facts.height()), (200, 200));
    assert!((copy.facts.video().expect("a video").frame_rate - 10.0).abs() < 0.01);
    let (row, _) = columns_of(copy.id, 200);
    let is_near = |pixel: &[u8; 3], colour: [u8; 3]| {
        pixel
            .iter()
            .zip(colour)
            .all(|(one, other)| one.abs_diff(other) < 40)
    };
    assert!(
        row[4..96].iter().all(|pixel| is_near(pixel, [0, 0, 255])),
        "{:?}",
        row[50]
    );
    assert!(
        row[104..196]
            .iter()
            .all(|pixel| is_near(pixel, [255, 255, 255]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_get_a_format_and_a_size_that_pass() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let noise = "color=gray:size=1400x1200,noise=alls=90:allf=t";
    let png = file(&desk, client, noise, "noise.png", &["-frames:v", "1"]).await;
    for (wish, platform) in [(TIKTOK, Platform::TikTok), (BLUESKY, Platform::Bluesky)] {
        let before = asset(&desk, client, png).await.facts;
        assert!(
            copy_for(&before, limits(platform), None)
                .expect("a recipe")
                .is_some()
        );
        let copy = copied(&desk, client, png, wish).await;
        assert_eq!(
            copy_for(&copy.facts, limits(platform), None),
            Ok(None),
            "{:?}",
            copy.facts
        );
        let MediaFacts::Image(facts) = &copy.facts else {
            panic!("a picture");
        };
        assert_eq!(facts.format, ImageFormat::Jpeg);
    }
}
