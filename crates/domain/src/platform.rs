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
