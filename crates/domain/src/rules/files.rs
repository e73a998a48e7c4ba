//! The rules for the files of a post, by any platform's table.

mod pictures;
mod videos;

use super::fix::Fix;
use super::limits::Limits;
use super::{Field, Finding};
use crate::media::{Attached, MediaFacts};

/// What an account allows less than its platform does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct OfAccount {
    /// The longest video in milliseconds.
    pub(super) longest_ms: Option<u64>,
}

/// Judges how many files there are, and each of them.
pub(super) fn judge_files(
    limits: &Limits,
    media: &[Attached<'_>],
    account: OfAccount,
    findings: &mut Vec<Finding>,
) {
    if media.is_empty() {
        if !limits.makeup.text_alone {
            let sentence = format!(
                "Add a video or pictures: {} posts need one or the other.",
                limits.platform
            );
            findings.push(Finding::error(Field::Media, sentence).with(Fix::AddFile));
        }
        return;
    }
    let before = findings.len();
    judge_makeup(limits, media, findings);
    let mut passes = Vec::new();
    for (file, item) in media.iter().enumerate() {
        match item.facts {
            MediaFacts::Video(video) => {
                passes.extend(videos::judge(limits, video, file, account, findings));
            }
            MediaFacts::Image(picture) => {
                pictures::judge(limits, picture, file, media.len(), findings);
            }
        }
    }
    let blocked = super::blocks(&findings[before..]);
    if !blocked {
        findings.append(&mut passes);
        let has_rates = limits.video.frame_rate.is_some() && media.iter().any(is_video);
        findings.push(Finding::pass(
            Field::Media,
            if has_rates {
                "Size, format and frame rate fit"
            } else {
                "Size and format fit"
            },
        ));
    }
    if limits.makeup.wants_descriptions {
        judge_descriptions(media, findings);
    }
}

fn is_video(item: &Attached<'_>) -> bool {
    item.facts.video().is_some()
}

/// Either one video, or so many pictures.
fn judge_makeup(limits: &Limits, media: &[Attached<'_>], findings: &mut Vec<Finding>) {
    let (platform, most) = (limits.platform, limits.makeup.pictures);
    match (
        media.iter().filter(|item| is_video(item)).count(),
        media.len(),
    ) {
        (0, pictures) if pictures > most => findings.push(
            Finding::error(
                Field::Media,
                format!(
                    "{platform} takes at most {most} pictures; there are {pictures}. Remove some."
                ),
            )
            .with(Fix::KeepFirst { files: most }),
        ),
        (0, _) | (1, 1) => {}
        _ => {
            let sentence = format!(
                "{platform} takes either one video or up to {most} pictures. Remove the rest."
            );
            // Which of them is meant to go out, nobody but a person knows.
            findings.push(Finding::error(Field::Media, sentence));
        }
    }
}

fn judge_descriptions(media: &[Attached<'_>], findings: &mut Vec<Finding>) {
    let is_undescribed = |item: &Attached<'_>| item.alt.trim().is_empty();
    let Some(file) = media.iter().position(is_undescribed) else {
        return;
    };
    let sentence = match (
        media.iter().filter(|item| is_undescribed(item)).count(),
        media.len(),
    ) {
        (1, 1) => "There is no description for people who cannot see it. Add one below the file."
            .to_owned(),
        (count, of) => format!(
            "{count} of {of} files have no description for people who cannot see them. Add one below each."
        ),
    };
    findings.push(Finding::warning(Field::Media, sentence).with(Fix::Describe { file }));
}

/// "H.264, H.265, VP8 or VP9".
fn one_of(words: &[&str], joined_by: &str) -> String {
    match words {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [others @ .., last] => format!("{} {joined_by} {last}", others.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use std::ops::RangeInclusive;

    use super::super::limits::{BLUESKY, Limits, PictureLimits, VideoLimits};
    use super::super::{Fix, blocks};
    use super::{OfAccount, judge_files, one_of};
    use crate::media::{Attached, Container, ImageFacts, ImageFormat, MediaFacts, VideoFacts};

    /// A platform that cares for proportions, which none of ours does.
    fn strict(proportions: RangeInclusive<f64>) -> Limits {
        Limits {
            picture: PictureLimits {
                proportions: Some(proportions.clone()),
                ..BLUESKY.picture.clone()
            },
            video: VideoLimits {
                proportions: Some(proportions),
                ..BLUESKY.video.clone()
            },
            ..BLUESKY.clone()
        }
    }

    #[test]
    fn proportions_are_judged_where_a_platform_limits_them() {
        let limits = strict(0.8..=1.91);
        for (width, height, fits) in [
            (1080, 1350, true),
            (1080, 1351, false),
            (1910, 1000, true),
            (1911, 1000, false),
            (1000, 0, false),
        ] {
            let picture = MediaFacts::Image(ImageFacts {
                format: ImageFormat::Jpeg,
                width,
                height,
                size_bytes: 1,
            });
            let video = MediaFacts::Video(VideoFacts {
                container: Container::Mp4,
                video_codec: "h264".into(),
                audio_codec: None,
                width,
                height,
                frame_rate: 30.0,
                duration_ms: 1,
                size_bytes: 1,
            });
            for facts in [picture, video] {
                let mut findings = Vec::new();
                let media = [Attached {
                    facts: &facts,
                    alt: "A cup",
                }];
                judge_files(&limits, &media, OfAccount::default(), &mut findings);
                assert_eq!(!blocks(&findings), fits, "{width} × {height}");
                let crop = Some(Fix::Crop { file: 0 });
                assert!(fits || findings.iter().any(|found| found.fix == crop));
            }
        }
    }

    #[test]
    fn lists_read_as_people_write_them() {
        assert_eq!(one_of(&["MP4"], "or"), "MP4");
        assert_eq!(one_of(&["JPEG", "WebP"], "and"), "JPEG and WebP");
        assert_eq!(one_of(&["H.264", "VP8", "VP9"], "or"), "H.264, VP8 or VP9");
    }
}
