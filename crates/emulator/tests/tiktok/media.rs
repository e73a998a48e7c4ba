//! Videos are looked into for real. Where `ffprobe` or `ffmpeg` is missing
//! these tests have nothing to check.

use std::process::{Command, Stdio};

use emulator::samples::VIDEO_MP4;

use serde_json::{Value, json};

use crate::desk::{Desk, PUBLIC, desk_with, direct};
use crate::init::with;

fn installed(program: &str) -> bool {
    let run = Command::new(program)
        .arg("-version")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    run.is_ok_and(|status| status.success())
}

fn encode(rate: u32, seconds: u32, size: &str, extension: &str, codec: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join(format!("video.{extension}"));
    let source = format!("testsrc2=size={size}:rate={rate}:duration={seconds}");
    let status = Command::new("ffmpeg")
        .args(["-v", "error", "-f", "lavfi", "-i", &source, "-c:v", codec])
        .args(["-pix_fmt", "yuv420p"])
        .arg(&file)
        .status()
        .unwrap();
    assert!(status.success());
    std::fs::read(file).unwrap()
}

async fn outcome(desk: &Desk, username: &str, video: &[u8]) -> (String, String) {
    outcome_of(desk, username, direct("probe", video.len() as u64), video).await
}

async fn outcome_of(desk: &Desk, username: &str, body: Value, video: &[u8]) -> (String, String) {
    let token = desk.connect(username);
    let size = video.len() as u64;
    let opened = desk.init(&token, body).await;
    let url = opened.text("upload_url");
    assert_eq!(desk.put(&url, 0, size, video.to_vec()).await, 201);
    desk.advance(2);
    let status = desk.status(&token, &opened.text("publish_id")).await;
    (status.text("status"), status.text("fail_reason"))
}

#[tokio::test]
async fn a_real_video_passes_and_its_facts_are_known() {
    let desk = desk_with(|config| config.probe_media = true).await;
    let (status, _) = outcome(&desk, PUBLIC, VIDEO_MP4).await;
    assert_eq!(status, "PUBLISH_COMPLETE");
    if installed("ffprobe") {
        let post = &desk.tiktok().posts()[0];
        let media = &post.media[0];
        assert_eq!(
            (media.width, media.height, media.duration_ms),
            (360, 640, 3000)
        );
    }
}

#[tokio::test]
async fn wrong_media_fails_after_the_upload_with_the_matching_reason() {
    if !(installed("ffprobe") && installed("ffmpeg")) {
        return;
    }
    let desk = desk_with(|config| config.probe_media = true).await;
    let failed = |reason: &str| ("FAILED".to_owned(), reason.to_owned());

    assert_eq!(
        outcome(&desk, PUBLIC, &vec![0x5a; 5000]).await,
        failed("file_format_check_failed")
    );
    let slow = encode(15, 3, "360x640", "mp4", "libx264");
    assert_eq!(
        outcome(&desk, PUBLIC, &slow).await,
        failed("frame_rate_check_failed")
    );
    let small = encode(30, 3, "320x640", "mp4", "libx264");
    assert_eq!(
        outcome(&desk, PUBLIC, &small).await,
        failed("picture_size_check_failed")
    );
    let long = encode(24, 61, "360x360", "mp4", "libx264");
    assert_eq!(
        outcome(&desk, "tidewaterbikes", &long).await,
        failed("duration_check_failed")
    );
    assert_eq!(outcome(&desk, PUBLIC, &long).await.0, "PUBLISH_COMPLETE");
}

#[tokio::test]
async fn a_cover_beyond_the_end_of_the_video_is_refused_once_that_is_known() {
    if !installed("ffprobe") {
        return;
    }
    let desk = desk_with(|config| config.probe_media = true).await;
    let with_cover = |at: u32| {
        let body = direct("cover", VIDEO_MP4.len() as u64);
        with(body, "/post_info/video_cover_timestamp_ms", json!(at))
    };
    let (status, reason) = outcome_of(&desk, PUBLIC, with_cover(3001), VIDEO_MP4).await;
    assert_eq!((&*status, &*reason), ("FAILED", "duration_check_failed"));
    let (status, _) = outcome_of(&desk, PUBLIC, with_cover(3000), VIDEO_MP4).await;
    assert_eq!(status, "PUBLISH_COMPLETE");
    let page = desk.http.get(desk.url(&format!("/@{PUBLIC}"))).send().await;
    let page = page.unwrap().text().await.unwrap();
    assert!(page.contains("<dt>Cover</dt><dd>3000 ms</dd>"), "{page}");
}
