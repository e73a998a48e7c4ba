//! OAuth the way TikTok does it: by the `oauth2` crate, with TikTok's departures from the standard
//! put right on the way in and out.

use std::borrow::Cow;
use std::pin::Pin;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use oauth2::basic::{BasicRevocationErrorResponse, BasicTokenIntrospectionResponse};
use oauth2::{
    AsyncHttpClient, AuthType, AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret,
    CsrfToken, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, PkceCodeVerifier,
    RedirectUrl, RefreshToken, RequestTokenError, Scope, StandardRevocableToken, TokenUrl,
};
use rand::TryRng;
use rand::rngs::SysRng;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

use super::config::{PkceMode, TikTokConfig};
use super::error::{Grant, Refusal, network_error, oauth_error, unreachable};
use super::token::{OAuthFailure, TikTokToken};
use crate::http::{HttpClient, read_body, send};
use crate::{Authorization, ErrorKind, PlatformError, TokenSet};

/// What is asked of a person. TikTok wants commas between them.
const SCOPES: [&str; 5] = [
    "user.info.basic",
    "user.info.profile",
    "video.upload",
    "video.publish",
    "video.list",
];
const TOKEN_PATH: &str = "/v2/oauth/token/";
const REVOKE_PATH: &str = "/v2/oauth/revoke/";
/// More than any answer of the OAuth endpoints has.
const BODY_LIMIT: usize = 64 * 1024;

type OAuthClient = Client<
    OAuthFailure,
    TikTokToken,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

fn client(config: &TikTokConfig) -> OAuthClient {
    Client::new(ClientId::new(config.client_key.clone()))
        .set_client_secret(ClientSecret::new(
            config.client_secret.expose_secret().to_owned(),
        ))
        .set_auth_type(AuthType::RequestBody)
        .set_auth_uri(AuthUrl::from_url(config.authorize_url.clone()))
        .set_token_uri(TokenUrl::from_url(config.endpoint(TOKEN_PATH)))
}

/// The address of the consent page.
pub(super) fn authorize(
    config: &TikTokConfig,
    state: &str,
    redirect_uri: &Url,
) -> Result<Authorization, PlatformError> {
    if config.authorize_url.cannot_be_a_base() {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            "The configured address of TikTok’s consent page is not a web address. The operator has to correct it.",
        ));
    }
    let client = client(config);
    let mut request = client
        .authorize_url(|| CsrfToken::new(state.to_owned()))
        .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect_uri.clone())))
        .add_scope(Scope::new(SCOPES.join(",")))
        .add_extra_param("client_key", config.client_key.as_str())
        // Always show the page, so that the right account can be picked.
        .add_extra_param("disable_auto_auth", "1");
    let verifier = (config.pkce != PkceMode::None)
        .then(new_verifier)
        .transpose()?;
    if let Some(challenge) = verifier
        .as_ref()
        .and_then(|verifier| challenge(config.pkce, verifier.expose_secret()))
    {
        request = request
            .add_extra_param("code_challenge", challenge)
            .add_extra_param("code_challenge_method", "S256");
    }
    Ok(Authorization {
        url: request.url().0,
        private: verifier,
    })
}

/// Tokens for a code, which is used exactly as it arrived: it contains `*` and `!`.
pub(super) async fn exchange(
    config: &TikTokConfig,
    http: &HttpClient,
    code: &str,
    redirect_uri: &Url,
    pkce_verifier: Option<&SecretString>,
) -> Result<TokenSet, PlatformError> {
    let client = client(config);
    let mut request = client
        .exchange_code(AuthorizationCode::new(code.to_owned()))
        .set_redirect_uri(Cow::Owned(RedirectUrl::from_url(redirect_uri.clone())))
        .add_extra_param("client_key", config.client_key.as_str());
    if let Some(verifier) = pkce_verifier {
        request =
            request.set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()));
    }
    let answer = request.request_async(&OAuthHttp(http.clone())).await;
    answer
        .map_err(|error| failure(Grant::Code, error))?
        .into_tokens()
}

/// New tokens for a refresh token, which TikTok then no longer accepts.
pub(super) async fn refresh(
    config: &TikTokConfig,
    http: &HttpClient,
    refresh_token: &SecretString,
) -> Result<TokenSet, PlatformError> {
    let client = client(config);
    let refresh_token = RefreshToken::new(refresh_token.expose_secret().to_owned());
    let answer = client
        .exchange_refresh_token(&refresh_token)
        .add_extra_param("client_key", config.client_key.as_str())
        .request_async(&OAuthHttp(http.clone()))
        .await;
    answer
        .map_err(|error| failure(Grant::Refresh, error))?
        .into_tokens()
}

