//! A linked social account, as far as rules go.

use serde::{Deserialize, Serialize};

use crate::Platform;
use crate::tiktok::CreatorInfo;

/// Whether an account can be used, and why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccountStatus {
    /// The platform accepts our tokens.
    Working,
    /// The platform refused our tokens: a person has to connect it again.
    NeedsReconnecting,
    /// Purged on request; only its history is left.
    Disconnected,
}

impl AccountStatus {
    /// The word used in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Working => "working",
            Self::NeedsReconnecting => "needs_reconnecting",
            Self::Disconnected => "disconnected",
        }
    }
}

/// The word names no status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a status of an account.")]
pub struct UnknownStatus(pub String);

impl TryFrom<String> for AccountStatus {
    type Error = UnknownStatus;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        [Self::Working, Self::NeedsReconnecting, Self::Disconnected]
            .into_iter()
            .find(|status| status.as_str() == text)
            .ok_or(UnknownStatus(text))
    }
}

/// What a platform says about an account at this moment, as far as rules depend on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "lowercase")]
pub enum AccountFacts {
    /// TikTok's word on the creator.
    TikTok(CreatorInfo),
    /// Bluesky allows every working account the same.
    Bluesky,
}

impl AccountFacts {
    /// The platform that said so.
    #[must_use]
    pub const fn platform(&self) -> Platform {
        match self {
            Self::TikTok(_) => Platform::TikTok,
            Self::Bluesky => Platform::Bluesky,
        }
    }

    /// TikTok's word, if it is TikTok's.
    #[must_use]
    pub const fn tiktok(&self) -> Option<&CreatorInfo> {
        match self {
            Self::TikTok(creator) => Some(creator),
            Self::Bluesky => None,
        }
    }
}
