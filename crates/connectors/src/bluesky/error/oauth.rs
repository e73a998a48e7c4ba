//! The refusals of an authorization server.

use super::{OPERATOR, Refusal, internal, sentence, shortened};
use crate::{ErrorKind, PlatformError};

/// What was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Asked {
    /// To begin a consent.
    Consent,
    /// Tokens for a code.
    Code,
    /// New tokens.
    Refresh,
    /// To end the access.
    Revoke,
}

impl Refusal {
    /// What it means when an authorization server says so.
    pub fn oauth_error(&self, asked: Asked) -> PlatformError {
        let rejected = |sentence: &str| PlatformError::new(ErrorKind::Rejected, sentence);
        let error = match (self.name.as_str(), asked) {
            ("invalid_grant" | "access_denied", Asked::Refresh) => PlatformError::new(
                ErrorKind::Reauthorise,
                "Bluesky has ended AutoPost’s access to this account. Connect it again.",
            ),
            ("invalid_grant", _) => rejected(
                "This answer from Bluesky was used already or is too old. Connect the account again.",
            ),
            ("access_denied", _) => rejected(
                "Bluesky did not grant access. Connect the account again and accept what is asked.",
            ),
            // Not the account's fault, so it stays connected; it is tried again until the operator has
            // mended it.
            (
                "invalid_client" | "invalid_client_metadata" | "unauthorized_client"
                | "invalid_redirect_uri",
                _,
            ) => PlatformError::new(
                if asked == Asked::Refresh {
                    ErrorKind::RetryLater
                } else {
                    ErrorKind::Rejected
                },
                "Bluesky’s server does not accept AutoPost as a client. The operator has to make sure that AutoPost’s public address is right and can be reached from outside.",
            )
            .after(OPERATOR),
            ("invalid_dpop_proof" | "use_dpop_nonce" | "invalid_token", _) => {
                // The sentence about the clock, or about a hiccup; never "renew the token" while doing so.
                let error = self.known().filter(|_| self.name != "invalid_token");
                error.unwrap_or_else(internal)
            }
            ("server_error" | "temporarily_unavailable", _) => internal(),
            ("", _) => self.unknown_of_oauth(asked),
            (name, _) if self.status < 500 && self.status != 429 => rejected(&format!(
                "Bluesky refused to connect the account ({}): {}",
                shortened(name),
                sentence(&self.message)
            )),
            _ => self.unknown_of_oauth(asked),
        };
        error.with_code_if(&self.name).with_words(self.words())
    }

    fn unknown_of_oauth(&self, asked: Asked) -> PlatformError {
        let mut error = self.unknown();
        // What has no name is not taken for the end of an access.
        if error.kind == ErrorKind::RefreshToken
            || (asked == Asked::Refresh && error.kind == ErrorKind::Rejected)
        {
            error = internal();
        }
        error
    }

    /// What it means when the session of an app password is renewed or ended.
    pub fn renewal_error(&self) -> PlatformError {
        let error = self.error();
        if error.kind == ErrorKind::RefreshToken {
            return PlatformError {
                kind: ErrorKind::Reauthorise,
                message: "Bluesky has ended this session, for example because the app password was removed. Connect the account again with a new app password."
                    .to_owned(),
                ..error
            };
        }
        error
    }
}
