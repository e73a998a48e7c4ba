//! Uploads, with a real database, real files and real ffmpeg.

mod judged;
mod kept;
mod resumed;

use std::path::Path;
use std::process::Command;

use bytes::Bytes;
use domain::{ClientId, UploadId};
use services::assets::uploads::{NewUpload, UploadError};
use services::media_store::Checksum;
use testing::{Desk, video};

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

/// How many files there are, of uploads and of assets.
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
