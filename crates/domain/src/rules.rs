//! One judgement of a post on an account, the same in the browser and on the server.

use serde::{Deserialize, Serialize};

use crate::account::AccountFacts;
use crate::media::Attached;
use crate::post::PlatformOptions;

mod bluesky;
mod count;
mod files;
mod fix;
mod limits;
mod recipe;
mod texts;
mod tiktok;

pub use bluesky::judge_bluesky;
pub use count::{Count, PostKind, count};
pub use fix::{Fix, Interaction, Text};
pub use limits::{
    BLUESKY, Bound, Certainty, Limits, Makeup, MarkLimits, Measure, PictureLimits, TIKTOK,
    TextLimit, Unit, VideoLimits, limits,
};
pub use recipe::{CannotMend, Make, Recipe, copy_for, copy_of_part};
pub use tiktok::{BRANDED_NEVER_PRIVATE, SAY_WHOM_IT_PROMOTES, judge_tiktok};

/// Whether a finding keeps the post from going out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Must be mended before it can be scheduled.
    Error,
    /// Worth knowing; does not block.
    Warning,
    /// Checked and in order.
    Pass,
}

/// What a finding is about; the composer puts it beside that field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The accounts it goes to.
    Accounts,
    /// The caption.
    Caption,
    /// The video or the pictures.
    Media,
    /// Who can see it.
    Privacy,
    /// The commercial disclosure.
    Disclosure,
    /// The languages of the text.
    Languages,
    /// The minute it goes out.
    Time,
}

/// One thing found when judging a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Whether it blocks.
    pub severity: Severity,
    /// Which field it is about.
    pub field: Field,
    /// One sentence that says what is the matter, and where it helps what to do.
    pub sentence: String,
    /// What would mend it, where that can be said. Findings that were stored before there were any have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fix: Option<Fix>,
}

impl Finding {
    fn new(severity: Severity, field: Field, sentence: impl Into<String>) -> Self {
        Self {
            severity,
            field,
            sentence: sentence.into(),
            fix: None,
        }
    }

    /// The same with what would mend it.
    #[must_use]
    pub fn with(self, fix: Fix) -> Self {
        Self {
            fix: Some(fix),
            ..self
        }
    }

    /// The same with what would mend it, if anything would.
    #[must_use]
    fn with_any(self, fix: Option<&Fix>) -> Self {
        Self {
            fix: fix.cloned(),
            ..self
        }
    }

    /// A finding that blocks.
    #[must_use]
    pub fn error(field: Field, sentence: impl Into<String>) -> Self {
        Self::new(Severity::Error, field, sentence)
    }

    /// A finding that is worth knowing.
    #[must_use]
    pub fn warning(field: Field, sentence: impl Into<String>) -> Self {
        Self::new(Severity::Warning, field, sentence)
    }

    /// A check that passed.
    #[must_use]
    pub fn pass(field: Field, sentence: impl Into<String>) -> Self {
        Self::new(Severity::Pass, field, sentence)
    }
}

/// Whether anything found blocks.
#[must_use]
pub fn blocks(findings: &[Finding]) -> bool {
    findings
        .iter()
        .any(|finding| finding.severity == Severity::Error)
}

/// Judges a post on one account by the rules of its platform. `account` is what the platform says about
/// the account now; where the rules depend on it, its absence blocks.
#[must_use]
pub fn judge(
    caption: &str,
    media: &[Attached<'_>],
    options: &PlatformOptions,
    account: Option<&AccountFacts>,
) -> Vec<Finding> {
    match options {
        PlatformOptions::TikTok(options) => judge_tiktok(
            caption,
            media,
            options,
            account.and_then(AccountFacts::tiktok),
        ),
        PlatformOptions::Bluesky(options) => judge_bluesky(caption, media, options),
    }
}
