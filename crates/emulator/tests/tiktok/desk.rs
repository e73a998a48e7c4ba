//! A running emulator with a client, as every test needs.

use std::time::Duration;

use chrono::DateTime;
use emulator::{
    Clock, Config, Emulator,
    tiktok::{self, TikTokHandle},
};
use reqwest::{
    Client, StatusCode,
    header::{CONTENT_RANGE, CONTENT_TYPE},
    redirect::Policy,
};
use serde_json::{Value, json};

pub const SCOPES: [&str; 6] = [
    "user.info.basic",
    "user.info.profile",
    "user.info.stats",
    "video.publish",
    "video.upload",
    "video.list",
];
pub const REDIRECT: &str = "https://autopost.test/oauth/tiktok/callback";
pub const PUBLIC: &str = "kestrelcoffee";
pub const PRIVATE: &str = "maribelspottery";

pub struct Desk {
    pub emulator: Emulator,
    pub http: Client,
}

/// An API answer: the status, the error code, the whole body.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub code: String,
    pub body: Value,
}

impl Reply {
    pub fn data(&self, field: &str) -> &Value {
        assert_eq!(self.code, "ok", "{}", self.body);
        &self.body["data"][field]
    }

    pub fn text(&self, field: &str) -> String {
        self.data(field).as_str().unwrap().to_owned()
    }

    #[track_caller]
    pub fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.code.as_str()),
            (status, code),
            "{}",
            self.body
        );
        assert!(!self.body["error"]["log_id"].as_str().unwrap().is_empty());
    }
}

/// Frozen time, and no look into uploads, so that any bytes will do.
pub async fn desk() -> Desk {
    desk_with(|_| {}).await
}

pub async fn desk_with(change: impl FnOnce(&mut tiktok::Config)) -> Desk {
    // Fails when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut tiktok = tiktok::Config {
        probe_media: false,
        ..tiktok::Config::default()
    };
    change(&mut tiktok);
    let emulator = Emulator::start(Config {
        clock: Clock::frozen_at(DateTime::from_timestamp(1_795_000_000, 0).unwrap()),
        tiktok,
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
    pub fn tiktok(&self) -> &TikTokHandle {
        self.emulator.tiktok()
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.tiktok().api_base())
    }

    pub fn advance(&self, seconds: u64) {
        self.emulator.advance(Duration::from_secs(seconds));
    }

    /// An access token with every scope.
    pub fn connect(&self, username: &str) -> String {
        self.connect_with(username, &SCOPES)
    }

    pub fn connect_with(&self, username: &str, scopes: &[&str]) -> String {
        self.tiktok()
            .issue_tokens(username, scopes)
            .unwrap()
            .access_token
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> (u16, Value) {
        let response = self
            .http
            .post(self.url(path))
            .form(fields)
            .send()
            .await
            .unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Reply {
        self.send(
            self.http
                .post(self.url(path))
                .bearer_auth(token)
                .json(&body),
        )
        .await
    }

    pub async fn get(&self, path: &str, token: &str) -> Reply {
        self.send(self.http.get(self.url(path)).bearer_auth(token))
            .await
    }

    pub async fn send(&self, request: reqwest::RequestBuilder) -> Reply {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        let code = body["error"]["code"].as_str().unwrap().to_owned();
        Reply { status, code, body }
    }

    pub async fn init(&self, token: &str, body: Value) -> Reply {
        self.post("/v2/post/publish/video/init/", token, body).await
    }

    pub async fn status(&self, token: &str, publish_id: &str) -> Reply {
        let body = json!({ "publish_id": publish_id });
        self.post("/v2/post/publish/status/fetch/", token, body)
            .await
    }

    /// Inits and uploads a few bytes; gives the publish id.
    pub async fn publish(&self, token: &str, caption: &str, privacy: &str) -> String {
        let mut body = direct(caption, 11);
        body["post_info"]["privacy_level"] = json!(privacy);
        let opened = self.init(token, body).await;
        let url = opened.text("upload_url");
        let status = self.put(&url, 0, 11, b"hello world".to_vec()).await;
        assert_eq!(status, StatusCode::CREATED);
        opened.text("publish_id")
    }

    /// Puts one chunk.
    pub async fn put(&self, url: &str, first: u64, total: u64, bytes: Vec<u8>) -> StatusCode {
        let last = first + bytes.len() as u64 - 1;
        self.http
            .put(url)
            .header(CONTENT_TYPE, "video/mp4")
            .header(CONTENT_RANGE, format!("bytes {first}-{last}/{total}"))
            .body(bytes)
            .send()
            .await
            .unwrap()
            .status()
    }
}

/// A direct post of one small file.
pub fn direct(caption: &str, size: u64) -> Value {
    direct_chunked(caption, size, size, 1)
}

pub fn direct_chunked(caption: &str, size: u64, chunk_size: u64, count: u64) -> Value {
    json!({
        "post_info": {
            "title": caption,
            "privacy_level": "PUBLIC_TO_EVERYONE",
            "disable_duet": false,
            "disable_stitch": false,
            "disable_comment": true,
            "brand_content_toggle": false,
            "brand_organic_toggle": false,
        },
        "source_info": file(size, chunk_size, count),
    })
}

pub fn file(size: u64, chunk_size: u64, count: u64) -> Value {
    json!({
        "source": "FILE_UPLOAD",
        "video_size": size,
        "chunk_size": chunk_size,
        "total_chunk_count": count,
    })
}
