//! Uploads go to a raw route (`POST /clients/{client}/assets?name=…`, the file as the body); this is
//! what it answers with.

use domain::AssetId;
use domain::media::MediaFacts;
use serde::{Deserialize, Serialize};

/// An uploaded file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AssetData {
    /// Its id.
    pub id: AssetId,
    /// The name it had on the person's disk.
    pub file_name: String,
    /// What the probe found.
    pub facts: MediaFacts,
    /// SHA-256, in hex.
    pub sha256: String,
    /// Where its poster frame is; `None` once its files are gone.
    pub poster_url: Option<String>,
    /// Where the file itself is; `None` once its files are gone.
    pub file_url: Option<String>,
}

/// What the upload route answers when it took nothing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadRefused {
    /// One sentence.
    pub error: String,
}
