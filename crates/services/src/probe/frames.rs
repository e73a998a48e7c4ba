//! Frames of a video: one at a moment, and several beside each other as a strip. Each is sought, so that a long video
//! costs as little as a short one.

use std::path::Path;

use domain::media::VideoFacts;
use tokio::process::Command;
use tokio::sync::Semaphore;

use super::{ProbeError, drawn, refused};

/// How many are drawn at once by a process: decoding takes all that the machine has, and it has other things to do.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// A video that is longer is looked at by its key frames alone, which are near enough then.
const LONG_MS: u64 = 60_000;

/// How many frames a strip has: as many as fit beside each other and can still be made out.
const fn count(facts: &VideoFacts) -> u64 {
    if facts.width > facts.height { 6 } else { 10 }
}

/// Draws the frame that is shown at this moment.
///
/// # Errors
/// [`ProbeError::Refused`] when none can be decoded there.
pub async fn at(
    video: &Path,
    picture: &Path,
    facts: &VideoFacts,
    at_ms: u64,
) -> Result<(), ProbeError> {
    let _turn = AT_ONCE.acquire().await;
    // The sound may be longer than the picture, and a frame stands until the end: then the last one counts, which is
    // some way before.
    for back in [0, 100, 500, 2000, 10_000] {
        let at = at_ms.min(facts.duration_ms).saturating_sub(back);
        let mut command = Command::new("ffmpeg");
        command
            .args(["-v", "error", "-nostdin", "-y", "-ss", &seconds(at), "-i"])
            .arg(video)
            .args(["-frames:v", "1", "-vf", "scale='min(540,iw)':-2"])
            .args(["-q:v", "4", "-f", "mjpeg"])
            .arg(picture);
        if drawn("ffmpeg", command, picture).await?.is_some() {
            return Ok(());
        }
    }
    Err(undecodable())
}

/// Draws a strip of frames from the beginning to the end, each from the middle of its part.
///
/// # Errors
/// [`ProbeError::Refused`] when they cannot be decoded.
pub async fn strip(video: &Path, picture: &Path, facts: &VideoFacts) -> Result<(), ProbeError> {
    let turn = AT_ONCE.acquire().await;
    let count = count(facts);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]);
    for number in 0..count {
        if facts.duration_ms > LONG_MS {
            command.args(["-noaccurate_seek", "-skip_frame", "nokey"]);
        }
        let at = facts.duration_ms * (2 * number + 1) / (2 * count);
        command.args(["-ss", &seconds(at), "-i"]).arg(video);
    }
    let mut filter = String::new();
    for number in 0..count {
        // The first frame alone, so that what comes after it is not decoded.
        filter.push_str(&format!(
            "[{number}:v:0]trim=end_frame=1,setpts=0,scale=-2:160,setsar=1[f{number}];"
        ));
    }
    for number in 0..count {
        filter.push_str(&format!("[f{number}]"));
    }
    filter.push_str(&format!("hstack=inputs={count}"));
    command
        .args(["-filter_complex", &filter])
        .args(["-frames:v", "1", "-q:v", "5", "-f", "mjpeg"])
        .arg(picture);
    let is_drawn = drawn("ffmpeg", command, picture).await?.is_some();
    drop(turn);
    if is_drawn {
        return Ok(());
    }
    // One that cannot be sought everywhere is shown by a single frame.
    at(video, picture, facts, facts.duration_ms / 2).await
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1000, ms % 1000)
}

fn undecodable() -> ProbeError {
    refused("No picture of this video can be decoded there. Choose another moment.".to_owned())
}
