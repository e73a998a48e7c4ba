//! The calls of TikTok's API that AutoPost makes, and its envelope: `error.code == "ok"` is success,
//! whatever the HTTP status says.

use bytes::Bytes;
use domain::tiktok::CreatorInfo;
use reqwest::RequestBuilder;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::config::TikTokConfig;
use super::error::{Refusal, network_error, unreachable};
use super::library::{Video, VideoPage};
use super::photos::{PhotoData, PhotoRequest};
use super::wire::{CreatorData, DraftRequest, InitData, InitRequest, StatusData, UserData};
use crate::http::{HttpClient, read_body, send};
use crate::{ErrorKind, PlatformError, Profile};

const USER_INFO: &str = "/v2/user/info/";
const CREATOR_INFO: &str = "/v2/post/publish/creator_info/query/";
const VIDEO_INIT: &str = "/v2/post/publish/video/init/";
const DRAFT_INIT: &str = "/v2/post/publish/inbox/video/init/";
const CONTENT_INIT: &str = "/v2/post/publish/content/init/";
const CANCEL: &str = "/v2/post/publish/cancel/";
const STATUS_FETCH: &str = "/v2/post/publish/status/fetch/";
const VIDEO_LIST: &str = "/v2/video/list/";
/// More than any answer of the API has.
const BODY_LIMIT: usize = 1024 * 1024;
/// The largest avatar that is copied.
const AVATAR_LIMIT: usize = 5 * 1000 * 1000;

/// The API, for one account at a time.
#[derive(Clone, Copy)]
pub(super) struct Api<'a> {
    pub config: &'a TikTokConfig,
    pub http: &'a HttpClient,
    pub access_token: &'a SecretString,
}

impl Api<'_> {
    /// Who the account is; its handle only where `user.info.profile` was granted.
    pub async fn profile(&self) -> Result<Profile, PlatformError> {
        let with_handle = self.user("open_id,display_name,avatar_url,username").await;
        let user = match with_handle {
            Err(error) if is_missing_scope(&error) => {
                self.user("open_id,display_name,avatar_url").await?
            }
            answer => answer?,
        };
        let known = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Profile {
            platform_user_id: known(user.open_id).ok_or_else(|| unreadable(200))?,
            nickname: user.display_name.unwrap_or_default(),
            handle: known(user.username),
            avatar_url: known(user.avatar_url),
        })
    }

    async fn user(&self, fields: &str) -> Result<super::wire::User, PlatformError> {
        let request = self.http.calls().get(self.config.endpoint(USER_INFO));
        let data: UserData = self
            .call(request.query(&[("fields", fields)]), USER_INFO)
            .await?;
        Ok(data.user)
    }

    /// What the account allows now.
    pub async fn creator_info(&self) -> Result<CreatorInfo, PlatformError> {
        let data: CreatorData = self.post(CREATOR_INFO, &json!({})).await?;
        Ok(data.into())
    }

    /// Announces a video. Nothing is posted before its last byte has arrived.
    pub async fn init(&self, request: &InitRequest<'_>) -> Result<InitData, PlatformError> {
        self.post(VIDEO_INIT, request).await
    }

    /// Announces a video that goes to the account's inbox.
    pub async fn init_draft(&self, request: &DraftRequest) -> Result<InitData, PlatformError> {
        self.post(DRAFT_INIT, request).await
    }

    /// Hands pictures over. TikTok goes on by itself from here.
    pub async fn content_init(&self, request: &PhotoRequest<'_>) -> Result<PhotoData, Fault> {
        self.attempt(self.request(CONTENT_INIT, request), CONTENT_INIT)
            .await
    }

    /// Asks TikTok to drop what it is still downloading: its best effort, for downloads only.
    pub async fn cancel(&self, publish_id: &str) -> Result<(), PlatformError> {
        let Nothing {} = self
            .post(CANCEL, &json!({ "publish_id": publish_id }))
            .await?;
        Ok(())
    }

    /// How far TikTok is with what was announced.
    pub async fn status(&self, publish_id: &str) -> Result<StatusData, PlatformError> {
        self.post(STATUS_FETCH, &json!({ "publish_id": publish_id }))
            .await
    }

    /// What the account has posted in public, newest first: those before `cursor`, or the newest.
    pub async fn videos(&self, cursor: Option<i64>) -> Result<VideoPage, PlatformError> {
        let mut body = json!({ "max_count": 20 });
        if let Some(cursor) = cursor {
            body["cursor"] = json!(cursor);
        }
        let request = self.request(VIDEO_LIST, &body);
        self.call(request.query(&[("fields", Video::FIELDS)]), VIDEO_LIST)
            .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &(impl serde::Serialize + Sync),
    ) -> Result<T, PlatformError> {
        self.call(self.request(path, body), path).await
    }

    fn request(&self, path: &str, body: &impl serde::Serialize) -> RequestBuilder {
        self.http
            .calls()
            .post(self.config.endpoint(path))
            .header(
                reqwest::header::CONTENT_TYPE,
                "application/json; charset=UTF-8",
            )
            .json(body)
    }

    async fn call<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        path: &str,
    ) -> Result<T, PlatformError> {
        let answer = self.attempt(request, path).await;
        answer.map_err(|fault| fault.error)
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        request: RequestBuilder,
        path: &str,
    ) -> Result<T, Fault> {
        let request = request.bearer_auth(self.access_token.expose_secret());
        let response = send(request, path).await.map_err(|error| Fault {
            may_have_worked: !(error.is_connect() || error.is_builder()),
            error: network_error(&error),
        })?;
        let status = response.status().as_u16();
        let body = read_body(response, BODY_LIMIT)
            .await
            .map_err(|error| Fault {
                may_have_worked: true,
                error: unreachable(&error.to_string()),
            })?;
        open_envelope(status, &body).map_err(|error| Fault {
            // A code with a status that is not TikTok's own fault is a refusal.
            may_have_worked: matches!(status, 408 | 500..)
                || ((200..300).contains(&status) && error.code.is_none()),
            error,
        })
    }
}

