//! A client of its own: nothing of ours, so that a mistake is not shared.

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use emulator::{
    Clock, Config, Emulator,
    bluesky::{self, BlueskyHandle},
};
use reqwest::{Client, Method, RequestBuilder, redirect::Policy};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub const HANDLE: &str = "kestrelcoffee.bsky.test";
pub const OTHER: &str = "northbankclimbing.bsky.test";

pub struct Desk {
    pub emulator: Emulator,
    pub http: Client,
}

/// An answer: the status, the headers, the body as JSON.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
}

impl Reply {
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(
            (200..300).contains(&self.status),
            "{} {}",
            self.status,
            self.body
        );
        self.body
    }

    #[track_caller]
    pub fn refused(&self, status: u16, error: &str) {
        let told = self.body["error"].as_str().unwrap_or_default();
        assert_eq!((self.status, told), (status, error), "{}", self.body);
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }
}

pub async fn desk() -> Desk {
    desk_with(|_| {}).await
}

pub async fn desk_with(change: impl FnOnce(&mut bluesky::Config)) -> Desk {
    // Fails when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut bluesky = bluesky::Config::default();
    change(&mut bluesky);
    let emulator = Emulator::start(Config {
        clock: Clock::frozen_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()),
        bluesky,
        ..Config::default()
    })
    .await
    .unwrap();
    let http = Client::builder()
        .redirect(Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    Desk { emulator, http }
}

impl Desk {
    pub fn bluesky(&self) -> &BlueskyHandle {
        self.emulator.bluesky()
    }

    pub fn did(&self) -> String {
        self.bluesky().account(HANDLE).unwrap().did
    }

    pub fn now(&self) -> i64 {
        self.emulator.clock().now().timestamp()
    }

    pub fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }

    pub fn xrpc(&self, method: Method, name: &str) -> RequestBuilder {
        self.http
            .request(method, format!("{}/xrpc/{name}", self.emulator.url()))
    }

    pub async fn send(&self, request: RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.unwrap();
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Reply {
            status,
            headers,
            body,
        }
    }

    pub async fn get(&self, name: &str, token: &str) -> Reply {
        self.send(self.xrpc(Method::GET, name).bearer_auth(token))
            .await
    }

    pub async fn post(&self, name: &str, token: &str, body: &Value) -> Reply {
        self.send(self.xrpc(Method::POST, name).bearer_auth(token).json(body))
            .await
    }

    pub async fn sign_in(&self, password: &str) -> Reply {
        let body = json!({ "identifier": HANDLE, "password": password });
        self.send(
            self.xrpc(Method::POST, "com.atproto.server.createSession")
                .json(&body),
        )
        .await
    }

    /// Signs in with the app password; gives the whole session.
    pub async fn session(&self) -> Value {
        let password = self
            .bluesky()
            .account(HANDLE)
            .unwrap()
            .app_password
            .unwrap();
        self.sign_in(&password).await.ok()
    }

    pub async fn access(&self) -> String {
        text(&self.session().await, "accessJwt")
    }

    pub async fn upload(&self, token: &str, mime: &str, bytes: &[u8]) -> Reply {
        self.send(
            self.xrpc(Method::POST, "com.atproto.repo.uploadBlob")
                .bearer_auth(token)
                .header("content-type", mime)
                .body(bytes.to_vec()),
        )
        .await
    }

    /// Puts a record that may not be there yet.
    pub async fn put(&self, token: &str, rkey: &str, record: &Value) -> Reply {
        let body = json!({
            "repo": self.did(), "collection": "app.bsky.feed.post", "rkey": rkey,
            "swapRecord": null, "validate": true, "record": record,
        });
        self.post("com.atproto.repo.putRecord", token, &body).await
    }
}

pub fn text(value: &Value, name: &str) -> String {
    value[name].as_str().unwrap().to_owned()
}

pub fn record(text: &str) -> Value {
    json!({ "$type": "app.bsky.feed.post", "text": text, "createdAt": "2026-11-18T10:00:00.000Z" })
}

/// A P-256 key that signs proofs and assertions.
pub struct Key(EcdsaKeyPair, SystemRandom);

impl Key {
    pub fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(
            EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap(),
            random,
        )
    }

    pub fn jwk(&self) -> Value {
        let point = self.0.public_key().as_ref();
        let (x, y) = (
            URL_SAFE_NO_PAD.encode(&point[1..33]),
            URL_SAFE_NO_PAD.encode(&point[33..]),
        );
        json!({ "kty": "EC", "crv": "P-256", "x": x, "y": y })
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&self.1, signed.as_bytes()).unwrap();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub fn hash(text: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(text))
}

/// A public development client with a session key, that keeps the newest nonce.
pub struct OAuth<'a> {
    pub desk: &'a Desk,
    pub key: Key,
    pub client_id: String,
    pub assertion: Option<Key>,
    pub nonce: RefCell<Option<String>>,
    count: Cell<u32>,
}

