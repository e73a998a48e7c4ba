//! A whole desk: services over an own database, with the emulator as TikTok and one clock for both.

use std::convert::Infallible;
use std::sync::Arc;

use bytes::Bytes;
use chrono::{DateTime, Duration, NaiveDateTime, Utc};
use connectors::bluesky::Bluesky;
use connectors::http::HttpClient;
use connectors::tiktok::{PkceMode, TikTok, TikTokConfig};
use connectors::{Connector, Registry};
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, AssetId, ClientId, DeliveryId, DeliveryState, Platform, PostId, Role};
use emulator::Emulator;
use secrecy::SecretString;
use services::accounts::{ConnectFailure, Connected, ConsentReply};
use services::actor::Origin;
use services::assets::uploads::{NewUpload, UploadError};
use services::posts::{Intent, PostInput, Target};
use services::publishing::Publisher;
use services::users::SessionToken;
use services::{Actor, MediaStore, ServiceError, Services, Settings, Vault};
use tempfile::TempDir;
use url::Url;

use crate::{ManualClock, TestDatabase};

/// A public account of the emulator.
pub const KESTREL: &str = "kestrelcoffee";
const PASSWORD: &str = "a long enough password";
pub(crate) const PUBLIC_URL: &str = "https://desk.autopost.test/";

/// A real video that every check lets pass.
#[must_use]
pub fn video() -> Bytes {
    Bytes::from_static(emulator::samples::VIDEO_MP4)
}

/// A whole desk.
pub struct Desk {
    /// The use cases.
    pub services: Services,
    /// The clock of the desk and of the platform.
    pub clock: Arc<ManualClock>,
    /// TikTok.
    pub emulator: Emulator,
    /// A worker.
    pub publisher: Publisher,
    /// The owner, signed in.
    pub owner: Actor,
    /// The owner's session.
    pub session: SessionToken,
    /// The database.
    pub database: TestDatabase,
    /// The data folder.
    pub folder: TempDir,
}

impl Desk {
    /// Starts one at noon of 14 October 2026 UTC, with an owner who is signed in.
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts one with an emulator set up in another way.
    pub async fn start_with(change: impl FnOnce(&mut emulator::tiktok::Config)) -> Self {
        Self::start_beside(PUBLIC_URL, change, Vec::new()).await
    }

    /// Starts one at another public address, with further platforms beside the emulator’s. The emulator
    /// sends people back to its usual address only, which has https.
    pub async fn start_beside(
        public_url: &str,
        change: impl FnOnce(&mut emulator::tiktok::Config),
        further: Vec<Arc<dyn Connector>>,
    ) -> Self {
        let noon = DateTime::from_timestamp(1_791_979_200, 0).expect("noon");
        let clock = Arc::new(ManualClock::at(noon));
        let emulator_clock = emulator::Clock::frozen_at(noon);
        let mut config = emulator::Config {
            clock: emulator_clock,
            ..emulator::Config::default()
        };
        config.tiktok.redirect_uris = vec![format!("{PUBLIC_URL}oauth/tiktok/callback")];
        change(&mut config.tiktok);
        let emulator = Emulator::start(config).await.expect("the emulator");
        let database = TestDatabase::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let mut connectors = further;
        connectors.push(tiktok(&emulator));
        let has_bluesky =
            |connector: &Arc<dyn Connector>| connector.platform() == Platform::Bluesky;
        if !connectors.iter().any(has_bluesky) {
            connectors.push(bluesky(&emulator));
        }
        let services = services(
            public_url,
            connectors,
            &database,
            &folder,
            Arc::clone(&clock),
        )
        .await;
        services
            .add_user(
                "owner@agency.test",
                "Olive Owner",
                Role::Owner,
                PASSWORD.into(),
            )
            .await
            .expect("an owner");
        let (session, owner) = services
            .sign_in("owner@agency.test", PASSWORD.into(), Origin::default())
            .await
            .expect("signed in");
        let publisher = Publisher::new(services.clone(), "worker-1", 8);
        Self {
            services,
            clock,
            emulator,
            publisher,
            owner,
            session,
            database,
            folder,
        }
    }

    /// The owner's password.
    #[must_use]
    pub fn password() -> SecretString {
        PASSWORD.into()
    }

    /// Turns the clock of the desk and of the platform.
    pub fn advance(&self, by: Duration) {
        self.clock.advance(by);
        self.emulator.advance(by.to_std().expect("forward"));
    }

    /// Another worker on the same database, as after a crash of the first.
    #[must_use]
    pub fn another_worker(&self, name: &str) -> Publisher {
        Publisher::new(self.services.clone(), name, 8)
    }

