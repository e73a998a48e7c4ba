//! Calls to any server of the network: only to hosts that may be talked to, with proofs where a session
//! is bound to a key, and answers that are small.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use reqwest::header::{
    AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue,
    WWW_AUTHENTICATE,
};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use super::error::{self, Refusal};
use super::key::Key;
use super::proof::{Nonces, proof};
use crate::hosts::{Hosts, PublicOnly};
use crate::http::{HttpClient, HttpClientError, read_body, send};
use crate::stored::{exactly, unreadable};
use crate::{MediaSource, PlatformError};

/// More than any answer that is read has.
const BODY_LIMIT: usize = 1024 * 1024;
const DPOP: HeaderName = HeaderName::from_static("dpop");
const DPOP_NONCE: HeaderName = HeaderName::from_static("dpop-nonce");

/// What a call sends.
#[derive(Clone, Copy)]
pub(super) enum Payload<'a> {
    Nothing,
    Json(&'a Value),
    /// The fields of a form, made anew for every try: some of them work once.
    Form(&'a (dyn Fn() -> Result<Vec<(&'static str, String)>, PlatformError> + Sync)),
    /// A file of this type.
    File {
        mime: &'static str,
        source: &'a Arc<dyn MediaSource>,
    },
}

/// How a call says who it is from.
#[derive(Clone, Copy)]
pub(super) enum Credentials<'a> {
    Nobody,
    Bearer(&'a SecretString),
    /// A key, and the token that is bound to it, where there is one yet.
    Proof(&'a Key, Option<&'a SecretString>),
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Bytes,
}

impl Answer {
    pub const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// The answer as JSON of this form.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, PlatformError> {
        serde_json::from_slice(&self.body).map_err(|_| error::unreadable(self.status))
    }

    /// The answer of a call that succeeded, or why it was refused.
    pub fn accepted(self) -> Result<Self, Refusal> {
        if self.is_success() {
            Ok(self)
        } else {
            Err(Refusal::read(self.status, &self.headers, &self.body))
        }
    }

    fn wants_nonce(&self) -> bool {
        const WORDS: &str = "use_dpop_nonce";
        let in_header = self
            .headers
            .get(WWW_AUTHENTICATE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains(WORDS));
        let in_body =
            || serde_json::from_slice::<Value>(&self.body).is_ok_and(|body| body["error"] == WORDS);
        matches!(self.status, 400 | 401) && (in_header || in_body())
    }
}

/// The way to the network.
#[derive(Debug)]
pub(super) struct Net {
    http: HttpClient,
    hosts: Hosts,
    nonces: Nonces,
}

impl Net {
    pub fn new(development_hosts: &[String]) -> Result<Self, HttpClientError> {
        let hosts = Hosts::new(development_hosts);
        Ok(Self {
            http: HttpClient::with_resolver(Arc::new(PublicOnly(hosts.clone())))?,
            hosts,
            nonces: Nonces::default(),
        })
    }

    /// Whether the server may be talked to.
    pub fn check(&self, url: &Url) -> Result<(), PlatformError> {
        self.hosts.check(url)
    }

    /// Whether a server's nonce is known, without which a first call is sent twice.
    pub fn knows_nonce(&self, url: &Url) -> bool {
        self.nonces.of(url).is_some()
    }

    /// Reads an address that is open to anybody.
    pub async fn get(&self, url: Url) -> Result<Answer, PlatformError> {
        self.call(Method::GET, &url, Payload::Nothing, Credentials::Nobody)
            .await
    }

    /// Reads an address that is open to anybody, and may be larger than an answer of the API.
    pub async fn get_up_to(&self, url: Url, limit: usize) -> Result<Answer, PlatformError> {
        self.hosts.check(&url)?;
        let (payload, credentials) = (Payload::Nothing, Credentials::Nobody);
        self.once(&Method::GET, &url, payload, credentials, limit)
            .await
    }

