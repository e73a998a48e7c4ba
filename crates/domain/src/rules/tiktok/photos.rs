//! The rules for pictures on TikTok.

use crate::media::{ImageFacts, ImageFormat, size_label};
use crate::rules::{Field, Finding};
use crate::tiktok::{self, TikTokOptions, caption_units};

/// The description and the title.
pub(super) fn judge_texts(description: &str, options: &TikTokOptions, findings: &mut Vec<Finding>) {
    let over = |text: &str, limit: usize| {
        caption_units(text)
            .checked_sub(limit + 1)
            .map(|over| over + 1)
    };
    if let Some(over) = over(description, tiktok::DESCRIPTION_UTF16_UNITS) {
        findings.push(Finding::error(
            Field::Caption,
            format!("The caption is {over} over TikTok’s limit of 4,000 characters for pictures. Shorten it."),
        ));
    }
    if let Some(over) = over(&options.title, tiktok::TITLE_UTF16_UNITS) {
        findings.push(Finding::error(
            Field::Caption,
            format!("The title is {over} over TikTok’s limit of 90 characters. Shorten it."),
        ));
    }
}

/// The pictures themselves.
pub(super) fn judge_pictures(
    pictures: &[&ImageFacts],
    options: &TikTokOptions,
    findings: &mut Vec<Finding>,
) {
    let before = findings.len();
    if pictures.len() > tiktok::PHOTOS {
        findings.push(Finding::error(
            Field::Media,
            format!(
                "TikTok takes at most 35 pictures; there are {}. Remove some.",
                pictures.len()
            ),
        ));
    }
    for (picture, number) in pictures.iter().zip(1_u32..) {
        judge_picture(picture, number, pictures.len(), findings);
    }
    let has_cover = usize::try_from(options.cover_index).is_ok_and(|index| index < pictures.len());
    if !has_cover {
        findings.push(Finding::error(
            Field::Media,
            "The picture that was chosen as the cover is gone. Choose another cover.",
        ));
    }
    if findings.len() == before {
        findings.push(Finding::pass(Field::Media, "Size and format fit"));
    }
}

fn judge_picture(picture: &ImageFacts, number: u32, of: usize, findings: &mut Vec<Finding>) {
    let which = if of == 1 {
        "The picture".to_owned()
    } else {
        format!("Picture {number}")
    };
    let mut refuse = |sentence: String| findings.push(Finding::error(Field::Media, sentence));
    if picture.format == ImageFormat::Png {
        refuse(format!(
            "{which} is a PNG; TikTok takes JPEG and WebP. Export it as JPEG."
        ));
    }
    if picture.size_bytes > tiktok::PHOTO_BYTES {
        refuse(format!(
            "{which} has {}; TikTok takes at most 20 MB. Export it smaller.",
            size_label(picture.size_bytes)
        ));
    }
    let (width, height) = (picture.width, picture.height);
    let (short, long) = tiktok::PHOTO_SIDES;
    if width.min(height) > short || width.max(height) > long {
        refuse(format!(
            "{which} is {width} × {height}; TikTok takes at most 1080 × 1920, upright or lying. Export it smaller."
        ));
    }
}
