//! An upload is judged by its content; what is refused leaves nothing behind.

use std::process::Command;

use bytes::Bytes;
use domain::ClientId;
use domain::media::{ImageFormat, MediaFacts};
use services::assets::uploads::NewUpload;
use sha2::{Digest, Sha256};
use testing::Desk;

use super::{clip, left_behind};

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
    assert_eq!(asset.sha256, hex::encode(Sha256::digest(&bytes)));
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
async fn a_file_that_is_too_large_is_refused_before_its_first_byte() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let begin = async |bytes| {
        let new = NewUpload {
            file_name: "big.mp4",
            bytes,
            sha256: None,
        };
        let begun = desk.services.begin_upload(&desk.owner, client, new).await;
        begun.expect_err("refused").to_string()
    };
    assert!(begin(60_000_000).await.contains("larger than 50.0 MB"));
    assert!(begin(0).await.contains("empty"));
    assert_eq!(left_behind(&desk), 0);
    desk.database.remove().await;
}
