//! Asks `ffprobe` what a received video really is.

use std::{path::Path, process::Stdio, time::Duration};

use serde::Deserialize;
use tokio::process::Command;

const PATIENCE: Duration = Duration::from_secs(30);

/// What `ffprobe` found.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Facts {
    pub(crate) container: Container,
    pub(crate) codec: String,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames_per_second: f64,
    pub(crate) seconds: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// MP4 or MOV: one family to `ffprobe`.
    Mp4,
    WebM,
    Other,
}

/// How a look at a file ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Probe {
    Found(Facts),
    /// `ffprobe` ran and saw no video in it.
    NotAVideo,
    /// There is no `ffprobe` here, or it did not finish.
    Unavailable,
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Option<Format>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
}

#[derive(Deserialize)]
struct Format {
    format_name: Option<String>,
    duration: Option<String>,
}

pub(crate) async fn probe(file: &Path) -> Probe {
    let run = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_format",
            "-show_streams",
        ])
        .arg(file)
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .output();
    let Ok(Ok(output)) = tokio::time::timeout(PATIENCE, run).await else {
        return Probe::Unavailable;
    };
    if !output.status.success() {
        return Probe::NotAVideo;
    }
    match serde_json::from_slice(&output.stdout) {
        Ok(report) => read(report).map_or(Probe::NotAVideo, Probe::Found),
        Err(_) => Probe::Unavailable,
    }
}

fn read(report: Report) -> Option<Facts> {
    let video = report
        .streams
        .into_iter()
        .find(|stream| stream.codec_type.as_deref() == Some("video"))?;
    let format = report.format?;
    let codec = video.codec_name?;
    let names = format.format_name?;
    let names: Vec<&str> = names.split(',').collect();
    // Matroska and WebM share one reader; WebM allows only these codecs.
    let container = if names.contains(&"mp4") || names.contains(&"mov") {
        Container::Mp4
    } else if names.contains(&"webm") && matches!(codec.as_str(), "vp8" | "vp9") {
        Container::WebM
    } else {
        Container::Other
    };
    Some(Facts {
        container,
        codec,
        width: video.width?,
        height: video.height?,
        frames_per_second: video
            .avg_frame_rate
            .as_deref()
            .and_then(ratio)
            .or_else(|| video.r_frame_rate.as_deref().and_then(ratio))?,
        seconds: format.duration?.parse().ok()?,
    })
}

/// Reads `30000/1001`; `0/0` is how `ffprobe` says that it does not know.
fn ratio(text: &str) -> Option<f64> {
    let (over, under) = text.split_once('/')?;
    let (over, under): (f64, f64) = (over.parse().ok()?, under.parse().ok()?);
    (under > 0.0 && over > 0.0).then(|| over / under)
}
