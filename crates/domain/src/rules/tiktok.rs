//! The rules for a post on TikTok: one video, or up to 35 pictures; to the profile, or as a draft.

mod photos;

use super::{Field, Finding};
use crate::media::{
    Attached, MediaFacts, VideoFacts, duration_label, frame_rate_label, size_label,
};
use crate::tiktok::{self, CreatorInfo, TikTokOptions};

/// Judges a post for TikTok. `creator` is what TikTok says about the account now; without it
/// the account's own limits cannot be judged, which blocks.
#[must_use]
pub fn judge_tiktok(
    caption: &str,
    media: &[Attached<'_>],
    options: &TikTokOptions,
    creator: Option<&CreatorInfo>,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let pictures: Vec<_> = media.iter().filter_map(|item| item.facts.image()).collect();
    let is_of_pictures = !pictures.is_empty();
    if is_of_pictures {
        photos::judge_texts(caption, options, &mut findings);
    } else {
        judge_caption(caption, &mut findings);
    }
    match media {
        [] => findings.push(Finding::error(
            Field::Media,
            "Add a video or pictures: TikTok posts need one or the other.",
        )),
        [
            Attached {
                facts: MediaFacts::Video(video),
                ..
            },
        ] => {
            judge_video(video, creator, &mut findings);
        }
        [..] if pictures.len() == media.len() => {
            photos::judge_pictures(&pictures, options, &mut findings);
        }
        [..] => findings.push(Finding::error(
            Field::Media,
            "TikTok takes either one video or up to 35 pictures. Remove the rest.",
        )),
    }
    if options.as_draft {
        if !is_of_pictures && !caption.trim().is_empty() {
            findings.push(Finding::warning(
                Field::Caption,
                "TikTok takes no caption along with a draft of a video: whoever finishes it in the app writes it there.",
            ));
        }
    } else {
        judge_options(options, creator, is_of_pictures, &mut findings);
    }
    findings
}

fn judge_caption(caption: &str, findings: &mut Vec<Finding>) {
    let units = tiktok::caption_units(caption);
    if let Some(over) = units
        .checked_sub(tiktok::CAPTION_UTF16_UNITS)
        .filter(|over| *over > 0)
    {
        findings.push(Finding::error(
            Field::Caption,
            format!("The caption is {over} over TikTok’s limit of 2,200 characters. Shorten it."),
        ));
    }
}

fn judge_video(video: &VideoFacts, creator: Option<&CreatorInfo>, findings: &mut Vec<Finding>) {
    let mut refused = Vec::new();
    let mut refuse = |sentence: String| refused.push(Finding::error(Field::Media, sentence));
    if !tiktok::CODECS.contains(&video.video_codec.as_str()) {
        refuse(format!(
            "TikTok does not take {} video. Export it as H.264, H.265, VP8 or VP9.",
            video.codec_name()
        ));
    }
    if video.size_bytes > tiktok::VIDEO_BYTES {
        refuse(format!(
            "The video has {}; TikTok takes at most 4 GB. Export it smaller.",
            size_label(video.size_bytes)
        ));
    }
    if !tiktok::FRAME_RATE.contains(&video.frame_rate) {
        refuse(format!(
            "The video has {} frames a second; TikTok takes 23 to 60. Export it again at 30.",
            frame_rate_label(video.frame_rate)
        ));
    }
    if !tiktok::SIDE_PIXELS.contains(&video.width) || !tiktok::SIDE_PIXELS.contains(&video.height) {
        refuse(format!(
            "The video is {} × {}; TikTok takes 360 to 4,096 pixels on each side. Export it at 1080 × 1920.",
            video.width, video.height
        ));
    }
    let limit = creator.map_or(tiktok::DURATION_SECONDS, |creator| {
        creator
            .max_video_post_duration_sec
            .min(tiktok::DURATION_SECONDS)
    });
    let (length, allowed) = (
        duration_label(video.duration_ms),
        duration_label(limit * 1000),
    );
    if video.duration_ms > limit * 1000 {
        refuse(format!(
            "The video runs {length}; this account may post at most {allowed}. Cut it shorter."
        ));
    }
    if refused.is_empty() {
        if creator.is_some() {
            findings.push(Finding::pass(
                Field::Media,
                format!("{length} is within this account’s {allowed} limit"),
            ));
        }
        findings.push(Finding::pass(
            Field::Media,
            "Size, format and frame rate fit",
        ));
    }
    findings.append(&mut refused);
    if video.width > video.height {
        findings.push(Finding::warning(
            Field::Media,
            "The video is wider than tall: TikTok shows it small, between black bars.",
        ));
    }
}

fn judge_options(
    options: &TikTokOptions,
    creator: Option<&CreatorInfo>,
    is_of_pictures: bool,
    findings: &mut Vec<Finding>,
) {
    let Some(creator) = creator else {
        findings.push(Finding::error(
            Field::Accounts,
            "TikTok has not said yet what this account allows. Check again in a moment.",
        ));
        return;
    };
    match options.privacy_level.as_deref() {
        None => findings.push(Finding::error(
            Field::Privacy,
            "Choose who can see it: TikTok wants a person to decide.",
        )),
        Some(level)
            if !creator
                .privacy_level_options
                .iter()
                .any(|offered| offered == level) =>
        {
            findings.push(Finding::error(
                Field::Privacy,
                format!(
                    "This account no longer offers “{}”. Choose who can see it again.",
                    tiktok::privacy_label(level)
                ),
            ));
        }
        Some(tiktok::SELF_ONLY) if options.is_branded_content() => {
            findings.push(Finding::error(
                Field::Privacy,
                "Branded content visibility cannot be set to private.",
            ));
        }
        Some(_) => {}
    }
    if options.disclose && !options.your_brand && !options.branded_content {
        findings.push(Finding::error(
            Field::Disclosure,
            "You need to indicate if your content promotes yourself, a third party, or both.",
        ));
    }
    for (allowed, disabled, what) in [
        (
            options.allow_comment,
            creator.comment_disabled,
            "Comments are",
        ),
        (options.allow_duet, creator.duet_disabled, "Duet is"),
        (options.allow_stitch, creator.stitch_disabled, "Stitch is"),
    ] {
        let applies = !is_of_pictures || what.starts_with("Comments");
        if applies && allowed && disabled {
            findings.push(Finding::warning(
                Field::Privacy,
                format!("{what} switched off in the account, so TikTok will not allow it."),
            ));
        }
    }
}
