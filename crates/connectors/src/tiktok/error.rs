//! What TikTok's refusals mean for us: every code of its API, every reason of a failed post, every
//! OAuth error and every status of an upload, each with one of the six kinds and a sentence for staff.

mod oauth;
mod reasons;

use std::time::Duration;

pub(super) use oauth::{Grant, oauth_error};
pub(super) use reasons::{failed_photos, failed_post};

use crate::error::{sentence, shortened};
use crate::http::fault;
use crate::{ErrorKind, PlatformError};

/// How long TikTok's limits of calls last.
const RATE_WINDOW: Duration = Duration::from_secs(60);

/// How a call was refused: the envelope's error with the HTTP status.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `error.code`; empty where there was none.
    pub code: String,
    /// `error.message`.
    pub message: String,
    /// `error.log_id`, which TikTok's support asks for.
    pub log_id: Option<String>,
}

impl Refusal {
    /// "503 internal_error, log_id 2026…".
    pub fn words(&self) -> String {
        let mut words = self.status.to_string();
        if !self.code.is_empty() {
            words = format!("{words} {}", self.code);
        }
        let message = self.message.trim();
        if !message.is_empty() && message != self.code {
            words = format!("{words}: {}", shortened(message));
        }
        if let Some(log_id) = self.log_id.as_deref().filter(|id| !id.is_empty()) {
            words = format!("{words}, log_id {log_id}");
        }
        words
    }

    /// The error that this refusal is.
    pub fn error(&self) -> PlatformError {
        let code = match self.code.as_str() {
            "invalid_param" | "invalid_params" if self.message.contains("invalid_publish_id") => {
                "invalid_publish_id"
            }
            code => code,
        };
        let error = known_code(code).unwrap_or_else(|| self.unknown_code());
        coded(error, code).with_words(self.words())
    }

    fn unknown_code(&self) -> PlatformError {
        match self.status {
            _ if self.code.starts_with("spam_risk") => PlatformError::new(
                ErrorKind::Rejected,
                "TikTok’s spam protection refused this post. Check the caption and the account in TikTok’s own app.",
            ),
            401 => access_ended(),
            408 | 500.. => internal(),
            429 => too_fast(),
            _ if self.message.trim().is_empty() => PlatformError::new(
                ErrorKind::Rejected,
                "TikTok refused this and gave no reason. Its answer is below; its support needs the log_id.",
            ),
            _ => PlatformError::new(
                ErrorKind::Rejected,
                format!("TikTok refused this: {}", sentence(&self.message)),
            ),
        }
    }
}

/// The codes that TikTok documents for its API.
fn known_code(code: &str) -> Option<PlatformError> {
    let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
    let later = |seconds, sentence: &str| {
        PlatformError::new(ErrorKind::RetryLater, sentence).after(Duration::from_secs(seconds))
    };
    Some(match code {
        "access_token_invalid" => access_ended(),
        "scope_not_authorized" | "scope_permission_missed" => PlatformError::new(
            ErrorKind::Reauthorise,
            "The account did not grant AutoPost a permission that this needs. Connect it again and leave every permission switched on.",
        ),
        "rate_limit_exceeded" => too_fast(),
        "internal_error" => internal(),
        "invalid_publish_id" => PlatformError::new(
            ErrorKind::RetryNow,
            "TikTok does not know this upload yet. AutoPost asks again.",
        )
        .after(Duration::from_secs(5)),
        "publish_not_cancellable" => PlatformError::new(
            ErrorKind::RetryNow,
            "TikTok can no longer cancel this post; it is already being published.",
        ),
        "spam_risk_too_many_posts" => later(
            6 * 3600,
            "This account has reached TikTok’s daily limit for posts by apps. It takes more later; TikTok’s own app still posts at once.",
        ),
        "spam_risk_too_many_pending_share" => later(
            24 * 3600,
            "This account has too many unfinished drafts in TikTok. Finish or delete some in TikTok’s app; AutoPost tries again in 24 hours.",
        ),
        "reached_active_user_cap" => later(
            3600,
            "AutoPost’s TikTok app has posted for as many accounts today as TikTok allows it. It takes more later; connecting again does not help, and the operator can ask TikTok for a higher limit.",
        ),
        "spam_risk_user_banned_from_posting" => rejected(BANNED),
        "spam_risk" => rejected(SPAM),
        "unaudited_client_can_only_post_to_private_accounts" => rejected(
            "TikTok has not audited AutoPost’s TikTok app yet, so it posts to private accounts only. Set the account to private in TikTok, or ask the operator to finish the audit.",
        ),
        "url_ownership_unverified" => rejected(
            "TikTok has not verified the address that the files lie at. The operator has to verify it in TikTok’s developer portal.",
        ),
        "privacy_level_option_mismatch" => rejected(
            "The account no longer offers the chosen privacy. Choose who can see the post again, then schedule it.",
        ),
        "invalid_file_upload" => rejected(
            "TikTok does not take this file. Export the video as MP4 with H.264 and upload it again.",
        ),
        "app_version_check_failed" => rejected(
            "The TikTok app on the account’s phone is too old for this. Update it to 31.8 or later and try again.",
        ),
        "token_not_authorized_for_specified_publish_id" => rejected(
            "TikTok says that this upload belongs to another account. Please report this as a fault of AutoPost.",
        ),
        _ => return None,
    })
}

const BANNED: &str =
    "TikTok has banned this account from posting. Open TikTok’s own app with it to see why.";
const SPAM: &str = "TikTok’s spam protection refused this post. Check the account and the video in TikTok’s own app.";

fn access_ended() -> PlatformError {
    PlatformError::new(
        ErrorKind::RefreshToken,
        "TikTok no longer accepts the access token. AutoPost renews it and goes on.",
    )
}

fn internal() -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "TikTok has a fault of its own. AutoPost kept its place and tries again.",
    )
}

fn too_fast() -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryLater,
        "TikTok asked AutoPost to slow down. It goes on in about a minute.",
    )
    .after(RATE_WINDOW)
}

/// No answer, or one that broke off.
pub(super) fn network_error(error: &reqwest::Error) -> PlatformError {
    unreachable(fault(error))
}

/// No answer: what happened to the request is in `fault`.
pub(super) fn unreachable(fault: &str) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "TikTok did not answer. AutoPost kept its place and tries again.",
    )
    .with_words(fault)
}

/// A part of the video that was not taken. `None` for the statuses that take it.
pub(super) fn refused_part(status: u16) -> Option<PlatformError> {
    let again = |sentence: &str| PlatformError::new(ErrorKind::RetryNow, sentence).restarting();
    let error = match status {
        200 | 201 | 206 => return None,
        400 => PlatformError::new(
            ErrorKind::Rejected,
            "TikTok says that a part of the video arrived damaged. Please report this as a fault of AutoPost.",
        ),
        403 => again(
            "TikTok’s address for this upload ended before the last part was sent. AutoPost starts the upload again.",
        ),
        404 => again("TikTok no longer knows this upload. AutoPost starts it again."),
        416 => again("TikTok has lost its place in this upload. AutoPost starts it again."),
        429 => too_fast(),
        408 | 500.. => internal(),
        other => PlatformError::new(
            ErrorKind::Rejected,
            format!(
                "TikTok did not take a part of the video (HTTP {other}). Please report this as a fault of AutoPost."
            ),
        ),
    };
    Some(error.with_words(format!("{status} on upload")))
}

fn coded(error: PlatformError, code: &str) -> PlatformError {
    if code.is_empty() {
        error
    } else {
        error.with_code(code)
    }
}

#[cfg(test)]
mod tests;
