//! The calls that AutoPost makes to an account's own server.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use url::Url;

use super::config::{Config, below};
use super::error::{self, Refusal};
use super::net::{Credentials, Net, Payload};
use super::session::{Session, secret};
use crate::{ErrorKind, MediaSource, PlatformError, Profile};

/// The collection that posts are in.
pub(super) const POSTS: &str = "app.bsky.feed.post";
/// The largest avatar that is copied.
const AVATAR_LIMIT: usize = 5 * 1000 * 1000;

/// The server of one account.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub net: &'a Net,
    pub session: &'a Session,
    pub token: &'a SecretString,
    /// The account.
    pub did: &'a str,
}

/// Who the session is for.
#[derive(Deserialize)]
pub(super) struct SessionInfo {
    pub did: String,
    #[serde(default)]
    pub handle: String,
    /// Servers of old do not say.
    pub active: Option<bool>,
    pub status: Option<String>,
}

/// A record as its server has it.
#[derive(Deserialize)]
pub(super) struct Record {
    pub uri: String,
    #[serde(default)]
    pub value: Value,
}

impl Api<'_> {
    /// Who the session is for; refused where the account cannot be used.
    pub async fn session(&self) -> Result<SessionInfo, PlatformError> {
        let info: SessionInfo = self.query("com.atproto.server.getSession", &[]).await?;
        if info.active == Some(false) {
            let name = match info.status.as_deref() {
                Some("deactivated") => "AccountDeactivated",
                _ => "AccountTakedown",
            };
            let refusal = Refusal {
                status: 200,
                name: name.to_owned(),
                message: info.status.unwrap_or_default(),
                retry_after: None,
            };
            return Err(refusal.error());
        }
        Ok(info)
    }

    /// Stores a file with the account's server; it is kept while a record refers to it.
    pub async fn upload(
        &self,
        mime: &'static str,
        source: &Arc<dyn MediaSource>,
    ) -> Result<Value, PlatformError> {
        #[derive(Deserialize)]
        struct Uploaded {
            blob: Value,
        }
        let url = self.address("com.atproto.repo.uploadBlob");
        if matches!(self.session, Session::Oauth(_)) && !self.net.knows_nonce(&url) {
            // Costs little, and saves sending the file twice.
            self.session().await?;
        }
        let uploaded: Uploaded = self
            .call(Method::POST, &url, Payload::File { mime, source })
            .await?;
        check_blob(uploaded.blob)
    }

    /// Writes a record under this key, unless there is one already: then the error's code is
    /// `InvalidSwap`, or none if it is the same.
    pub async fn create(&self, key: &str, record: &Value) -> Result<Record, PlatformError> {
        let body = json!({
            "repo": self.did,
            "collection": POSTS,
            "rkey": key,
            "swapRecord": null,
            "validate": true,
            "record": record,
        });
        let url = self.address("com.atproto.repo.putRecord");
        self.call(Method::POST, &url, Payload::Json(&body)).await
    }

    /// The record under this key; `None` when there is certainly none.
    pub async fn record(&self, key: &str) -> Result<Option<Record>, PlatformError> {
        let asked = [("repo", self.did), ("collection", POSTS), ("rkey", key)];
        let found = self.query("com.atproto.repo.getRecord", &asked).await;
        match found {
            Ok(record) => Ok(Some(record)),
            Err(error) if is_missing_record(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A token for another service, for one kind of call.
    pub async fn service_token(
        &self,
        audience: &str,
        method: &str,
        until: i64,
    ) -> Result<SecretString, PlatformError> {
        #[derive(Deserialize)]
        struct Issued {
            #[serde(deserialize_with = "secret")]
            token: SecretString,
        }
        let until = until.to_string();
        let asked = [("aud", audience), ("lxm", method), ("exp", until.as_str())];
        let issued: Issued = self
            .query("com.atproto.server.getServiceAuth", &asked)
            .await?;
        Ok(issued.token)
    }

    /// The identity of the account's server, which tokens for uploads to it are made out to.
    pub async fn server_did(&self) -> Result<String, PlatformError> {
        #[derive(Deserialize)]
        struct Described {
            did: Option<String>,
        }
        let url = self.address("com.atproto.server.describeServer");
        let described: Described = match self.net.get(url).await?.accepted() {
            Ok(answer) => answer.json()?,
            Err(refusal) => return Err(refusal.error()),
        };
        let host = self.session.server().host_str().unwrap_or_default();
        Ok(described.did.unwrap_or_else(|| format!("did:web:{host}")))
    }

    async fn query<T: DeserializeOwned>(
        &self,
        name: &str,
        asked: &[(&str, &str)],
    ) -> Result<T, PlatformError> {
        let mut url = self.address(name);
        if !asked.is_empty() {
            url.query_pairs_mut().extend_pairs(asked);
        }
        self.call(Method::GET, &url, Payload::Nothing).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &Url,
        payload: Payload<'_>,
    ) -> Result<T, PlatformError> {
        let credentials = self.session.credentials(self.token);
        let answer = self.net.call(method, url, payload, credentials).await?;
        answer.accepted().map_err(|refusal| refusal.error())?.json()
    }

    fn address(&self, name: &str) -> Url {
        below(self.session.server(), &format!("xrpc/{name}"))
    }
}

/// A reference to a stored file, as records take it.
pub(super) fn check_blob(blob: Value) -> Result<Value, PlatformError> {
    let is_blob = blob["$type"] == "blob" && blob["ref"]["$link"].is_string();
    if is_blob {
        Ok(blob)
    } else {
        Err(error::unreadable(200))
    }
}

fn is_missing_record(error: &PlatformError) -> bool {
    let words = || error.platform_words.as_deref().unwrap_or_default();
    match error.code.as_deref() {
        Some("RecordNotFound") => true,
        // Servers of old have no name for it.
        Some("InvalidRequest") => words().contains("Could not locate record"),
        _ => false,
    }
}

/// What is shown of an account: its handle by its own server, the rest by whoever shows profiles. An
/// account that nobody shows yet is still an account.
pub(super) async fn profile(api: &Api<'_>, config: &Config) -> Result<Profile, PlatformError> {
    #[derive(Default, Deserialize)]
    #[serde(default, rename_all = "camelCase")]
    struct Shown {
        display_name: String,
        avatar: Option<String>,
    }
    let info = api.session().await?;
    let mut url = below(&config.app_view_url, "xrpc/app.bsky.actor.getProfile");
    url.query_pairs_mut().append_pair("actor", &info.did);
    let answer = api
        .net
        .call(Method::GET, &url, Payload::Nothing, Credentials::Nobody)
        .await;
    let shown: Shown = match answer {
        Ok(answer) if answer.is_success() => answer.json().unwrap_or_default(),
        Ok(answer) => {
            tracing::info!(status = answer.status, "a profile is not shown");
            Shown::default()
        }
        Err(error) => {
            tracing::info!(%error, "a profile is not shown");
            Shown::default()
        }
    };
    // What a server calls an account whose handle does not lead back to it.
    let handle =
        Some(info.handle).filter(|handle| !handle.is_empty() && handle != "handle.invalid");
    let name = shown.display_name.trim();
    Ok(Profile {
        nickname: if name.is_empty() {
            handle.clone().unwrap_or_else(|| info.did.clone())
        } else {
            name.to_owned()
        },
        handle,
        avatar_url: shown.avatar.filter(|address| !address.is_empty()),
        platform_user_id: info.did,
    })
}

/// Copies an avatar from where the profile says it lies.
pub(super) async fn avatar(net: &Net, address: &str) -> Result<Bytes, PlatformError> {
    let refused = |why: &str| {
        PlatformError::new(
            ErrorKind::Rejected,
            format!("The account’s picture could not be copied: {why}."),
        )
    };
    let url: Url = address
        .parse()
        .map_err(|_| refused("its address is not a web address"))?;
    let answer = net.get_up_to(url, AVATAR_LIMIT).await?;
    if answer.is_success() {
        return Ok(answer.body);
    }
    Err(refused("Bluesky did not hand it out").with_words(format!("{} on avatar", answer.status)))
}
