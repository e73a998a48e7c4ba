//! An upload is judged by its content; what is refused leaves nothing behind.

use std::convert::Infallible;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use chrono::Duration;
use domain::ClientId;
use domain::media::{ImageFormat, MediaFacts};
use services::posts::Intent;
use testing::{Desk, KESTREL, video};

/// A short clip by ffmpeg.
fn clip(folder: &Path, name: &str, arguments: &[&str]) -> Bytes {
    let path = folder.join(name);
    let made = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            "testsrc2=size=360x640:rate=30:duration=3",
        ])
        .args(arguments)
        .arg(&path)
        .status()
        .expect("ffmpeg");
    assert!(made.success());
    std::fs::read(path).expect("a clip").into()
}

fn left_behind(desk: &Desk) -> usize {
    ["incoming", "assets"]
        .iter()
        .map(|folder| {
            std::fs::read_dir(desk.folder.path().join("media").join(folder))
                .expect("a folder")
                .count()
        })
        .sum()
}

async fn refusal(desk: &Desk, client: ClientId, bytes: Bytes) -> String {
    let sentence = desk
        .upload(client, bytes)
        .await
        .expect_err("refused")
        .to_string();
    assert_eq!(left_behind(desk), 0, "{sentence}");
    sentence
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_is_kept_with_its_facts_its_hash_and_its_poster() {
    use sha2::Digest;
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let bytes = clip(
        desk.folder.path(),
        "a.mp4",
        &[
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
        ],
    );
    let asset = desk.upload(client, bytes.clone()).await.expect("taken");
    let facts = asset.facts.video().expect("a video");
    assert_eq!(
        (facts.width, facts.height, facts.video_codec.as_str()),
        (360, 640, "h264")
    );
    assert_eq!((facts.frame_rate, facts.duration_ms), (30.0, 3000));
    assert_eq!(asset.sha256, hex::encode(sha2::Sha256::digest(&bytes)));
    assert_eq!(
        std::fs::read(desk.services.media.original(asset.id)).expect("kept"),
        bytes
    );
    assert!(
        std::fs::read(desk.services.media.poster(asset.id))
            .expect("a poster")
            .starts_with(&[0xff, 0xd8])
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_kind_of_bad_file_gets_its_sentence_and_leaves_nothing() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let folder = desk.folder.path();
    let good = clip(
        folder,
        "a.mp4",
        &[
            "-c:v",
            "libx264",
            "-pix_fmt",
            "yuv420p",
            "-movflags",
            "+faststart",
        ],
    );
    let webm = clip(
        folder,
        "a.webm",
        &["-c:v", "libvpx", "-deadline", "realtime", "-b:v", "2M"],
    );
    desk.upload(client, webm.clone())
        .await
        .expect("a whole WebM is taken");
    let kept: Vec<_> = std::fs::read_dir(folder.join("media/assets"))
        .expect("assets")
        .collect();
    for entry in kept {
        std::fs::remove_dir_all(entry.expect("an asset").path()).expect("removed");
    }
    let gif = clip(folder, "a.gif", &["-frames:v", "1"]);
    let picture = clip(folder, "a.png", &["-frames:v", "1"]);
    let photo = clip(folder, "a.jpg", &["-frames:v", "1"]);
    let sound = {
        let path = folder.join("sound.mp4");
        let made = Command::new("ffmpeg")
            .args([
                "-v",
                "error",
                "-y",
                "-f",
                "lavfi",
                "-i",
                "sine=duration=2",
                "-c:a",
                "aac",
            ])
            .arg(&path)
            .status();
        assert!(made.expect("ffmpeg").success());
        Bytes::from(std::fs::read(path).expect("sound"))
    };
    let mut torn = good.to_vec();
    // Keeps every box but fills the picture data with noise.
    let data = torn
        .windows(4)
        .position(|window| window == b"mdat")
        .expect("mdat")
        + 4;
    for (index, byte) in torn[data..].iter_mut().enumerate() {
        *byte = (index.wrapping_mul(197) % 251) as u8;
    }
    let cases: Vec<(&str, Bytes, &str)> = vec![
        ("empty", Bytes::new(), "empty"),
        ("a picture that calls itself a video", gif, "GIF picture"),
        (
            "truncated PNG",
            picture.slice(..picture.len() - 4),
            "ends early",
        ),
        (
            "truncated JPEG",
            photo.slice(..photo.len() / 2),
            "ends early",
        ),
        (
            "text",
            Bytes::from_static(b"hello, this is not a video at all, whatever its name says"),
            "neither a video",
        ),
        ("truncated", good.slice(..good.len() - 5000), "ends early"),
        ("cut in its index", good.slice(..600), "ends early"),
        ("truncated WebM", webm.slice(..webm.len() / 3), "ends early"),
        ("only sound", sound, "no picture"),
        ("noise inside", Bytes::from(torn), "damaged"),
    ];
    for (name, bytes, expected) in cases {
        let sentence = refusal(&desk, client, bytes).await;
        assert!(sentence.contains(expected), "{name}: {sentence}");
        assert!(
            !sentence.contains('\n') && sentence.len() < 200,
            "{name}: {sentence}"
        );
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pictures_are_taken_with_their_facts_and_a_small_copy() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    for (name, format) in [
        ("a.jpg", ImageFormat::Jpeg),
        ("a.png", ImageFormat::Png),
        ("a.webp", ImageFormat::Webp),
    ] {
        let bytes = clip(desk.folder.path(), name, &["-frames:v", "1"]);
        let size_bytes = bytes.len() as u64;
        let asset = desk.upload(client, bytes).await.expect(name);
        let MediaFacts::Image(facts) = asset.facts else {
            panic!("{name} is a picture");
        };
        assert_eq!((facts.format, facts.size_bytes), (format, size_bytes));
        assert_eq!((facts.width, facts.height), (360, 640), "{name}");
        let poster = std::fs::read(desk.services.media.poster(asset.id)).expect("a poster");
        assert_eq!(&poster[..2], b"\xFF\xD8", "{name}");
        let kept = desk.services.asset(&desk.owner, client, asset.id).await;
        assert_eq!(kept.expect("stored").facts, MediaFacts::Image(facts));
    }
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_too_large_or_breaks_off_is_refused_and_leaves_nothing() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let endless = futures::stream::iter(
        (0..).map(|_| Ok::<_, Infallible>(Bytes::from_static(&[7; 1_000_000]))),
    );
    let error = desk
        .services
        .receive_upload(&desk.owner, client, "big.mp4", None, endless)
        .await
        .expect_err("too large");
    assert!(error.to_string().contains("larger than 50.0 MB"), "{error}");
    let announced = desk.services.receive_upload(
        &desk.owner,
        client,
        "big.mp4",
        Some(60_000_000),
        futures::stream::pending::<Result<Bytes, Infallible>>(),
    );
    announced.await.expect_err("refused before the first byte");
    let broken = futures::stream::iter([
        Ok(video().slice(..1000)),
        Err(std::io::Error::other("reset")),
    ]);
    let error = desk
        .services
        .receive_upload(&desk.owner, client, "a.mp4", None, broken)
        .await
        .expect_err("broken");
    assert!(error.to_string().contains("connection broke"), "{error}");
    let short = futures::stream::iter([Ok::<_, Infallible>(video().slice(..1000))]);
    let error = desk
        .services
        .receive_upload(&desk.owner, client, "a.mp4", Some(2000), short)
        .await
        .expect_err("short");
    assert!(error.to_string().contains("1000 of 2000"), "{error}");
    assert_eq!(left_behind(&desk), 0);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_only_as_long_as_they_are_needed() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let unused = desk.upload(client, video()).await.expect("taken").id;
    let wanted = desk.upload(client, video()).await.expect("taken").id;
    let mut input = desk.input(account, wanted, "In forty days");
    input.local_time += Duration::days(40);
    desk.services
        .save_post(&desk.owner, client, input, Intent::SaveDraft)
        .await
        .expect("a draft");
    desk.advance(Duration::days(29));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 0);
    desk.advance(Duration::days(2));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    assert!(
        !desk.services.media.original(unused).exists()
            && !desk.services.media.poster(unused).exists()
    );
    assert!(
        desk.services.media.original(wanted).exists(),
        "a draft still wants it"
    );
    assert!(
        desk.services
            .asset(&desk.owner, client, unused)
            .await
            .expect("its facts")
            .deleted
    );
    desk.database.remove().await;
}
