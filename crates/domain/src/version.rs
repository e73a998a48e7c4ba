//! The content hash that an approval names and the publisher checks before it sends.

use chrono::{DateTime, Utc};
use sha2::{Digest, Sha256};

use crate::AccountId;
use crate::post::PlatformOptions;

/// Everything that a version stands for. Two posts with the same parts have the same version.
#[derive(Clone, Debug)]
pub struct VersionParts<'a> {
    /// The shared caption.
    pub caption: &'a str,
    /// SHA-256 of each asset with its description, in order.
    pub assets: &'a [(Vec<u8>, &'a str)],
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// Each account with its own caption, if any, and its options; in any order.
    pub deliveries: &'a [(AccountId, Option<&'a str>, &'a PlatformOptions)],
}

/// The version: SHA-256 over a canonical JSON of the parts.
///
/// # Errors
/// When the options cannot be written as JSON, which no options that were read from JSON can cause.
pub fn version_hash(parts: &VersionParts<'_>) -> Result<[u8; 32], serde_json::Error> {
    let mut deliveries: Vec<_> = parts.deliveries.to_vec();
    deliveries.sort_by_key(|(account, ..)| *account);
    // An array of fixed order: object keys could be written in another order by a later library.
    let canonical = serde_json::to_vec(&(
        "autopost-version-2",
        parts.caption,
        parts.assets,
        parts.due_at.timestamp_millis(),
        &deliveries,
    ))?;
    Ok(Sha256::digest(canonical).into())
}
