//! A stand-in for Bluesky's video service, which runs nowhere else: it looks at the tokens as the real
//! one does, works on a job for as long as it is asked twice, and stores the video with the PDS by the
//! token that it was handed.

use std::sync::{Arc, Mutex};

use axum::extract::Request;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::Url;

use super::stub::{StubAnswer, StubRequest, read, respond, serve};
use super::{Pds, client};

/// Its identity.
pub(super) const DID: &str = "did:web:video.test";

/// How it behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum VideoMode {
    /// As it should.
    Works,
    /// It has the video already, and says so.
    HasItAlready,
    /// So many jobs fail for this reason, the rest work.
    Fails(u32, &'static str),
    /// It never comes to an end.
    Hangs,
    /// The account has no videos left for today.
    UsedUp,
    /// The account may not post videos.
    Forbidden,
    /// It forgets the first job.
    Forgets,
}

/// The stand-in. Ends with the test.
pub struct VideoStub {
    /// Its address.
    pub url: Url,
    state: Arc<Mutex<State>>,
    server: tokio::task::JoinHandle<()>,
}

struct State {
    pds: Pds,
    http: reqwest::Client,
    mode: VideoMode,
    jobs: Vec<Job>,
}

#[derive(Clone)]
struct Job {
    token: String,
    bytes: axum::body::Bytes,
    looks: u32,
    done: Option<Value>,
}

impl Drop for VideoStub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl VideoStub {
    /// Starts one beside this PDS.
    pub async fn start(pds: &Pds, mode: VideoMode) -> Self {
        let state = Arc::new(Mutex::new(State {
            pds: pds.clone(),
            http: client(),
            mode,
            jobs: Vec::new(),
        }));
        let known = Arc::clone(&state);
        let handler = move |request: Request| {
            let known = Arc::clone(&known);
            async move { respond(answer(&known, read(request).await).await) }
        };
        let (url, server) = serve(axum::Router::new().fallback(handler)).await;
        Self { url, state, server }
    }

    /// How many videos it was handed.
    #[must_use]
    pub fn uploads(&self) -> usize {
        self.state.lock().expect("the state").jobs.len()
    }
}

async fn answer(state: &Mutex<State>, request: StubRequest) -> StubAnswer {
    let answered = match request.name() {
        "app.bsky.video.getUploadLimits" => limits(state, &request),
        "app.bsky.video.uploadVideo" => upload(state, &request),
        "app.bsky.video.getJobStatus" => look(state, &request).await,
        other => Err(format!("{other} is not served here")),
    };
    answered.unwrap_or_else(|complaint| refused(401, "AuthenticationRequired", &complaint))
}

fn refused(status: u16, name: &str, message: &str) -> StubAnswer {
    StubAnswer::new(status, json!({ "error": name, "message": message }))
}

fn limits(state: &Mutex<State>, request: &StubRequest) -> Result<StubAnswer, String> {
    check_token(request, DID, "app.bsky.video.getUploadLimits")?;
    let mode = state.lock().expect("the state").mode.clone();
    Ok(StubAnswer::new(
        200,
        match mode {
            VideoMode::UsedUp => json!({
                "canUpload": false, "remainingDailyVideos": 0, "remainingDailyBytes": 5_000_000,
                "error": "DailyLimitExceeded", "message": "User has exceeded daily upload videos limit",
            }),
            VideoMode::Forbidden => json!({
                "canUpload": false, "message": "User email not verified",
            }),
            _ => json!({
                "canUpload": true, "remainingDailyVideos": 24, "remainingDailyBytes": 1_000_000_000,
            }),
        },
    ))
}

