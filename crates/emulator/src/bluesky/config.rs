use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::ids;

/// How the stand-in Bluesky behaves. The default has the documented limits and lifetimes.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where a client's `https` origin is really fetched from, such as
    /// `("https://autopost.internal", "http://127.0.0.1:3000")`: nothing here has a name or a certificate.
    pub client_hosts: Vec<(String, String)>,
    /// How long an app-password session's access token lives.
    pub session_ttl: Duration,
    /// How long its refresh token lives.
    pub session_refresh_ttl: Duration,
    /// How long an OAuth access token lives.
    pub access_ttl: Duration,
    /// How long an OAuth refresh token of a public client lives.
    pub public_refresh_ttl: Duration,
    /// How long an OAuth refresh token of a confidential client lives.
    pub confidential_refresh_ttl: Duration,
    /// How long a nonce is good.
    pub nonce_ttl: Duration,
    /// Points of writes within an hour: a creation costs 3, an update 2, a deletion 1.
    pub points_per_hour: u32,
    /// The same within a day.
    pub points_per_day: u32,
    /// Sign-ins of one account within five minutes.
    pub sign_ins: u32,
    /// Sign-ins of one account within a day.
    pub sign_ins_per_day: u32,
    /// Uploaded blobs of one account within a day.
    pub blobs_per_day: u32,
    /// The largest blob that the server takes.
    pub blob_bytes: usize,
    /// The largest picture in a post.
    pub image_bytes: u64,
    /// Videos of one account within a day.
    pub videos_per_day: u32,
    /// How long the video service works on a video.
    pub processing: Duration,
}

impl Default for Config {
    fn default() -> Self {
        const DAY: u64 = 86_400;
        Self {
            client_hosts: Vec::new(),
            session_ttl: Duration::from_secs(2 * 3600),
            session_refresh_ttl: Duration::from_secs(90 * DAY),
            access_ttl: Duration::from_secs(3600),
            public_refresh_ttl: Duration::from_secs(14 * DAY),
            confidential_refresh_ttl: Duration::from_secs(90 * DAY),
            nonce_ttl: Duration::from_secs(180),
            points_per_hour: 5000,
            points_per_day: 35_000,
            sign_ins: 30,
            sign_ins_per_day: 300,
            blobs_per_day: 1000,
            blob_bytes: 50_000_000,
            image_bytes: 2_000_000,
            videos_per_day: 25,
            processing: Duration::from_secs(2),
        }
    }
}

/// An account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its handle, a domain name.
    pub handle: String,
    /// What it is known by for ever.
    pub did: String,
    /// The display name.
    pub display_name: String,
    /// A few words about it.
    pub bio: String,
    /// The one app password that it has made; `None` once it was taken back.
    pub app_password: Option<String>,
    /// Whether it sleeps by its owner's wish.
    pub deactivated: bool,
    /// Whether it was shut by the moderators.
    pub taken_down: bool,
    /// Whether its email address is confirmed, which the video service wants.
    pub email_confirmed: bool,
    /// How many follow it.
    pub followers: u32,
}

impl Account {
    /// An account in good order.
    #[must_use]
    pub fn new(handle: &str, display_name: &str) -> Self {
        Self {
            handle: handle.to_owned(),
            did: ids::did_of(handle),
            display_name: display_name.to_owned(),
            bio: String::new(),
            app_password: Some(ids::app_password_of(handle)),
            deactivated: false,
            taken_down: false,
            email_confirmed: true,
            followers: 0,
        }
    }
}

/// The accounts that a new emulator has.
pub(super) fn default_accounts() -> Vec<Account> {
    vec![
        Account {
            bio: "Small-batch coffee, roasted by the harbour".to_owned(),
            followers: 2_114,
            ..Account::new("kestrelcoffee.bsky.test", "Kestrel Coffee Roasters")
        },
        Account {
            bio: "Bouldering, belays and bad puns".to_owned(),
            followers: 640,
            ..Account::new("northbankclimbing.bsky.test", "Northbank Climbing")
        },
        Account {
            bio: "Wheel-thrown in the attic".to_owned(),
            followers: 88,
            ..Account::new("maribelspottery.test", "Maribel’s Pottery 🏺")
        },
        Account {
            bio: "Second-hand stories".to_owned(),
            taken_down: true,
            ..Account::new("lanternlanebooks.bsky.test", "Lantern Lane Books")
        },
    ]
}