    /// One call; repeated once at most, with the nonce that the server asked for.
    pub async fn call(
        &self,
        method: Method,
        url: &Url,
        payload: Payload<'_>,
        credentials: Credentials<'_>,
    ) -> Result<Answer, PlatformError> {
        self.hosts.check(url)?;
        let answer = self
            .once(&method, url, payload, credentials, BODY_LIMIT)
            .await?;
        if matches!(credentials, Credentials::Proof(..)) && answer.wants_nonce() {
            return self
                .once(&method, url, payload, credentials, BODY_LIMIT)
                .await;
        }
        Ok(answer)
    }

    async fn once(
        &self,
        method: &Method,
        url: &Url,
        payload: Payload<'_>,
        credentials: Credentials<'_>,
        limit: usize,
    ) -> Result<Answer, PlatformError> {
        let broken = Arc::new(AtomicBool::new(false));
        let request = self.request(method, url, payload, &broken).await?;
        let request = self.signed(request, method, url, credentials)?;
        let response = match send(request, url.path()).await {
            Ok(response) => response,
            Err(_) if broken.load(Ordering::SeqCst) => {
                return Err(unreadable(&std::io::ErrorKind::UnexpectedEof.into()));
            }
            Err(fault) => return Err(error::unreachable(crate::http::fault(&fault))),
        };
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let nonce = headers
            .get(DPOP_NONCE)
            .and_then(|nonce| nonce.to_str().ok());
        if let Some(nonce) = nonce {
            self.nonces.remember(url, nonce);
        }
        let body = read_body(response, limit)
            .await
            .map_err(|fault| error::unreachable(&fault.to_string()))?;
        Ok(Answer {
            status,
            headers,
            body,
        })
    }

    async fn request(
        &self,
        method: &Method,
        url: &Url,
        payload: Payload<'_>,
        broken: &Arc<AtomicBool>,
    ) -> Result<RequestBuilder, PlatformError> {
        let calls = || self.http.calls().request(method.clone(), url.clone());
        Ok(match payload {
            Payload::Nothing => calls(),
            Payload::Json(body) => calls().json(body),
            Payload::Form(fields) => calls().form(&fields()?),
            Payload::File { mime, source } => {
                let length = source.len();
                let reader = source
                    .open(0, length)
                    .await
                    .map_err(|fault| unreadable(&fault))?;
                let body = exactly(reader, length, Arc::clone(broken));
                self.http
                    .upload(method.clone(), url.clone(), length)
                    .header(CONTENT_TYPE, mime)
                    .header(CONTENT_LENGTH, length)
                    .body(reqwest::Body::wrap_stream(body))
            }
        })
    }

    fn signed(
        &self,
        request: RequestBuilder,
        method: &Method,
        url: &Url,
        credentials: Credentials<'_>,
    ) -> Result<RequestBuilder, PlatformError> {
        Ok(match credentials {
            Credentials::Nobody => request,
            Credentials::Bearer(token) => request.header(AUTHORIZATION, secret("Bearer", token)?),
            Credentials::Proof(key, token) => {
                let nonce = self.nonces.of(url);
                let made = proof(key, method, url, nonce.as_deref(), token)
                    .map_err(|fault| error::ours(&fault))?;
                let request = request.header(DPOP, made);
                match token {
                    Some(token) => request.header(AUTHORIZATION, secret("DPoP", token)?),
                    None => request,
                }
            }
        })
    }
}

