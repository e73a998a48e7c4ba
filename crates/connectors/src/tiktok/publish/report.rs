//! What the history is told, in words for an agency's staff.

use domain::history::Tone;
use domain::media::{duration_label, size_label};
use domain::tiktok::{self, CreatorInfo, TikTokOptions};

use super::Media;
use crate::tiktok::chunks::{Chunk, ChunkPlan};
use crate::{Progress, StepReport};

fn good(title: impl Into<String>, detail: impl Into<String>, words: Option<String>) -> StepReport {
    StepReport {
        tone: Tone::Good,
        title: title.into(),
        detail: detail.into(),
        platform_words: words,
    }
}

fn warning(title: &str, detail: impl Into<String>, words: Option<String>) -> StepReport {
    StepReport {
        tone: Tone::Warning,
        ..good(title, detail, words)
    }
}

pub(super) fn checked(
    media: Media<'_>,
    options: &TikTokOptions,
    creator: &CreatorInfo,
    notes: &[&str],
) -> StepReport {
    let what = match media {
        Media::Video(video) => {
            let limit = creator
                .max_video_post_duration_sec
                .min(tiktok::DURATION_SECONDS);
            format!(
                "{} is within {}",
                duration_label(video.facts.duration_ms),
                duration_label(limit * 1000)
            )
        }
        Media::Photos(items) => pictures_fit(items.len()),
    };
    let privacy = options.privacy_level.as_deref().unwrap_or_default();
    let mut detail = format!(
        "Privacy “{}” is still offered, {what}.",
        tiktok::privacy_label(privacy),
    );
    for note in notes {
        detail = format!("{detail} {note}");
    }
    good(
        "Checked the account",
        detail,
        Some("creator_info ok".to_owned()),
    )
}

/// A draft asks nothing of the account.
pub(super) fn checked_draft(media: Media<'_>) -> StepReport {
    let what = match media {
        Media::Video(_) => "The video fits".to_owned(),
        Media::Photos(items) => pictures_fit(items.len()),
    };
    let detail = format!("{what}. It goes to TikTok’s inbox, to be finished in the app.");
    good("Checked the draft", detail, None)
}

pub(super) fn handed_over(count: usize, publish_id: &str) -> StepReport {
    good(
        "Handed the pictures to TikTok",
        format!("TikTok fetches {} from AutoPost.", pictures(count)),
        Some(format!("publish_id {publish_id}")),
    )
}

pub(super) fn delivered(handle: Option<&str>) -> StepReport {
    good(
        "Delivered to TikTok’s inbox",
        standing(handle),
        Some("SEND_TO_USER_INBOX".to_owned()),
    )
}

/// What is true of a draft until its person has published it.
pub(super) fn standing(handle: Option<&str>) -> String {
    let who = handle.map_or_else(
        || "the account’s owner".to_owned(),
        |handle| format!("@{handle}"),
    );
    format!("In TikTok’s inbox, and not public before {who} publishes it in TikTok’s app.")
}

fn pictures_fit(count: usize) -> String {
    match count {
        1 => "1 picture fits".to_owned(),
        count => format!("{count} pictures fit"),
    }
}

fn pictures(count: usize) -> String {
    match count {
        1 => "1 picture".to_owned(),
        count => format!("{count} pictures"),
    }
}

pub(super) fn announced(plan: &ChunkPlan, publish_id: &str) -> StepReport {
    let detail = match plan.count {
        1 => format!("{} in one part.", size_label(plan.size)),
        count => format!("{} in {count} parts.", size_label(plan.size)),
    };
    good(
        "Started the upload",
        detail,
        Some(format!("publish_id {publish_id}")),
    )
}

pub(super) fn sent(plan: &ChunkPlan, index: u64, chunk: Chunk) -> StepReport {
    let title = match plan.count {
        1 => "Sent the video".to_owned(),
        count => format!("Sent part {} of {count}", index + 1),
    };
    good(title, size_label(chunk.length), None)
}

pub(super) fn unanswered(words: impl Into<String>) -> StepReport {
    warning(
        "TikTok did not confirm the last part",
        "It may have arrived. AutoPost asks TikTok before it sends anything again.",
        Some(words.into()),
    )
}

pub(super) fn found(publish_id: &str) -> StepReport {
    good(
        "Found the earlier upload",
        "Asked TikTok first, so nothing is posted twice.",
        Some(format!("publish_id {publish_id}")),
    )
}

pub(super) fn found_place(publish_id: &str, uploaded: u64, plan: &ChunkPlan) -> StepReport {
    let (uploaded, size) = (size_label(uploaded.min(plan.size)), size_label(plan.size));
    StepReport {
        detail: format!(
            "Asked TikTok first, so nothing is posted twice. It has {uploaded} of {size}."
        ),
        ..found(publish_id)
    }
}

pub(super) fn out_of_step(uploaded: u64, plan: &ChunkPlan) -> StepReport {
    let (kept, size) = (size_label(uploaded.min(plan.size)), size_label(plan.size));
    warning(
        "Asked TikTok what it has",
        format!("It has {kept} of {size}; the upload goes on from there."),
        Some(format!("416 on upload, uploaded_bytes {uploaded}")),
    )
}

pub(super) fn repeats(words: String) -> StepReport {
    warning(
        "TikTok does not have everything yet",
        "The missing part is sent again to the same upload, so nothing is posted twice.",
        Some(words),
    )
}

pub(super) fn status(words: &str) -> StepReport {
    let detail = match words {
        "PROCESSING_UPLOAD" | "PROCESSING_DOWNLOAD" => "TikTok is processing it.",
        "SEND_TO_USER_INBOX" => "TikTok put it into the account’s inbox.",
        _ => "TikTok is still working on it.",
    };
    good("Asked for status", detail, Some(words.to_owned()))
}

pub(super) fn published(post_id: Option<&str>, words: &str) -> StepReport {
    good(
        "Published",
        "TikTok may take a few minutes to show it on the profile.",
        Some(post_id.map_or_else(|| words.to_owned(), id_words)),
    )
}

pub(super) fn learnt_id(post_id: &str) -> StepReport {
    good(
        "TikTok shows the post",
        "Its public address is known now.",
        Some(id_words(post_id)),
    )
}

fn id_words(post_id: &str) -> String {
    format!("publicaly_available_post_id {post_id}")
}

pub(super) const fn progress(sent: u64, plan: &ChunkPlan) -> Progress {
    Progress {
        sent,
        total: plan.size,
    }
}
