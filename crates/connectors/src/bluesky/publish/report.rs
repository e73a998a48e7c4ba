//! What the history is told.

use domain::history::Tone;
use domain::media::size_label;

use crate::StepReport;
use crate::bluesky::facets::{Facet, Target};

fn report(tone: Tone, title: String, detail: String) -> StepReport {
    StepReport {
        tone,
        title,
        detail,
        platform_words: None,
    }
}

pub(super) fn checked(facets: &[Facet], unknown: &[String]) -> StepReport {
    let count = |is: fn(&Target) -> bool| facets.iter().filter(|facet| is(&facet.to)).count();
    let parts = [
        (count(|to| matches!(to, Target::Link(_))), "link"),
        (count(|to| matches!(to, Target::Mention(_))), "mention"),
        (count(|to| matches!(to, Target::Tag(_))), "tag"),
    ];
    let found: Vec<String> = parts
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}{}", if count == 1 { "" } else { "s" }))
        .collect();
    let mut detail = "The account can post.".to_owned();
    if !found.is_empty() {
        detail = format!("{detail} The text has {}.", found.join(", "));
    }
    for handle in unknown {
        detail = format!("{detail} Nobody has the handle @{handle}, so it stays plain text.");
    }
    let tone = if unknown.is_empty() {
        Tone::Good
    } else {
        Tone::Warning
    };
    report(tone, "Checked the account".to_owned(), detail)
}

pub(super) fn sent_picture(number: usize, of: usize, bytes: u64) -> StepReport {
    let title = if of == 1 {
        "Sent the picture".to_owned()
    } else {
        format!("Sent picture {number} of {of}")
    };
    report(Tone::Good, title, size_label(bytes))
}

pub(super) fn sent_video(bytes: u64) -> StepReport {
    report(
        Tone::Good,
        "Sent the video".to_owned(),
        format!("{}. Bluesky prepares it for playing.", size_label(bytes)),
    )
}

pub(super) fn stored_video(bytes: u64) -> StepReport {
    report(
        Tone::Good,
        "Sent the video".to_owned(),
        format!("{} to the account’s own server.", size_label(bytes)),
    )
}

pub(super) fn prepared() -> StepReport {
    report(
        Tone::Good,
        "Bluesky prepared the video".to_owned(),
        String::new(),
    )
}

pub(super) fn once_more(sentence: &str, words: Option<String>) -> StepReport {
    StepReport {
        tone: Tone::Warning,
        title: "The video was not prepared".to_owned(),
        detail: sentence.to_owned(),
        platform_words: words,
    }
}

pub(super) fn files_lost(words: Option<String>) -> StepReport {
    StepReport {
        tone: Tone::Warning,
        title: "The files were gone".to_owned(),
        detail: "The account’s server keeps files without a post for a short while only. AutoPost sends them again; nothing was posted.".to_owned(),
        platform_words: words,
    }
}

pub(super) fn published(uri: &str, again: bool) -> StepReport {
    StepReport {
        tone: Tone::Good,
        title: "Published".to_owned(),
        detail: if again {
            "The post was there already, from the try before: it was posted once.".to_owned()
        } else {
            "Bluesky’s server confirmed the post.".to_owned()
        },
        platform_words: Some(uri.to_owned()),
    }
}
