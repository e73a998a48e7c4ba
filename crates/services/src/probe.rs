//! Looks into an uploaded file: what it is by its content, whether it is whole, its facts, its poster.
//! Videos are here, pictures in [`image`].
//!
//! ffprobe answers 0 for a truncated fast-start mp4 and for a picture that calls itself a video, so its
//! exit code is only one of several checks.

pub mod frames;
pub mod image;

use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use domain::media::{Container, Format, ImageFormat, VideoFacts, duration_label, size_label};
use serde::Deserialize;
use tokio::process::Command;

/// Longer than any sound file needs; a file made to keep ffprobe busy ends here.
const PATIENCE: Duration = Duration::from_secs(120);

/// Why a file is not taken. `Display` is one sentence for the person who uploaded it.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The person can do something about it.
    #[error("{0}")]
    Refused(String),
    /// A program is missing or broke; ours to mend.
    #[error("{0}")]
    Broken(String),
}

impl From<io::Error> for ProbeError {
    fn from(error: io::Error) -> Self {
        Self::Broken(error.to_string())
    }
}

/// Tells by content what a file is, and refuses what is neither a video nor a picture that we take.
///
/// # Errors
/// [`ProbeError::Refused`] with what the file really is.
pub fn identify(head: &[u8]) -> Result<Format, ProbeError> {
    if let Some(kind) = infer::get(head) {
        match kind.mime_type() {
            "video/mp4" | "video/x-m4v" => return Ok(Format::Video(Container::Mp4)),
            "video/quicktime" => return Ok(Format::Video(Container::Mov)),
            "video/webm" => return Ok(Format::Video(Container::Webm)),
            "image/jpeg" => return Ok(Format::Image(ImageFormat::Jpeg)),
            "image/png" => return Ok(Format::Image(ImageFormat::Png)),
            "image/webp" => return Ok(Format::Image(ImageFormat::Webp)),
            mime if !(mime.starts_with("video/") && is_iso_media(head)) => {
                return Err(refused(format!(
                    "This is {}, not a file that AutoPost takes. Upload a video as MP4, MOV or WebM, or a picture as JPEG, PNG or WebP.",
                    a_kind(mime, kind.extension())
                )));
            }
            _ => {}
        }
    }
    // Brands that the list of known ones does not hold.
    if is_iso_media(head) {
        return Ok(Format::Video(if head.get(8..12) == Some(b"qt  ") {
            Container::Mov
        } else {
            Container::Mp4
        }));
    }
    // A QuickTime file older than brands begins with its first box.
    if matches!(
        head.get(4..8),
        Some(b"moov" | b"mdat" | b"wide" | b"free" | b"skip")
    ) {
        return Ok(Format::Video(Container::Mov));
    }
    Err(refused(
        "This file is neither a video nor a picture that AutoPost can read. Upload MP4, MOV or WebM, or JPEG, PNG or WebP.".to_owned(),
    ))
}

fn is_iso_media(head: &[u8]) -> bool {
    head.get(4..8) == Some(b"ftyp")
}

fn a_kind(mime: &str, extension: &str) -> String {
    let what = match mime.split('/').next() {
        Some("image") => "picture",
        Some("audio") => "sound file",
        Some("video") => "video",
        _ => "file",
    };
    let extension = extension.to_uppercase();
    let article = if extension.starts_with([
        'A', 'E', 'I', 'O', 'U', 'M', 'F', 'H', 'L', 'N', 'R', 'S', 'X',
    ]) {
        "an"
    } else {
        "a"
    };
    format!("{article} {extension} {what}")
}

