//! Files. They come in by raw routes below `/clients/{client}/uploads`, which speak tus; what those answer with is
//! here.

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
    /// The description that a post starts with when it takes the file.
    #[serde(default)]
    pub alt: String,
    /// Where its poster frame is; `None` once its files are gone.
    pub poster_url: Option<String>,
    /// Where the file itself is; `None` once its files are gone.
    pub file_url: Option<String>,
    /// What it was made from, if AutoPost made it.
    #[serde(default)]
    pub made_from: Option<MadeFrom>,
}

/// What a copy was made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MadeFrom {
    /// The original, as long as it is known.
    pub asset: Option<AssetId>,
    /// What it was called.
    pub file_name: String,
    /// "for TikTok", "cropped to 9:16".
    pub how: String,
}

impl MadeFrom {
    /// "Made from clip.mov for TikTok".
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("Made from {} {}", self.file_name, self.how)
    }
}

impl AssetData {
    /// Where the frame of a video at a moment is, in milliseconds; nothing where it is not that long, as for a moment
    /// after another video has taken its place.
    #[must_use]
    pub fn frame_url(&self, at_ms: u32) -> Option<String> {
        let (poster, video) = (self.poster_url.as_ref()?, self.facts.video()?);
        (u64::from(at_ms) <= video.duration_ms).then(|| format!("{poster}?at={at_ms}"))
    }

    /// The picture that stands for the file where a platform shows this moment of a video.
    #[must_use]
    pub fn cover_url(&self, cover: Option<u32>) -> Option<String> {
        cover
            .and_then(|at_ms| self.frame_url(at_ms))
            .or_else(|| self.poster_url.clone())
    }

    /// Where frames of a video are beside each other.
    #[must_use]
    pub fn strip_url(&self) -> Option<String> {
        let folder = self.poster_url.as_ref()?.strip_suffix("poster")?;
        Some(format!("{folder}strip"))
    }
}

/// What the routes for uploads answer when something is not as it should be.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UploadRefused {
    /// One sentence.
    pub error: String,
}