fn upload(state: &Mutex<State>, request: &StubRequest) -> Result<StubAnswer, String> {
    let token = check_token(request, "did:web:localhost", "com.atproto.repo.uploadBlob")?;
    if request.parameter("did") != Some(issuer(&token).as_str()) {
        return Err("the token is another account's".to_owned());
    }
    if !request
        .parameter("name")
        .is_some_and(|name| name.ends_with(".mp4"))
    {
        return Ok(refused(400, "InvalidRequest", "a name is needed"));
    }
    if request.header("content-type") != Some("video/mp4") {
        return Ok(refused(400, "InvalidRequest", "video/mp4 is needed"));
    }
    if request.header("content-length") != Some(request.body.len().to_string().as_str()) {
        return Ok(refused(400, "InvalidRequest", "a length is needed"));
    }
    let mut state = state.lock().expect("the state");
    state.jobs.push(Job {
        token,
        bytes: request.body.clone(),
        looks: 0,
        done: None,
    });
    let id = format!("job-{}", state.jobs.len());
    if state.mode == VideoMode::HasItAlready {
        return Ok(StubAnswer::new(
            409,
            json!({
                "error": "already_exists", "message": "Video already processed", "jobId": id,
                "did": request.parameter("did"), "state": "JOB_STATE_ENCODING",
            }),
        ));
    }
    // Bare, as the real one has it, and not as its lexicon says.
    Ok(StubAnswer::new(
        200,
        json!({ "jobId": id, "did": request.parameter("did"), "state": "JOB_STATE_CREATED" }),
    ))
}

async fn look(state: &Mutex<State>, request: &StubRequest) -> Result<StubAnswer, String> {
    let id = request.parameter("jobId").unwrap_or_default().to_owned();
    let number = id
        .strip_prefix("job-")
        .and_then(|number| number.parse::<usize>().ok());
    let (job, mode, pds, http) = {
        let mut state = state.lock().expect("the state");
        let mode = state.mode.clone();
        let job = number.and_then(|number| state.jobs.get_mut(number.checked_sub(1)?));
        let forgotten = mode == VideoMode::Forgets && number == Some(1);
        let Some(job) = job.filter(|_| !forgotten) else {
            return Ok(refused(404, "UploadNotFound", "no such job"));
        };
        job.looks += 1;
        (job.clone(), mode, state.pds.clone(), state.http.clone())
    };
    let status = |state: &str| json!({ "jobId": id, "did": issuer(&job.token), "state": state });
    let fails =
        matches!(mode, VideoMode::Fails(times, _) if number.is_some_and(|n| n <= times as usize));
    let status = if job.looks < 2 || mode == VideoMode::Hangs {
        let mut status = status("JOB_STATE_ENCODING");
        status["progress"] = 50.into();
        status
    } else if let (true, VideoMode::Fails(_, code)) = (fails, &mode) {
        let mut status = status("JOB_STATE_FAILED");
        status["failureCode"] = (*code).into();
        status["message"] = "the video cannot be used".into();
        status
    } else {
        let mut status = status("JOB_STATE_COMPLETED");
        status["blob"] = match job.done {
            Some(blob) => blob,
            None => store(&http, &pds, &job).await,
        };
        status
    };
    Ok(StubAnswer::new(200, json!({ "jobStatus": status })))
}

/// Stores the video with the PDS, which checks the token's signature.
async fn store(http: &reqwest::Client, pds: &Pds, job: &Job) -> Value {
    let answer = http
        .post(pds.address("com.atproto.repo.uploadBlob"))
        .bearer_auth(&job.token)
        .header("content-type", "video/mp4")
        .body(job.bytes.clone())
        .send()
        .await
        .expect("an answer of the PDS");
    let status = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "the PDS answered {status}: {body}");
    body["blob"].clone()
}

/// The token, if it is made out to this service for this call and for not too long.
fn check_token(request: &StubRequest, audience: &str, method: &str) -> Result<String, String> {
    let token = request
        .header("authorization")
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or("no token")?;
    let claims = claims(token);
    #[expect(
        clippy::disallowed_methods,
        reason = "the token was made by the real time"
    )]
    let now = chrono::Utc::now().timestamp();
    let until = claims["exp"].as_i64().unwrap_or_default();
    if claims["aud"] != audience {
        Err(format!(
            "made out to {} and not to {audience}",
            claims["aud"]
        ))
    } else if claims["lxm"] != method {
        Err(format!("for {} and not for {method}", claims["lxm"]))
    } else if !(now + 1..=now + 3600).contains(&until) {
        Err(format!("ends at {until}, and it is {now}"))
    } else {
        Ok(token.to_owned())
    }
}

fn issuer(token: &str) -> String {
    claims(token)["iss"].as_str().unwrap_or_default().to_owned()
}

fn claims(token: &str) -> Value {
    let part = token.split('.').nth(1).unwrap_or_default();
    let bytes = URL_SAFE_NO_PAD.decode(part).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}
