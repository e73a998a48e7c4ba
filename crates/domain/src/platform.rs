//! The platforms that AutoPost publishes to.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A platform. A new one starts as a variant here, and the compiler names every other place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// TikTok, by Login Kit and the Content Posting API.
    TikTok,
    /// Bluesky, or any other server of the AT Protocol.
    Bluesky,
}

impl Platform {
    /// Every platform, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::TikTok, Self::Bluesky];

    /// The word used in addresses, in the database and in CSS classes.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TikTok => "tiktok",
            Self::Bluesky => "bluesky",
        }
    }

    /// The name as the platform itself writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::TikTok => "TikTok",
            Self::Bluesky => "Bluesky",
        }
    }

    /// The public page of the account with this handle, for people to look at; `None` for what cannot be
    /// a handle.
    #[must_use]
    pub fn profile_address(self, handle: &str) -> Option<String> {
        let is_handle = !handle.is_empty()
            && handle
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
        is_handle.then(|| match self {
            Self::TikTok => format!("https://www.tiktok.com/@{handle}"),
            Self::Bluesky => format!("https://bsky.app/profile/{handle}"),
        })
    }

    /// Whether a post of this platform can have its public page on this host. Bluesky's posts are shown
    /// by any site that likes to.
    #[must_use]
    pub fn is_shown_on(self, host: &str) -> bool {
        match self {
            Self::TikTok => host == "tiktok.com" || host.ends_with(".tiktok.com"),
            Self::Bluesky => true,
        }
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names no platform that AutoPost knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("AutoPost does not know a platform called “{0}”.")]
pub struct UnknownPlatform(pub String);

impl FromStr for Platform {
    type Err = UnknownPlatform;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|platform| platform.as_str() == text)
            .ok_or_else(|| UnknownPlatform(text.to_owned()))
    }
}

impl TryFrom<String> for Platform {
    type Error = UnknownPlatform;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::Platform;

    #[test]
    fn a_profile_has_an_address_unless_the_handle_is_none() {
        assert_eq!(
            Platform::TikTok
                .profile_address("kestrel.coffee_1")
                .as_deref(),
            Some("https://www.tiktok.com/@kestrel.coffee_1")
        );
        assert_eq!(
            Platform::Bluesky
                .profile_address("kestrel.bsky.social")
                .as_deref(),
            Some("https://bsky.app/profile/kestrel.bsky.social")
        );
        assert_eq!(Platform::TikTok.profile_address("a/../b"), None);
        assert_eq!(Platform::TikTok.profile_address(""), None);
    }

    #[test]
    fn a_posts_page_is_on_the_platforms_own_site() {
        for host in ["tiktok.com", "www.tiktok.com", "vm.tiktok.com"] {
            assert!(Platform::TikTok.is_shown_on(host), "{host}");
        }
        for host in ["nottiktok.com", "tiktok.com.elsewhere.test", "localhost"] {
            assert!(!Platform::TikTok.is_shown_on(host), "{host}");
        }
    }
}
