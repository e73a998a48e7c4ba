//! One picture.

use super::one_of;
use crate::media::{ImageFacts, ImageFormat, size_label};
use crate::rules::fix::Fix;
use crate::rules::limits::Limits;
use crate::rules::{Field, Finding};

/// Judges the picture that is the file of this number among so many.
pub(super) fn judge(
    limits: &Limits,
    picture: &ImageFacts,
    file: usize,
    of: usize,
    findings: &mut Vec<Finding>,
) {
    let (platform, taken) = (limits.platform, &limits.picture);
    let which = if of == 1 {
        "The picture".to_owned()
    } else {
        format!("Picture {}", file + 1)
    };
    let anew = |bytes: u64| Fix::ConvertPicture {
        file,
        format: best_format(limits, picture.format),
        bytes,
        sides: taken.sides,
    };
    let mut refuse = |sentence: String, fix: Fix| {
        findings.push(Finding::error(Field::Media, sentence).with(fix));
    };
    if !taken.formats.contains(&picture.format) {
        let names: Vec<_> = taken.formats.iter().map(|format| format.name()).collect();
        refuse(
            format!(
                "{which} is a {}; {platform} takes {}. Export it as {}.",
                picture.format.name(),
                one_of(&names, "and"),
                best_format(limits, picture.format).name()
            ),
            anew(taken.bytes),
        );
    }
    if let Some((short, long)) = taken.sides {
        let (width, height) = (picture.width, picture.height);
        if width.min(height) > short || width.max(height) > long {
            refuse(
                format!(
                    "{which} is {width} × {height}; {platform} takes at most {short} × {long}, upright or lying. Export it smaller."
                ),
                anew(taken.bytes),
            );
        }
    }
    if let Some(proportions) = &taken.proportions {
        let shape = f64::from(picture.width) / f64::from(picture.height);
        if !proportions.contains(&shape) {
            refuse(
                format!(
                    "{which} is {} × {}, which is too {} for {platform}. Crop it.",
                    picture.width,
                    picture.height,
                    if shape > *proportions.end() {
                        "wide"
                    } else {
                        "tall"
                    }
                ),
                Fix::Crop { file },
            );
        }
    }
    let size = size_label(picture.size_bytes);
    if picture.size_bytes > taken.bytes {
        refuse(
            format!(
                "{which} has {size}; {platform} takes at most {}. Export it smaller.",
                round_size(taken.bytes)
            ),
            anew(taken.bytes),
        );
    } else if let Some(safe) = taken
        .bytes_everywhere
        .filter(|safe| picture.size_bytes > *safe)
    {
        findings.push(
            Finding::warning(
                Field::Media,
                format!(
                    "{which} has {size}; some servers still take no more than {}. A smaller one is safer.",
                    round_size(safe)
                ),
            )
            .with(anew(safe)),
        );
    }
}

/// The format that it has, if it is taken, else the best.
fn best_format(limits: &Limits, format: ImageFormat) -> ImageFormat {
    let taken = limits.picture.formats;
    if taken.contains(&format) {
        format
    } else {
        taken.first().copied().unwrap_or(format)
    }
}

/// "20 MB", "976 kB": as limits are stated, without a digit that says nothing.
pub(super) fn round_size(bytes: u64) -> String {
    size_label(bytes).replace(".0 ", " ")
}
