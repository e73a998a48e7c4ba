//! What goes into a step of publishing, and what comes out.

use std::fmt;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::history::Tone;
use serde::{Deserialize, Serialize};

use super::access::Access;
use super::content::DeliveryContent;
use crate::error::PlatformError;

/// Where a delivery stands with its platform: opaque to the publisher, sealed when stored, because it
/// can hold upload addresses.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Checkpoint(pub serde_json::Value);

impl fmt::Debug for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Checkpoint").finish_non_exhaustive()
    }
}

/// Everything that a step may look at.
pub struct StepContext<'a> {
    /// What calls are made with.
    pub access: Access<'a>,
    /// The account's handle, for the address of the post.
    pub handle: Option<&'a str>,
    /// What is to be said.
    pub content: &'a DeliveryContent,
    /// The injected time.
    pub now: DateTime<Utc>,
    /// Whether this is the first step after a claim with a checkpoint: the worker before may have died
    /// anywhere, so the platform is asked what it has before anything is sent.
    pub resumed: bool,
}

/// What a step tells the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepReport {
    /// How it turned out.
    pub tone: Tone,
    /// What we did, a few words: "Sent part 1 of 3".
    pub title: String,
    /// Why, or what it means; one sentence, may be empty.
    pub detail: String,
    /// The platform's own words, without secrets; shown in monospace.
    pub platform_words: Option<String>,
}

/// How far an upload is, for the screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Bytes that the platform has taken.
    pub sent: u64,
    /// Bytes in all.
    pub total: u64,
}

/// What follows from a step.
pub enum StepOutcome {
    /// Write the checkpoint, then take the next step at once.
    Continue {
        /// Where it stands now.
        checkpoint: Checkpoint,
        /// For the history; `None` where the step is not worth a line.
        report: Option<StepReport>,
        /// For the screens.
        progress: Option<Progress>,
    },
    /// Write the checkpoint, let go, and come back at `until`. The platform is working.
    Wait {
        /// Where it stands now.
        checkpoint: Checkpoint,
        /// When to ask again.
        until: DateTime<Utc>,
        /// For the history.
        report: Option<StepReport>,
    },
    /// The platform confirmed the post.
    Published {
        /// The platform's id of the post, once it tells it.
        id: Option<String>,
        /// The public address of the post, or of the profile while the id is not known.
        address: Option<String>,
        /// For the history.
        report: Option<StepReport>,
        /// Where the id can still be learnt later: the checkpoint to continue from, and when.
        follow_up: Option<(Checkpoint, DateTime<Utc>)>,
    },
}

/// Whose budget it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BudgetScope {
    /// Each account has its own.
    Account,
    /// All accounts share it.
    App,
}

/// How often a platform lets something be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Budget {
    /// Its name, unique within the platform.
    pub name: &'static str,
    /// Whose it is.
    pub scope: BudgetScope,
    /// How often.
    pub limit: u32,
    /// Within what time.
    pub window: Duration,
}

/// One unit of a budget that a step spends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cost {
    /// Of which budget.
    pub budget: &'static Budget,
}

/// What became of the wish to take a delivery back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CancelOutcome {
    /// Nothing of it is out, and nothing will be.
    Cancelled,
    /// It is out, or may be.
    TooLate,
}

/// What the platform says became of a delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reconciled {
    /// It is out.
    Found {
        /// The platform's id of the post, where it tells it.
        id: Option<String>,
        /// The public address of the post.
        address: Option<String>,
    },
    /// It is certainly not out, and never will be from what was sent.
    NotThere,
    /// The same, and the platform says why.
    Failed(PlatformError),
    /// Nobody can say yet.
    StillUnknown,
}
