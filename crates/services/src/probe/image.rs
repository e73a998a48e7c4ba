//! Pictures: whether one is whole, its facts, its poster.

use std::path::Path;

use domain::media::{ImageFacts, ImageFormat, size_label};
use serde::Deserialize;
use tokio::process::Command;

use super::{ProbeError, SideData, refused, run};

/// More than any platform takes of a picture; it is looked at in memory.
const MOST_BYTES: u64 = 50_000_000;

/// Walks a picture's parts to its end.
///
/// # Errors
/// [`ProbeError::Refused`] when the file ends early or is far too large.
pub fn check_whole(path: &Path, format: ImageFormat) -> Result<(), ProbeError> {
    let length = std::fs::metadata(path)?.len();
    if length > MOST_BYTES {
        return Err(refused(format!(
            "The picture has {}; AutoPost takes at most {}. Export it smaller.",
            size_label(length),
            size_label(MOST_BYTES)
        )));
    }
    let bytes = std::fs::read(path)?;
    let whole = match format {
        ImageFormat::Jpeg => is_whole_jpeg(&bytes),
        ImageFormat::Png => is_whole_png(&bytes),
        ImageFormat::Webp => is_whole_webp(&bytes),
    };
    if whole {
        Ok(())
    } else {
        Err(refused(
            "The picture ends early. Export or copy it again.".to_owned(),
        ))
    }
}

/// Segment by segment to the picture itself, so that the end of a preview inside is not taken for it.
fn is_whole_jpeg(bytes: &[u8]) -> bool {
    const SCAN: u8 = 0xDA;
    let mut at = 2;
    while let Some([0xFF, marker, high, low]) = bytes.get(at..at + 4) {
        if *marker == 0xFF {
            at += 1;
            continue;
        }
        if *marker == SCAN {
            return bytes[at..].windows(2).any(|pair| pair == [0xFF, 0xD9]);
        }
        at += 2 + usize::from(u16::from_be_bytes([*high, *low]));
    }
    false
}

fn is_whole_png(bytes: &[u8]) -> bool {
    const SIGNATURE: usize = 8;
    let mut at = SIGNATURE;
    while let Some([a, b, c, d, kind @ ..]) = bytes.get(at..at + 8) {
        let Ok(length) = usize::try_from(u32::from_be_bytes([*a, *b, *c, *d])) else {
            return false;
        };
        // Length, kind and checksum are around the content.
        at = at.saturating_add(12).saturating_add(length);
        if kind == b"IEND" {
            return at <= bytes.len();
        }
    }
    false
}

fn is_whole_webp(bytes: &[u8]) -> bool {
    let Some([a, b, c, d]) = bytes.get(4..8) else {
        return false;
    };
    let content = u64::from(u32::from_le_bytes([*a, *b, *c, *d]));
    u64::try_from(bytes.len()).is_ok_and(|length| content + 8 <= length)
}

#[derive(Deserialize)]
struct Report {
    #[serde(default)]
    frames: Vec<Frame>,
}

#[derive(Deserialize)]
struct Frame {
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default)]
    side_data_list: Vec<SideData>,
}

/// The facts of a picture by ffprobe, of its first frame.
///
/// # Errors
/// [`ProbeError::Refused`] when it cannot be decoded.
pub async fn facts(
    path: &Path,
    format: ImageFormat,
    size_bytes: u64,
) -> Result<ImageFacts, ProbeError> {
    let unreadable =
        || refused("This picture cannot be read: it is damaged. Export it again.".to_owned());
    let mut command = Command::new("ffprobe");
    command
        .args([
            "-v",
            "error",
            "-print_format",
            "json",
            "-select_streams",
            "v:0",
            "-read_intervals",
            "%+#1",
            "-show_frames",
        ])
        .arg(path);
    let output = run("ffprobe", command).await?.ok_or_else(unreadable)?;
    let report: Report = serde_json::from_slice(&output).map_err(|_| unreadable())?;
    let frame = report.frames.first().ok_or_else(unreadable)?;
    let (width, height) = frame
        .width
        .zip(frame.height)
        .filter(|(width, height)| *width > 0 && *height > 0)
        .ok_or_else(unreadable)?;
    let (width, height) = if super::is_turned(&frame.side_data_list) {
        (height, width)
    } else {
        (width, height)
    };
    Ok(ImageFacts {
        format,
        width,
        height,
        size_bytes,
    })
}

/// Draws the small copy that pages show; what is transparent becomes white.
///
/// # Errors
/// [`ProbeError::Refused`] when it cannot be decoded.
pub async fn poster(image: &Path, poster: &Path) -> Result<(), ProbeError> {
    let mut command = Command::new("ffmpeg");
    command
        .args(["-v", "error", "-nostdin", "-y", "-i"])
        .arg(image)
        .args([
            "-frames:v",
            "1",
            "-filter_complex",
            "[0:v]scale='min(540,iw)':-2,format=rgba,split[top][size];\
             [size]lutrgb=r=255:g=255:b=255:a=255[white];[white][top]overlay=format=rgb,format=yuvj444p",
            "-q:v",
            "4",
            "-f",
            "mjpeg",
        ])
        .arg(poster);
    super::drawn("ffmpeg", command, poster)
        .await?
        .ok_or_else(|| {
            refused("This picture cannot be decoded: it is damaged. Export it again.".to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::{is_whole_jpeg, is_whole_png, is_whole_webp};

    #[test]
    fn the_end_of_a_preview_is_not_the_end_of_the_picture() {
        let preview = [0xFF, 0xE1, 0, 6, 0xFF, 0xD9, 0, 0];
        let scan = [0xFF, 0xDA, 0, 4, 1, 2, 3, 4];
        let start = [0xFF, 0xD8];
        let cut = [start.as_slice(), &preview, &scan].concat();
        assert!(!is_whole_jpeg(&cut));
        assert!(is_whole_jpeg(&[cut.as_slice(), &[0xFF, 0xD9]].concat()));
        assert!(!is_whole_jpeg(&start));
    }

    #[test]
    fn a_png_ends_with_its_last_chunk_and_a_webp_with_its_length() {
        let png = [
            b"\x89PNG\r\n\x1a\n".as_slice(),
            &[0, 0, 0, 1],
            b"IDAT1CRC4",
            &[0, 0, 0, 0],
            b"IENDCRC4",
        ]
        .concat();
        assert!(is_whole_png(&png));
        assert!(!is_whole_png(&png[..png.len() - 1]));
        assert!(!is_whole_png(&png[..20]));
        let webp = [b"RIFF".as_slice(), &[4, 0, 0, 0], b"WEBP"].concat();
        assert!(is_whole_webp(&webp) && !is_whole_webp(&webp[..11]));
    }
}