    /// Lets every delivery rest that still waits for something, so that what comes next is alone.
    pub async fn forget_queue(&self) {
        diesel_async::SimpleAsyncConnection::batch_execute(
            &mut self.database.connect().await,
            "UPDATE deliveries SET next_step_at = NULL, held = NULL, lease_owner = NULL, lease_until = NULL,
                                   preflight_at = NULL, fence = fence + 1",
        )
        .await
        .expect("an empty queue");
    }

    /// Adds a client in London.
    pub async fn client(&self, name: &str) -> ClientId {
        self.services
            .create_client(&self.owner, name, "Europe/London")
            .await
            .expect("a client")
    }

    /// Goes through the consent page as a person would.
    pub async fn consent(
        &self,
        client: ClientId,
        username: &str,
        scopes: Option<&[&str]>,
        decision: &str,
    ) -> Result<Connected, ConnectFailure> {
        let reply = self.consent_reply(client, username, scopes, decision).await;
        self.services
            .finish_connect(&self.owner, &self.session, domain::Platform::TikTok, reply)
            .await
    }

    /// What the consent page sends the browser back with.
    pub async fn consent_reply(
        &self,
        client: ClientId,
        username: &str,
        scopes: Option<&[&str]>,
        decision: &str,
    ) -> ConsentReply {
        let platform = domain::Platform::TikTok;
        let address = self
            .services
            .begin_connect(&self.owner, &self.session, client, platform, None)
            .await
            .expect("a consent page");
        self.agree_at(address, username, scopes, decision).await
    }

    /// Decides on a consent page as a person would: what it sends the browser back with.
    pub async fn agree_at(
        &self,
        address: Url,
        username: &str,
        scopes: Option<&[&str]>,
        decision: &str,
    ) -> ConsentReply {
        let asked = address
            .query_pairs()
            .find(|(name, _)| name == "scope")
            .expect("scopes")
            .1
            .into_owned();
        let mut form = vec![
            ("account", username.to_owned()),
            ("decision", decision.to_owned()),
        ];
        match scopes {
            Some(scopes) => form.extend(scopes.iter().map(|scope| ("scope", (*scope).to_owned()))),
            None => form.extend(asked.split(',').map(|scope| ("scope", scope.to_owned()))),
        }
        let browser = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .expect("a browser");
        let answer = browser
            .post(address)
            .form(&form)
            .send()
            .await
            .expect("an answer");
        let location = answer
            .headers()
            .get("location")
            .expect("a redirect")
            .to_str()
            .expect("text");
        let back = Url::parse(location).expect("an address");
        assert!(back.as_str().starts_with(PUBLIC_URL), "sent to {back}");
        let get = |name: &str| {
            back.query_pairs()
                .find(|(key, _)| key == name)
                .map(|(_, value)| value.into_owned())
        };
        ConsentReply {
            code: get("code"),
            state: get("state"),
            iss: get("iss"),
            error: get("error"),
        }
    }

    /// Connects an account of the emulator.
    pub async fn connect(&self, client: ClientId, username: &str) -> AccountId {
        self.consent(client, username, None, "allow")
            .await
            .expect("connected")
            .account
    }

    /// Connects an account of the emulator's Bluesky by its app password.
    pub async fn connect_bluesky(&self, client: ClientId, handle: &str) -> AccountId {
        let account = self.emulator.bluesky().account(handle);
        let password = account
            .and_then(|account| account.app_password)
            .expect("an app password");
        self.services
            .connect_by_password(
                &self.owner,
                client,
                Platform::Bluesky,
                handle,
                password.into(),
            )
            .await
            .expect("connected")
            .account
    }

    /// Uploads bytes.
    pub async fn upload(
        &self,
        client: ClientId,
        bytes: Bytes,
    ) -> services::ServiceResult<services::assets::AssetView> {
        let new = NewUpload {
            file_name: "clip.mp4",
            bytes: bytes.len() as u64,
            sha256: None,
        };
        let upload = self.services.begin_upload(&self.owner, client, new).await?;
        let chunks: Vec<Result<Bytes, Infallible>> = bytes
            .chunks(64 * 1024)
            .map(|chunk| Ok(Bytes::copy_from_slice(chunk)))
            .collect();
        let body = futures::stream::iter(chunks);
        self.services
            .append_to_upload(&self.owner, client, upload.id, 0, None, body)
            .await
            .map_err(as_service_error)?;
        self.services
            .finish_upload(&self.owner, client, upload.id, None)
            .await
            .map_err(as_service_error)
    }

    /// What a person would write for this account, an hour and a half from now on London's wall.
    #[must_use]
    pub fn input(&self, account: AccountId, asset: AssetId, caption: &str) -> PostInput {
        let options = TikTokOptions {
            privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
            ..TikTokOptions::default()
        };
        PostInput {
            id: None,
            caption: caption.to_owned(),
            assets: vec![(asset, String::new())],
            targets: vec![Target {
                account,
                caption: None,
                options: PlatformOptions::TikTok(options),
            }],
            local_time: local("2026-10-14T14:30"),
            which: None,
            revision: None,
            composer: None,
        }
    }

