//! How often TikTok lets things be done (rate limits of the Content Posting API, per access token).
//!
//! There is no budget for the posts of a day: the number is the creator's own, other apps count towards
//! it, and `creator_info` says before each post whether one more is taken.

use std::time::Duration;

use domain::post::PlatformOptions;
use domain::tiktok::DRAFTS_A_DAY;

use super::checkpoint::Stage;
use crate::{Budget, BudgetScope, Checkpoint, Cost};

const MINUTE: Duration = Duration::from_secs(60);

/// `creator_info/query`; the composer asks it as well.
static CHECKS: Budget = budget("checks", 20);
/// The init calls, which may share one limit or have one each.
static INITS: Budget = budget("inits", 6);
/// `status/fetch`.
static STATUS: Budget = budget("status", 30);

/// Drafts in the inbox, which nothing says ahead of the refusal.
static DRAFTS: Budget = Budget {
    name: "drafts",
    scope: BudgetScope::Account,
    limit: DRAFTS_A_DAY,
    window: Duration::from_secs(24 * 60 * 60),
};

const fn budget(name: &'static str, limit: u32) -> Budget {
    Budget {
        name,
        scope: BudgetScope::Account,
        limit,
        window: MINUTE,
    }
}

/// What the next step from here spends.
pub(in crate::tiktok) fn costs(
    options: &PlatformOptions,
    checkpoint: Option<&Checkpoint>,
) -> Vec<Cost> {
    let is_draft = matches!(options, PlatformOptions::TikTok(options) if options.as_draft);
    let budget = match checkpoint.map(|checkpoint| Stage::read(checkpoint.clone())) {
        None if is_draft => &DRAFTS,
        None => &CHECKS,
        Some(Ok(Stage::Checked(_))) => &INITS,
        Some(Ok(Stage::Polling(_) | Stage::Published(_))) => &STATUS,
        // The parts of an upload are not limited, handing over was paid for by the step before, so that
        // nothing comes between, and what cannot be read asks nothing.
        Some(Ok(Stage::Announcing(_) | Stage::Uploading(_)) | Err(_)) => return Vec::new(),
    };
    vec![Cost { budget }]
}
