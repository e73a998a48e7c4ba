//! What is to be said, and the files of it.

use std::sync::Arc;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use domain::DeliveryId;
use domain::media::{Attached, MediaFacts};
use domain::post::PlatformOptions;
use tokio::io::AsyncRead;

/// A file that a connector reads parts of while it uploads.
#[async_trait]
pub trait MediaSource: Send + Sync {
    /// Size in bytes.
    fn len(&self) -> u64;
    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Opens `length` bytes from `start`; the reader ends after them.
    async fn open(
        &self,
        start: u64,
        length: u64,
    ) -> std::io::Result<Box<dyn AsyncRead + Send + Unpin>>;
    /// Where the platform can fetch the whole file for the next two hours at least, without signing in.
    /// Whoever knows it can: never log or show it. `None` where there is no such address.
    fn public_address(&self) -> Option<url::Url> {
        None
    }
}

/// What is to be said on one account.
#[derive(Clone)]
pub struct DeliveryContent {
    /// Which delivery this is; where a platform lets us choose an identity, it is derived from this.
    pub delivery_id: DeliveryId,
    /// The caption for this account.
    pub caption: String,
    /// The platform's own options.
    pub options: PlatformOptions,
    /// When it was to go out.
    pub due_at: DateTime<Utc>,
    /// The files, in order; none for a post of text alone.
    pub media: Vec<MediaItem>,
}

/// A file of a post.
#[derive(Clone)]
pub struct MediaItem {
    /// What the probe found.
    pub facts: MediaFacts,
    /// The description for people who cannot see it; may be empty.
    pub alt: String,
    /// Its bytes.
    pub source: Arc<dyn MediaSource>,
}

impl DeliveryContent {
    /// The files as the rules look at them.
    #[must_use]
    pub fn attached(&self) -> Vec<Attached<'_>> {
        self.media
            .iter()
            .map(|item| Attached {
                facts: &item.facts,
                alt: &item.alt,
            })
            .collect()
    }
}