fn secret(scheme: &str, token: &SecretString) -> Result<HeaderValue, PlatformError> {
    let mut value = HeaderValue::try_from(format!("{scheme} {}", token.expose_secret()))
        .map_err(|_| error::unreadable(0))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use testing::pds::{Stub, StubAnswer, host};
    use tokio::io::AsyncRead;

    use super::*;
    use crate::bluesky::generate_signing_key;

    struct InMemory(Vec<u8>);

    #[async_trait::async_trait]
    impl MediaSource for InMemory {
        fn len(&self) -> u64 {
            self.0.len() as u64
        }

        async fn open(
            &self,
            _start: u64,
            length: u64,
        ) -> std::io::Result<Box<dyn AsyncRead + Send + Unpin>> {
            let bytes: Vec<u8> = self.0.iter().copied().take(length as usize).collect();
            Ok(Box::new(std::io::Cursor::new(bytes)))
        }
    }

    /// A server that accepts only proofs with its nonce.
    async fn strict(nonce: &'static str) -> Stub {
        Stub::start(move |request| {
            let wanted = claims(request.header("dpop").unwrap_or_default());
            if wanted["nonce"] == nonce {
                return StubAnswer::new(200, json!({})).with("dpop-nonce", nonce);
            }
            StubAnswer::new(401, json!({}))
                .with("www-authenticate", r#"DPoP error="use_dpop_nonce""#)
                .with("dpop-nonce", nonce)
        })
        .await
    }

    fn claims(token: &str) -> Value {
        use base64::Engine;
        let part = token.split('.').nth(1).unwrap_or_default();
        let bytes = base64::engine::general_purpose::URL_SAFE_NO_PAD
            .decode(part)
            .unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    #[tokio::test]
    async fn a_file_is_sent_again_whole_when_the_server_wants_a_new_nonce() {
        let server = strict("fresh").await;
        let net = Net::new(&[host(&server.url)]).unwrap();
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let token: SecretString = "hush".to_owned().into();
        let source: Arc<dyn MediaSource> = Arc::new(InMemory(vec![7; 100_000]));
        net.nonces.remember(&server.url, "stale");
        let payload = Payload::File {
            mime: "image/jpeg",
            source: &source,
        };
        let credentials = Credentials::Proof(&key, Some(&token));
        let answer = net
            .call(Method::POST, &server.url, payload, credentials)
            .await
            .unwrap();
        assert_eq!(answer.status, 200);
        let seen = server.seen();
        assert_eq!(seen.len(), 2);
        for request in &seen {
            assert_eq!(request.body.len(), 100_000);
            assert_eq!(request.header("authorization"), Some("DPoP hush"));
            assert_eq!(request.header("content-length"), Some("100000"));
        }
        // From now on the nonce is known.
        net.call(Method::GET, &server.url, Payload::Nothing, credentials)
            .await
            .unwrap();
        assert_eq!(server.seen().len(), 3);
    }

    #[tokio::test]
    async fn a_server_that_is_never_content_is_not_asked_for_ever() {
        let server = Stub::start(|_| {
            StubAnswer::new(400, json!({"error": "use_dpop_nonce"})).with("dpop-nonce", "n")
        })
        .await;
        let net = Net::new(&[host(&server.url)]).unwrap();
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let credentials = Credentials::Proof(&key, None);
        let answer = net
            .call(Method::POST, &server.url, Payload::Nothing, credentials)
            .await
            .unwrap();
        let error = answer.accepted().err().unwrap().error();
        assert_eq!(error.kind, crate::ErrorKind::RetryNow);
        assert_eq!(server.seen().len(), 2);
    }

    #[tokio::test]
    async fn an_answer_that_never_ends_is_cut_off() {
        let server = Stub::start(|_| StubAnswer::new(200, json!("x".repeat(BODY_LIMIT + 1)))).await;
        let net = Net::new(&[host(&server.url)]).unwrap();
        let answer = net.get(server.url.clone()).await;
        assert_eq!(answer.err().unwrap().kind, crate::ErrorKind::RetryNow);
    }

    #[tokio::test]
    async fn a_redirect_is_not_followed() {
        let inner = Stub::start(|_| StubAnswer::new(200, json!({}))).await;
        let target = inner.url.to_string();
        let server =
            Stub::start(move |_| StubAnswer::new(302, json!({})).with("location", &target)).await;
        let net = Net::new(&[host(&server.url)]).unwrap();
        assert_eq!(net.get(server.url.clone()).await.unwrap().status, 302);
        assert!(inner.seen().is_empty());
    }
}
