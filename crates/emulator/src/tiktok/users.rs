use serde::{Deserialize, Serialize};

/// A fake account. Editing it takes effect at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct User {
    /// The handle, without `@`.
    pub username: String,
    /// The nickname that people see.
    pub display_name: String,
    /// The account's id within the app.
    pub open_id: String,
    /// The account's id across one developer's apps.
    pub union_id: String,
    /// What the profile says.
    pub bio: String,
    /// Whether it has the verified badge.
    pub verified: bool,
    /// A private account has other privacy options, and no duets or stitches.
    pub private: bool,
    /// A banned account may connect but not post.
    pub banned: bool,
    /// The account lets nobody comment.
    pub comment_disabled: bool,
    /// The account lets nobody duet.
    pub duet_disabled: bool,
    /// The account lets nobody stitch.
    pub stitch_disabled: bool,
    /// The longest video that the account may post.
    pub max_video_post_duration_sec: u32,
    /// The version of TikTok's own app on the person's phone; photo drafts
    /// need 31.8.
    pub app_version: String,
    /// Posts made through other apps in the last 24 hours: they count towards
    /// the daily cap.
    pub posts_elsewhere: usize,
    /// Followers.
    pub follower_count: i64,
    /// Accounts followed.
    pub following_count: i64,
    /// Likes received.
    pub likes_count: i64,
}

impl User {
    /// A public account without restrictions.
    #[must_use]
    pub fn new(username: &str, display_name: &str) -> Self {
        Self {
            username: username.to_owned(),
            display_name: display_name.to_owned(),
            open_id: format!("-000{username}OpenId"),
            union_id: format!("union-{username}"),
            bio: String::new(),
            verified: false,
            private: false,
            banned: false,
            comment_disabled: false,
            duet_disabled: false,
            stitch_disabled: false,
            max_video_post_duration_sec: 600,
            app_version: "40.2.0".to_owned(),
            posts_elsewhere: 0,
            follower_count: 0,
            following_count: 0,
            likes_count: 0,
        }
    }

    /// What is unusual about it, in a few words each.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![if self.private { "private" } else { "public" }.to_owned()];
        if self.banned {
            notes.push("banned from posting".to_owned());
        }
        for (off, what) in [
            (self.comment_disabled, "no comments"),
            (self.duet_disabled, "no duets"),
            (self.stitch_disabled, "no stitches"),
        ] {
            if off {
                notes.push(what.to_owned());
            }
        }
        notes.push(format!(
            "videos up to {} s",
            self.max_video_post_duration_sec
        ));
        if !self.takes_photo_drafts() {
            notes.push(format!("app version {}", self.app_version));
        }
        notes
    }

    pub(super) fn privacy_options(&self) -> [&'static str; 3] {
        if self.private {
            ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
        } else {
            ["PUBLIC_TO_EVERYONE", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"]
        }
    }

    pub(super) fn no_duets(&self) -> bool {
        self.private || self.duet_disabled
    }

    pub(super) fn no_stitches(&self) -> bool {
        self.private || self.stitch_disabled
    }

    pub(super) fn takes_photo_drafts(&self) -> bool {
        let mut numbers = self
            .app_version
            .split('.')
            .map(|n| n.parse().unwrap_or(0u32));
        let version = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
        version >= (31, 8)
    }
}

impl Default for User {
    fn default() -> Self {
        Self::new("someone", "Someone")
    }
}

/// The accounts that a new emulator has.
pub(super) fn default_users() -> Vec<User> {
    vec![
        User {
            bio: "Small-batch coffee, roasted by the harbour".to_owned(),
            verified: true,
            follower_count: 48_210,
            following_count: 312,
            likes_count: 903_114,
            ..User::new("kestrelcoffee", "Kestrel Coffee Roasters")
        },
        User {
            bio: "Bouldering, belays and bad puns".to_owned(),
            follower_count: 12_045,
            following_count: 87,
            likes_count: 250_333,
            max_video_post_duration_sec: 300,
            ..User::new("northbankclimbing", "Northbank Climbing")
        },
        User {
            bio: "Wheel-thrown in the attic".to_owned(),
            private: true,
            follower_count: 640,
            following_count: 201,
            likes_count: 7_802,
            max_video_post_duration_sec: 180,
            ..User::new("maribelspottery", "Maribel’s Pottery 🏺")
        },
        User {
            bio: "We fix what the salt air breaks".to_owned(),
            duet_disabled: true,
            max_video_post_duration_sec: 60,
            follower_count: 3_377,
            following_count: 45,
            likes_count: 19_950,
            ..User::new("tidewaterbikes", "Tidewater Bike Workshop")
        },
        User {
            bio: "Second-hand stories".to_owned(),
            banned: true,
            follower_count: 901,
            following_count: 77,
            likes_count: 4_020,
            ..User::new("lanternlanebooks", "Lantern Lane Books")
        },
        User {
            bio: "Bread on Thursdays, phone from 2019".to_owned(),
            comment_disabled: true,
            stitch_disabled: true,
            app_version: "30.4.2".to_owned(),
            follower_count: 5_518,
            following_count: 130,
            likes_count: 61_407,
            ..User::new("saltandspruce", "Salt & Spruce Bakery")
        },
    ]
}
