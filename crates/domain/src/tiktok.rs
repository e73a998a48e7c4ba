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
    /// Which moment of the video is its cover, in milliseconds from its beginning; `None` for its first frame. Left
    /// out of what is stored where nobody chose one, so that what was scheduled before there was a choice stays the
    /// same version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub video_cover_ms: Option<u32>,
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

    /// The moment that TikTok shows of a video before it plays. `None` for a draft: whoever finishes it in the app
    /// chooses it there.
    #[must_use]
    pub const fn video_cover(&self) -> Option<u32> {
        match (self.as_draft, self.video_cover_ms) {
            (true, _) => None,
            (false, Some(at)) => Some(at),
            (false, None) => Some(0),
        }
    }

    /// What a person agreed to and chose by sending it, for the record.
    #[must_use]
    pub fn consent(&self) -> String {
        if self.as_draft {
            // Whoever finishes it in the app agrees and chooses there.
            return "As a draft into TikTok’s inbox.".to_owned();
        }
        let policies = if self.is_branded_content() {
            "Branded Content Policy and Music Usage Confirmation"
        } else {
            "Music Usage Confirmation"
        };
        let level = self
            .privacy_level
            .as_deref()
            .map_or("nobody", privacy_label);
        let allowed = listed(&[
            (self.allow_comment, "Comment"),
            (self.allow_duet, "Duet"),
            (self.allow_stitch, "Stitch"),
        ]);
        let disclosed = listed(&[
            (self.is_your_brand(), "Your brand"),
            (self.is_branded_content(), "Branded content"),
            (self.ai_generated, "made with AI"),
        ]);
        format!(
            "Agreed to TikTok’s {policies}. Visible to “{level}”. Allowed: {allowed}. Disclosed: {disclosed}."
        )
    }
}

/// "Comment, Stitch", or "nothing".
fn listed(choices: &[(bool, &str)]) -> String {
    let chosen: Vec<&str> = choices
        .iter()
        .filter(|(is_on, _)| *is_on)
        .map(|(_, word)| *word)
        .collect();
    if chosen.is_empty() {
        "nothing".to_owned()
    } else {
        chosen.join(", ")
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

#[cfg(test)]
mod tests {
    use super::{SELF_ONLY, TikTokOptions};

    #[test]
    fn what_was_agreed_to_names_the_policies_and_every_choice() {
        let plain = TikTokOptions {
            privacy_level: Some(SELF_ONLY.to_owned()),
            allow_comment: true,
            // Counts only while the disclosure is on.
            branded_content: true,
            ..TikTokOptions::default()
        };
        assert_eq!(
            plain.consent(),
            "Agreed to TikTok’s Music Usage Confirmation. Visible to “Only you”. Allowed: Comment. Disclosed: nothing."
        );
        let branded = TikTokOptions {
            privacy_level: Some("PUBLIC_TO_EVERYONE".to_owned()),
            disclose: true,
            your_brand: true,
            branded_content: true,
            ai_generated: true,
            ..TikTokOptions::default()
        };
        assert_eq!(
            branded.consent(),
            "Agreed to TikTok’s Branded Content Policy and Music Usage Confirmation. Visible to “Everyone”. Allowed: nothing. Disclosed: Your brand, Branded content, made with AI."
        );
        let draft = TikTokOptions {
            as_draft: true,
            ..branded
        };
        assert_eq!(draft.consent(), "As a draft into TikTok’s inbox.");
    }
}
