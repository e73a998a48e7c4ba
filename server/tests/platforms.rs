//! What platforms reach without signing in, over real HTTP: files that they fetch, and what they tell.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use chrono::Duration;
use domain::post::PlatformOptions;
use domain::tiktok::TikTokOptions;
use domain::{AccountId, AssetId, ClientId, DeliveryState};
use emulator::samples::PHOTO_JPEG;
use emulator::tiktok::signature;
use reqwest::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, RANGE};
use reqwest::{Client, Method, Response, StatusCode};
use server::config::Config;
use server::publisher::PublisherHealth;
use server::router::{Web, router};
use services::Settings;
use services::posts::Intent;
use services::publishing::Publisher;
use testing::{Desk, KESTREL};

/// A desk behind a real address, which the emulated TikTok can reach.
struct Site {
    desk: Desk,
    url: String,
    http: Client,
    client: ClientId,
    account: AccountId,
}

impl Site {
    async fn start() -> Self {
        let mut desk = Desk::start_with(|tiktok| tiktok.allow_http_pull = true).await;
        // The consent goes by the address that is registered; the rest by the real one.
        let client = desk.client("Kestrel Coffee").await;
        let account = desk.connect(client, KESTREL).await;
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let known = &desk.services.settings;
        desk.services.settings = Arc::new(Settings {
            public_url: url.parse().expect("an address"),
            ..Settings::clone(known)
        });
        desk.publisher = Publisher::new(desk.services.clone(), "worker-1", 8);
        let tiktok = desk.emulator.tiktok();
        tiktok.verify(&format!("{url}/media/public/"));
        let hook = format!("{url}/webhooks/tiktok")
            .parse()
            .expect("an address");
        tiktok.configure(|config| config.webhook_url = Some(hook));

        let site_root = desk.folder.path().join("site");
        std::fs::create_dir_all(site_root.join("pkg")).expect("a site folder");
        let config = Config {
            addr: "127.0.0.1:0".parse().expect("an address"),
            public_url: url.parse().expect("an address"),
            data_dir: PathBuf::from(desk.folder.path()),
            database_url: None,
            owner_database_url: None,
            keys: None,
            site_root,
            trusted_proxies: Vec::new(),
            media_retention_days: 30,
            max_upload_bytes: 50_000_000,
            copies: services::copies::CopyLimits::default(),
            digest_seconds: 60,
            smtp: None,
            webhook_development_hosts: Vec::new(),
            publisher_slots: 4,
            publisher_lease: std::time::Duration::from_secs(60),
            tiktok: None,
            bluesky: None,
        };
        let health = Arc::new(PublisherHealth::default());
        let web = Web::new(&config, desk.services.clone(), health).expect("a router");
        tokio::spawn(async move { axum::serve(listener, router(web)).await });
        Self {
            desk,
            url,
            http: Client::builder().no_proxy().build().expect("a client"),
            client,
            account,
        }
    }

    async fn picture(&self, bytes: Bytes) -> AssetId {
        self.desk
            .upload(self.client, bytes)
            .await
            .expect("uploaded")
            .id
    }

    async fn send(&self, method: Method, address: &str) -> Response {
        self.http
            .request(method, address)
            .send()
            .await
            .expect("an answer")
    }

    async fn status(&self, path: &str) -> StatusCode {
        let address = format!("{}{path}", self.url);
        self.send(Method::GET, &address).await.status()
    }

    /// A call as TikTok makes it.
    async fn hook(&self, path: &str, signed: Option<String>, body: &str) -> StatusCode {
        let mut request = self
            .http
            .post(format!("{}{path}", self.url))
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_owned());
        if let Some(signed) = signed {
            request = request.header("TikTok-Signature", signed);
        }
        request.send().await.expect("an answer").status()
    }
}

/// Another picture: the same with a comment in it.
fn other_picture() -> Bytes {
    let (start, rest) = PHOTO_JPEG.split_at(2);
    Bytes::from([start, b"\xFF\xFE\x00\x06more", rest].concat())
}