pub const REDIRECT: &str = "http://127.0.0.1/callback";
pub const SCOPE: &str = "atproto transition:generic";
pub const VERIFIER: &str = "a-verifier-of-forty-three-characters-or-more";

impl<'a> OAuth<'a> {
    pub fn new(desk: &'a Desk) -> Self {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("redirect_uri", REDIRECT)
            .append_pair("scope", SCOPE)
            .finish();
        Self {
            desk,
            key: Key::new(),
            client_id: format!("http://localhost?{query}"),
            assertion: None,
            nonce: RefCell::new(None),
            count: Cell::new(0),
        }
    }

    fn jti(&self) -> String {
        self.count.set(self.count.get() + 1);
        format!("jti-{}", self.count.get())
    }

    pub fn claims(&self, method: &str, address: &str, token: Option<&str>) -> Value {
        let mut claims =
            json!({ "jti": self.jti(), "htm": method, "htu": address, "iat": self.desk.now() });
        if let Some(nonce) = &*self.nonce.borrow() {
            claims["nonce"] = json!(nonce);
        }
        if let Some(token) = token {
            claims["ath"] = json!(hash(token));
        }
        claims
    }

    pub fn proof(&self, claims: &Value) -> String {
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.jwk() });
        self.key.sign(&header, claims)
    }

    /// Posts a form to the authorisation server, without a second try.
    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let address = format!("{}/oauth/{path}", self.desk.emulator.url());
        let mut fields: Vec<(String, String)> = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        fields.push(("client_id".to_owned(), self.client_id.clone()));
        if let Some(key) = &self.assertion {
            let header = json!({ "typ": "JWT", "alg": "ES256", "kid": "k1" });
            let claims = json!({
                "iss": self.client_id, "sub": self.client_id, "aud": self.desk.emulator.url(),
                "jti": self.jti(), "iat": self.desk.now(),
            });
            fields.push((
                "client_assertion_type".to_owned(),
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned(),
            ));
            fields.push(("client_assertion".to_owned(), key.sign(&header, &claims)));
        }
        let proof = self.proof(&self.claims("POST", &address, None));
        let reply = self
            .desk
            .send(
                self.desk
                    .http
                    .post(address)
                    .header("dpop", proof)
                    .form(&fields),
            )
            .await;
        *self.nonce.borrow_mut() = Some(reply.header("dpop-nonce").to_owned());
        reply
    }

    pub async fn par(&self) -> Reply {
        self.form(
            "par",
            &[
                ("response_type", "code"),
                ("code_challenge", &hash(VERIFIER)),
                ("code_challenge_method", "S256"),
                ("state", "s1"),
                ("redirect_uri", REDIRECT),
                ("scope", SCOPE),
                ("login_hint", HANDLE),
            ],
        )
        .await
    }

    /// Decides on the consent page; gives where the browser goes, by parameter.
    pub async fn decide(&self, request_uri: &str, decision: &str) -> Vec<(String, String)> {
        let answer = self
            .desk
            .http
            .post(format!("{}/oauth/authorize", self.desk.emulator.url()))
            .query(&[
                ("client_id", self.client_id.as_str()),
                ("request_uri", request_uri),
            ])
            .form(&[("account", HANDLE), ("decision", decision)])
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 303);
        let back = answer.headers()["location"].to_str().unwrap();
        assert!(back.starts_with(REDIRECT), "{back}");
        url::Url::parse(back)
            .unwrap()
            .query_pairs()
            .into_owned()
            .collect()
    }

    pub async fn code(&self) -> String {
        // The first try learns the nonce.
        if self.nonce.borrow().is_none() {
            self.par().await.refused(400, "use_dpop_nonce");
        }
        let pushed = self.par().await.ok();
        let back = self.decide(&text(&pushed, "request_uri"), "allow").await;
        assert!(back.contains(&("state".to_owned(), "s1".to_owned())));
        assert!(back.contains(&("iss".to_owned(), self.desk.emulator.url())));
        back.into_iter().find(|(name, _)| name == "code").unwrap().1
    }

    pub async fn exchange(&self, code: &str, verifier: &str) -> Reply {
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", verifier),
        ];
        self.form("token", &fields).await
    }

    pub async fn refresh(&self, token: &str) -> Reply {
        self.form(
            "token",
            &[("grant_type", "refresh_token"), ("refresh_token", token)],
        )
        .await
    }

    pub async fn tokens(&self) -> Value {
        let code = self.code().await;
        self.exchange(&code, VERIFIER).await.ok()
    }

    /// Calls a method with the token and a proof.
    pub async fn call(&self, name: &str, token: &str) -> Reply {
        let address = format!("{}/xrpc/{name}", self.desk.emulator.url());
        let proof = self.proof(&self.claims("GET", &address, Some(token)));
        self.call_with(name, token, &proof).await
    }

    pub async fn call_with(&self, name: &str, token: &str, proof: &str) -> Reply {
        let request = self
            .desk
            .xrpc(Method::GET, name)
            .header("authorization", format!("DPoP {token}"))
            .header("dpop", proof);
        self.desk.send(request).await
    }
}
