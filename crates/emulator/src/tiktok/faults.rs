use std::{collections::VecDeque, time::Duration};

use axum::{
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};

use super::{
    Shared,
    errors::{ApiError, oauth_answer},
};
use crate::{recorder::RecordedRequest, server::Cut};

/// A scripted fault: the next `times` requests to `endpoint`, after `skip`
/// that go through, are answered as it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The endpoint's short name: `oauth/token`, `oauth/revoke`,
    /// `auth/authorize`, `user/info`, `creator_info/query`, `video/init`,
    /// `inbox/video/init`, `content/init`, `status/fetch`, `cancel`,
    /// `video/list`, `video/query`, `upload`.
    pub endpoint: String,
    /// How many requests it strikes.
    #[serde(default = "once")]
    pub times: u32,
    /// How many requests go through before it strikes.
    #[serde(default)]
    pub skip: u32,
    /// The status answered. Without it, and without `code`, `body` or `drop`,
    /// the real answer is given (after `delay_ms`).
    #[serde(default)]
    pub status: Option<u16>,
    /// The error code answered; may be empty, as TikTok's sometimes is.
    #[serde(default)]
    pub code: Option<String>,
    /// The error message answered.
    #[serde(default)]
    pub message: Option<String>,
    /// A body answered as it is, as HTML: what gateways answer.
    #[serde(default)]
    pub body: Option<String>,
    /// Closes the connection without an answer.
    #[serde(default)]
    pub drop: bool,
    /// Whether the request takes effect before the fault strikes. By default
    /// it does when the connection is dropped, and does not otherwise.
    #[serde(default)]
    pub after_work: Option<bool>,
    /// Real milliseconds to wait before answering.
    #[serde(default)]
    pub delay_ms: u64,
    /// The network held the request back: it takes effect only after so many
    /// other requests that were sent later. Who sent it has long been
    /// answered as the fault says.
    #[serde(default)]
    pub late: u32,
    /// The network delivers the request twice: the copy takes effect after
    /// `late` others, and its answer reaches nobody.
    #[serde(default)]
    pub duplicate: bool,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A fault that strikes one request and changes nothing yet.
    #[must_use]
    pub fn on(endpoint: &str) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            times: 1,
            skip: 0,
            status: None,
            code: None,
            message: None,
            body: None,
            drop: false,
            after_work: None,
            delay_ms: 0,
            late: 0,
            duplicate: false,
        }
    }

    fn lets_work_happen(&self) -> bool {
        self.after_work
            .unwrap_or(self.drop || !self.replaces_answer())
    }

    fn replaces_answer(&self) -> bool {
        self.status.is_some() || self.code.is_some() || self.body.is_some() || self.drop
    }

    fn answer(&self) -> Response {
        let status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if let Some(body) = &self.body {
            let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            return (status, html, body.clone()).into_response();
        }
        let message = self.message.as_deref().unwrap_or("scripted fault");
        match self.endpoint.as_str() {
            "upload" => status.into_response(),
            "oauth/token" | "oauth/revoke" => {
                let code = self.code.as_deref().unwrap_or("server_error");
                oauth_answer(status, code, message)
            }
            _ => {
                let code = self.code.as_deref().unwrap_or("internal_error");
                ApiError::scripted(status, code, message).into_response()
            }
        }
    }
}

/// A request that the network still holds.
pub(super) struct Late {
    /// How many others come before it.
    others: u32,
    request: Request,
    next: Next,
}

/// More than a test sends in one request, so that what is late or comes twice
/// can be kept.
const LATE_BODY: usize = 64 * 1024 * 1024;

/// The queued faults.
#[derive(Default)]
pub(super) struct Faults(VecDeque<Fault>);

impl Faults {
    pub(super) fn push(&mut self, fault: Fault) {
        if fault.times > 0 {
            self.0.push_back(fault);
        }
    }