/// Gives the access back. By hand, because `oauth2` insists on https, which the emulator has not.
pub(super) async fn revoke(
    config: &TikTokConfig,
    http: &HttpClient,
    access_token: &SecretString,
) -> Result<(), PlatformError> {
    let form = [
        ("client_key", config.client_key.as_str()),
        ("client_secret", config.client_secret.expose_secret()),
        ("token", access_token.expose_secret()),
    ];
    let request = http.calls().post(config.endpoint(REVOKE_PATH)).form(&form);
    let response = send(request, REVOKE_PATH)
        .await
        .map_err(|error| network_error(&error))?;
    let status = response.status();
    let body = read_body(response, BODY_LIMIT)
        .await
        .map_err(|error| unreachable(&error.to_string()))?;
    match refusal(status.as_u16(), &body) {
        Some(refusal) => Err(oauth_error(Grant::Revoke, &refusal)),
        None => Ok(()),
    }
}

/// Why the HTTP client gave `oauth2` no answer to read.
#[derive(Debug, thiserror::Error)]
enum CallError {
    #[error("the request could not be built")]
    Request(#[source] reqwest::Error),
    #[error("TikTok did not answer")]
    Network(#[source] reqwest::Error),
    #[error("TikTok’s answer broke off")]
    Body(#[source] crate::http::BodyError),
    #[error("TikTok’s answer could not be read")]
    Answer(#[source] oauth2::http::Error),
}

/// Our HTTP client, as `oauth2` wants it.
struct OAuthHttp(HttpClient);

impl<'c> AsyncHttpClient<'c> for OAuthHttp {
    type Error = CallError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, CallError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(call(&self.0, request))
    }
}

/// One call for `oauth2`, with what it trips over put right: an error with HTTP 200 becomes one with
/// 400, and the type of the content is not its concern.
async fn call(http: &HttpClient, request: HttpRequest) -> Result<HttpResponse, CallError> {
    let request = reqwest::Request::try_from(request).map_err(CallError::Request)?;
    let request = reqwest::RequestBuilder::from_parts(http.calls().clone(), request)
        .header(reqwest::header::CACHE_CONTROL, "no-cache");
    let response = send(request, TOKEN_PATH)
        .await
        .map_err(CallError::Network)?;
    let status = response.status().as_u16();
    let body = read_body(response, BODY_LIMIT)
        .await
        .map_err(CallError::Body)?;
    let (status, body) = match refusal(status, &body) {
        // The status matters only to tell TikTok's own faults from ours; `oauth2` hands on none.
        Some(refusal) => (400, OAuthFailure::from(refusal).to_json()),
        None => (200, body.to_vec()),
    };
    oauth2::http::Response::builder()
        .status(status)
        .body(body)
        .map_err(CallError::Answer)
}

/// The refusal in an answer of the OAuth endpoints, whatever its HTTP status.
fn refusal(status: u16, body: &[u8]) -> Option<Refusal> {
    let text = |value: Option<&Value>| value.and_then(Value::as_str).unwrap_or_default().to_owned();
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let log_id = |value: &Value| {
        let id = value.get("log_id").or_else(|| value.get("logid"));
        id.and_then(Value::as_str).map(str::to_owned)
    };
    let found = json.as_ref().and_then(|json| match json.get("error") {
        Some(Value::String(code)) if !code.is_empty() => Some(Refusal {
            status,
            code: code.clone(),
            message: text(json.get("error_description")),
            log_id: log_id(json),
        }),
        // The envelope of the other endpoints, should it appear here.
        Some(Value::Object(error)) if text(error.get("code")) != "ok" => Some(Refusal {
            status,
            code: text(error.get("code")),
            message: text(error.get("message")),
            log_id: json.get("error").and_then(log_id),
        }),
        _ => None,
    });
    let unreadable = || Refusal {
        status,
        ..Refusal::default()
    };
    found.or_else(|| (!(200..300).contains(&status)).then(unreadable))
}

fn failure(grant: Grant, error: RequestTokenError<CallError, OAuthFailure>) -> PlatformError {
    match error {
        RequestTokenError::ServerResponse(failure) => oauth_error(grant, &failure.into()),
        RequestTokenError::Request(CallError::Network(error) | CallError::Request(error)) => {
            network_error(&error)
        }
        RequestTokenError::Request(error) => unreachable(&error.to_string()),
        // Neither is shown: what could not be read may hold tokens.
        RequestTokenError::Parse(..) | RequestTokenError::Other(_) => super::token::unreadable(),
    }
}

/// 43 characters of 256 random bits, from the operating system.
fn new_verifier() -> Result<SecretString, PlatformError> {
    let mut bits = [0; 32];
    SysRng.try_fill_bytes(&mut bits).map_err(|_| {
        PlatformError::new(
            ErrorKind::RetryLater,
            "The machine has no randomness to offer. The operator has to look at it.",
        )
    })?;
    Ok(URL_SAFE_NO_PAD.encode(bits).into())
}

fn challenge(mode: PkceMode, verifier: &str) -> Option<String> {
    let digest = Sha256::digest(verifier.as_bytes());
    match mode {
        PkceMode::None => None,
        PkceMode::Hex => Some(hex::encode(digest)),
        PkceMode::Base64Url => Some(URL_SAFE_NO_PAD.encode(digest)),
    }
}

#[cfg(test)]
mod tests;
