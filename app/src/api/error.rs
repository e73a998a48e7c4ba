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
        /// All that block.
        findings: Vec<Finding>,
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

impl FromServerFnError for ApiError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(_: ServerFnErrorErr) -> Self {
        Self::Unreachable
    }
}