    pub(super) fn all(&self) -> Vec<Fault> {
        self.0.iter().cloned().collect()
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// What strikes a request to `endpoint` now.
    fn take(&mut self, endpoint: &str) -> Option<Fault> {
        let index = self.0.iter().position(|fault| fault.endpoint == endpoint)?;
        let fault = self.0.get_mut(index)?;
        if fault.skip > 0 {
            fault.skip -= 1;
            return None;
        }
        fault.times -= 1;
        let strikes = fault.clone();
        if strikes.times == 0 {
            self.0.remove(index);
        }
        Some(strikes)
    }
}

/// What the network holds arrives when its turn has come.
async fn deliver_late(platform: &Shared) {
    let arriving: Vec<Late> = {
        let mut state = platform.state();
        for late in &mut state.late {
            late.others = late.others.saturating_sub(1);
        }
        let (now, later) = std::mem::take(&mut state.late)
            .into_iter()
            .partition(|late| late.others == 0);
        state.late = later;
        now
    };
    for late in arriving {
        late.next.run(late.request).await;
    }
}

/// Two of the same request; the second is for later. `None` when its body
/// cannot be kept.
async fn copied(request: Request) -> Option<(Request, Request)> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, LATE_BODY).await.ok()?;
    let copy = Request::from_parts(parts.clone(), Body::from(body.clone()));
    Some((Request::from_parts(parts, Body::from(body)), copy))
}

/// Put on a response to have the connection cut instead of answered.
#[derive(Clone, Copy)]
pub(super) struct DropConnection;

/// Applies scripted faults, and records what was answered.
pub(super) async fn watch(
    State(platform): State<Shared>,
    ConnectInfo(cut): ConnectInfo<Cut>,
    request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let method = request.method().to_string();
    let Some(endpoint) = endpoint_of(&path) else {
        return next.run(request).await;
    };
    let received_at = platform.now();
    let (fault, latency) = {
        let mut state = platform.state();
        (state.faults.take(&endpoint), state.config.latency)
    };
    if !latency.is_zero() {
        tokio::time::sleep(latency).await;
    }

    deliver_late(&platform).await;
    let mut response = match &fault {
        Some(fault) if fault.duplicate || fault.late > 0 => {
            let Some((request, copy)) = copied(request).await else {
                return StatusCode::PAYLOAD_TOO_LARGE.into_response();
            };
            let late = Late {
                others: fault.late,
                request: copy,
                next: next.clone(),
            };
            if !fault.duplicate {
                platform.state().late.push(late);
                fault.answer()
            } else {
                let answer = next.run(request).await;
                if fault.late > 0 {
                    platform.state().late.push(late);
                } else {
                    late.next.run(late.request).await;
                }
                answer
            }
        }
        Some(fault) if !fault.lets_work_happen() => {
            drain(request.into_body()).await;
            fault.answer()
        }
        Some(fault) if fault.replaces_answer() => {
            next.run(request).await;
            fault.answer()
        }
        _ => next.run(request).await,
    };
    if let Some(fault) = fault {
        if fault.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        }
        if fault.drop {
            response.extensions_mut().insert(DropConnection);
        }
    }

    let dropped = response.extensions().get::<DropConnection>().is_some();
    if dropped {
        cut.cut();
    }
    platform.recorder.record(RecordedRequest {
        received_at,
        at: platform.now(),
        platform: "tiktok".to_owned(),
        endpoint,
        method,
        path,
        status: (!dropped).then_some(response.status().as_u16()),
    });
    response
}

/// The short name of an API path; pages and images have none. A missing
/// trailing slash does not change the name, so that it shows in the record.
fn endpoint_of(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    if path == "upload" {
        return Some(path.to_owned());
    }
    let path = path.strip_prefix("v2/")?;
    Some(
        path.strip_prefix("post/publish/")
            .unwrap_or(path)
            .to_owned(),
    )
}

/// Reads a body to its end, so that a refusal reaches a client that is still
/// sending.
pub(super) async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    while let Some(Ok(_)) = stream.next().await {}
}
