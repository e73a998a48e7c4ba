//! The errors of the OAuth endpoints.

use std::time::Duration;

use super::{Refusal, internal};
use crate::{ErrorKind, PlatformError};

/// How long an operator's fault holds the work of this platform before it is tried again.
const OPERATOR_PAUSE: Duration = Duration::from_mins(15);

/// What was asked of the OAuth endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::tiktok) enum Grant {
    /// A code for tokens.
    Code,
    /// New tokens for the old.
    Refresh,
    /// The access given back.
    Revoke,
}

/// An error of the OAuth endpoints.
pub(in crate::tiktok) fn oauth_error(grant: Grant, refusal: &Refusal) -> PlatformError {
    let error = match refusal.code.as_str() {
        "invalid_grant" if grant == Grant::Code => PlatformError::new(
            ErrorKind::Reauthorise,
            "TikTok’s permission ran out before it was used. Connect the account again.",
        ),
        "invalid_grant" => PlatformError::new(
            ErrorKind::Reauthorise,
            "TikTok no longer accepts AutoPost’s access to this account. Connect it again.",
        ),
        "access_denied" => PlatformError::new(
            ErrorKind::Rejected,
            "The permission was refused at TikTok. Nothing was connected; try again and agree there.",
        ),
        "invalid_client" | "unauthorized_client" => PlatformError::new(
            ErrorKind::RetryLater,
            "TikTok does not accept AutoPost’s client key or secret. The operator has to correct them; until then nothing goes to TikTok.",
        )
        .after(OPERATOR_PAUSE),
        "invalid_scope" => PlatformError::new(
            ErrorKind::Rejected,
            "AutoPost’s TikTok app is not approved for a permission that it asks for. The operator has to add it in TikTok’s developer portal.",
        ),
        "invalid_request" => PlatformError::new(
            ErrorKind::Rejected,
            "TikTok did not understand AutoPost’s request. The operator should check the redirect address in TikTok’s developer portal.",
        ),
        "unsupported_grant_type" | "unsupported_response_type" => PlatformError::new(
            ErrorKind::Rejected,
            "TikTok did not understand AutoPost’s request. Please report this as a fault of AutoPost.",
        ),
        "server_error" | "temporarily_unavailable" => internal(),
        // Whatever TikTok means by a code that it does not document, a connection is not given up for it.
        _ if grant == Grant::Refresh && refusal.status < 500 && refusal.status != 429 => {
            PlatformError::new(
                ErrorKind::RetryLater,
                "TikTok did not renew the access to this account. AutoPost tries again.",
            )
            .after(OPERATOR_PAUSE)
        }
        _ => {
            let mut error = refusal.error();
            // There is no access token that could be renewed.
            if error.kind == ErrorKind::RefreshToken && grant != Grant::Revoke {
                error.kind = ErrorKind::Rejected;
            }
            return error;
        }
    };
    error
        .with_code(refusal.code.clone())
        .with_words(refusal.words())
}
