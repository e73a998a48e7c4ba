//! Connecting a Bluesky account, by the addresses and forms that a browser uses: the real server over a
//! real database, and the emulator on the other side.
#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use domain::{ClientId, Role};
use emulator::Emulator;
use reqwest::header::{ACCEPT, CONTENT_SECURITY_POLICY, COOKIE, LOCATION, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use server::boot::{self, Database};
use server::config::{BlueskyAddresses, Config};
use server::publisher::PublisherHealth;
use server::router::{Web, router};
use services::actor::Origin;
use testing::TestDatabase;
use url::Url;

const HANDLE: &str = "kestrelcoffee.bsky.test";
const PASSWORD: &str = "correct horse battery";

struct Site {
    emulator: Emulator,
    database: TestDatabase,
    url: Url,
    session: String,
    client: ClientId,
    browser: Client,
    config: Config,
    _folder: tempfile::TempDir,
}

impl Site {
    async fn start() -> Self {
        Self::start_as(None).await
    }

    /// Starts one that is reached by people at this address.
    async fn start_as(public_url: Option<&str>) -> Self {
        let emulator = Emulator::start(emulator::Config::default())
            .await
            .expect("the emulator");
        let database = TestDatabase::new().await;
        let folder = tempfile::tempdir().expect("a folder");
        let site_root = folder.path().join("site");
        std::fs::create_dir_all(site_root.join("pkg")).expect("a site folder");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let addr = listener.local_addr().expect("an address");
        let url: Url = format!("http://{addr}/").parse().expect("an address");
        let bluesky = emulator.bluesky();
        let at = |address: String| address.parse::<Url>().expect("an address");
        let config = Config {
            addr,
            public_url: public_url.map_or_else(|| url.clone(), |public| at(public.to_owned())),
            data_dir: PathBuf::from(folder.path()),
            database_url: Some(database.url().into()),
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
            publisher_lease: Duration::from_secs(60),
            tiktok: None,
            bluesky: Some(BlueskyAddresses {
                resolver_url: at(bluesky.url()),
                directory_url: at(bluesky.plc_url()),
                app_view_url: at(bluesky.url()),
                video: None,
                site_url: at(bluesky.web_url()),
                development_hosts: vec![bluesky.url().replace("http://", "")],
            }),
        };
        let started = Database::start(&config).await.expect("a database");
        let parts = boot::parts(&config, &started).await.expect("the parts");
        let services = parts.services;
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
        let client = services
            .create_client(&owner, "Kestrel Coffee", "Europe/London")
            .await
            .expect("a client");
        let web = Web::new(&config, services, Arc::new(PublisherHealth::default()))
            .expect("a router")
            .with_client_metadata(parts.client_metadata);
        tokio::spawn(async move { axum::serve(listener, router(web)).await });
        let browser = Client::builder()
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()
            .expect("a browser");
        Self {
            emulator,
            database,
            url,
            session: session.expose().to_owned(),
            client,
            browser,
            config,
            _folder: folder,
        }
    }

    fn address(&self, rest: &str) -> Url {
        let path = format!("clients/{}/accounts{rest}", self.client);
        self.url.join(&path).expect("an address")
    }

    /// A request as our own pages make it, without a session.
    fn stranger(&self, method: Method, address: Url) -> RequestBuilder {
        let origin = self.url.origin().ascii_serialization();
        self.browser
            .request(method, address)
            .header(ORIGIN, origin)
            .header(ACCEPT, "text/html,*/*;q=0.8")
    }

    /// The same with the owner's session.
    fn own(&self, method: Method, address: Url) -> RequestBuilder {
        self.stranger(method, address)
            .header(COOKIE, format!("autopost_session={}", self.session))
    }

    async fn post(&self, rest: &str, form: &[(&str, &str)]) -> Response {
        self.own(Method::POST, self.address(rest))
            .form(form)
            .send()
            .await
            .expect("an answer")
    }

    async fn page(&self, address: &str) -> String {
        let address = self.url.join(address).expect("an address");
        let answer = self
            .own(Method::GET, address)
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        answer.text().await.expect("a page")
    }

    fn app_password(&self) -> String {
        let account = self.emulator.bluesky().account(HANDLE).expect("an account");
        account.app_password.expect("an app password")
    }
}

fn location(answer: &Response) -> String {
    let location = answer.headers().get(LOCATION).expect("a redirect");
    location.to_str().expect("text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_password_connects_an_account_and_is_shown_nowhere() {
    let site = Site::start().await;
    let form = site.page(site.address("/connect/bluesky").path()).await;
    assert!(form.contains("Continue to Bluesky") && form.contains("Use an app password"));
    let password = site.app_password();
    let handle = format!(" @{HANDLE}");
    let fields = [("handle", handle.as_str()), ("password", password.as_str())];
    let answer = site.post("/connect/bluesky/password", &fields).await;
    let back = location(&answer);
    assert!(
        back.contains("connected=") && !back.contains(&password),
        "{back}"
    );
    let page = site.page(&back).await;
    assert!(page.contains(HANDLE) && page.contains("Working"), "{page}");
    assert!(!page.contains(&password));
    site.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_keeps_the_handle_and_never_the_password() {
    let site = Site::start().await;
    let fields = [("handle", HANDLE), ("password", "guessed-pass-word-1234")];
    let answer = site.post("/connect/bluesky/password", &fields).await;
    let back = location(&answer);
    assert!(back.contains("/connect/bluesky?problem="), "{back}");
    assert!(!back.contains("guessed"), "{back}");
    let page = site.page(&back).await;
    assert!(page.contains(&format!("value=\"{HANDLE}\"")), "{page}");
    assert!(page.contains("The account was not connected."));
    for (rest, fields) in [
        ("/connect/bluesky", vec![("handle", " ")]),
        ("/connect/bluesky/password", vec![("handle", "@")]),
        ("/connect/bluesky/password", vec![("handle", HANDLE)]),
        ("/connect/bluesky", vec![("handle", "nobody.bsky.test")]),
    ] {
        let answer = site.post(rest, &fields).await;
        let back = location(&answer);
        assert!(back.contains("problem="), "{rest} {fields:?}: {back}");
    }
    let accounts = site.page(site.address("").path()).await;
    assert!(accounts.contains("No account connected yet"));
    site.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_consent_page_of_the_accounts_own_server_connects_it() {
    let site = Site::start().await;
    let answer = site.post("/connect/bluesky", &[("handle", HANDLE)]).await;
    assert_eq!(answer.status(), StatusCode::OK);
    // The policy of our pages lets forms end at our own server alone, so this is no redirect.
    let policy = answer.headers()[CONTENT_SECURITY_POLICY]
        .to_str()
        .expect("text");
    assert!(policy.contains("form-action 'self'") && !policy.contains(&site.emulator.url()));
    let refresh = answer.headers()["refresh"].to_str().expect("text");
    let consent = refresh.strip_prefix("0;url=").expect("where it goes");
    assert!(consent.starts_with(&format!("{}/oauth/authorize?", site.emulator.url())));
    let agreed = site
        .browser
        .post(consent)
        .form(&[("account", HANDLE), ("decision", "allow")])
        .send()
        .await
        .expect("an answer");
    let back = Url::parse(&location(&agreed)).expect("an address");
    assert_eq!(back.path(), "/oauth/bluesky/callback");
    let finished = site
        .own(Method::GET, back.clone())
        .send()
        .await
        .expect("an answer");
    let page = site.page(&location(&finished)).await;
    // Reached by plain http we are a development client, whose sessions last two weeks.
    assert!(
        page.contains("is connected.") && page.contains("Expires in 1"),
        "{page}"
    );
    // The same answer works once.
    let again = site.own(Method::GET, back).send().await.expect("an answer");
    assert_eq!(again.status(), StatusCode::UNPROCESSABLE_ENTITY);
    site.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_connected_without_a_session_or_from_another_site() {
    let site = Site::start().await;
    let password = site.app_password();
    let fields = [("handle", HANDLE), ("password", password.as_str())];
    for rest in ["/connect/bluesky", "/connect/bluesky/password"] {
        let stranger = site
            .stranger(Method::POST, site.address(rest))
            .form(&fields)
            .send()
            .await
            .expect("an answer");
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED, "{rest}");
        let elsewhere = site
            .browser
            .post(site.address(rest))
            .header(ORIGIN, "https://elsewhere.example")
            .header(COOKIE, format!("autopost_session={}", site.session))
            .form(&fields)
            .send()
            .await
            .expect("an answer");
        assert_eq!(elsewhere.status(), StatusCode::FORBIDDEN, "{rest}");
    }
    let page = site
        .stranger(Method::GET, site.address("/connect/bluesky"))
        .send()
        .await
        .expect("an answer");
    assert_eq!(location(&page), "/sign-in");
    let unknown = site.post("/connect/myspace/password", &fields).await;
    assert_eq!(unknown.status(), StatusCode::NOT_FOUND);
    // Reached by plain http there is no client metadata to read.
    let metadata = site
        .url
        .join("oauth/bluesky/client-metadata.json")
        .expect("an address");
    let metadata = site.browser.get(metadata).send().await.expect("an answer");
    assert_eq!(metadata.status(), StatusCode::NOT_FOUND);
    site.database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn over_https_anybody_reads_who_we_are_and_the_key_stays_the_same() {
    let site = Site::start_as(Some("https://desk.autopost.test")).await;
    let address = site
        .url
        .join("oauth/bluesky/client-metadata.json")
        .expect("an address");
    let read = async || {
        let answer = site.browser.get(address.clone()).send().await;
        let answer = answer.expect("an answer");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()["content-type"], "application/json");
        answer.json::<serde_json::Value>().await.expect("JSON")
    };
    let metadata = read().await;
    assert_eq!(
        metadata["client_id"],
        "https://desk.autopost.test/oauth/bluesky/client-metadata.json"
    );
    assert_eq!(
        metadata["redirect_uris"][0],
        "https://desk.autopost.test/oauth/bluesky/callback"
    );
    let key = &metadata["jwks"]["keys"][0];
    assert!(key["x"].is_string() && key["kid"].is_string());
    assert!(
        key.get("d").is_none(),
        "the private half is not for anybody"
    );
    // Another process over the same database is the same client.
    let started = Database::start(&site.config).await.expect("a database");
    let other = boot::parts(&site.config, &started)
        .await
        .expect("the parts");
    assert_eq!(other.client_metadata.expect("metadata"), metadata);
    site.database.remove().await;
}
