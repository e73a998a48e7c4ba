//! Bluesky's own server, as `tools/pds.sh` starts it: accounts, what they posted, and the consent page
//! without a browser.

mod between;
mod consent;
mod stub;
mod video;

use std::env;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use connectors::bluesky::{Config, VideoService, generate_signing_key};
use connectors::http::HttpClient;
use rand::Rng;
use ring::hmac;
use serde_json::{Value, json};
use url::Url;

pub use between::{Between, Loss};
pub use stub::{ClientHost, Stub, StubAnswer, StubRequest};
pub use video::{VideoMode, VideoStub};

/// What the server signs the tokens of app passwords with; `tools/pds/pds.mjs` says so.
const JWT_SECRET: &[u8] = b"tests-make-tokens-that-have-ended";
const PASSWORD: &str = "a long enough password";

/// The server.
#[derive(Clone, Debug)]
pub struct Pds {
    /// Its address.
    pub url: Url,
    /// The directory of identities.
    pub directory: Url,
    http: reqwest::Client,
}

/// An account on it.
#[derive(Clone, Debug)]
pub struct PdsAccount {
    /// Its identity.
    pub did: String,
    /// Its handle.
    pub handle: String,
    /// Its own password.
    pub password: String,
    /// A token of its own password's session.
    token: String,
    pds: Pds,
}

impl Pds {
    /// The server that runs.
    #[must_use]
    pub fn running() -> Self {
        let address = |name: &str| {
            let text = env::var(name).unwrap_or_else(|_| {
                panic!("{name} is not set. Start Bluesky's server: eval \"$(tools/pds.sh start)\"")
            });
            text.parse().expect("an address")
        };
        Self {
            url: address("AUTOPOST_TEST_PDS_URL"),
            directory: address("AUTOPOST_TEST_PLC_URL"),
            http: client(),
        }
    }

    /// The connector's configuration for this server: no video service, and profiles from nowhere.
    #[must_use]
    pub fn config(&self, public_url: &str) -> Config {
        let signing_key = generate_signing_key().expect("a key");
        let mut config =
            Config::new(public_url.parse().expect("an address"), signing_key).expect("addresses");
        config.resolver_url = self.url.clone();
        config.directory_url = self.directory.clone();
        config.app_view_url = self.url.clone();
        config.video = None;
        config.development_hosts = [&self.url, &self.directory].map(host).into();
        config
    }

    /// Makes an account with a name of its own.
    pub async fn account(&self) -> PdsAccount {
        let mut bytes = [0_u8; 6];
        rand::rng().fill_bytes(&mut bytes);
        let handle = format!("t{}.test", hex::encode(bytes));
        let body = json!({
            "handle": handle,
            "email": format!("{}@mail.test", hex::encode(bytes)),
            "password": PASSWORD,
        });
        let made = self
            .post("com.atproto.server.createAccount", None, &body)
            .await;
        PdsAccount {
            did: text(&made["did"]),
            token: text(&made["accessJwt"]),
            handle,
            password: PASSWORD.to_owned(),
            pds: self.clone(),
        }
    }

    async fn post(&self, name: &str, token: Option<&str>, body: &Value) -> Value {
        let mut request = self.http.post(self.address(name));
        if !body.is_null() {
            request = request.json(body);
        }
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        let answer = request.send().await.expect("an answer of the PDS");
        let status = answer.status();
        let body = answer.text().await.expect("a body");
        assert!(status.is_success(), "{name} answered {status}: {body}");
        serde_json::from_str(&body).unwrap_or(Value::Null)
    }

    fn address(&self, name: &str) -> Url {
        self.url.join(&format!("/xrpc/{name}")).expect("an address")
    }
}

impl PdsAccount {
    /// Makes an app password, as a person does in the settings.
    pub async fn app_password(&self) -> String {
        let mut bytes = [0_u8; 4];
        rand::rng().fill_bytes(&mut bytes);
        let body = json!({ "name": hex::encode(bytes) });
        let made = self
            .pds
            .post(
                "com.atproto.server.createAppPassword",
                Some(&self.token),
                &body,
            )
            .await;
        text(&made["password"])
    }

