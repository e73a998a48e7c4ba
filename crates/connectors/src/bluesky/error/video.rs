//! The refusals of the video service.

use std::time::Duration;

use super::{Refusal, internal, sentence, shortened};
use crate::{ErrorKind, PlatformError};

/// How long a limit of a day is waited out.
const DAY: Duration = Duration::from_secs(24 * 3600);
/// How long a busy service is left alone.
const BUSY: Duration = Duration::from_secs(5 * 60);

impl Refusal {
    /// What it means when the video service says so; `restart` says that the upload is gone.
    pub fn video_error(&self) -> PlatformError {
        let again = |sentence: &str| PlatformError::new(ErrorKind::RetryNow, sentence).restarting();
        let error = match self.name.as_str() {
            "DailyLimitExceeded" => no_more_today(""),
            "TooManyOpenUploads" | "ServiceOverloaded" => PlatformError::new(
                ErrorKind::RetryLater,
                "Bluesky’s video service is busy. AutoPost tries again in a few minutes.",
            )
            .after(self.retry_after.unwrap_or(BUSY)),
            "UploadExpired" | "UploadNotFound" => {
                again("Bluesky’s video service has lost the upload. AutoPost starts it again.")
            }
            "UploadForbidden" => PlatformError::new(
                ErrorKind::Rejected,
                "Bluesky does not let this account post videos. Open Bluesky with it: often its email address has to be confirmed first.",
            ),
            // The token for the service is made anew for every upload.
            "ExpiredToken"
            | "InvalidToken"
            | "AuthMissing"
            | "AuthenticationRequired"
            | "BadJwt"
            | "JwtExpired" => internal(),
            _ if self.status == 401 => internal(),
            _ => return self.error(),
        };
        error.with_code_if(&self.name).with_words(self.words())
    }
}

/// The account may post no more videos today; the service's own words, where it has any.
pub(in super::super) fn no_more_today(words: &str) -> PlatformError {
    let error = PlatformError::new(
        ErrorKind::RetryLater,
        "This account has reached Bluesky’s limit of videos for today. AutoPost tries again in 24 hours.",
    )
    .after(DAY)
    .with_code("DailyLimitExceeded");
    if words.trim().is_empty() {
        error
    } else {
        error.with_words(shortened(words))
    }
}

/// The service's reason for not preparing a video; `restart` says that sending it once more may help.
pub(in super::super) fn failed_job(code: &str, message: &str) -> PlatformError {
    let words = [code, message]
        .into_iter()
        .filter(|part| !part.trim().is_empty())
        .collect::<Vec<_>>()
        .join(": ");
    let error = match code {
        "pds_upload_unsupported_blob_size" => PlatformError::new(
            ErrorKind::Rejected,
            "The account’s server does not take a video of this size. Export it smaller and upload it again.",
        ),
        "encoding_failure" | "generic_failure" | "pds_upload_failure" => PlatformError::new(
            ErrorKind::RetryNow,
            "Bluesky’s video service failed with this video. AutoPost sends it once more.",
        )
        .restarting(),
        // `validation_failure`, and what we do not know.
        _ if message.trim().is_empty() => PlatformError::new(
            ErrorKind::Rejected,
            "Bluesky’s video service does not take this video. Export it as MP4 with H.264 and upload it again.",
        ),
        _ => PlatformError::new(
            ErrorKind::Rejected,
            format!(
                "Bluesky’s video service does not take this video: {}",
                sentence(message)
            ),
        ),
    };
    let error = error.with_words(shortened(&words));
    if code.is_empty() {
        error
    } else {
        error.with_code(shortened(code))
    }
}
