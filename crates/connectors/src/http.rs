//! The one way to the outside: an HTTP client with time limits, no redirects, no cookies.
//!
//! What is logged of a call is its method, path, status and duration: never a query string, a header
//! or a body, because those carry tokens.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use reqwest::redirect::Policy;

/// How long a connection may take to come about.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a platform may be silent while we wait for an answer.
pub const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a call of an API may take in all.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);
/// What an upload may take before any byte is counted.
const UPLOAD_BASE: Duration = Duration::from_secs(60);
/// The slowest upload that is waited for, in bytes a second.
const UPLOAD_BYTES_A_SECOND: u64 = 100_000;

/// The client could not be built: TLS or the resolver could not be set up.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP client cannot be set up")]
pub struct HttpClientError(#[source] reqwest::Error);

/// The HTTP client that every connector is given. Cheap to clone.
///
/// There are two inside, because the read timeout of reqwest runs from the first moment of a request:
/// it would cut off every upload that takes longer than that to send.
#[derive(Clone)]
pub struct HttpClient {
    calls: reqwest::Client,
    uploads: reqwest::Client,
}

impl fmt::Debug for HttpClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpClient").finish_non_exhaustive()
    }
}

impl HttpClient {
    /// A client with AutoPost's limits.
    ///
    /// # Errors
    /// When TLS or the resolver cannot be set up.
    pub fn new() -> Result<Self, HttpClientError> {
        Self::built(|builder| builder)
    }

    /// A client that finds hosts by this resolver, for addresses that people supply.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub(crate) fn with_resolver<R>(resolver: Arc<R>) -> Result<Self, HttpClientError>
    where
        R: reqwest::dns::Resolve + 'static,
    {
        Self::built(|builder| builder.dns_resolver(Arc::clone(&resolver)))
    }

    fn built(
        change: impl Fn(reqwest::ClientBuilder) -> reqwest::ClientBuilder,
    ) -> Result<Self, HttpClientError> {
        // Fails only when a provider is installed already, which serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = || {
            let builder = reqwest::Client::builder()
                .user_agent(concat!("AutoPost/", env!("CARGO_PKG_VERSION")))
                .connect_timeout(CONNECT_TIMEOUT)
                .pool_idle_timeout(Duration::from_secs(20))
                .redirect(Policy::none())
                .referer(false);
            change(builder)
        };
        Ok(Self {
            calls: builder()
                .read_timeout(READ_TIMEOUT)
                .timeout(CALL_TIMEOUT)
                .build()
                .map_err(HttpClientError)?,
            uploads: builder().build().map_err(HttpClientError)?,
        })
    }

    /// For calls of an API: the total time is limited.
    pub(crate) const fn calls(&self) -> &reqwest::Client {
        &self.calls
    }

    /// For sending `length` bytes: the time allowed grows with them.
    pub(crate) fn upload(
        &self,
        method: reqwest::Method,
        url: url::Url,
        length: u64,
    ) -> reqwest::RequestBuilder {
        let allowed = UPLOAD_BASE + Duration::from_secs(length / UPLOAD_BYTES_A_SECOND);
        self.uploads.request(method, url).timeout(allowed)
    }
}

/// Sends a request. `path` is what is logged of the address; where the path itself is a secret (an
/// upload address), the caller names the purpose instead. The error carries no address.
pub(crate) async fn send(
    request: reqwest::RequestBuilder,
    path: &str,
) -> Result<reqwest::Response, reqwest::Error> {
    let started = Instant::now();
    let (client, request) = request.build_split();
    let request = request.map_err(reqwest::Error::without_url)?;
    let method = request.method().clone();
    let answer = client
        .execute(request)
        .await
        .map_err(reqwest::Error::without_url);
    let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
    match &answer {
        Ok(response) => {
            tracing::debug!(%method, path, status = response.status().as_u16(), duration_ms, "platform answered");
        }
        Err(error) => {
            tracing::warn!(%method, path, duration_ms, fault = fault(error), "platform did not answer");
        }
    }
    answer
}

/// What went wrong with a request, in a few words without an address.
pub(crate) fn fault(error: &reqwest::Error) -> &'static str {
    if error.is_connect() {
        "connection could not be made"
    } else if error.is_timeout() {
        "no answer in time"
    } else if error.is_body() || error.is_decode() {
        "answer broke off"
    } else {
        "connection broke off"
    }
}

/// Why a body was not read to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// It has more bytes than allowed.
    #[error("the answer is larger than allowed")]
    TooLarge,
    /// The connection broke off.
    #[error("the answer broke off")]
    Broken(#[source] reqwest::Error),
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read_body(
    mut response: reqwest::Response,
    limit: usize,
) -> Result<Bytes, BodyError> {
    let mut body = BytesMut::new();
    loop {
        let part = response.chunk().await;
        let Some(part) = part.map_err(|error| BodyError::Broken(error.without_url()))? else {
            return Ok(body.freeze());
        };
        if body.len() + part.len() > limit {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&part);
    }
}
