//! One video.

use super::pictures::round_size;
use super::{OfAccount, one_of};
use crate::media::{
    Container, MediaFacts, VideoFacts, codec_name, duration_label, frame_rate_label, size_label,
};
use crate::rules::fix::Fix;
use crate::rules::limits::{Certainty, Limits};
use crate::rules::recipe::{Make, copy_for};
use crate::rules::texts::grouped;
use crate::rules::{Field, Finding};

/// Judges the video that is the file of this number. Gives what is in order about it, to be said when
/// nothing else is found.
pub(super) fn judge(
    limits: &Limits,
    video: &VideoFacts,
    file: usize,
    account: OfAccount,
    findings: &mut Vec<Finding>,
) -> Option<Finding> {
    let anew = anew(limits, video, file, account);
    judge_format(limits, video, anew.as_ref(), findings);
    judge_size(limits, video, file, anew.as_ref(), findings);
    judge_length(limits, video, file, account, findings)
}

/// Container, codec and bytes.
fn judge_format(
    limits: &Limits,
    video: &VideoFacts,
    anew: Option<&Fix>,
    findings: &mut Vec<Finding>,
) {
    let (platform, taken) = (limits.platform, &limits.video);
    if !taken.containers.contains(&video.container) {
        let names: Vec<_> = taken.containers.iter().map(|taken| taken.name()).collect();
        let only = if names.len() == 1 { " only" } else { "" };
        let sentence = format!(
            "{platform} takes {} videos{only}. Export it as {}.",
            one_of(&names, "and"),
            one_of(&names, "or")
        );
        findings.push(Finding::error(Field::Media, sentence).with_any(anew));
    }
    if !taken.codecs.is_empty() && !taken.codecs.contains(&video.video_codec.as_str()) {
        let names: Vec<_> = taken.codecs.iter().map(|codec| codec_name(codec)).collect();
        let sentence = format!(
            "{platform} does not take {} video. Export it as {}.",
            video.codec_name(),
            one_of(&names, "or")
        );
        findings.push(Finding::error(Field::Media, sentence).with_any(anew));
    }
    if video.size_bytes > taken.bytes {
        let sentence = format!(
            "The video has {}; {platform} takes at most {}. Export it smaller.",
            size_label(video.size_bytes),
            round_size(taken.bytes)
        );
        findings.push(Finding::error(Field::Media, sentence).with_any(anew));
    }
}

/// Frames and pixels.
fn judge_size(
    limits: &Limits,
    video: &VideoFacts,
    file: usize,
    anew: Option<&Fix>,
    findings: &mut Vec<Finding>,
) {
    let (platform, taken) = (limits.platform, &limits.video);
    let (width, height) = (video.width, video.height);
    let (best_width, best_height) = taken.best_size;
    if let Some(rates) = &taken.frame_rate
        && !rates.contains(&video.frame_rate)
    {
        let sentence = format!(
            "The video has {} frames a second; {platform} takes {} to {}. Export it again at 30.",
            frame_rate_label(video.frame_rate),
            frame_rate_label(*rates.start()),
            frame_rate_label(*rates.end())
        );
        findings.push(Finding::error(Field::Media, sentence).with_any(anew));
    }
    if let Some(sides) = &taken.sides
        && !(sides.contains(&width) && sides.contains(&height))
    {
        let pixels = |side: &u32| usize::try_from(*side).map_or_else(|_| String::new(), grouped);
        let sentence = format!(
            "The video is {width} × {height}; {platform} takes {} to {} pixels on each side. Export it at {best_width} × {best_height}.",
            pixels(sides.start()),
            pixels(sides.end())
        );
        findings.push(Finding::error(Field::Media, sentence).with_any(anew));
    }
    if let Some(proportions) = &taken.proportions {
        let shape = f64::from(width) / f64::from(height);
        if !proportions.contains(&shape) {
            let sentence = format!(
                "The video is {width} × {height}, which is too {} for {platform}. Crop it.",
                if shape > *proportions.end() {
                    "wide"
                } else {
                    "tall"
                }
            );
            findings.push(Finding::error(Field::Media, sentence).with(Fix::Crop { file }));
        }
    }
    if taken.is_upright && width > height {
        let sentence =
            format!("The video is wider than tall: {platform} shows it small, between black bars.");
        findings.push(Finding::warning(Field::Media, sentence).with(Fix::Crop { file }));
    }
}

/// How long it runs.
fn judge_length(
    limits: &Limits,
    video: &VideoFacts,
    file: usize,
    account: OfAccount,
    findings: &mut Vec<Finding>,
) -> Option<Finding> {
    let (platform, taken) = (limits.platform, &limits.video);
    let length = duration_label(video.duration_ms);
    if let Some(shortest) = taken
        .shortest_ms
        .filter(|bound| video.duration_ms < bound.value)
    {
        let least = duration_label(shortest.value);
        findings.push(match shortest.certainty {
            Certainty::Documented => Finding::error(
                Field::Media,
                format!("The video runs {length}; {platform} takes at least {least}. Use a longer one."),
            ),
            Certainty::Reported => Finding::warning(
                Field::Media,
                format!("The video runs {length}; {platform} may refuse less than {least}. A longer one is safer."),
            ),
        });
    }
    let longest = taken.longest_ms?;
    let to_ms = account
        .longest_ms
        .map_or(longest.value, |own| own.min(longest.value));
    let allowed = duration_label(to_ms);
    let certainty = if account.longest_ms.is_some() {
        Certainty::Documented
    } else {
        longest.certainty
    };
    if video.duration_ms <= to_ms {
        return account.longest_ms.map(|_| {
            let sentence = format!("{length} is within this account’s {allowed} limit");
            Finding::pass(Field::Media, sentence)
        });
    }
    let finding = match (certainty, account.longest_ms) {
        (Certainty::Documented, Some(_)) => Finding::error(
            Field::Media,
            format!(
                "The video runs {length}; this account may post at most {allowed}. Cut it shorter."
            ),
        ),
        (Certainty::Documented, None) => Finding::error(
            Field::Media,
            format!("The video runs {length}; {platform} takes at most {allowed}. Cut it shorter."),
        ),
        (Certainty::Reported, _) => Finding::warning(
            Field::Media,
            format!(
                "The video runs {length}; {platform} may refuse more than {allowed}. A shorter one is safer."
            ),
        ),
    };
    findings.push(finding.with(Fix::TrimVideo { file, to_ms }));
    None
}

/// The same video, made anew as the platform takes it; nothing where no copy would help, as of one that is too long.
fn anew(limits: &Limits, video: &VideoFacts, file: usize, account: OfAccount) -> Option<Fix> {
    let facts = MediaFacts::Video(video.clone());
    let recipe = copy_for(&facts, limits, account.longest_ms).ok()??;
    let (width, height) = match recipe.make {
        Make::Video { width, height, .. } => (width, height),
        _ => (video.width, video.height),
    };
    Some(Fix::ConvertVideo {
        file,
        container: Container::Mp4,
        width,
        height,
        bytes: limits.video.bytes,
    })
}