/// Walks the top-level boxes of an MP4 or MOV file: they must end where the file ends.
///
/// # Errors
/// [`ProbeError::Refused`] when the file ends early.
pub fn check_whole(path: &Path, container: Container) -> Result<(), ProbeError> {
    if container == Container::Webm {
        return Ok(());
    }
    let mut file = std::fs::File::open(path)?;
    let length = file.metadata()?.len();
    let mut position = 0_u64;
    while position < length {
        file.seek(SeekFrom::Start(position))?;
        let mut header = [0_u8; 16];
        let read = read_up_to(&mut file, &mut header)?;
        if read < 8 {
            return Err(ends_early(length, position + 8));
        }
        let short = u64::from(u32::from_be_bytes([
            header[0], header[1], header[2], header[3],
        ]));
        let size = match short {
            // To the end of the file.
            0 => return Ok(()),
            1 if read < 16 => return Err(ends_early(length, position + 16)),
            1 => u64::from_be_bytes([
                header[8], header[9], header[10], header[11], header[12], header[13], header[14],
                header[15],
            ]),
            size => size,
        };
        if size < 8 {
            return Err(refused(
                "This video is damaged: its parts do not fit together. Export it again.".to_owned(),
            ));
        }
        position = position.saturating_add(size);
    }
    if position > length {
        Err(ends_early(length, position))
    } else {
        Ok(())
    }
}

fn read_up_to(file: &mut std::fs::File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut read = 0;
    while read < buffer.len() {
        match file.read(&mut buffer[read..])? {
            0 => break,
            more => read += more,
        }
    }
    Ok(read)
}

fn ends_early(have: u64, want: u64) -> ProbeError {
    refused(format!(
        "The file ends early: {} of at least {} are there. Export or copy it again.",
        size_label(have),
        size_label(want)
    ))
}

fn refused(sentence: String) -> ProbeError {
    ProbeError::Refused(sentence)
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    streams: Vec<Stream>,
    format: Option<Whole>,
}

#[derive(Deserialize)]
struct Whole {
    duration: Option<String>,
}

#[derive(Deserialize)]
struct Stream {
    codec_type: Option<String>,
    codec_name: Option<String>,
    width: Option<u32>,
    height: Option<u32>,
    avg_frame_rate: Option<String>,
    r_frame_rate: Option<String>,
    duration: Option<String>,
    #[serde(default)]
    disposition: Disposition,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

#[derive(Default, Deserialize)]
struct Disposition {
    #[serde(default)]
    attached_pic: i32,
}

#[derive(Deserialize)]
struct SideData {
    rotation: Option<f64>,
}

/// Whether it is stored lying on its side.
fn is_turned(side_data: &[SideData]) -> bool {
    side_data
        .iter()
        .filter_map(|data| data.rotation)
        .any(|angle| angle.abs() % 180.0 == 90.0)
}

/// The facts of a video by ffprobe.
///
/// # Errors
/// [`ProbeError::Refused`] when there is no readable video in it.
pub async fn facts(
    path: &Path,
    container: Container,
    size_bytes: u64,
) -> Result<VideoFacts, ProbeError> {
    let unreadable = || {
        refused(
            "This video cannot be read: it is damaged or not finished. Export it again.".to_owned(),
        )
    };
    let mut command = Command::new("ffprobe");
    command
        .args([
            "-v",
            "error",
            "-print_format",
            "json",
            "-show_format",
            "-show_streams",
        ])
        .arg(path);
    let output = run("ffprobe", command).await?.ok_or_else(unreadable)?;
    let report: Report = serde_json::from_slice(&output).map_err(|_| unreadable())?;
    let video = report
        .streams
        .iter()
        .find(|stream| {
            stream.codec_type.as_deref() == Some("video") && stream.disposition.attached_pic == 0
        })
        .ok_or_else(|| {
            refused(
                "There is no picture in this file, only sound. Export it with its video."
                    .to_owned(),
            )
        })?;
    let audio = report
        .streams
        .iter()
        .find(|stream| stream.codec_type.as_deref() == Some("audio"));
    let duration = [
        report
            .format
            .as_ref()
            .and_then(|format| format.duration.as_deref()),
        video.duration.as_deref(),
    ]
    .into_iter()
    .flatten()
    .find_map(|text| text.parse::<f64>().ok())
    .filter(|seconds| *seconds > 0.0 && seconds.is_finite())
    .ok_or_else(unreadable)?;
    let (width, height) = video.width.zip(video.height).ok_or_else(unreadable)?;
    let (width, height) = if is_turned(&video.side_data_list) {
        (height, width)
    } else {
        (width, height)
    };
    let frame_rate = [
        video.avg_frame_rate.as_deref(),
        video.r_frame_rate.as_deref(),
    ]
    .into_iter()
    .flatten()
    .find_map(fraction)
    .ok_or_else(unreadable)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive and finite, see above"
    )]
    let duration_ms = (duration * 1000.0).round() as u64;
    let facts = VideoFacts {
        container,
        video_codec: video.codec_name.clone().unwrap_or_default(),
        audio_codec: audio.and_then(|stream| stream.codec_name.clone()),
        width,
        height,
        frame_rate,
        duration_ms,
        size_bytes,
    };
    if container == Container::Webm {
        check_webm_end(path, &facts).await?;
    }
    Ok(facts)
}

