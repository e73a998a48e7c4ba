//! Small servers on loopback that say what a test wants them to.

use std::sync::{Arc, Mutex};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, Method, Response};
use serde_json::Value;
use url::Url;

/// What a stub was asked.
#[derive(Clone, Debug)]
pub struct StubRequest {
    /// The method.
    pub method: Method,
    /// The path.
    pub path: String,
    /// The query, decoded.
    pub query: Vec<(String, String)>,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl StubRequest {
    /// The last part of the path: the name of a call.
    #[must_use]
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// A parameter of the query.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// A header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a stub answers.
#[derive(Clone, Debug)]
pub struct StubAnswer {
    /// The status.
    pub status: u16,
    /// Headers.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Value,
}

impl StubAnswer {
    /// An answer without headers of its own.
    #[must_use]
    pub const fn new(status: u16, body: Value) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body,
        }
    }

    /// With a header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }
}

/// A server that answers by a function and remembers what it was asked. Ends with the test.
pub struct Stub {
    /// Its address.
    pub url: Url,
    seen: Arc<Mutex<Vec<StubRequest>>>,
    server: tokio::task::JoinHandle<()>,
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Stub {
    /// Starts one.
    pub async fn start(
        answer: impl Fn(&StubRequest) -> StubAnswer + Send + Sync + 'static,
    ) -> Self {
        let seen: Arc<Mutex<Vec<StubRequest>>> = Arc::default();
        let answer = Arc::new(answer);
        let known = Arc::clone(&seen);
        let handler = move |request: Request| {
            let (answer, known) = (Arc::clone(&answer), Arc::clone(&known));
            async move {
                let request = read(request).await;
                known.lock().expect("the list").push(request.clone());
                respond(answer(&request))
            }
        };
        let (url, server) = serve(axum::Router::new().fallback(handler)).await;
        Self { url, seen, server }
    }

    /// What it was asked so far.
    #[must_use]
    pub fn seen(&self) -> Vec<StubRequest> {
        self.seen.lock().expect("the list").clone()
    }
}

/// Where a client's document lies for the PDS, which takes `https://p<port>.autopost.internal/` for that
/// port on loopback.
pub struct ClientHost {
    /// The public address of the client.
    pub public_url: String,
    document: Arc<Mutex<Value>>,
    _stub: Stub,
}

impl ClientHost {
    /// Starts one, with nothing to show yet.
    pub async fn start() -> Self {
        let document: Arc<Mutex<Value>> = Arc::default();
        let shown = Arc::clone(&document);
        let stub = Stub::start(move |request| {
            let document = shown.lock().expect("the document").clone();
            let is_asked = request.path == "/oauth/bluesky/client-metadata.json";
            if is_asked && !document.is_null() {
                StubAnswer::new(200, document)
            } else {
                StubAnswer::new(404, Value::Null)
            }
        })
        .await;
        let port = stub.url.port().expect("a port");
        Self {
            public_url: format!("https://p{port}.autopost.internal/"),
            document,
            _stub: stub,
        }
    }

    /// Shows this document from now on.
    pub fn show(&self, document: Value) {
        *self.document.lock().expect("the document") = document;
    }
}

/// Serves on a free port of loopback.
pub(super) async fn serve(router: axum::Router) -> (Url, tokio::task::JoinHandle<()>) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(async move {
        axum::serve(listener, router).await.expect("served");
    });
    let url = format!("http://{address}/").parse().expect("an address");
    (url, server)
}

pub(super) async fn read(request: Request) -> StubRequest {
    let (head, body) = request.into_parts();
    let query = head.uri.query().unwrap_or_default();
    StubRequest {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: url::form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect(),
        headers: head.headers,
        body: axum::body::to_bytes(body, 400_000_000)
            .await
            .unwrap_or_default(),
    }
}

pub(super) fn respond(answer: StubAnswer) -> Response<Body> {
    let mut response = Response::builder()
        .status(answer.status)
        .header("content-type", "application/json");
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = match answer.body {
        Value::String(text) => text,
        other => other.to_string(),
    };
    response.body(Body::from(body)).expect("an answer")
}