fn header<'a>(answer: &'a Response, name: &reqwest::header::HeaderName) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_post_of_two_pictures_is_fetched_by_tiktok_byte_for_byte() {
    let site = Site::start().await;
    let desk = &site.desk;
    let pictures = [Bytes::from_static(PHOTO_JPEG), other_picture()];
    let first = site.picture(pictures[0].clone()).await;
    let second = site.picture(pictures[1].clone()).await;
    let mut input = desk.input(site.account, first, "What we learnt this week");
    input.assets.push((second, String::new()));
    let options = TikTokOptions {
        privacy_level: Some("PUBLIC_TO_EVERYONE".into()),
        title: "Cup by cup".into(),
        cover_index: 1,
        ..TikTokOptions::default()
    };
    input.targets[0].options = PlatformOptions::TikTok(options);
    let post = desk
        .services
        .save_post(&desk.owner, site.client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(20).await;

    let (delivery, state) = desk.delivery(site.client, post).await;
    let titles = desk.titles(site.client, delivery).await;
    assert_eq!(state, DeliveryState::Published, "{titles:?}");
    let posts = desk.emulator.tiktok().posts();
    assert_eq!(posts.len(), 1);
    assert_eq!(posts[0].details.photo_cover_index, Some(1));
    let feed = format!("{}/tiktok/@{KESTREL}", desk.emulator.url());
    let feed = site
        .send(Method::GET, &feed)
        .await
        .text()
        .await
        .expect("a page");
    assert_eq!(posts[0].media.len(), 2);
    for (fetched, sent) in posts[0].media.iter().zip(&pictures) {
        let shown = site.send(Method::GET, &fetched.url).await;
        assert_eq!(shown.bytes().await.expect("bytes"), sent);
        assert!(feed.contains(&fetched.sha256), "the feed shows it");
    }
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_address_opens_one_file_for_some_hours_and_nothing_else() {
    let site = Site::start().await;
    let desk = &site.desk;
    let asset = site.picture(Bytes::from_static(PHOTO_JPEG)).await;
    let address = desk
        .services
        .public_address(asset)
        .await
        .expect("an address");
    assert!(
        address
            .as_str()
            .starts_with(&format!("{}/media/public/", site.url))
    );

    let whole = site.send(Method::GET, address.as_str()).await;
    assert_eq!(whole.status(), StatusCode::OK);
    assert_eq!(header(&whole, &CONTENT_TYPE), "image/jpeg");
    assert_eq!(header(&whole, &CACHE_CONTROL), "private, no-store");
    assert_eq!(header(&whole, &ACCEPT_RANGES), "bytes");
    assert_eq!(whole.bytes().await.expect("bytes"), PHOTO_JPEG);
    let head = site.send(Method::HEAD, address.as_str()).await;
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(header(&head, &CONTENT_LENGTH), PHOTO_JPEG.len().to_string());
    let part = site.http.get(address.clone()).header(RANGE, "bytes=10-19");
    let part = part.send().await.expect("an answer");
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    assert_eq!(part.bytes().await.expect("bytes"), PHOTO_JPEG[10..20]);

    let token = address.path().rsplit('/').next().expect("a token");
    let mut forged = token.to_owned();
    let last = if forged.pop() == Some('A') { 'B' } else { 'A' };
    forged.push(last);
    for path in [
        format!("/media/public/{forged}x"),
        format!("/media/public/{}", &token[1..]),
        format!("/media/public/{asset}"),
        "/media/public/keys".to_owned(),
        "/media/public/..%2Fassets%2Fkeys.txt".to_owned(),
        "/media/public/keys.txt".to_owned(),
        "/media/public/".to_owned(),
    ] {
        assert_eq!(site.status(&path).await, StatusCode::NOT_FOUND, "{path}");
    }
    assert!(!format!("{:?}", desk.services.media.source(asset).await).contains("public"));

    // What the operator put there to prove to a platform that the prefix is ours.
    let folder = desk.folder.path().join("media/verification");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("tiktokAbc123.txt"), "proof").expect("a file");
    let proof = format!("{}/media/public/tiktokAbc123.txt", site.url);
    let proof = site.send(Method::GET, &proof).await;
    assert_eq!(proof.text().await.expect("text"), "proof");

    desk.advance(Duration::minutes(119));
    let still = site.send(Method::GET, address.as_str()).await;
    assert_eq!(still.status(), StatusCode::OK, "long enough for TikTok");
    desk.advance(Duration::minutes(62));
    let over = site.send(Method::GET, address.as_str()).await;
    assert_eq!(over.status(), StatusCode::NOT_FOUND);

    let fresh = desk
        .services
        .public_address(asset)
        .await
        .expect("an address");
    let mut conn = desk.services.conn().await.expect("a connection");
    db::models::asset::mark_deleted(&mut conn, asset, desk.now())
        .await
        .expect("deleted");
    drop(conn);
    let gone = site.send(Method::GET, fresh.as_str()).await;
    assert_eq!(gone.status(), StatusCode::NOT_FOUND);
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn webhooks_come_in_by_their_signature_alone() {
    let site = Site::start().await;
    let desk = &site.desk;
    let secret = desk.emulator.tiktok().config().client_secret;
    let key = desk.emulator.tiktok().config().client_key;
    let sign = |body: &str| Some(signature(&secret, desk.now().timestamp(), body.as_bytes()));
    let body = |key: &str, time: i64| {
        format!(
            r#"{{"client_key":"{key}","event":"post.publish.complete","create_time":{time},"user_openid":"-000x","content":"{{\"publish_id\":\"v_pub_file~v2.1\"}}"}}"#
        )
    };
    let (good, theirs) = (
        body(&key, 1_791_979_200),
        body("another_key", 1_791_979_200),
    );
    let large = format!("{good}{}", " ".repeat(70_000));
    for (path, signed, body, expected) in [
        ("/webhooks/tiktok", sign(&good), &good, 200),
        ("/webhooks/tiktok", sign(&good), &good, 200),
        ("/webhooks/tiktok", None, &good, 401),
        ("/webhooks/tiktok", sign(&theirs), &good, 401),
        ("/webhooks/tiktok", sign(&theirs), &theirs, 403),
        ("/webhooks/tiktok", sign("hello"), &"hello".to_owned(), 400),
        ("/webhooks/tiktok", sign(&large), &large, 413),
        ("/webhooks/bluesky", sign(&good), &good, 404),
        ("/webhooks/elsewhere", sign(&good), &good, 404),
    ] {
        let status = site.hook(path, signed, body).await;
        assert_eq!(status.as_u16(), expected, "{path} {}", body.len());
    }
    assert_eq!(
        site.status("/webhooks/tiktok").await,
        StatusCode::METHOD_NOT_ALLOWED
    );
    site.desk.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_that_is_published_in_the_app_is_known_as_soon_as_tiktok_tells() {
    let site = Site::start().await;
    let desk = &site.desk;
    let asset = desk
        .upload(site.client, testing::video())
        .await
        .expect("uploaded")
        .id;
    let mut input = desk.input(site.account, asset, "");
    let options = TikTokOptions {
        as_draft: true,
        ..TikTokOptions::default()
    };
    input.targets[0].options = PlatformOptions::TikTok(options);
    let post = desk
        .services
        .save_post(&desk.owner, site.client, input, Intent::Schedule)
        .await
        .expect("scheduled");
    desk.advance(Duration::minutes(90));
    desk.run_until_quiet(8).await;
    let tiktok = desk.emulator.tiktok();
    assert_eq!(
        tiktok.send_webhooks().await,
        2,
        "that it is in the inbox, twice"
    );
    desk.services.work_inbox().await.expect("worked");
    desk.publisher.tick_and_settle().await.expect("a tick");
    let state = desk.delivery(site.client, post).await.1;
    assert_eq!(state, DeliveryState::Processing);

    let publish_id = tiktok.tasks()[0].publish_id.clone();
    assert!(tiktok.finish_draft(&publish_id));
    assert_eq!(tiktok.send_webhooks().await, 2);
    assert_eq!(
        desk.services.work_inbox().await.expect("worked"),
        1,
        "acted on once"
    );
    desk.publisher.tick_and_settle().await.expect("a tick");
    let state = desk.delivery(site.client, post).await.1;
    assert_eq!(state, DeliveryState::Published);
    site.desk.database.remove().await;
}
