//! What lasts from one seed to the next: a desk with its database and emulator, clients with a file each.

use domain::{AccountId, AssetId, ClientId};
use emulator::tiktok::User;
use testing::{Desk, video};

/// So many clients, each with one account.
pub const CLIENTS: usize = 3;

/// A client with what it posts from and to.
pub struct Place {
    /// The client.
    pub client: ClientId,
    /// Its file.
    pub asset: AssetId,
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
        for number in 0..CLIENTS {
            // Where the clocks never change: a seed may run at any time of the year.
            let client = desk
                .services
                .create_client(&desk.owner, &format!("Client {number}"), "Etc/UTC")
                .await
                .expect("a client");
            let asset = desk.upload(client, video()).await.expect("uploaded").id;
            places.push(Place {
                client,
                asset,
                username: format!("simulated{number}"),
                account: None,
            });
        }
        Self { desk, places }
    }

    /// Takes the emulator back to its beginnings.
    pub fn reset(&self) {
        self.desk.emulator.tiktok().reset();
        self.desk.emulator.clear_requests();
    }

    /// Connects the accounts anew.
    pub async fn connect(&mut self) {
        for place in &mut self.places {
            let user = User::new(&place.username, &place.username);
            self.desk.emulator.tiktok().add_user(user);
            place.account = Some(self.desk.connect(place.client, &place.username).await);
        }
    }

    /// Removes it.
    pub async fn remove(self) {
        self.desk.database.remove().await;
    }
}
