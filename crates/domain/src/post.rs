//! What a post carries besides its caption.

use serde::{Deserialize, Serialize};

use crate::Platform;
use crate::bluesky::BlueskyOptions;
use crate::tiktok::TikTokOptions;

/// What one platform wants to know about a delivery. Stored with the delivery as tagged JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "lowercase")]
pub enum PlatformOptions {
    /// TikTok's panel.
    TikTok(TikTokOptions),
    /// Bluesky's few.
    Bluesky(BlueskyOptions),
}

impl PlatformOptions {
    /// What the panel of this platform starts with: nothing chosen on the person's behalf.
    #[must_use]
    pub fn empty(platform: Platform) -> Self {
        match platform {
            Platform::TikTok => Self::TikTok(TikTokOptions::default()),
            Platform::Bluesky => Self::Bluesky(BlueskyOptions::default()),
        }
    }

    /// The same for another post that says the same: what the platform wants a person to decide for each post
    /// anew is open again. TikTok: who sees it, what it allows and what it promotes (Content Sharing Guidelines).
    #[must_use]
    pub fn for_another_post(&self) -> Self {
        match self {
            Self::TikTok(options) => Self::TikTok(TikTokOptions {
                title: options.title.clone(),
                cover_index: options.cover_index,
                video_cover_ms: options.video_cover_ms,
                as_draft: options.as_draft,
                ..TikTokOptions::default()
            }),
            Self::Bluesky(options) => Self::Bluesky(options.clone()),
        }
    }

    /// The moment of a video, in milliseconds, that the platform shows before it plays; `None` where that is not
    /// ours to say.
    #[must_use]
    pub const fn video_cover(&self) -> Option<u32> {
        match self {
            Self::TikTok(options) => options.video_cover(),
            Self::Bluesky(_) => None,
        }
    }

    /// The platform that these options are for.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        match self {
            Self::TikTok(_) => Platform::TikTok,
            Self::Bluesky(_) => Platform::Bluesky,
        }
    }
}

impl TryFrom<serde_json::Value> for PlatformOptions {
    type Error = serde_json::Error;

    fn try_from(value: serde_json::Value) -> Result<Self, Self::Error> {
        serde_json::from_value(value)
    }
}

/// The first line of a caption, shortened to `limit` characters, for lists and titles.
#[must_use]
pub fn caption_title(caption: &str, limit: usize) -> String {
    let line = caption
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or("Untitled post");
    if line.chars().count() <= limit {
        return line.to_owned();
    }
    let kept: String = line.chars().take(limit.saturating_sub(1)).collect();
    format!("{}…", kept.trim_end())
}

#[cfg(test)]
mod tests {
    use super::caption_title;

    #[test]
    fn a_title_is_the_first_line_and_never_empty() {
        assert_eq!(caption_title("\n Flat white \nmore", 40), "Flat white");
        assert_eq!(caption_title("", 40), "Untitled post");
        assert_eq!(caption_title("Grüße aus Köln, heute", 8), "Grüße a…");
    }
}
