//! An upload is judged by its content; what is refused leaves nothing behind.

use std::convert::Infallible;
use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use chrono::Duration;
use domain::media::{ImageFormat, MediaFacts};
use domain::{ClientId, UploadId};
use services::assets::uploads::{NewUpload, UploadError};
use services::media_store::Checksum;
use services::posts::Intent;
use services::{MediaStore, ServiceError};
use sha2::{Digest, Sha256};
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

/// An upload of the sample video, of which nothing is there yet.
async fn begun(desk: &Desk, client: ClientId) -> UploadId {
    let new = NewUpload {
        file_name: "clip.mp4",
        bytes: video().len() as u64,
        sha256: None,
    };
    let begun = desk.services.begin_upload(&desk.owner, client, new).await;
    begun.expect("begun").id
}

async fn append(
    desk: &Desk,
    (client, upload): (ClientId, UploadId),
    offset: u64,
    parts: Vec<Result<Bytes, &'static str>>,
    checksum: Option<&[u8]>,
) -> Result<u64, UploadError> {
    let checksum = checksum.map(|value| Checksum {
        algorithm: &ring::digest::SHA256,
        value: value.to_vec(),
    });
    let body = futures::stream::iter(parts);
    let appended =
        desk.services
            .append_to_upload(&desk.owner, client, upload, offset, checksum, body);
    Ok(appended.await?.offset)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_the_connection_broke() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let at = (client, upload);
    let broken = vec![Ok(video().slice(..1000)), Err("reset")];
    let error = append(&desk, at, 0, broken, None)
        .await
        .expect_err("broken");
    assert!(matches!(error, UploadError::Broke), "{error}");
    let there = desk.services.upload(&desk.owner, client, upload).await;
    assert_eq!(there.expect("there").offset, 1000);

    for wrong in [0, 999, 1001] {
        let again = append(&desk, at, wrong, vec![Ok(video().slice(..10))], None).await;
        assert!(
            matches!(again, Err(UploadError::Elsewhere(1000))),
            "{again:?}"
        );
    }
    let early = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    assert!(
        matches!(early, Err(UploadError::Elsewhere(1000))),
        "{early:?}"
    );

    let rest = vec![Ok(video().slice(1000..))];
    let there = append(&desk, at, 1000, rest, None).await.expect("the rest");
    assert_eq!(there, video().len() as u64);
    let more = append(
        &desk,
        at,
        there,
        vec![Ok(Bytes::from_static(b"more"))],
        None,
    )
    .await;
    assert!(matches!(more, Err(UploadError::TooLong)), "{more:?}");
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    let taken = taken.expect("taken");
    assert_eq!(taken.sha256, hex::encode(Sha256::digest(video())));
    let kept = std::fs::read(desk.services.media.original(taken.id)).expect("kept");
    assert_eq!(kept, video());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_with_a_checksum_count_once_it_fits() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let at = (client, upload);
    let first = video().slice(..5000);
    let right = Sha256::digest(&first);
    let wrong = append(&desk, at, 0, vec![Ok(first.clone())], Some(&[7; 32])).await;
    assert!(
        matches!(wrong, Err(UploadError::WrongChecksum)),
        "{wrong:?}"
    );
    let broken = vec![Ok(first.slice(..4000)), Err("reset")];
    let broken = append(&desk, at, 0, broken, Some(&right)).await;
    assert!(matches!(broken, Err(UploadError::Broke)), "{broken:?}");
    let there = desk.services.upload(&desk.owner, client, upload).await;
    assert_eq!(there.expect("there").offset, 0);
    let taken = append(&desk, at, 0, vec![Ok(first)], Some(&right)).await;
    assert_eq!(taken.expect("it fits"), 5000);
    let rest = video().slice(5000..);
    let right = Sha256::digest(&rest);
    append(&desk, at, 5000, vec![Ok(rest)], Some(&right))
        .await
        .expect("it fits");
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    assert_eq!(
        taken.expect("taken").sha256,
        hex::encode(Sha256::digest(video()))
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_on_the_same_folder_goes_on() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    append(
        &desk,
        (client, upload),
        0,
        vec![Ok(video().slice(..7000))],
        None,
    )
    .await
    .expect("the beginning");
    let mut other = desk.services.clone();
    // It has not seen the first bytes, and reads them from the disk.
    other.media = MediaStore::open(desk.folder.path().join("media"))
        .await
        .expect("a folder");
    let rest = futures::stream::iter([Ok::<_, Infallible>(video().slice(7000..))]);
    other
        .append_to_upload(&desk.owner, client, upload, 7000, None, rest)
        .await
        .expect("the rest");
    let taken = other
        .finish_upload(&desk.owner, client, upload, None)
        .await
        .expect("taken");
    assert_eq!(taken.sha256, hex::encode(Sha256::digest(video())));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn only_one_request_at_a_time_writes_to_an_upload() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    let (send, receive) = futures::channel::mpsc::unbounded::<Result<Bytes, Infallible>>();
    let first = tokio::spawn({
        let (services, owner) = (desk.services.clone(), desk.owner.clone());
        async move {
            services
                .append_to_upload(&owner, client, upload, 0, None, receive)
                .await
        }
    });
    send.unbounded_send(Ok(video().slice(..3000)))
        .expect("sent");
    while desk.services.media.arrived(upload).await.expect("a folder") < 3000 {
        tokio::task::yield_now().await;
    }
    let second = append(
        &desk,
        (client, upload),
        3000,
        vec![Ok(video().slice(3000..))],
        None,
    )
    .await;
    assert!(matches!(second, Err(UploadError::Busy)), "{second:?}");
    let ended = desk
        .services
        .cancel_upload(&desk.owner, client, upload)
        .await;
    assert!(matches!(ended, Err(UploadError::Busy)), "{ended:?}");
    send.unbounded_send(Ok(video().slice(3000..)))
        .expect("sent");
    drop(send);
    let first = first.await.expect("a task").expect("the only one");
    assert_eq!(first.offset, video().len() as u64);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn finishing_twice_is_finishing_once() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let finish = async |upload| {
        desk.services
            .finish_upload(&desk.owner, client, upload, None)
            .await
    };
    let good = begun(&desk, client).await;
    append(&desk, (client, good), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let first = finish(good).await.expect("taken");
    assert_eq!(finish(good).await.expect("the same").id, first.id);
    let length = desk
        .services
        .upload(&desk.owner, client, good)
        .await
        .expect("there")
        .offset;
    assert_eq!(length, video().len() as u64);

    let bad = begun(&desk, client).await;
    let noise = Bytes::from(vec![7; video().len()]);
    append(&desk, (client, bad), 0, vec![Ok(noise)], None)
        .await
        .expect("all of it");
    let refused = finish(bad).await.expect_err("refused").to_string();
    assert!(refused.contains("neither a video"), "{refused}");
    assert_eq!(finish(bad).await.expect_err("refused").to_string(), refused);
    let there = desk.services.upload(&desk.owner, client, bad).await;
    assert!(matches!(there, Err(UploadError::Gone)), "{there:?}");

    let other = begun(&desk, client).await;
    append(&desk, (client, other), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let announced = desk
        .services
        .finish_upload(&desk.owner, client, other, Some([7; 32]))
        .await;
    let sentence = announced.expect_err("another file").to_string();
    assert!(sentence.contains("not the one that was sent"), "{sentence}");
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_but_not_written_down_is_taken_in_by_the_next_try() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let upload = begun(&desk, client).await;
    append(&desk, (client, upload), 0, vec![Ok(video())], None)
        .await
        .expect("all of it");
    let media = &desk.services.media;
    // What a process leaves behind that ends between the two.
    let incoming = media.incoming_folder().join(upload.to_string());
    std::fs::write(incoming.join("poster.jpg"), b"a poster").expect("a poster");
    media
        .keep(
            upload.0.into(),
            &incoming.join("original"),
            &incoming.join("poster.jpg"),
        )
        .await
        .expect("moved");
    let there = desk
        .services
        .upload(&desk.owner, client, upload)
        .await
        .expect("there");
    assert_eq!(there.offset, video().len() as u64);
    let taken = desk
        .services
        .finish_upload(&desk.owner, client, upload, None)
        .await;
    let taken = taken.expect("taken");
    assert_eq!(
        std::fs::read(media.original(taken.id)).expect("kept"),
        video()
    );
    assert_eq!(
        std::fs::read_dir(media.incoming_folder())
            .expect("a folder")
            .count(),
        0
    );
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_file_is_kept_once_for_each_client() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let first = desk.upload(client, video()).await.expect("taken").id;
    assert_eq!(desk.upload(client, video()).await.expect("known").id, first);
    assert_eq!(left_behind(&desk), 1);
    let other = desk.client("Other").await;
    assert_ne!(
        desk.upload(other, video()).await.expect("its own").id,
        first
    );

    // Bringing it again starts its clock anew.
    desk.advance(Duration::days(20));
    desk.upload(client, video()).await.expect("known");
    desk.advance(Duration::days(20));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    assert!(desk.services.media.original(first).exists());
    desk.advance(Duration::days(20));
    assert_eq!(desk.services.sweep().await.expect("swept").assets, 1);
    let anew = desk.upload(client, video()).await.expect("taken").id;
    assert_ne!(anew, first, "one that is gone is kept anew");
    assert!(desk.services.media.original(anew).exists());
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_that_end_at_once_with_the_same_bytes_are_one_file() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let (one, two) = tokio::join!(desk.upload(client, video()), desk.upload(client, video()));
    assert_eq!(one.expect("taken").id, two.expect("taken").id);
    assert_eq!(left_behind(&desk), 1);
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_nobody_goes_on_with_ends() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let left = begun(&desk, client).await;
    append(
        &desk,
        (client, left),
        0,
        vec![Ok(video().slice(..1000))],
        None,
    )
    .await
    .expect("some");
    desk.advance(Duration::days(2));
    append(
        &desk,
        (client, left),
        1000,
        vec![Ok(video().slice(1000..2000))],
        None,
    )
    .await
    .expect("bytes keep it");
    desk.advance(Duration::days(2));
    assert_eq!(desk.services.sweep().await.expect("swept").uploads, 0);
    desk.advance(Duration::days(2));
    let there = desk.services.upload(&desk.owner, client, left).await;
    assert!(matches!(there, Err(UploadError::Gone)), "{there:?}");
    assert_eq!(desk.services.sweep().await.expect("swept").uploads, 1);
    let there = desk.services.upload(&desk.owner, client, left).await;
    assert!(matches!(
        there,
        Err(UploadError::Service(ServiceError::NotFound(_)))
    ));

    let unwanted = begun(&desk, client).await;
    append(
        &desk,
        (client, unwanted),
        0,
        vec![Ok(video().slice(..1000))],
        None,
    )
    .await
    .expect("some");
    desk.services
        .cancel_upload(&desk.owner, client, unwanted)
        .await
        .expect("ended");
    assert_eq!(left_behind(&desk), 0);
    let other = desk.client("Other").await;
    let elsewhere = begun(&desk, other).await;
    let seen = desk.services.upload(&desk.owner, client, elsewhere).await;
    assert!(matches!(
        seen,
        Err(UploadError::Service(ServiceError::NotFound(_)))
    ));
    desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_kept_only_as_long_as_they_are_needed() {
    let desk = Desk::start().await;
    let client = desk.client("Kestrel Coffee").await;
    let account = desk.connect(client, KESTREL).await;
    let unused = desk.upload(client, video()).await.expect("taken").id;
    let other = clip(desk.folder.path(), "b.png", &["-frames:v", "1"]);
    let wanted = desk.upload(client, other).await.expect("taken").id;
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
