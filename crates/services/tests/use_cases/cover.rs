//! The frame of a video that is its cover: the frames to choose from, and what a post keeps of the choice.

use bytes::Bytes;
use chrono::Duration;
use domain::post::PlatformOptions;
use domain::rules::{Field, Fix};
use domain::{AssetId, ClientId, DeliveryState};
use services::ServiceError;
use services::assets::AssetView;
use services::posts::{Intent, PostInput};
use testing::{Desk, KESTREL, video};

/// A video whose picture changes from red to blue in the middle, by ffmpeg.
fn red_then_blue(desk: &Desk, seconds: u32, size: &str) -> Bytes {
    let path = desk.folder.path().join(format!("{seconds}-{size}.mp4"));
    let half = f64::from(seconds) / 2.0;
    let colour = |name: &str| format!("color={name}:size={size}:rate=24:duration={half}");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-y", "-f", "lavfi", "-i", &colour("red")])
        .args(["-f", "lavfi", "-i", &colour("blue")])
        .args(["-filter_complex", "[0:v][1:v]concat=n=2:v=1:a=0"])
        .args([
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
        ])
        .arg(&path)
        .status()
        .expect("ffmpeg");
    assert!(made.success());
    std::fs::read(path).expect("a video").into()
}

/// The colours of a picture, from left to right: so many, each from the middle of its part.
fn colours(picture: &std::path::Path, count: usize) -> Vec<[u8; 3]> {
    let scale = format!("format=rgb24,scale={count}:1:flags=neighbor");
    let out = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-i"])
        .arg(picture)
        .args(["-vf", &scale, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"])
        .output()
        .expect("ffmpeg");
    out.stdout
        .chunks_exact(3)
        .map(|pixel| [pixel[0], pixel[1], pixel[2]])
        .collect()
}

fn is_red([red, _, blue]: &[u8; 3]) -> bool {
    *red > 150 && *blue < 90
}

fn is_blue([red, _, blue]: &[u8; 3]) -> bool {
    *blue > 150 && *red < 90
}

async fn view(desk: &Desk, client: ClientId, asset: AssetId) -> AssetView {
    let found = desk.services.asset(&desk.owner, client, asset).await;
    found.expect("the file")
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_are_drawn_where_they_are_asked_for_and_kept() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let bytes = red_then_blue(&desk, 4, "360x640");
    let asset = desk.upload(client, bytes).await.expect("taken");
    let services = &desk.services;
    for (at, is_so) in [
        (0, is_red as fn(&[u8; 3]) -> bool),
        (1900, is_red),
        (2100, is_blue),
        // Beyond the last frame, and still within the video.
        (4000, is_blue),
    ] {
        let frame = services.video_frame(&asset, at).await.expect("a frame");
        assert!(is_so(&colours(&frame, 1)[0]), "{at}");
    }
    let strip = services.filmstrip(&asset).await.expect("a strip");
    let parts = colours(&strip, 10);
    assert!(parts[..5].iter().all(is_red), "{parts:?}");
    assert!(parts[5..].iter().all(is_blue), "{parts:?}");

    // What is there is not drawn again.
    let written = std::fs::metadata(&strip).expect("a file").modified();
    let again = services.filmstrip(&asset).await.expect("a strip");
    let still = std::fs::metadata(&again).expect("a file").modified();
    assert_eq!(written.expect("a time"), still.expect("a time"));

    let beyond = services.video_frame(&asset, 4001).await;
    assert_eq!(
        beyond.expect_err("too far").to_string(),
        "This video is 0:04.0 long. Choose a moment within it."
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_video_that_lies_on_its_side_has_a_strip_of_its_key_frames() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let bytes = red_then_blue(&desk, 120, "640x360");
    let asset = desk.upload(client, bytes).await.expect("taken");
    let strip = desk.services.filmstrip(&asset).await.expect("a strip");
    let parts = colours(&strip, 6);
    assert!(parts[..3].iter().all(is_red), "{parts:?}");
    assert!(parts[3..].iter().all(is_blue), "{parts:?}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_has_no_frames_and_what_is_purged_takes_its_frames_along() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let asset = desk.upload(client, video()).await.expect("taken");
    let services = &desk.services;
    let frame = services.video_frame(&asset, 500).await.expect("a frame");
    let strip = services.filmstrip(&asset).await.expect("a strip");
    assert!(frame.exists() && strip.exists());
    desk.advance(Duration::days(31));
    assert_eq!(services.sweep().await.expect("swept").assets, 1);
    assert!(!frame.exists() && !strip.exists());
    // Asked by somebody who has seen the file before, and by somebody who looks now: it does not come back.
    for known in [asset.clone(), view(&desk, client, asset.id).await] {
        let frame = services.video_frame(&known, 500).await;
        assert!(matches!(frame, Err(ServiceError::NotFound(_))), "{frame:?}");
        assert!(services.filmstrip(&known).await.is_err());
    }
    assert!(!frame.exists() && !strip.exists());

    let path = desk.folder.path().join("a.png");
    let made = std::process::Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", "color=red:size=400x300"])
        .args(["-frames:v", "1"])
        .arg(&path)
        .status();
    assert!(made.expect("ffmpeg").success());
    let bytes = std::fs::read(path).expect("a picture").into();
    let picture = desk.upload(client, bytes).await.expect("taken");
    for refused in [
        services.filmstrip(&picture).await,
        services.video_frame(&picture, 0).await,
    ] {
        assert!(matches!(refused, Err(ServiceError::Invalid(_))));
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_for_every_moment_does_not_fill_the_disk() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let asset = desk.upload(client, video()).await.expect("taken");
    let mut last = None;
    for at in 0..60 {
        let frame = desk.services.video_frame(&asset, at * 10).await;
        last = Some(frame.expect("a frame"));
    }
    let kept = std::fs::read_dir(desk.services.media.frames(asset.id)).expect("a folder");
    assert_eq!(kept.count(), 48);
    assert!(last.is_some_and(|last| last.exists()), "the newest stay");
    desk.database.remove().await;
}

fn with_cover(mut input: PostInput, at: Option<u32>) -> PostInput {
    for target in &mut input.targets {
        if let PlatformOptions::TikTok(options) = &mut target.options {
            options.video_cover_ms = at;
        }
    }
    input
}

#[tokio::test(flavor = "multi_thread")]
async fn the_cover_goes_out_with_the_post_and_is_judged_by_its_video() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let asset = desk.upload(client, video()).await.expect("taken").id;
    let services = &desk.services;
    let input = desk.input(account, asset, "With a cover");

    // The sample is three seconds long.
    let beyond = with_cover(input.clone(), Some(3100));
    let refused = services
        .save_post(&desk.owner, client, beyond.clone(), Intent::Schedule)
        .await;
    let Err(ServiceError::Findings(findings)) = refused else {
        panic!("refused: {refused:?}");
    };
    let finding = findings.iter().find(|one| one.field == Field::Media);
    let finding = finding.expect("about the file");
    assert_eq!(finding.fix, Some(Fix::CoverFirst));
    assert!(finding.sentence.contains("0:03.1"), "{}", finding.sentence);
    // A draft may be anything.
    services
        .save_post(&desk.owner, client, beyond, Intent::SaveDraft)
        .await
        .expect("kept");

    let post = services
        .save_post(
            &desk.owner,
            client,
            with_cover(input, Some(2400)),
            Intent::Schedule,
        )
        .await
        .expect("scheduled");
    let copy = services
        .duplicate_post(&desk.owner, client, post, None)
        .await
        .expect("a copy");
    let copied = services.post(&desk.owner, client, copy).await;
    let copied = copied.expect("the copy");
    assert_eq!(copied.deliveries[0].0.options.video_cover(), Some(2400));

    desk.advance(Duration::minutes(91));
    desk.run_until_quiet(20).await;
    assert_eq!(
        desk.delivery(client, post).await.1,
        DeliveryState::Published
    );
    let posts = desk.emulator.tiktok().posts();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].details.video_cover_timestamp_ms, Some(2400));
    desk.database.remove().await;
}
