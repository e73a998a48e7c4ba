//! Makes a copy by ffmpeg: at a low priority, with few threads, and with its progress as it goes.

use std::ffi::OsString;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use domain::crop::Area;
use domain::media::{ImageFormat, MediaFacts};
use domain::rules::{Make, Recipe};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::sync::watch;

use super::ends_with_us;

/// Whoever says nothing for so long hangs.
const SILENCE: Duration = Duration::from_secs(300);
/// So many bits a second the sound has.
const SOUND: u64 = 128_000;
/// With fewer bits a second there is no picture worth looking at.
const LEAST: u64 = 150_000;
/// How much of what may be used is aimed at, in per cent, from try to try: how large it becomes is only known after.
const AIMS: [u64; 3] = [92, 75, 55];
/// From try to try: how good a picture is (for JPEG, the lower the better), and how large in per cent of what it may be.
const PICTURE_TRIES: [(u32, u32); 8] = [
    (2, 100),
    (4, 100),
    (7, 100),
    (11, 100),
    (7, 75),
    (7, 55),
    (9, 40),
    (11, 25),
];

/// Why a copy was not made.
#[derive(Debug)]
pub(super) enum Trouble {
    /// One sentence for people.
    Sentence(String),
    /// A program is missing, or broke.
    Broken(String),
}

/// What is made of what, and where to.
pub(super) struct Job<'a> {
    pub(super) original: &'a Path,
    pub(super) facts: &'a MediaFacts,
    pub(super) recipe: &'a Recipe,
    pub(super) to: &'a Path,
    pub(super) threads: usize,
}

/// Makes the copy. Tells in `progress` how far it is, in per cent. Ends the program when it is dropped.
pub(super) async fn make(job: &Job<'_>, progress: &watch::Sender<i16>) -> Result<(), Trouble> {
    match &job.recipe.make {
        Make::Repack => run(job, &repack(job.facts), progress).await,
        Make::Video { bytes, .. } => {
            for aim in AIMS {
                run(job, &video(job, aim)?, progress).await?;
                if fits(job.to, *bytes).await? {
                    return Ok(());
                }
            }
            Err(too_large())
        }
        Make::Picture { bytes, .. } => {
            for (quality, per_cent) in PICTURE_TRIES {
                run(job, &picture(job, quality, per_cent), progress).await?;
                if fits(job.to, *bytes).await? {
                    return Ok(());
                }
            }
            Err(too_large())
        }
    }
}

fn too_large() -> Trouble {
    Trouble::Sentence(
        "No copy of this file becomes small enough and stays fit to be seen. Export a smaller one."
            .to_owned(),
    )
}