/// A WebM file says at its beginning how long it is; when the last packets are missing, it was cut.
async fn check_webm_end(path: &Path, facts: &VideoFacts) -> Result<(), ProbeError> {
    let mut command = Command::new("ffprobe");
    command
        .args([
            "-v",
            "quiet",
            "-select_streams",
            "v:0",
            "-show_entries",
            "packet=pts_time",
            "-of",
            "csv=p=0",
        ])
        .arg(path);
    let output = run("ffprobe", command).await?.unwrap_or_default();
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of a video are far below 2^52"
    )]
    let want = facts.duration_ms as f64 / 1000.0;
    let last = String::from_utf8_lossy(&output)
        .lines()
        .filter_map(|line| line.trim_end_matches(',').parse::<f64>().ok())
        .fold(0.0_f64, f64::max);
    if last + 1.0 + 2.0 / facts.frame_rate < want {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a time in a video, not negative"
        )]
        let have = (last * 1000.0) as u64;
        return Err(refused(format!(
            "The file ends early: {} of {}. Export it again.",
            duration_label(have),
            duration_label(facts.duration_ms)
        )));
    }
    Ok(())
}

/// "30000/1001" as a number, if it is one above nothing.
fn fraction(text: &str) -> Option<f64> {
    let (numerator, denominator) = text.split_once('/')?;
    let rate = numerator.parse::<f64>().ok()? / denominator.parse::<f64>().ok()?;
    (rate.is_finite() && rate > 0.0).then_some(rate)
}

/// Draws the poster frame: from a second in, or the middle of something shorter.
///
/// # Errors
/// [`ProbeError::Refused`] when no frame can be decoded.
pub async fn poster(video: &Path, poster: &Path, facts: &VideoFacts) -> Result<(), ProbeError> {
    let at = (facts.duration_ms / 2).min(1000);
    let mut command = Command::new("ffmpeg");
    command
        .args([
            "-v",
            "error",
            "-nostdin",
            "-y",
            "-ss",
            &format!("{}.{:03}", at / 1000, at % 1000),
            "-i",
        ])
        .arg(video)
        .args([
            "-frames:v",
            "1",
            "-vf",
            "scale='min(540,iw)':-2",
            "-q:v",
            "4",
            "-f",
            "mjpeg",
        ])
        .arg(poster);
    drawn("ffmpeg", command, poster).await?.ok_or_else(|| {
        refused(
            "No picture of this video can be decoded: it is damaged. Export it again.".to_owned(),
        )
    })
}

/// Runs a program that draws a file; `None` when there is nothing in it.
async fn drawn(program: &str, command: Command, file: &Path) -> Result<Option<()>, ProbeError> {
    let is_there = run(program, command).await?.is_some()
        && tokio::fs::metadata(file)
            .await
            .is_ok_and(|metadata| metadata.len() > 0);
    Ok(is_there.then_some(()))
}

/// Runs a program; `None` when it failed or took too long.
async fn run(program: &str, mut command: Command) -> Result<Option<Vec<u8>>, ProbeError> {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .map_err(|error| {
            ProbeError::Broken(format!(
                "{program} cannot be started: {error}. Install ffmpeg."
            ))
        })?;
    let Ok(output) = tokio::time::timeout(PATIENCE, child.wait_with_output()).await else {
        return Ok(None);
    };
    let output = output?;
    if !output.status.success() {
        tracing::debug!(program, stderr = %String::from_utf8_lossy(&output.stderr), "refused a file");
    }
    Ok(output.status.success().then_some(output.stdout))
}
