//! The rules for a post on Bluesky: text, up to four pictures, or one video.

use super::{Field, Finding};
use crate::bluesky::{self, BlueskyOptions};
use crate::media::{
    Attached, Container, ImageFacts, MediaFacts, VideoFacts, duration_label, size_label,
};

/// Judges a post for Bluesky.
#[must_use]
pub fn judge_bluesky(
    caption: &str,
    media: &[Attached<'_>],
    options: &BlueskyOptions,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    judge_text(caption, media.is_empty(), &mut findings);
    judge_media(media, &mut findings);
    judge_options(options, &mut findings);
    findings
}

fn judge_text(text: &str, is_alone: bool, findings: &mut Vec<Finding>) {
    if is_alone && text.trim().is_empty() {
        findings.push(Finding::error(
            Field::Caption,
            "Write something, or add a picture or a video.",
        ));
        return;
    }
    let graphemes = bluesky::graphemes(text);
    if graphemes > bluesky::TEXT_GRAPHEMES {
        findings.push(Finding::error(
            Field::Caption,
            format!(
                "The text is {} over Bluesky’s limit of 300 characters. Shorten it.",
                graphemes - bluesky::TEXT_GRAPHEMES
            ),
        ));
    } else if text.len() > bluesky::TEXT_BYTES {
        findings.push(Finding::error(
            Field::Caption,
            "The text has too many joined characters, such as long emoji, for Bluesky. Use fewer of them.",
        ));
    } else {
        findings.push(Finding::pass(Field::Caption, "The text fits"));
    }
}

fn judge_media(media: &[Attached<'_>], findings: &mut Vec<Finding>) {
    let before = findings.len();
    let videos = media.iter().filter(|item| item.facts.video().is_some());
    match (videos.count(), media.len()) {
        (_, 0) => return,
        (0, images) if images > bluesky::IMAGES => findings.push(Finding::error(
            Field::Media,
            format!("Bluesky takes at most 4 pictures; there are {images}. Remove some."),
        )),
        (0, _) | (1, 1) => {}
        _ => findings.push(Finding::error(
            Field::Media,
            "Bluesky takes either one video or up to 4 pictures. Remove the rest.",
        )),
    }
    for (item, number) in media.iter().zip(1_u32..) {
        match item.facts {
            MediaFacts::Image(image) => judge_image(image, number, media.len(), findings),
            MediaFacts::Video(video) => judge_video(video, findings),
        }
    }
    let nothing_found = findings.len() == before;
    let undescribed = media.iter().filter(|item| item.alt.trim().is_empty());
    match undescribed.count() {
        0 => {}
        1 if media.len() == 1 => findings.push(Finding::warning(
            Field::Media,
            "There is no description for people who cannot see it. Add one below the file.",
        )),
        count => findings.push(Finding::warning(
            Field::Media,
            format!(
                "{count} of {} files have no description for people who cannot see them. Add one below each.",
                media.len()
            ),
        )),
    }
    if nothing_found {
        findings.push(Finding::pass(Field::Media, "Size and format fit"));
    }
}

fn judge_image(image: &ImageFacts, number: u32, of: usize, findings: &mut Vec<Finding>) {
    let which = if of == 1 {
        "The picture".to_owned()
    } else {
        format!("Picture {number}")
    };
    let size = size_label(image.size_bytes);
    if image.size_bytes > bluesky::IMAGE_BYTES {
        findings.push(Finding::error(
            Field::Media,
            format!("{which} has {size}; Bluesky takes at most 2 MB. Export it smaller."),
        ));
    } else if image.size_bytes > bluesky::IMAGE_BYTES_EVERYWHERE {
        findings.push(Finding::warning(
            Field::Media,
            format!(
                "{which} has {size}; some servers still take no more than 976 kB. A smaller one is safer."
            ),
        ));
    }
}

fn judge_video(video: &VideoFacts, findings: &mut Vec<Finding>) {
    if video.container != Container::Mp4 {
        findings.push(Finding::error(
            Field::Media,
            "Bluesky takes MP4 videos only. Export it as MP4.",
        ));
    }
    if video.size_bytes > bluesky::VIDEO_BYTES {
        findings.push(Finding::error(
            Field::Media,
            format!(
                "The video has {}; Bluesky takes at most 300 MB. Export it smaller.",
                size_label(video.size_bytes)
            ),
        ));
    }
    if video.duration_ms > bluesky::VIDEO_MS {
        findings.push(Finding::warning(
            Field::Media,
            format!(
                "The video runs {}; Bluesky may refuse more than 3:00. A shorter one is safer.",
                duration_label(video.duration_ms)
            ),
        ));
    }
}

fn judge_options(options: &BlueskyOptions, findings: &mut Vec<Finding>) {
    if options.langs.len() > bluesky::LANGS {
        findings.push(Finding::error(
            Field::Languages,
            "Bluesky takes at most 3 languages. Remove some.",
        ));
    }
    for tag in &options.langs {
        if !bluesky::is_language_tag(tag) {
            findings.push(Finding::error(
                Field::Languages,
                format!("“{tag}” is not a language tag. Use one such as en, de or pt-BR."),
            ));
        }
    }
    if let Some(label) = options
        .labels
        .iter()
        .find(|label| !bluesky::SELF_LABELS.contains(&label.as_str()))
    {
        findings.push(Finding::error(
            Field::Disclosure,
            format!("“{label}” is not a label that Bluesky knows. Remove it."),
        ));
    }
}