/// A call that was not answered with "ok".
pub(super) struct Fault {
    pub error: PlatformError,
    /// Whether TikTok may have done what was asked all the same.
    pub may_have_worked: bool,
}

/// Copies an avatar from where TikTok says it lies.
pub(super) async fn avatar(
    config: &TikTokConfig,
    http: &HttpClient,
    address: &str,
) -> Result<Bytes, PlatformError> {
    let refused = |why: &str| {
        PlatformError::new(
            ErrorKind::Rejected,
            format!("The account’s picture could not be copied: {why}."),
        )
    };
    let url: url::Url = address
        .parse()
        .map_err(|_| refused("its address is not a web address"))?;
    let allowed =
        url.scheme() == "https" || (url.scheme() == "http" && config.api_url.scheme() == "http");
    if !allowed {
        return Err(refused("its address is not safe to open"));
    }
    let response = send(http.calls().get(url), "(avatar)")
        .await
        .map_err(|error| network_error(&error))?;
    if !response.status().is_success() {
        let status = response.status().as_u16();
        return Err(refused("TikTok did not hand it out").with_words(format!("{status} on avatar")));
    }
    read_body(response, AVATAR_LIMIT)
        .await
        .map_err(|error| match error {
            crate::http::BodyError::TooLarge => refused("it has more than 5 MB"),
            broken @ crate::http::BodyError::Broken(_) => unreachable(&broken.to_string()),
        })
}

/// An answer that has nothing in it.
#[derive(Deserialize)]
struct Nothing {}

pub(super) fn is_missing_scope(error: &PlatformError) -> bool {
    matches!(
        error.code.as_deref(),
        Some("scope_not_authorized" | "scope_permission_missed")
    )
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    data: Option<Value>,
    error: Option<EnvelopeError>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EnvelopeError {
    code: String,
    message: String,
    // TikTok's tables have the one spelling, its examples the other.
    log_id: Option<String>,
    logid: Option<String>,
}

fn open_envelope<T: DeserializeOwned>(status: u16, body: &[u8]) -> Result<T, PlatformError> {
    let envelope: Envelope = serde_json::from_slice(body).unwrap_or_default();
    match envelope.error {
        Some(error) if error.code == "ok" => {
            let data = envelope.data.unwrap_or_else(|| json!({}));
            serde_json::from_value(data).map_err(|_| unreadable(status))
        }
        Some(error) => Err(Refusal {
            status,
            code: error.code,
            message: error.message,
            log_id: error.log_id.or(error.logid),
        }
        .error()),
        None if (200..300).contains(&status) => Err(unreadable(status)),
        None => Err(Refusal {
            status,
            ..Refusal::default()
        }
        .error()),
    }
}

/// An answer that says "ok", or nothing at all, in a form that we do not know.
fn unreadable(status: u16) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryNow,
        "TikTok’s answer could not be read. AutoPost kept its place and tries again.",
    )
    .with_words(format!("{status}, unreadable answer"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn success_is_the_code_and_not_the_status() {
        let refused = br#"{"data":{},"error":{"code":"spam_risk_too_many_posts","message":"","log_id":"202612"}}"#;
        let error = open_envelope::<CreatorData>(200, refused).unwrap_err();
        assert_eq!(error.kind, ErrorKind::RetryLater);
        assert_eq!(
            error.platform_words.as_deref(),
            Some("200 spam_risk_too_many_posts, log_id 202612")
        );
        let taken = br#"{"data":{"status":"PUBLISH_COMPLETE"},"error":{"code":"ok","message":"","logid":"1"}}"#;
        let status: StatusData = open_envelope(200, taken).unwrap();
        assert_eq!(status.status, "PUBLISH_COMPLETE");
    }

    #[test]
    fn data_may_be_absent_and_both_spellings_of_the_log_id_count() {
        let body = br#"{"error":{"code":"internal_error","message":"","logid":"77"}}"#;
        let error = open_envelope::<StatusData>(503, body).unwrap_err();
        assert_eq!(error.kind, ErrorKind::RetryNow);
        assert_eq!(
            error.platform_words.as_deref(),
            Some("503 internal_error, log_id 77")
        );
    }

    #[test]
    fn an_answer_without_an_envelope_is_judged_by_its_status() {
        for (status, kind) in [
            (200, ErrorKind::RetryNow),
            (401, ErrorKind::RefreshToken),
            (404, ErrorKind::Rejected),
            (429, ErrorKind::RetryLater),
            (502, ErrorKind::RetryNow),
        ] {
            let error = open_envelope::<StatusData>(status, b"<html>").unwrap_err();
            assert_eq!(error.kind, kind, "{status}");
        }
    }
}
