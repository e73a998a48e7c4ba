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

    /// The name as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mp4 => "MP4",
            Self::Mov => "MOV",
            Self::Webm => "WebM",
        }
    }
}

/// The format of a picture, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageFormat {
    /// JPEG.
    Jpeg,
    /// PNG.
    Png,
    /// WebP.
    Webp,
}

impl ImageFormat {
    /// Every format that AutoPost takes.
    pub const ALL: [Self; 3] = [Self::Jpeg, Self::Png, Self::Webp];

    /// The media type, as sent to browsers and platforms.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::Webp => "image/webp",
        }
    }

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::Webp => "webp",
        }
    }

    /// The name as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::Webp => "WebP",
        }
    }
}

/// What a file is, told by its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// A video in this container.
    Video(Container),
    /// A picture of this format.
    Image(ImageFormat),
}

impl Format {
    /// The media type, as sent to browsers and platforms.
    #[must_use]
    pub const fn mime(self) -> &'static str {
        match self {
            Self::Video(container) => container.mime(),
            Self::Image(format) => format.mime(),
        }
    }

    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Video(container) => container.as_str(),
            Self::Image(format) => format.as_str(),
        }
    }
}

/// The word names no format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a format that AutoPost takes.")]
pub struct UnknownFormat(pub String);

impl TryFrom<String> for Format {
    type Error = UnknownFormat;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let videos = Container::ALL.into_iter().map(Self::Video);
        let images = ImageFormat::ALL.into_iter().map(Self::Image);
        videos
            .chain(images)
            .find(|format| format.as_str() == text)
            .ok_or(UnknownFormat(text))
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
        codec_name(&self.video_codec)
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

/// The probed facts of a picture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageFacts {
    /// The format.
    pub format: ImageFormat,
    /// Width in pixels, as shown (after rotation).
    pub width: u32,
    /// Height in pixels, as shown (after rotation).
    pub height: u32,
    /// Size in bytes.
    pub size_bytes: u64,
}

impl ImageFacts {
    /// One line for people: "1080 × 1350, JPEG, 812.4 kB".
    #[must_use]
    pub fn summary(&self) -> String {
        format!(
            "{} × {}, {}, {}",
            self.width,
            self.height,
            self.format.name(),
            size_label(self.size_bytes)
        )
    }
}

/// The probed facts of a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum MediaFacts {
    /// Of a video.
    Video(VideoFacts),
    /// Of a picture.
    Image(ImageFacts),
}

impl MediaFacts {
    /// What the file is.
    #[must_use]
    pub const fn format(&self) -> Format {
        match self {
            Self::Video(video) => Format::Video(video.container),
            Self::Image(image) => Format::Image(image.format),
        }
    }

    /// Width in pixels, as shown.
    #[must_use]
    pub const fn width(&self) -> u32 {
        match self {
            Self::Video(video) => video.width,
            Self::Image(image) => image.width,
        }
    }

    /// Height in pixels, as shown.
    #[must_use]
    pub const fn height(&self) -> u32 {
        match self {
            Self::Video(video) => video.height,
            Self::Image(image) => image.height,
        }
    }

    /// Size in bytes.
    #[must_use]
    pub const fn size_bytes(&self) -> u64 {
        match self {
            Self::Video(video) => video.size_bytes,
            Self::Image(image) => image.size_bytes,
        }
    }

    /// The facts, if it is a video.
    #[must_use]
    pub const fn video(&self) -> Option<&VideoFacts> {
        match self {
            Self::Video(video) => Some(video),
            Self::Image(_) => None,
        }
    }

    /// The facts, if it is a picture.
    #[must_use]
    pub const fn image(&self) -> Option<&ImageFacts> {
        match self {
            Self::Image(image) => Some(image),
            Self::Video(_) => None,
        }
    }

    /// One line for people.
    #[must_use]
    pub fn summary(&self) -> String {
        match self {
            Self::Video(video) => video.summary(),
            Self::Image(image) => image.summary(),
        }
    }
}

/// A file of a post, as rules look at it.
#[derive(Clone, Copy, Debug)]
pub struct Attached<'a> {
    /// What the probe found.
    pub facts: &'a MediaFacts,
    /// The description for people who cannot see it; may be empty.
    pub alt: &'a str,
}

/// The name of a codec as people know it, from ffprobe's.
#[must_use]
pub fn codec_name(codec: &str) -> &str {
    match codec {
        "h264" => "H.264",
        "hevc" => "H.265",
        "vp8" => "VP8",
        "vp9" => "VP9",
        "av1" => "AV1",
        "mpeg4" => "MPEG-4",
        other => other,
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

/// A moment of a video, to a tenth of a second: "0:12.4", "1:02:03.0".
#[must_use]
pub fn moment_label(at_ms: u64) -> String {
    format!("{}.{}", duration_label(at_ms), at_ms % 1000 / 100)
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
    use super::{duration_label, frame_rate_label, moment_label, size_label};

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
        assert_eq!(moment_label(0), "0:00.0");
        assert_eq!(moment_label(72_499), "1:12.4");
        assert_eq!(frame_rate_label(30.0), "30");
        assert_eq!(frame_rate_label(29.97), "29.97");
    }
}