    /// A client with an account and a post that is due in an hour and a half.
    pub async fn scheduled(&self, caption: &str) -> (ClientId, AccountId, PostId) {
        let client = self.client("Kestrel Coffee").await;
        let account = self.connect(client, KESTREL).await;
        let asset = self.upload(client, video()).await.expect("uploaded").id;
        let post = self
            .services
            .save_post(
                &self.owner,
                client,
                self.input(account, asset, caption),
                Intent::Schedule,
            )
            .await
            .expect("scheduled");
        (client, account, post)
    }

    /// Ticks, and turns the clock between ticks, until nothing is to be looked at within the next hours
    /// or so many ticks have passed.
    pub async fn run_until_quiet(&self, ticks: usize) {
        for _ in 0..ticks {
            let mut conn = self.services.conn().await.expect("a connection");
            let Some(next) = db::delivery_queue::next_due(&mut conn, DateTime::UNIX_EPOCH)
                .await
                .expect("the queue")
            else {
                return;
            };
            drop(conn);
            let wait = (next - services::Clock::now(self.clock.as_ref())).max(Duration::zero());
            self.advance(wait + Duration::milliseconds(1));
            self.publisher.tick_and_settle().await.expect("a tick");
        }
    }

    /// The only delivery of a post: its id and state.
    pub async fn delivery(&self, client: ClientId, post: PostId) -> (DeliveryId, DeliveryState) {
        let full = self
            .services
            .post(&self.owner, client, post)
            .await
            .expect("the post");
        let (delivery, _) = full.deliveries.first().expect("a delivery");
        (delivery.id, delivery.state)
    }

    /// The titles of a delivery's history, oldest first.
    pub async fn titles(&self, client: ClientId, delivery: DeliveryId) -> Vec<String> {
        let history = self
            .services
            .delivery_history(&self.owner, client, delivery)
            .await
            .expect("the history");
        history
            .events
            .into_iter()
            .map(|event| event.title)
            .collect()
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        services::Clock::now(self.clock.as_ref())
    }
}

/// A time on the wall.
fn local(text: &str) -> NaiveDateTime {
    domain::time::parse_local(text).expect("a time on the wall")
}

fn tiktok(emulator: &Emulator) -> Arc<dyn Connector> {
    let tiktok = emulator.tiktok();
    let config = TikTokConfig {
        client_key: tiktok.config().client_key,
        client_secret: SecretString::from(tiktok.config().client_secret),
        authorize_url: Url::parse(&tiktok.authorize_url()).expect("an address"),
        api_url: Url::parse(&tiktok.api_base()).expect("an address"),
        pkce: PkceMode::None,
    };
    Arc::new(TikTok::new(config, HttpClient::new().expect("a client")))
}

fn bluesky(emulator: &Emulator) -> Arc<dyn Connector> {
    let bluesky = emulator.bluesky();
    let at = |address: String| Url::parse(&address).expect("an address");
    let config = connectors::bluesky::Config {
        public_url: at(PUBLIC_URL.to_owned()),
        signing_key: connectors::bluesky::generate_signing_key().expect("a key"),
        resolver_url: at(bluesky.url()),
        directory_url: at(bluesky.plc_url()),
        app_view_url: at(bluesky.url()),
        video: None,
        site_url: at(bluesky.web_url()),
        development_hosts: vec![bluesky.url().replace("http://", "")],
    };
    Arc::new(Bluesky::new(config).expect("a connector"))
}

async fn services(
    public_url: &str,
    connectors: Vec<Arc<dyn Connector>>,
    database: &TestDatabase,
    folder: &TempDir,
    clock: Arc<ManualClock>,
) -> Services {
    let settings = Settings {
        public_url: Url::parse(public_url).expect("an address"),
        media_retention_days: 30,
        max_upload_bytes: 50_000_000,
        digest_seconds: 60,
    };
    Services::new(
        // One connection: a use case that holds one while it waits for another would wait for itself here, as
        // a pool's worth of them would for each other.
        db::pool(&database.application_url(), 1).expect("a pool"),
        Vault::parse(&services::vault::generate_key()).expect("a key"),
        MediaStore::open(folder.path().join("media"))
            .await
            .expect("a media folder"),
        clock,
        Registry::new(connectors),
        settings,
    )
}

fn as_service_error(error: UploadError) -> ServiceError {
    match error {
        UploadError::Service(error) => error,
        other => ServiceError::internal(other),
    }
}
