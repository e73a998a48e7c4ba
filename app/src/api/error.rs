//! What a server function answers instead of a result.

use domain::rules::Finding;
use serde::{Deserialize, Serialize};
use server_fn::codec::JsonEncoding;
use server_fn::error::{FromServerFnError, ServerFnErrorErr};

/// Why it was not done. `Display` is a sentence for people; without WASM it can end up in an address,
/// so it never holds a secret.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, thiserror::Error)]
pub enum ApiError {
    /// Nobody is signed in, or not any more.
    #[error(
        "You are signed out. Sign in again; nothing you wrote is lost while this page stays open."
    )]
    SignedOut,
    /// It does not exist, or not for this person.
    #[error("{0}")]
    NotFound(String),
    /// Signed in, but not allowed.
    #[error("{0}")]
    Forbidden(String),
    /// The input will not do.
    #[error("{0}")]
    Invalid(String),
    /// The post breaks rules.
    #[error("{sentence}")]
    Findings {
        /// The first that blocks.
        sentence: String,
        /// All that block; [`Packed::read`] them where they are shown.
        findings: Packed,
    },
    /// It cannot be done in the present state.
    #[error("{0}")]
    Conflict(String),
    /// Somebody else has saved the same meanwhile.
    #[error("{sentence}")]
    Overtaken {
        /// Who and when.
        sentence: String,
        /// The revision that there is now.
        revision: i64,
    },
    /// A platform said no, or nothing.
    #[error("{0}")]
    Platform(String),
    /// Our own trouble.
    #[error("{0}")]
    Internal(String),
    /// The server did not answer, or not as expected.
    #[error(
        "AutoPost did not answer. Check your connection and try again; nothing you wrote is lost."
    )]
    Unreachable,
}

/// Findings as JSON within JSON. Every page knows this error, and few show findings: so only those hold the code
/// that reads them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Packed(String);

impl Packed {
    /// Packs findings.
    #[cfg(feature = "ssr")]
    #[must_use]
    pub fn new(findings: &[Finding]) -> Self {
        // Plain data, whose keys are texts: it cannot fail, and the sentence says the first of them anyway.
        Self(serde_json::to_string(findings).unwrap_or_default())
    }

    /// The findings; none where another version has written them.
    #[must_use]
    pub fn read(&self) -> Vec<Finding> {
        serde_json::from_slice(self.0.as_bytes()).unwrap_or_default()
    }
}

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}
