//! What TikTok asks beside text and files: who can see it, what people may do with it, and whom it promotes.

use super::files::{OfAccount, judge_files};
use super::fix::{Fix, Interaction};
use super::limits::TIKTOK;
use super::texts::{judge_caption, judge_title};
use super::{Field, Finding, PostKind};
use crate::media::{Attached, moment_label};
use crate::tiktok::{self, CreatorInfo, TikTokOptions};

/// Why branded content and "only you" exclude each other, in TikTok's words.
pub const BRANDED_NEVER_PRIVATE: &str = "Branded content visibility cannot be set to private.";
/// What is missing while the disclosure is on and neither of its boxes is ticked, in TikTok's words.
pub const SAY_WHOM_IT_PROMOTES: &str =
    "You need to indicate if your content promotes yourself, a third party, or both.";

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
    let kind = PostKind::of(media.iter().map(|item| item.facts));
    judge_caption(&TIKTOK, kind, caption, &mut findings);
    if kind == PostKind::Pictures {
        judge_title(&TIKTOK, &options.title, &mut findings);
    }
    let account = OfAccount {
        longest_ms: creator.map(|creator| creator.max_video_post_duration_sec.saturating_mul(1000)),
    };
    judge_files(&TIKTOK, media, account, &mut findings);
    match kind {
        PostKind::Pictures => judge_cover(media.len(), options, &mut findings),
        PostKind::Video => judge_video_cover(media, options, &mut findings),
        PostKind::Text => {}
    }
    if options.as_draft {
        if kind == PostKind::Video && !caption.trim().is_empty() {
            findings.push(Finding::warning(
                Field::Caption,
                "TikTok takes no caption along with a draft of a video: whoever finishes it in the app writes it there.",
            ));
        }
    } else if let Some(creator) = creator {
        judge_privacy(options, creator, &mut findings);
        judge_disclosure(options, &mut findings);
        judge_interactions(options, creator, kind, &mut findings);
    } else {
        findings.push(
            Finding::error(
                Field::Accounts,
                "TikTok has not said yet what this account allows. Check again in a moment.",
            )
            .with(Fix::AskAgain),
        );
    }
    findings
}

fn judge_cover(pictures: usize, options: &TikTokOptions, findings: &mut Vec<Finding>) {
    let has_cover = usize::try_from(options.cover_index).is_ok_and(|index| index < pictures);
    if !has_cover {
        findings.push(
            Finding::error(
                Field::Media,
                "The picture that was chosen as the cover is gone. Choose another cover.",
            )
            .with(Fix::CoverFirst),
        );
    }
}

/// The moment lies within the video. A draft is sent without one.
fn judge_video_cover(media: &[Attached<'_>], options: &TikTokOptions, findings: &mut Vec<Finding>) {
    let video = media.iter().find_map(|file| file.facts.video());
    let (Some(video), Some(at)) = (video, options.video_cover().map(u64::from)) else {
        return;
    };
    if at > video.duration_ms {
        let sentence = format!(
            "The cover was chosen at {}, and the video is {} long. Choose another frame.",
            moment_label(at),
            moment_label(video.duration_ms)
        );
        findings.push(Finding::error(Field::Media, sentence).with(Fix::CoverFirst));
    }
}

fn judge_privacy(options: &TikTokOptions, creator: &CreatorInfo, findings: &mut Vec<Finding>) {
    let is_offered = |level: &str| {
        let offered = &creator.privacy_level_options;
        offered.iter().any(|offered| offered == level)
    };
    let problem = match options.privacy_level.as_deref() {
        None => "Choose who can see it: TikTok wants a person to decide.".to_owned(),
        Some(level) if !is_offered(level) => format!(
            "This account no longer offers “{}”. Choose who can see it again.",
            tiktok::privacy_label(level)
        ),
        Some(tiktok::SELF_ONLY) if options.is_branded_content() => BRANDED_NEVER_PRIVATE.to_owned(),
        Some(_) => return,
    };
    findings.push(Finding::error(Field::Privacy, problem).with(Fix::ChoosePrivacy));
}

fn judge_disclosure(options: &TikTokOptions, findings: &mut Vec<Finding>) {
    if options.disclose && !options.your_brand && !options.branded_content {
        findings.push(
            Finding::error(Field::Disclosure, SAY_WHOM_IT_PROMOTES).with(Fix::SayWhomItPromotes),
        );
    }
}

/// What the account does not allow is no reason to wait: TikTok leaves it out.
fn judge_interactions(
    options: &TikTokOptions,
    creator: &CreatorInfo,
    kind: PostKind,
    findings: &mut Vec<Finding>,
) {
    use Interaction::{Comment, Duet, Stitch};
    for (interaction, wanted, disabled, what) in [
        (
            Comment,
            options.allow_comment,
            creator.comment_disabled,
            "Comments are",
        ),
        (Duet, options.allow_duet, creator.duet_disabled, "Duet is"),
        (
            Stitch,
            options.allow_stitch,
            creator.stitch_disabled,
            "Stitch is",
        ),
    ] {
        // Pictures have nothing but comments.
        let applies = kind != PostKind::Pictures || interaction == Comment;
        if applies && wanted && disabled {
            let sentence =
                format!("{what} switched off in the account, so TikTok will not allow it.");
            findings.push(
                Finding::warning(Field::Privacy, sentence).with(Fix::SwitchOff { interaction }),
            );
        }
    }
}
