//! How a copy of a file is made: from what the file is and what a platform takes to a recipe, or to the reason
//! why no copy would help. What a video says is never cut, and nothing is made anew that would pass as it is.

use serde::{Deserialize, Serialize};

use super::limits::{Certainty, Limits, PictureLimits, VideoLimits};
use crate::Platform;
use crate::crop::Area;
use crate::media::{Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts, duration_label};

/// The codec that copies have: every platform that takes video takes it.
const CODEC: &str = "h264";
/// Frames a second, where the platform does not take those that there are.
const FRAME_RATE: u32 = 30;

/// How a copy is made.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Recipe {
    /// Which part of the picture is taken; all of it where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crop: Option<Area>,
    /// What is made of it.
    pub make: Make,
}

/// What a copy is to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(tag = "make", rename_all = "snake_case")]
pub enum Make {
    /// The same picture and sound in an MP4: quick, and nothing is lost.
    Repack,
    /// H.264 and AAC in an MP4.
    Video {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Frames a second, where they change.
        frame_rate: Option<u32>,
        /// Its size in bytes is at most this.
        bytes: Option<u64>,
    },
    /// A picture.
    Picture {
        /// Its format.
        format: ImageFormat,
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// Its size in bytes is at most this.
        bytes: Option<u64>,
    },
}

impl Make {
    /// How its files end.
    #[must_use]
    pub const fn extension(&self) -> &'static str {
        match self {
            Self::Repack | Self::Video { .. } => "mp4",
            Self::Picture { format, .. } => match format {
                ImageFormat::Jpeg => "jpg",
                ImageFormat::Png => "png",
                ImageFormat::Webp => "webp",
            },
        }
    }
}

/// Why no copy would help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CannotMend {
    /// It runs longer than the platform takes, and what to leave out nobody but a person knows.
    TooLong {
        /// How long it may be, in milliseconds.
        to_ms: u64,
    },
    /// One side would be too long or the other too short, whatever its size.
    TooNarrow,
    /// The platform takes none of what AutoPost can make.
    Unknown,
}

impl CannotMend {
    /// One sentence for people.
    #[must_use]
    pub fn sentence(self, platform: Platform) -> String {
        match self {
            Self::TooLong { to_ms } => format!(
                "The video is too long for {platform}, and AutoPost never cuts one by itself. Cut it to {} or less, then upload it.",
                duration_label(to_ms)
            ),
            Self::TooNarrow => format!(
                "The video is too narrow for {platform} at any size. Crop it, then try again."
            ),
            Self::Unknown => format!(
                "AutoPost cannot make what {platform} takes. Export the file for it, then upload that."
            ),
        }
    }
}

/// The recipe for a copy that a platform takes; `None` where the file itself passes. `longest_ms` is what the account
/// allows less. Proportions are not looked at: what to leave out of a picture is chosen by a person.
///
/// # Errors
/// With the reason why no copy would help.
pub fn copy_for(
    facts: &MediaFacts,
    limits: &Limits,
    longest_ms: Option<u64>,
) -> Result<Option<Recipe>, CannotMend> {
    let make = match facts {
        MediaFacts::Video(video) => video_for(video, &limits.video, longest_ms)?,
        MediaFacts::Image(picture) => picture_for(picture, &limits.picture)?,
    };
    Ok(make.map(|make| Recipe { crop: None, make }))
}

/// The recipe for a part of a file, otherwise as it is.
///
/// # Errors
/// One sentence where that is no part of it.
pub fn copy_of_part(facts: &MediaFacts, area: Area) -> Result<Recipe, String> {
    let of = (facts.width(), facts.height());
    if !area.fits(of) {
        return Err("That is no part of this file. Choose the part once more.".to_owned());
    }
    if (area.width, area.height) == (of.0 & !1, of.1 & !1) {
        return Err("That is the whole file. Choose a part of it.".to_owned());
    }
    let (width, height) = (area.width, area.height);
    let make = match facts {
        MediaFacts::Video(_) => Make::Video {
            width,
            height,
            frame_rate: None,
            bytes: None,
        },
        MediaFacts::Image(picture) => Make::Picture {
            format: picture.format,
            width,
            height,
            bytes: None,
        },
    };
    Ok(Recipe {
        crop: Some(area),
        make,
    })
}