    /// Every record of its posts, the newest key first: `uri`, `cid` and `value`.
    pub async fn posts(&self) -> Vec<Value> {
        let asked = [
            ("repo", self.did.as_str()),
            ("collection", "app.bsky.feed.post"),
        ];
        let answer = self
            .pds
            .http
            .get(self.pds.address("com.atproto.repo.listRecords"))
            .query(&asked)
            .send()
            .await
            .expect("an answer of the PDS");
        let listed: Value = answer.json().await.expect("records");
        listed["records"].as_array().expect("records").clone()
    }

    /// The bytes of a stored file, by its reference in a record.
    pub async fn file(&self, blob: &Value) -> Vec<u8> {
        let cid = text(&blob["ref"]["$link"]);
        let asked = [("did", self.did.as_str()), ("cid", cid.as_str())];
        let answer = self
            .pds
            .http
            .get(self.pds.address("com.atproto.sync.getBlob"))
            .query(&asked)
            .send()
            .await
            .expect("an answer of the PDS");
        assert!(answer.status().is_success(), "{}", answer.status());
        answer.bytes().await.expect("bytes").to_vec()
    }

    /// Deletes a post by its key, as a person does in the app.
    pub async fn delete_post(&self, key: &str) {
        let body = json!({ "repo": self.did, "collection": "app.bsky.feed.post", "rkey": key });
        self.pds
            .post("com.atproto.repo.deleteRecord", Some(&self.token), &body)
            .await;
    }

    /// Deactivates the account.
    pub async fn deactivate(&self) {
        self.pds
            .post(
                "com.atproto.server.deactivateAccount",
                Some(&self.token),
                &json!({}),
            )
            .await;
    }

    /// Takes an app password away again, as a person does in the settings; what was signed in by it ends.
    pub async fn revoke_app_passwords(&self) {
        let answer = self
            .pds
            .http
            .get(self.pds.address("com.atproto.server.listAppPasswords"))
            .bearer_auth(&self.token)
            .send()
            .await
            .expect("an answer of the PDS");
        let listed: Value = answer.json().await.expect("app passwords");
        for password in listed["passwords"].as_array().expect("app passwords") {
            let body = json!({ "name": password["name"] });
            self.pds
                .post(
                    "com.atproto.server.revokeAppPassword",
                    Some(&self.token),
                    &body,
                )
                .await;
        }
    }

    /// An access token of an app password that ended an hour ago: real but for its age.
    #[must_use]
    pub fn ended_token(&self) -> String {
        #[expect(
            clippy::disallowed_methods,
            reason = "the server judges by the real time"
        )]
        let now = chrono::Utc::now().timestamp();
        let header = json!({ "typ": "at+jwt", "alg": "HS256" });
        let claims = json!({
            "scope": "com.atproto.appPass",
            "sub": self.did,
            "aud": "did:web:localhost",
            "iat": now - 3 * 3600,
            "exp": now - 3600,
        });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let key = hmac::Key::new(hmac::HMAC_SHA256, JWT_SECRET);
        let signature = URL_SAFE_NO_PAD.encode(hmac::sign(&key, signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// `host:port`, as the connector's configuration names servers for development.
#[must_use]
pub fn host(url: &Url) -> String {
    let port = url.port_or_known_default().expect("a port");
    format!("{}:{port}", url.host_str().expect("a host"))
}

/// The configuration of a video service at this address.
#[must_use]
pub fn video_service(stub: &VideoStub) -> VideoService {
    VideoService {
        url: stub.url.clone(),
        did: video::DID.to_owned(),
    }
}

fn client() -> reqwest::Client {
    // Sets TLS up on the way.
    HttpClient::new().expect("a client");
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .expect("a client")
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("text instead of {value}"))
        .to_owned()
}
