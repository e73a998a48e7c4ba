//! What can go wrong with a platform: six kinds, and the platform's own words.

use std::time::Duration;

use chrono::{DateTime, Utc};

/// What is to be done about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// A passing fault: the same step again after a short pause.
    RetryNow,
    /// Later, after the platform's own delay where it names one.
    RetryLater,
    /// The access token ended: renew it, then the same step again.
    RefreshToken,
    /// The platform no longer accepts our access: a person has to connect the account again.
    Reauthorise,
    /// Refused for good: a person has to change something.
    Rejected,
    /// Nobody can say whether it was posted; never sent again before that is known.
    OutcomeUnknown,
}

/// An error of a platform. Never carries a secret: the message is ours, the words are the platform's
/// error code, message and log id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PlatformError {
    /// What is to be done.
    pub kind: ErrorKind,
    /// One sentence for staff: what happened, what it means, what to do.
    pub message: String,
    /// The platform's own words: HTTP status, error code, log id.
    pub platform_words: Option<String>,
    /// The platform's machine code, where it gave one.
    pub code: Option<String>,
    /// How long to wait, where the platform or its documentation says.
    pub retry_after: Option<Duration>,
    /// The last moment at which trying again still makes sense, where the step knows one.
    pub give_up_at: Option<DateTime<Utc>>,
    /// Whether the next try starts from the beginning: nothing of this one can have been posted (for
    /// example, the upload's address ended before the last byte was sent).
    pub restart: bool,
}

impl PlatformError {
    /// An error of this kind with a sentence for staff.
    #[must_use]
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            platform_words: None,
            code: None,
            retry_after: None,
            give_up_at: None,
            restart: false,
        }
    }

    /// Adds the platform's machine code.
    #[must_use]
    pub fn with_code(mut self, code: impl Into<String>) -> Self {
        self.code = Some(code.into());
        self
    }

    /// Adds the platform's own words.
    #[must_use]
    pub fn with_words(mut self, words: impl Into<String>) -> Self {
        self.platform_words = Some(words.into());
        self
    }

    /// Adds how long to wait.
    #[must_use]
    pub fn after(mut self, delay: Duration) -> Self {
        self.retry_after = Some(delay);
        self
    }

    /// Marks that nothing of this try can have been posted and the next one starts from the beginning.
    #[must_use]
    pub fn restarting(mut self) -> Self {
        self.restart = true;
        self
    }
}

/// Somebody else's words, as much of them as is kept.
pub(crate) fn shortened(text: &str) -> String {
    const LIMIT: usize = 300;
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(LIMIT)
        .collect()
}

/// The same with a full stop.
pub(crate) fn sentence(text: &str) -> String {
    let text = shortened(text.trim());
    if text.ends_with(['.', '!', '?']) {
        text
    } else {
        format!("{text}.")
    }
}
