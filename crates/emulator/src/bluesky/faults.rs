use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use axum::{
    Json,
    body::Body,
    extract::{ConnectInfo, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Shared, errors::oauth_answer};
use crate::{recorder::RecordedRequest, server::Cut};

/// A scripted fault: the next `times` requests to `endpoint`, after `skip`
/// that go through, are answered as it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The name of the method, such as `com.atproto.repo.putRecord`; or `oauth/par`, `oauth/token`,
    /// `oauth/revoke`, `plc`, `oauth-protected-resource`, `oauth-authorization-server`.
    pub endpoint: String,
    /// How many requests it strikes.
    #[serde(default = "once")]
    pub times: u32,
    /// How many requests go through before it strikes.
    #[serde(default)]
    pub skip: u32,
    /// The status answered. Without it, and without `error`, `body` or `drop`, the real answer is given
    /// (after `delay_ms`).
    #[serde(default)]
    pub status: Option<u16>,
    /// The error's name.
    #[serde(default)]
    pub error: Option<String>,
    /// The error's message.
    #[serde(default)]
    pub message: Option<String>,
    /// Headers of the answer, such as `retry-after`.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
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
            error: None,
            message: None,
            headers: BTreeMap::new(),
            body: None,
            drop: false,
            after_work: None,
            delay_ms: 0,
        }
    }

    fn lets_work_happen(&self) -> bool {
        self.after_work
            .unwrap_or(self.drop || !self.replaces_answer())
    }

    fn replaces_answer(&self) -> bool {
        self.status.is_some() || self.error.is_some() || self.body.is_some() || self.drop
    }

    fn answer(&self) -> Response {
        let status = self
            .status
            .and_then(|status| StatusCode::from_u16(status).ok())
            .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let message = self.message.as_deref().unwrap_or("scripted fault");
        let mut response = if let Some(body) = &self.body {
            let html = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (status, html, body.clone()).into_response()
        } else if self.endpoint.starts_with("oauth/") {
            let error = self.error.as_deref().unwrap_or("server_error");
            oauth_answer(status, error, message)
        } else {
            let error = self.error.as_deref().unwrap_or("InternalServerError");
            let body = json!({ "error": error, "message": message });
            (status, Json(body)).into_response()
        };
        for (name, value) in &self.headers {
            if let (Ok(name), Ok(value)) = (
                HeaderName::try_from(name.as_str()),
                HeaderValue::try_from(value.as_str()),
            ) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }
}

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

/// Applies scripted faults, hands out nonces, and records what was answered.
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
    let wants_nonce = endpoint.starts_with("oauth/") || request.headers().contains_key("dpop");
    let fault = platform.state().faults.take(&endpoint);

    let mut response = match &fault {
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
    if wants_nonce && let Ok(nonce) = HeaderValue::from_str(&platform.nonces()[0]) {
        response.headers_mut().insert("dpop-nonce", nonce);
    }
    let mut dropped = false;
    if let Some(fault) = fault {
        if fault.delay_ms > 0 {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
        }
        if fault.drop {
            dropped = true;
            cut.cut();
        }
    }
    platform.recorder.record(RecordedRequest {
        received_at,
        at: platform.now(),
        platform: "bluesky".to_owned(),
        endpoint,
        method,
        path,
        status: (!dropped).then_some(response.status().as_u16()),
    });
    response
}

/// The short name of an address; pages and pictures have none.
fn endpoint_of(path: &str) -> Option<String> {
    let path = path.trim_start_matches('/');
    if let Some(method) = path.strip_prefix("xrpc/") {
        return Some(method.to_owned());
    }
    if path.starts_with("plc/") {
        return Some("plc".to_owned());
    }
    if let Some(name) = path.strip_prefix(".well-known/") {
        return Some(name.to_owned());
    }
    matches!(path, "oauth/par" | "oauth/token" | "oauth/revoke").then(|| path.to_owned())
}

/// Reads a body to its end, so that a refusal reaches a client that is still
/// sending.
async fn drain(body: Body) {
    let mut stream = body.into_data_stream();
    while let Some(Ok(_)) = stream.next().await {}
}