async fn fits(file: &Path, bytes: Option<u64>) -> Result<bool, Trouble> {
    let made = tokio::fs::metadata(file).await;
    let made = made.map_err(|error| Trouble::Broken(error.to_string()))?;
    Ok(bytes.is_none_or(|most| made.len() <= most))
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

/// The first picture that is no cover, the first sound, and nothing that tells where and by what it was recorded.
const WHAT: [&str; 9] = [
    "-map",
    "0:V:0",
    "-map",
    "0:a:0?",
    "-map_metadata",
    "-1",
    "-map_chapters",
    "-1",
    "-dn",
];
const AS_MP4: [&str; 6] = [
    "-movflags",
    "+faststart",
    "-fflags",
    "+bitexact",
    "-f",
    "mp4",
];

fn repack(facts: &MediaFacts) -> Vec<OsString> {
    let sound = facts.video().and_then(|video| video.audio_codec.as_deref());
    let mut args = words(&WHAT);
    args.extend(words(&["-c:v", "copy"]));
    args.extend(words(if sound == Some("aac") {
        &["-c:a", "copy"]
    } else {
        &["-c:a", "aac", "-b:a", "128k", "-ac", "2"]
    }));
    args.extend(words(&AS_MP4));
    args
}

fn video(job: &Job<'_>, aim: u64) -> Result<Vec<OsString>, Trouble> {
    let Make::Video {
        width,
        height,
        frame_rate,
        bytes,
    } = &job.recipe.make
    else {
        return Err(Trouble::Broken("the recipe is not for a video".to_owned()));
    };
    let mut filters: Vec<String> = job.recipe.crop.iter().map(crop).collect();
    filters.push(format!("scale={width}:{height}:flags=lanczos"));
    filters.extend(frame_rate.map(|rate| format!("fps={rate}")));
    filters.push("format=yuv420p".to_owned());
    let threads = job.threads.max(1).to_string();
    let mut args = words(&WHAT);
    args.extend(words(&[
        "-vf",
        &filters.join(","),
        "-filter_threads",
        &threads,
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "20",
        "-profile:v",
        "high",
        "-flags:v",
        "+bitexact",
        "-flags:a",
        "+bitexact",
        "-threads",
        &threads,
        "-c:a",
        "aac",
        "-b:a",
        "128k",
        "-ac",
        "2",
    ]));
    if let Some(most) = bytes {
        let milliseconds = job
            .facts
            .video()
            .map_or(0, |video| video.duration_ms)
            .max(1);
        let all = most.saturating_mul(8).saturating_mul(10 * aim) / milliseconds;
        let rate = all.saturating_sub(SOUND);
        if rate < LEAST {
            return Err(too_large());
        }
        // What never comes near it needs no limit.
        if rate < 200_000_000 {
            let (rate, buffer) = (rate.to_string(), (rate * 2).to_string());
            args.extend(words(&["-maxrate", &rate, "-bufsize", &buffer]));
        }
    }
    args.extend(words(&AS_MP4));
    Ok(args)
}

fn picture(job: &Job<'_>, quality: u32, per_cent: u32) -> Vec<OsString> {
    let Make::Picture {
        format,
        width,
        height,
        ..
    } = job.recipe.make
    else {
        return Vec::new();
    };
    let scaled = |side: u32| (side * per_cent / 100).max(1);
    let mut filters: Vec<String> = job.recipe.crop.iter().map(crop).collect();
    filters.push(format!(
        "scale={}:{}:flags=lanczos",
        scaled(width),
        scaled(height)
    ));
    let filters = filters.join(",");
    let mut args = words(&[
        "-frames:v",
        "1",
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
    ]);
    args.extend(words(&["-threads", "1"]));
    match format {
        // What is transparent becomes white, as on the poster.
        ImageFormat::Jpeg => {
            let on_white = format!(
                "[0:v:0]{filters},format=rgba,split[top][size];\
                 [size]lutrgb=r=255:g=255:b=255:a=255[white];\
                 [white][top]overlay=format=rgb,format=yuvj444p"
            );
            let quality = quality.to_string();
            args.extend(words(&[
                "-filter_complex",
                &on_white,
                "-q:v",
                &quality,
                "-f",
                "mjpeg",
            ]));
        }
        ImageFormat::Png => {
            args.extend(words(&[
                "-vf", &filters, "-c:v", "png", "-f", "image2", "-update", "1",
            ]));
        }
        ImageFormat::Webp => {
            let quality = (100 - quality * 4).to_string();
            args.extend(words(&["-vf", &filters, "-c:v", "libwebp"]));
            args.extend(words(&["-quality", &quality, "-f", "webp"]));
        }
    }
    args
}

fn crop(area: &Area) -> String {
    format!(
        "crop={}:{}:{}:{}:exact=1",
        area.width, area.height, area.x, area.y
    )
}

/// Runs ffmpeg to its end.
async fn run(
    job: &Job<'_>,
    args: &[OsString],
    progress: &watch::Sender<i16>,
) -> Result<(), Trouble> {
    let broken = |error: std::io::Error| {
        Trouble::Broken(format!(
            "ffmpeg cannot be run: {error}. Install ffmpeg and coreutils."
        ))
    };
    let mut command = ends_with_us::command("nice").await;
    command
        .args(["-n", "10", "ffmpeg", "-v", "error", "-nostdin", "-y"])
        .args(["-progress", "pipe:1", "-stats_period", "0.25"])
        .arg("-i")
        .arg(job.original)
        .args(args)
        .arg(job.to)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let mut child = ends_with_us::spawn(command).await.map_err(broken)?;
    let (Some(told), Some(complaints)) = (child.stdout.take(), child.stderr.take()) else {
        return Err(Trouble::Broken("ffmpeg has no pipes".to_owned()));
    };
    let length = job.facts.video().map_or(0, |video| video.duration_ms);
    let follow = async {
        let mut lines = BufReader::new(told).lines();
        loop {
            let line = tokio::time::timeout(SILENCE, lines.next_line()).await;
            match line {
                Err(_) => return Err(Trouble::Broken("ffmpeg says nothing more".to_owned())),
                Ok(Err(error)) => return Err(broken(error)),
                Ok(Ok(None)) => return Ok(()),
                Ok(Ok(Some(line))) => {
                    if let Some(per_cent) = per_cent(&line, length) {
                        // Nobody listens where nobody wants to know.
                        let _ = progress.send(per_cent);
                    }
                }
            }
        }
    };
    let listen = async {
        let mut words = Vec::new();
        let mut complaints = complaints.take(8 * 1024);
        let _ = complaints.read_to_end(&mut words).await;
        // The rest is read too, so that nobody waits for room in the pipe.
        let mut rest = complaints.into_inner();
        let _ = tokio::io::copy(&mut rest, &mut tokio::io::sink()).await;
        String::from_utf8_lossy(&words).into_owned()
    };
    let (followed, complaints) = tokio::join!(follow, listen);
    followed?;
    let ended = child.wait().await.map_err(broken)?;
    if ended.success() {
        return Ok(());
    }
    tracing::warn!(%ended, complaints, "ffmpeg made no copy");
    Err(Trouble::Sentence(if complaints.contains("No space left") {
        "The server has no room left for the copy. Tell whoever runs it, then try again.".to_owned()
    } else {
        "This file could not be read to its end. Try again; if that does not help, export it anew."
            .to_owned()
    }))
}

/// How far it is by a line such as `out_time_us=1500000`; never all, because more follows.
fn per_cent(line: &str, length_ms: u64) -> Option<i16> {
    let at: i64 = line.strip_prefix("out_time_us=")?.trim().parse().ok()?;
    let length = i64::try_from(length_ms).ok().filter(|length| *length > 0)?;
    i16::try_from((at.max(0) / 10 / length).min(99)).ok()
}

#[cfg(test)]
mod tests {
    use super::per_cent;

    #[test]
    fn progress_is_told_in_per_cent_and_never_as_all() {
        assert_eq!(per_cent("out_time_us=1500000", 3000), Some(50));
        assert_eq!(per_cent("out_time_us=-21333", 3000), Some(0));
        assert_eq!(per_cent("out_time_us=9000000", 3000), Some(99));
        assert_eq!(per_cent("out_time_us=N/A", 3000), None);
        assert_eq!(per_cent("frame=12", 3000), None);
        assert_eq!(per_cent("out_time_us=1", 0), None);
    }
}
