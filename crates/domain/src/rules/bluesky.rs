//! What Bluesky asks beside text and files: languages and labels.

use super::files::{OfAccount, judge_files};
use super::fix::Fix;
use super::limits::BLUESKY;
use super::texts::judge_caption;
use super::{Field, Finding, PostKind};
use crate::bluesky::{self, BlueskyOptions};
use crate::media::Attached;

/// Judges a post for Bluesky.
#[must_use]
pub fn judge_bluesky(
    caption: &str,
    media: &[Attached<'_>],
    options: &BlueskyOptions,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    let kind = PostKind::of(media.iter().map(|item| item.facts));
    judge_caption(&BLUESKY, kind, caption, &mut findings);
    judge_files(&BLUESKY, media, OfAccount::default(), &mut findings);
    judge_options(options, &mut findings);
    findings
}

fn judge_options(options: &BlueskyOptions, findings: &mut Vec<Finding>) {
    if options.langs.len() > bluesky::LANGS {
        let languages = bluesky::LANGS;
        findings.push(
            Finding::error(
                Field::Languages,
                format!("Bluesky takes at most {languages} languages. Remove some."),
            )
            .with(Fix::KeepLanguages { languages }),
        );
    }
    for tag in &options.langs {
        if !bluesky::is_language_tag(tag) {
            findings.push(
                Finding::error(
                    Field::Languages,
                    format!("“{tag}” is not a language tag. Use one such as en, de or pt-BR."),
                )
                .with(Fix::RemoveLanguage { tag: tag.clone() }),
            );
        }
    }
    if let Some(label) = options
        .labels
        .iter()
        .find(|label| !bluesky::SELF_LABELS.contains(&label.as_str()))
    {
        findings.push(
            Finding::error(
                Field::Disclosure,
                format!("“{label}” is not a label that Bluesky knows. Remove it."),
            )
            .with(Fix::RemoveLabel {
                label: label.clone(),
            }),
        );
    }
}
