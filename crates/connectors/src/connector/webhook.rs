//! What platforms tell by themselves.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// A call of a platform at our address for what it tells by itself.
#[derive(Clone, Copy)]
pub struct WebhookCall<'a> {
    /// Looks a header up by its name in lower case.
    pub header: &'a (dyn Fn(&str) -> Option<String> + Send + Sync),
    /// The bytes as they came.
    pub body: &'a [u8],
    /// The injected time.
    pub now: DateTime<Utc>,
}

/// What a platform tells by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// When the platform says that it happened.
    pub sent_at: DateTime<Utc>,
    /// The account's id within our app.
    pub platform_user_id: String,
    /// What happened.
    pub news: News,
}

/// What a platform can tell by itself. A hint: it may come twice, late, or never.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum News {
    /// Something became of what a delivery announced: the platform is to be asked.
    Task {
        /// The platform's name for it, as [`Connector::task_id`] has it.
        task_id: String,
    },
    /// A post is no longer public.
    TaskHidden {
        /// The platform's name for what was announced.
        task_id: String,
    },
    /// The account took our access away.
    AccessRemoved {
        /// Why; one sentence.
        why: String,
    },
    /// Nothing that matters here.
    Nothing,
}

/// Why a call of a platform is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WebhookRefused {
    /// The platform tells nothing by itself, as far as AutoPost knows.
    #[error("This platform has no webhooks here.")]
    NoSuchThing,
    /// The signature is missing or is not the platform's.
    #[error(
        "The signature is missing or wrong. Check that the app’s secret is the one in AutoPost."
    )]
    NotSigned,
    /// It was signed too long ago, or in the future.
    #[error("The signature is too old, or ahead of this server’s clock.")]
    Stale,
    /// It is for another app.
    #[error("This is for another app. Check that the app’s key is the one in AutoPost.")]
    AnotherApp,
    /// It is signed and cannot be read.
    #[error("The body cannot be read.")]
    Unreadable,
}
