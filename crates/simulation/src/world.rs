//! What lasts from one seed to the next: a desk with its database and emulator, clients with a file each.

use bytes::Bytes;
use domain::{AccountId, AssetId, ClientId, Platform};
use emulator::samples::PHOTO_JPEG;
use emulator::tiktok::User;
use testing::{Desk, video};

/// Clients, each with one account: where it is.
pub const PLATFORMS: [Platform; 4] = [
    Platform::TikTok,
    Platform::TikTok,
    Platform::Bluesky,
    Platform::TikTok,
];

/// A client with what it posts from and to.
pub struct Place {
    /// The client.
    pub client: ClientId,
    /// Its file.
    pub asset: AssetId,
    /// Where its account is.
    pub platform: Platform,
    /// The account's name at the platform.
    pub username: String,
    /// The account, once connected.
    pub account: Option<AccountId>,
}

/// A desk to run seeds on.
pub struct World {
    /// The desk.
    pub desk: Desk,
    /// Its clients.
    pub places: Vec<Place>,
}

impl World {
    /// Sets one up.
    pub async fn new() -> Self {
        let desk = Desk::start_with(|tiktok| {
            // What the file is was looked at when it was uploaded.
            tiktok.probe_media = false;
            tiktok.posts_per_day = 1_000_000;
        })
        .await;
        let mut places = Vec::new();
        for (number, platform) in PLATFORMS.into_iter().enumerate() {
            // Where the clocks never change: a seed may run at any time of the year.
            let client = desk
                .services
                .create_client(&desk.owner, &format!("Client {number}"), "Etc/UTC")
                .await
                .expect("a client");
            let (file, username) = match platform {
                Platform::TikTok => (video(), format!("simulated{number}")),
                Platform::Bluesky => (
                    Bytes::from_static(PHOTO_JPEG),
                    format!("simulated{number}.bsky.test"),
                ),
            };
            let asset = desk.upload(client, file).await.expect("uploaded").id;
            places.push(Place {
                client,
                asset,
                platform,
                username,
                account: None,
            });
        }
        Self { desk, places }
    }

    /// Takes the emulator back to its beginnings.
    pub fn reset(&self) {
        self.desk.emulator.tiktok().reset();
        self.desk.emulator.bluesky().reset();
        self.desk.emulator.clear_requests();
    }

    /// Connects the accounts anew.
    pub async fn connect(&mut self) {
        for place in &mut self.places {
            let name = &place.username;
            match place.platform {
                Platform::TikTok => {
                    let user = User::new(name, name);
                    self.desk.emulator.tiktok().add_user(user);
                }
                Platform::Bluesky => {
                    let account = emulator::bluesky::Account::new(name, name);
                    self.desk.emulator.bluesky().add_account(account);
                }
            }
            place.account = Some(link(&self.desk, place).await);
        }
    }

    /// The captions of everything that was posted anywhere.
    pub fn feed(&self) -> Vec<String> {
        let emulator = &self.desk.emulator;
        let tiktok = emulator.tiktok().posts().into_iter();
        let bluesky = emulator.bluesky().posts().into_iter();
        tiktok
            .map(|post| post.details.caption)
            .chain(bluesky.map(|post| post.text))
            .collect()
    }

    /// Removes it.
    pub async fn remove(self) {
        self.desk.database.remove().await;
    }
}

/// Connects a place's account, again or for the first time.
pub async fn link(desk: &Desk, place: &Place) -> AccountId {
    match place.platform {
        Platform::TikTok => desk.connect(place.client, &place.username).await,
        Platform::Bluesky => {
            // A new app password, in place of one that was taken back.
            let fresh = emulator::bluesky::Account::new(&place.username, "").app_password;
            desk.emulator
                .bluesky()
                .edit_account(&place.username, |account| account.app_password = fresh);
            desk.connect_bluesky(place.client, &place.username).await
        }
    }
}
