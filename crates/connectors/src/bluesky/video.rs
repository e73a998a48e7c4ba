//! Bluesky's video service: it takes a video, prepares it for every connection, and stores it with the
//! account's server in the account's name.

use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::api::{Api, check_blob};
use super::config::{VideoService, below};
use super::error::{self, no_more_today};
use super::net::{Answer, Credentials, Payload};
use super::proof::seconds_now;
use crate::{ErrorKind, MediaItem, PlatformError};

/// How long the token lives that the service stores the video with; servers allow an hour.
const TOKEN_SECONDS: i64 = 30 * 60;
/// How long the token for a question lives.
const QUESTION_SECONDS: i64 = 60;

/// How far the service is with a video.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub(super) struct Job {
    pub job_id: String,
    pub state: String,
    pub progress: Option<u32>,
    pub blob: Option<Value>,
    pub error: Option<String>,
    pub failure_code: Option<String>,
    pub message: Option<String>,
}

/// What a job means for us.
pub(super) enum Prepared {
    /// The video is stored: what records refer to it by.
    Done(Value),
    /// The service works on it.
    Working {
        job_id: String,
        progress: Option<u32>,
    },
    /// It will not.
    Failed { code: String, message: String },
}

/// What the account may still upload today. Numbers that are missing forbid nothing.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Limits {
    can_upload: bool,
    remaining_daily_videos: Option<i64>,
    remaining_daily_bytes: Option<i64>,
    #[serde(default)]
    message: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// Hands the video over. Handing over the same video again gives the same job.
pub(super) async fn hand_over(
    api: &Api<'_>,
    service: &VideoService,
    item: &MediaItem,
    name: &str,
) -> Result<Prepared, PlatformError> {
    check_limits(api, service, item.source.len()).await?;
    let audience = api.server_did().await?;
    let token = api
        .service_token(
            &audience,
            "com.atproto.repo.uploadBlob",
            seconds_now() + TOKEN_SECONDS,
        )
        .await?;
    let mut url = address(service, "app.bsky.video.uploadVideo");
    url.query_pairs_mut()
        .append_pair("did", api.did)
        .append_pair("name", name);
    let payload = Payload::File {
        mime: item.facts.format().mime(),
        source: &item.source,
    };
    let answer = api
        .net
        .call(Method::POST, &url, payload, Credentials::Bearer(&token))
        .await?;
    // It has this video already, and says which job that was.
    if answer.status == 409
        && let Some(job) = read(&answer)
    {
        return job.prepared();
    }
    let answer = answer.accepted().map_err(|refusal| refusal.video_error())?;
    read(&answer)
        .ok_or_else(|| error::unreadable(answer.status))?
        .prepared()
}

/// Asks how far it is.
pub(super) async fn look(
    api: &Api<'_>,
    service: &VideoService,
    job_id: &str,
) -> Result<Prepared, PlatformError> {
    let mut url = address(service, "app.bsky.video.getJobStatus");
    url.query_pairs_mut().append_pair("jobId", job_id);
    let answer = api
        .net
        .get(url)
        .await?
        .accepted()
        .map_err(|refusal| refusal.video_error())?;
    read(&answer)
        .ok_or_else(|| error::unreadable(answer.status))?
        .prepared()
}

async fn check_limits(
    api: &Api<'_>,
    service: &VideoService,
    size: u64,
) -> Result<(), PlatformError> {
    const QUESTION: &str = "app.bsky.video.getUploadLimits";
    let until = seconds_now() + QUESTION_SECONDS;
    let token = api.service_token(&service.did, QUESTION, until).await?;
    let url = address(service, QUESTION);
    let credentials = Credentials::Bearer(&token);
    let answer = api
        .net
        .call(Method::GET, &url, Payload::Nothing, credentials)
        .await?;
    // A service that does not answer this question may take the video all the same.
    let limits: Option<Limits> = if answer.is_success() {
        answer.json().ok()
    } else {
        None
    };
    limits.map_or(Ok(()), |limits| limits.judge(size))
}

impl Limits {
    fn judge(self, size: u64) -> Result<(), PlatformError> {
        let words = self.message.or(self.error).unwrap_or_default();
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        let is_used_up = self.remaining_daily_videos.is_some_and(|left| left < 1)
            || self.remaining_daily_bytes.is_some_and(|left| left < size);
        if is_used_up {
            return Err(no_more_today(&words));
        }
        if self.can_upload {
            return Ok(());
        }
        Err(PlatformError::new(
            ErrorKind::Rejected,
            "Bluesky does not let this account post videos. Open Bluesky with it: often its email address has to be confirmed first.",
        )
        .with_code("UploadForbidden")
        .with_words(words))
    }
}

impl Job {
    fn prepared(self) -> Result<Prepared, PlatformError> {
        Ok(match (self.state.as_str(), self.blob) {
            ("JOB_STATE_COMPLETED", Some(blob)) => Prepared::Done(check_blob(blob)?),
            ("JOB_STATE_FAILED", _) => Prepared::Failed {
                code: self.failure_code.or(self.error).unwrap_or_default(),
                message: self.message.unwrap_or_default(),
            },
            _ if self.job_id.is_empty() => return Err(error::unreadable(200)),
            _ => Prepared::Working {
                job_id: self.job_id,
                progress: self.progress,
            },
        })
    }
}

/// The job in an answer: some wrap it.
fn read(answer: &Answer) -> Option<Job> {
    let mut body: Value = serde_json::from_slice(&answer.body).ok()?;
    let inner = body.get_mut("jobStatus").map(Value::take).unwrap_or(body);
    let job: Job = serde_json::from_value(inner).ok()?;
    (!job.job_id.is_empty() || job.blob.is_some()).then_some(job)
}

fn address(service: &VideoService, name: &str) -> Url {
    below(&service.url, &format!("xrpc/{name}"))
}
