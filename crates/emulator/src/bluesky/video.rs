//! The video service, and the tokens that it is called with.

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::IntoResponse,
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    Shared,
    errors::{XrpcError, XrpcResult},
    extract, ids, jwt,
    limits::Window,
    state::{Platform, State as PlatformState, span},
};
use crate::random;

/// How a job is to fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct JobFailure {
    /// The `failureCode`, such as `encoding_failure`.
    pub code: String,
    /// The message.
    pub message: String,
}

/// A video that the service works on.
#[derive(Clone, Debug)]
pub(super) struct Job {
    id: String,
    did: String,
    cid: String,
    blob: Value,
    begun_at: DateTime<Utc>,
    fails: Option<JobFailure>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ServiceAuth {
    aud: String,
    #[serde(default)]
    lxm: Option<String>,
    #[serde(default)]
    exp: Option<String>,
}

/// `com.atproto.server.getServiceAuth`
pub(super) async fn service_auth(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.server.getServiceAuth")?;
    let ask: ServiceAuth = extract::query(query.as_deref())?;
    if !ask.aud.starts_with("did:") {
        return Err(XrpcError::invalid("aud must be a DID"));
    }
    let lxm = ask.lxm.unwrap_or_default();
    caller.scope.need_rpc(&lxm, &ask.aud)?;
    let now = platform.now().timestamp();
    let expires = match ask.exp.as_deref().map(str::parse::<i64>) {
        None => now + 60,
        Some(Ok(expires)) => expires,
        Some(Err(_)) => return Err(XrpcError::invalid("exp must be an integer")),
    };
    // A client may go by the machine's clock while ours was moved; ours counts from here on.
    let machine = crate::clock::Clock::system().now().timestamp();
    let life = [expires - now, expires - machine]
        .into_iter()
        .find(|life| (1..=3600).contains(life))
        .ok_or_else(|| {
            XrpcError::new(
                400,
                "BadExpiration",
                "expiration must lie ahead, and not more than an hour",
            )
        })?;
    let claims = json!({
        "iss": caller.did,
        "aud": ask.aud,
        "lxm": lxm,
        "iat": now,
        "exp": now + life,
        "jti": random::token::<16>(),
    });
    let token = jwt::sign(&platform.key, "service+jwt", &claims);
    Ok(Json(json!({ "token": token })).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Upload {
    did: String,
    name: String,
}

/// `app.bsky.video.uploadVideo`: takes the bytes with a token that lets it upload them to the server.
pub(super) async fn upload(
    State(platform): State<Shared>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> XrpcResult {
    let token = service_token(&platform, &headers)?;
    let ask: Upload = extract::query(query.as_deref())?;
    let fits = token.text("iss") == Some(ask.did.as_str())
        && token.text("lxm") == Some("com.atproto.repo.uploadBlob")
        && token.text("aud") == Some(platform.server_did().as_str());
    if !fits {
        return Err(XrpcError::new(
            401,
            "UploadForbidden",
            "The token must let us upload a blob to the account's server",
        ));
    }
    if extract::content_type(&headers) != "video/mp4" || !ask.name.ends_with(".mp4") {
        return Err(XrpcError::invalid("Only video/mp4 is taken"));
    }
    let now = platform.now();
    let cid = ids::cid_of_bytes(&body);
    {
        let mut state = platform.state();
        let confirmed = state
            .account(&ask.did)
            .is_some_and(|account| account.email_confirmed);
        if !confirmed {
            return Err(XrpcError::new(
                401,
                "unconfirmed_email",
                "Confirm your email address to upload videos",
            ));
        }
        let known = state
            .jobs
            .iter()
            .find(|job| job.did == ask.did && job.cid == cid && job.fails.is_none());
        if let Some(job) = known {
            let mut status = job.status(&state, now);
            status["error"] = json!("already_exists");
            status["message"] = json!("Video already processed");
            return Ok((StatusCode::CONFLICT, Json(status)).into_response());
        }
        let window = daily(&state);
        state
            .limits
            .spend(&ask.did, 1, &[window], now)
            .map_err(|_| {
                XrpcError::new(400, "DailyLimitExceeded", "Daily upload limit exceeded")
            })?;
    }
    let blob = platform.keep_blob(&ask.did, "video/mp4", &body).await?;
    let mut state = platform.state();
    let fails = state.failing_jobs.pop_front();
    let job = Job {
        id: random::token::<12>(),
        did: ask.did,
        cid,
        blob,
        begun_at: now,
        fails,
    };
    let status = job.status(&state, now);
    state.jobs.push(job);
    Ok(Json(status).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct JobName {
    job_id: String,
}

pub(super) async fn job_status(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
) -> XrpcResult {
    let ask: JobName = extract::query(query.as_deref())?;
    let state = platform.state();
    let job = state
        .jobs
        .iter()
        .find(|job| job.id == ask.job_id)
        .ok_or_else(|| XrpcError::new(404, "JobNotFound", "Job not found"))?;
    let status = job.status(&state, platform.now());
    Ok(Json(json!({ "jobStatus": status })).into_response())
}

/// `app.bsky.video.getUploadLimits`
pub(super) async fn limits(State(platform): State<Shared>, headers: HeaderMap) -> XrpcResult {
    let token = service_token(&platform, &headers)?;
    let fits = token.text("lxm") == Some("app.bsky.video.getUploadLimits")
        && token.text("aud") == Some(platform.video_did().as_str());
    if !fits {
        return Err(XrpcError::new(
            401,
            "BadJwtAudience",
            "The token is for something else",
        ));
    }
    let did = token.text("iss").unwrap_or_default();
    let state = platform.state();
    let window = daily(&state);
    let left = window
        .limit
        .saturating_sub(state.limits.spent(did, window, platform.now()));
    let confirmed = state
        .account(did)
        .is_some_and(|account| account.email_confirmed);
    let mut answer = json!({
        "canUpload": left > 0 && confirmed,
        "remainingDailyVideos": left,
        "remainingDailyBytes": 10_000_000_000_u64,
    });
    if !confirmed {
        answer["error"] = json!("unconfirmed_email");
        answer["message"] = json!("Confirm your email address to upload videos");
    } else if left == 0 {
        answer["error"] = json!("DailyLimitExceeded");
        answer["message"] = json!("Daily upload limit exceeded");
    }
    Ok(Json(answer).into_response())
}

impl Job {
    fn status(&self, state: &PlatformState, now: DateTime<Utc>) -> Value {
        let mut status = json!({ "jobId": self.id, "did": self.did });
        let takes = span(state.config.processing);
        if now - self.begun_at < takes {
            let worked = (now - self.begun_at).num_milliseconds() * 100;
            status["state"] = json!("JOB_STATE_ENCODING");
            status["progress"] = json!(worked / takes.num_milliseconds().max(1));
        } else if let Some(failure) = &self.fails {
            status["state"] = json!("JOB_STATE_FAILED");
            status["error"] = json!(failure.message);
            status["failureCode"] = json!(failure.code);
            status["message"] = json!(failure.message);
        } else {
            status["state"] = json!("JOB_STATE_COMPLETED");
            status["progress"] = json!(100);
            status["blob"] = self.blob.clone();
        }
        status
    }
}

fn daily(state: &PlatformState) -> Window {
    Window {
        name: "video",
        limit: state.config.videos_per_day,
        seconds: 86_400,
    }
}

fn service_token(platform: &Platform, headers: &HeaderMap) -> XrpcResult<jwt::Jwt> {
    let refused = |why| XrpcError::new(401, "AuthenticationRequired", why);
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .and_then(|token| jwt::open(&platform.key, "service+jwt", token))
        .ok_or_else(|| refused("A service token is required"))?;
    let now = platform.now().timestamp();
    if token.number("exp").is_none_or(|end| now >= end) {
        return Err(refused("The service token has expired"));
    }
    Ok(token)
}
