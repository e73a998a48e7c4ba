//! What is known about an uploaded file after it was probed.

use serde::{Deserialize, Serialize};

/// The container of a video, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Container {
    /// MPEG-4 Part 14.
    Mp4,
    /// QuickTime.
    Mov,
    /// WebM.
    Webm,
}

impl Container {
    /// Every container that AutoPost takes.
    pub const ALL: [Self; 3] = [Self::Mp4, Self::Mov, Self::Webm];

    /// The media type, as sent to browsers and platforms.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Mp4 => "video/mp4",
            Self::Mov => "video/quicktime",
            Self::Webm => "video/webm",
        }
    }

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mp4 => "mp4",
            Self::Mov => "mov",
            Self::Webm => "webm",
        }
    }

    /// The container with this media type.
    #[must_use]
    pub fn from_mime(mime: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|container| container.mime() == mime)
    }
}

/// The word names no container.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a container that AutoPost takes.")]
pub struct UnknownContainer(pub String);

impl TryFrom<String> for Container {
    type Error = UnknownContainer;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::ALL
            .into_iter()
            .find(|container| container.as_str() == text)
            .ok_or(UnknownContainer(text))
    }
}

/// The probed facts of a video.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VideoFacts {
    /// The container.
    pub container: Container,
    /// The video codec by ffprobe's name, such as `h264`.
    pub video_codec: String,
    /// The audio codec by ffprobe's name; `None` for a silent file.
    pub audio_codec: Option<String>,
    /// Width in pixels, as shown (after rotation).
    pub width: u32,
    /// Height in pixels, as shown (after rotation).
    pub height: u32,
    /// Frames a second, average.
    pub frame_rate: f64,
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Size in bytes.
    pub size_bytes: u64,
}

impl VideoFacts {
    /// The codec's name as people know it.
    #[must_use]
    pub fn codec_name(&self) -> &str {
        match self.video_codec.as_str() {
            "h264" => "H.264",
            "hevc" => "H.265",
            "vp8" => "VP8",
            "vp9" => "VP9",
            "av1" => "AV1",
            "mpeg4" => "MPEG-4",
            other => other,
        }
    }

    /// One line for people: "1080 × 1920, H.264, 30 fps, 48.2 MB".
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} × {}, {}, {} fps, {}",
            self.width,
            self.height,
            self.codec_name(),
            frame_rate_label(self.frame_rate),
            size_label(self.size_bytes)
        )
    }
}

/// "30" or "29.97".
#[must_use]
pub fn frame_rate_label(rate: f64) -> String {
    let text = format!("{rate:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// "0:32", "10:00" or "1:02:03", rounded down to the second.
#[must_use]
pub fn duration_label(duration_ms: u64) -> String {
    let seconds = duration_ms / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// "812 B", "9.4 kB", "48.2 MB": decimal units with one digit, as platforms state their limits.
#[must_use]
pub fn size_label(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    #[expect(
        clippy::cast_precision_loss,
        reason = "shown with one digit after the point"
    )]
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::{duration_label, frame_rate_label, size_label};

    #[test]
    fn labels_read_as_people_write_them() {
        assert_eq!(size_label(0), "0 B");
        assert_eq!(size_label(999), "999 B");
        assert_eq!(size_label(48_200_000), "48.2 MB");
        assert_eq!(size_label(999_999), "1.0 MB");
        assert_eq!(size_label(4_000_000_000), "4.0 GB");
        assert_eq!(duration_label(32_900), "0:32");
        assert_eq!(duration_label(600_000), "10:00");
        assert_eq!(duration_label(3_723_000), "1:02:03");
        assert_eq!(frame_rate_label(30.0), "30");
        assert_eq!(frame_rate_label(29.97), "29.97");
    }
}