fn video_for(
    video: &VideoFacts,
    taken: &VideoLimits,
    longest_ms: Option<u64>,
) -> Result<Option<Make>, CannotMend> {
    let documented = taken
        .longest_ms
        .filter(|bound| bound.certainty == Certainty::Documented)
        .map(|bound| bound.value);
    let longest = [documented, longest_ms].into_iter().flatten().min();
    if let Some(to_ms) = longest.filter(|longest| video.duration_ms > *longest) {
        return Err(CannotMend::TooLong { to_ms });
    }
    let takes = |codec: &str| taken.codecs.is_empty() || taken.codecs.contains(&codec);
    let (width, height) = (video.width, video.height);
    let fits_container = taken.containers.contains(&video.container);
    let fits_codec = takes(&video.video_codec);
    let fits_bytes = video.size_bytes <= taken.bytes;
    let rates = taken.frame_rate.as_ref();
    let fits_rate = rates.is_none_or(|rates| rates.contains(&video.frame_rate));
    let sides = taken.sides.as_ref();
    let fits_sides = sides.is_none_or(|sides| sides.contains(&width) && sides.contains(&height));
    let fits_but_container = fits_codec && fits_bytes && fits_rate && fits_sides;
    if fits_container && fits_but_container {
        return Ok(None);
    }
    if !(taken.containers.contains(&Container::Mp4) && takes(CODEC)) {
        return Err(CannotMend::Unknown);
    }
    if fits_but_container && video.video_codec == CODEC {
        return Ok(Some(Make::Repack));
    }
    let (width, height) = match sides {
        Some(sides) if !fits_sides => within(
            (width, height),
            (*sides.start(), *sides.end()),
            taken.best_size,
        )?,
        _ => (even(width), even(height)),
    };
    Ok(Some(Make::Video {
        width,
        height,
        frame_rate: (!fits_rate).then_some(FRAME_RATE),
        bytes: Some(taken.bytes),
    }))
}

/// The same proportions with sides that are taken: no larger than fits best, and larger than it is only where it
/// has to be.
fn within(
    (width, height): (u32, u32),
    (least, most): (u32, u32),
    best: (u32, u32),
) -> Result<(u32, u32), CannotMend> {
    let (short, long) = (width.min(height), width.max(height));
    let target = short.clamp(least, best.0.min(best.1).max(least));
    let scaled = |side: u32, by: u32, of: u32| {
        let side = u64::from(side) * u64::from(by) / u64::from(of.max(1));
        u32::try_from(side).unwrap_or(u32::MAX)
    };
    // What is much longer than wide is brought down by its long side.
    let (by, of) = if scaled(long, target, short) > most {
        (most, long)
    } else {
        (target, short)
    };
    let size = (even(scaled(width, by, of)), even(scaled(height, by, of)));
    let fits = |side: u32| (least..=most).contains(&side);
    if fits(size.0) && fits(size.1) {
        Ok(size)
    } else {
        Err(CannotMend::TooNarrow)
    }
}

fn picture_for(picture: &ImageFacts, taken: &PictureLimits) -> Result<Option<Make>, CannotMend> {
    let bytes = taken.bytes_everywhere.unwrap_or(taken.bytes);
    let (width, height) = (picture.width, picture.height);
    let (short, long) = (width.min(height), width.max(height));
    let fits_format = taken.formats.contains(&picture.format);
    let fits_bytes = picture.size_bytes <= bytes;
    let fits_sides = taken
        .sides
        .is_none_or(|(most_short, most_long)| short <= most_short && long <= most_long);
    if fits_format && fits_bytes && fits_sides {
        return Ok(None);
    }
    let best = taken.formats.first().copied().ok_or(CannotMend::Unknown)?;
    let format = match picture.format {
        _ if !fits_format => best,
        // A PNG is as large as it is; only another format makes less of the same picture.
        ImageFormat::Png if !fits_bytes && taken.formats.contains(&ImageFormat::Jpeg) => {
            ImageFormat::Jpeg
        }
        format => format,
    };
    let (width, height) = match taken.sides {
        Some(most) if !fits_sides => smaller((width, height), most),
        _ => (width, height),
    };
    Ok(Some(Make::Picture {
        format,
        width,
        height,
        bytes: Some(bytes),
    }))
}

/// The same proportions, no larger than so.
fn smaller((width, height): (u32, u32), (most_short, most_long): (u32, u32)) -> (u32, u32) {
    let (short, long) = (width.min(height), width.max(height));
    // By whichever side is further over, as a fraction.
    let (over, most) =
        if u64::from(long) * u64::from(most_short) > u64::from(short) * u64::from(most_long) {
            (long, most_long)
        } else {
            (short, most_short)
        };
    let scaled = |side: u32| {
        let side = u64::from(side) * u64::from(most) / u64::from(over.max(1));
        u32::try_from(side).unwrap_or(u32::MAX).max(1)
    };
    (scaled(width), scaled(height))
}

const fn even(side: u32) -> u32 {
    if side < 2 { 2 } else { side & !1 }
}
