//! What the refusals of Bluesky's servers mean for us, each with one of the six kinds and a sentence
//! for staff.

mod oauth;
mod video;

pub(super) use oauth::Asked;
pub(super) use video::{failed_job, no_more_today};

use std::time::Duration;

use reqwest::header::{HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use serde::Deserialize;

use super::proof::seconds_now;
use crate::error::{sentence, shortened};
use crate::{ErrorKind, PlatformError};

/// How long a limit lasts where the server does not say: its shortest window.
const RATE_WINDOW: Duration = Duration::from_secs(5 * 60);
/// No limit of Bluesky's lasts longer.
const LONGEST_LIMIT: u64 = 24 * 3600;
/// What only an operator can mend is tried again after this.
const OPERATOR: Duration = Duration::from_secs(3600);

/// How a call was refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `error`: the name of the refusal; empty where there was none.
    pub name: String,
    /// `message`, or `error_description` of OAuth.
    pub message: String,
    /// When to come back, where the server says.
    pub retry_after: Option<Duration>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Body {
    error: String,
    message: String,
    error_description: String,
}

impl Refusal {
    /// Reads a refusal.
    pub fn read(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body: Body = serde_json::from_slice(body).unwrap_or_default();
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
        // OAuth's resource errors are in this header, and not always in the body.
        let named = header(WWW_AUTHENTICATE.as_str()).and_then(|value| {
            let (_, rest) = value.split_once("error=\"")?;
            rest.split('"').next()
        });
        let name = match named {
            Some(named) if body.error.is_empty() => named.to_owned(),
            _ => body.error,
        };
        let seconds = |text: &str| text.trim().parse::<u64>().ok();
        let until = |at: u64| at.saturating_sub(u64::try_from(seconds_now()).unwrap_or(0));
        let retry_after = header(RETRY_AFTER.as_str())
            .and_then(seconds)
            .or_else(|| header("ratelimit-reset").and_then(seconds).map(until))
            .map(|seconds| Duration::from_secs(seconds.clamp(1, LONGEST_LIMIT)));
        Self {
            status,
            name,
            message: if body.message.is_empty() {
                body.error_description
            } else {
                body.message
            },
            retry_after,
        }
    }

    /// "400 InvalidRequest: Invalid app.bsky.feed.post record".
    pub fn words(&self) -> String {
        let mut words = self.status.to_string();
        if !self.name.is_empty() {
            words = format!("{words} {}", shortened(&self.name));
        }
        let message = self.message.trim();
        if !message.is_empty() && message != self.name {
            words = format!("{words}: {}", shortened(message));
        }
        words
    }

    /// What it means on a call for an account.
    pub fn error(&self) -> PlatformError {
        self.known()
            .unwrap_or_else(|| self.unknown())
            .with_code_if(&self.name)
            .with_words(self.words())
    }

    /// What it means when a password is traded for a session.
    pub fn sign_in_error(&self) -> PlatformError {
        let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
        let error = match self.name.as_str() {
            "AuthFactorTokenRequired" => rejected(
                "That is the account’s own password, and it is protected by a second factor. Make an app password in Bluesky under Settings, Privacy and security, and use that.",
            ),
            "AuthenticationRequired" | "InvalidRequest" | "AuthMissing" => rejected(
                "Bluesky does not accept this handle with this password. Check both; the app password looks like abcd-efgh-ijkl-mnop.",
            ),
            _ => return self.error(),
        };
        error.with_code_if(&self.name).with_words(self.words())
    }

    fn known(&self) -> Option<PlatformError> {
        let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
        Some(match self.name.as_str() {
            // Refused again right after it was renewed, the account has to be connected again.
            "ExpiredToken" | "InvalidToken" | "invalid_token" | "AuthMissing"
            | "AuthenticationRequired" => access_ended(),
            "ScopeMissingError" | "insufficient_scope" => PlatformError::new(
                ErrorKind::Reauthorise,
                "The account did not grant AutoPost a permission that this needs. Connect it again and accept what is asked.",
            ),
            "AccountDeactivated" | "RepoDeactivated" => rejected(
                "This account is deactivated. Activate it again in Bluesky, then send the post again.",
            ),
            "AccountTakedown" | "RepoTakendown" | "AccountSuspended" | "RepoSuspended" => rejected(
                "Bluesky has taken this account down. Open Bluesky with it to see why.",
            ),
            "AccountNotFound" | "RepoNotFound" => rejected(
                "The account’s server no longer has this account. If it has moved to another server, connect it again.",
            ),
            "RateLimitExceeded" => self.too_fast(),
            "UpstreamFailure" | "UpstreamTimeout" | "NotEnoughResources" | "InternalServerError" => {
                internal()
            }
            "use_dpop_nonce" => internal(),
            "invalid_dpop_proof" => PlatformError::new(
                ErrorKind::RetryLater,
                "Bluesky did not accept AutoPost’s signature. Most often this server’s clock is wrong: the operator should set it. AutoPost tries again.",
            )
            .after(RATE_WINDOW),
            "BadExpiration" => rejected(
                "Bluesky did not accept the time in AutoPost’s request. This server’s clock is wrong: the operator has to set it.",
            ),
            "PayloadTooLarge" | "BlobTooLarge" => rejected(
                "A file is larger than the account’s server takes. Export it smaller and upload it again.",
            ),
            "InvalidMimeType" => rejected(
                "The account’s server does not take this kind of file. Export it as JPEG, PNG or MP4 and upload it again.",
            ),
            "InvalidRequest" | "InvalidRecord" => rejected(&format!(
                "Bluesky refused the post as it is: {}",
                sentence(&self.message)
            )),
            _ => return None,
        })
    }

    fn unknown(&self) -> PlatformError {
        let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
        match self.status {
            401 => access_ended(),
            408 => internal(),
            413 => rejected(
                "A file is larger than the account’s server takes. Export it smaller and upload it again.",
            ),
            429 => self.too_fast(),
            501 => rejected(
                "The account’s server does not know what AutoPost asks of it. Its operator may have to update it.",
            ),
            500.. => internal(),
            _ if self.message.trim().is_empty() => rejected(
                "Bluesky refused this and gave no reason. What its server answered is below.",
            ),
            _ => rejected(&format!(
                "Bluesky refused this: {}",
                sentence(&self.message)
            )),
        }
    }

    fn too_fast(&self) -> PlatformError {
        PlatformError::new(
            ErrorKind::RetryLater,
            "Bluesky asked AutoPost to slow down. It goes on when Bluesky’s limit is free again.",
        )
        .after(self.retry_after.unwrap_or(RATE_WINDOW))
    }
}

impl PlatformError {
    fn with_code_if(self, name: &str) -> Self {
        if name.is_empty() {
            self
        } else {
            self.with_code(shortened(name))
        }
    }
}

fn access_ended() -> PlatformError {
    PlatformError::new(
        ErrorKind::RefreshToken,
        "Bluesky no longer accepts the access token. AutoPost renews it and goes on.",
    )
}

fn internal() -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "Bluesky’s server has a fault of its own. AutoPost kept its place and tries again.",
    )
}

/// No answer, or one that broke off.
pub(super) fn unreachable(fault: &str) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "Bluesky’s server did not answer. AutoPost kept its place and tries again.",
    )
    .with_words(fault)
}

/// An answer in a form that we do not know.
pub(super) fn unreadable(status: u16) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "The answer of Bluesky’s server could not be read. AutoPost kept its place and tries again.",
    )
    .with_words(format!("{status}, unreadable answer"))
}

/// Our own trouble with keys or random numbers.
pub(super) fn ours(fault: &super::key::KeyError) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryLater,
        "AutoPost could not sign its request to Bluesky. The operator should look at the server’s log.",
    )
    .after(OPERATOR)
    .with_words(fault.to_string())
}

/// The stored session is missing or of another form.
pub(super) fn no_session() -> PlatformError {
    PlatformError::new(
        ErrorKind::Reauthorise,
        "AutoPost has lost what it needs to reach this account. Connect it again.",
    )
}

#[cfg(test)]
mod tests;
