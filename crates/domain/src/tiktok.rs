//! TikTok's own words, from its Content Posting API and its Content Sharing Guidelines. Its limits are
//! [`crate::rules::TIKTOK`].

use serde::{Deserialize, Serialize};

/// The largest video in bytes. TikTok says 4 GB; the smaller reading is meant.
pub const VIDEO_BYTES: u64 = 4_000_000_000;
/// The longest video through the API for any creator, in seconds; each creator's own limit is at most this.
pub const DURATION_SECONDS: u64 = 600;
/// How many drafts an account takes within 24 hours (`spam_risk_too_many_pending_share` beyond).
pub const DRAFTS_A_DAY: u32 = 5;
/// The privacy level that means "only me" (creator_info, `privacy_level_options`).
pub const SELF_ONLY: &str = "SELF_ONLY";

/// Where the music usage confirmation is to be linked (Content Sharing Guidelines).
pub const MUSIC_USAGE_URL: &str =
    "https://www.tiktok.com/legal/page/global/music-usage-confirmation/en";
/// Where the branded content policy is to be linked (Content Sharing Guidelines).
pub const BRANDED_CONTENT_URL: &str = "https://www.tiktok.com/legal/page/global/bc-policy/en";

/// What a person chose in TikTok's panel. Everything starts empty or off, as TikTok requires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TikTokOptions {
    /// One of the creator's current privacy levels; `None` until a person chose.
    pub privacy_level: Option<String>,
    /// People may comment.
    pub allow_comment: bool,
    /// People may make duets.
    pub allow_duet: bool,
    /// People may stitch.
    pub allow_stitch: bool,
    /// The disclosure switch.
    pub disclose: bool,
    /// "Your brand": promotes the creator's own business. Counts only while `disclose` is on.
    pub your_brand: bool,
    /// "Branded content": a paid partnership with a third party. Counts only while `disclose` is on.
    pub branded_content: bool,
    /// Label it as made with AI.
    pub ai_generated: bool,
    /// The title of pictures; a video has none beside its caption.
    pub title: String,
    /// Which of the pictures is the cover, from 0.
    pub cover_index: u32,
    /// TikTok may add music to pictures.
    pub auto_add_music: bool,
    /// Goes to TikTok's inbox, to be finished in the app, instead of to the profile.
    pub as_draft: bool,
}

impl TikTokOptions {
    /// Whether the video is disclosed as the creator's own promotion.
    #[must_use]
    pub const fn is_your_brand(&self) -> bool {
        self.disclose && self.your_brand
    }

    /// Whether the video is disclosed as a paid partnership.
    #[must_use]
    pub const fn is_branded_content(&self) -> bool {
        self.disclose && self.branded_content
    }
}

/// What TikTok says about a creator at this moment (`creator_info/query`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CreatorInfo {
    /// The name to be shown beside the panel.
    pub nickname: String,
    /// The handle, without `@`.
    pub username: String,
    /// The privacy levels that can be chosen now.
    pub privacy_level_options: Vec<String>,
    /// Comments are switched off in the account.
    pub comment_disabled: bool,
    /// Duets are switched off in the account.
    pub duet_disabled: bool,
    /// Stitches are switched off in the account.
    pub stitch_disabled: bool,
    /// The longest video of this creator, in seconds.
    pub max_video_post_duration_sec: u64,
}

/// What a privacy level is called in TikTok's own app.
#[must_use]
pub fn privacy_label(level: &str) -> &str {
    match level {
        "PUBLIC_TO_EVERYONE" => "Everyone",
        "MUTUAL_FOLLOW_FRIENDS" => "Friends",
        "FOLLOWER_OF_CREATOR" => "Followers",
        SELF_ONLY => "Only you",
        other => other,
    }
}
