use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use super::scopes::SCOPES;

/// How the stand-in TikTok behaves. The default has the documented lifetimes
/// and caps, and an audited app, since an unaudited one can post only to
/// private accounts.
#[derive(Clone, Debug)]
pub struct Config {
    /// The app's client key.
    pub client_key: String,
    /// The app's client secret.
    pub client_secret: String,
    /// The registered redirect addresses, compared exactly.
    pub redirect_uris: Vec<String>,
    /// Allows `http` redirect addresses, which TikTok refuses for web apps.
    pub allow_http_redirect: bool,
    /// The scopes that the app was approved for.
    pub approved_scopes: Vec<String>,
    /// Refuses to authorise without a `code_challenge`. TikTok documents PKCE
    /// for mobile and desktop apps only.
    pub require_pkce: bool,
    /// Whether the app passed TikTok's audit.
    pub audited: bool,
    /// How many accounts may post within 24 hours. An unaudited app gets at
    /// most five, whatever this says.
    pub active_user_cap: usize,
    /// How many direct posts an account may make within 24 hours.
    pub posts_per_day: usize,
    /// How many unfinished drafts an account may receive within 24 hours.
    pub pending_drafts: usize,
    /// What media may be pulled from: domains (`media.example.com`, covers its
    /// subdomains) and address prefixes (`https://example.com/media/`).
    pub verified: Vec<String>,
    /// Allows pulling over `http` and from IP addresses. Ownership is still
    /// checked.
    pub allow_http_pull: bool,
    /// How long an access token lives.
    pub access_ttl: Duration,
    /// How long a refresh token lives.
    pub refresh_ttl: Duration,
    /// Whether a refresh starts the refresh token's lifetime again. TikTok's
    /// wording hints that it does not.
    pub refresh_extends: bool,
    /// What becomes of a refresh token that was used.
    pub rotation: Rotation,
    /// The HTTP status of refusals by the token endpoints.
    pub token_errors: TokenErrors,
    /// How long after init the status endpoint does not know the new id.
    pub status_lag: Duration,
    /// How it says so.
    pub lag_answer: LagAnswer,
    /// How long a received post is processed.
    pub processing: Duration,
    /// How long a public post is moderated before its id is told; `None` is
    /// for ever.
    pub moderation: Option<Duration>,
    /// Looks into received videos with `ffprobe`, when it is installed.
    pub probe_media: bool,
    /// Where the app is told what happened; `None` tells nobody.
    pub webhook_url: Option<Url>,
    /// How long after it happened.
    pub webhook_lag: Duration,
    /// Real time that every API call and upload takes before it is looked at.
    pub latency: Duration,
    /// The shortest video accepted. Three seconds is claimed by third parties
    /// only, so the default accepts any length.
    pub min_video: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            client_key: "emu_client_key".to_owned(),
            client_secret: "emulator-secret".to_owned(),
            redirect_uris: vec!["https://autopost.test/oauth/tiktok/callback".to_owned()],
            allow_http_redirect: false,
            approved_scopes: SCOPES.iter().map(|scope| scope.name.to_owned()).collect(),
            require_pkce: false,
            audited: true,
            active_user_cap: 1000,
            posts_per_day: 15,
            pending_drafts: 5,
            verified: Vec::new(),
            allow_http_pull: false,
            access_ttl: Duration::from_secs(7200),
            refresh_ttl: Duration::from_secs(15_552_000),
            refresh_extends: false,
            rotation: Rotation::Strict,
            token_errors: TokenErrors::Alternate,
            status_lag: Duration::from_secs(1),
            lag_answer: LagAnswer::Code,
            processing: Duration::from_secs(2),
            moderation: Some(Duration::from_secs(5)),
            probe_media: true,
            webhook_url: None,
            webhook_lag: Duration::ZERO,
            latency: Duration::ZERO,
            min_video: Duration::ZERO,
        }
    }
}

impl Config {
    /// How many accounts may post within 24 hours, audit considered.
    pub(super) fn effective_user_cap(&self) -> usize {
        if self.audited {
            self.active_user_cap
        } else {
            self.active_user_cap.min(5)
        }
    }
}

/// What becomes of a refresh token that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rotation {
    /// It is dead at once; the reply carries a new one.
    Strict,
    /// It stays good, and the reply repeats it.
    Lax,
}

/// The HTTP status of refusals by the token endpoints: both have been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenErrors {
    /// 400 and 200 in turn, starting with 400.
    Alternate,
    /// Always this status.
    Always(u16),
}

/// How the status endpoint refuses an id that it does not know yet: both have
/// been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LagAnswer {
    /// `invalid_publish_id` as the code.
    Code,
    /// `invalid_publish_id` as the message of `invalid_params`.
    Message,
}

/// Why a redirect address cannot be registered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RedirectUriError {
    /// Ten are registered already.
    TooMany,
    /// It has 512 characters or more.
    TooLong,
    /// It is not an absolute address.
    NotAbsolute,
    /// It is not `https`.
    NotHttps,
    /// It carries query parameters.
    HasQuery,
    /// It carries a fragment.
    HasFragment,
}

impl std::fmt::Display for RedirectUriError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::TooMany => "at most ten redirect addresses can be registered",
            Self::TooLong => "a redirect address must have fewer than 512 characters",
            Self::NotAbsolute => "a redirect address must be absolute",
            Self::NotHttps => "a redirect address must be https",
            Self::HasQuery => "a redirect address must not have query parameters",
            Self::HasFragment => "a redirect address must not have a fragment",
        })
    }
}

impl std::error::Error for RedirectUriError {}

/// TikTok's rules for the redirect addresses of a web app.
pub(super) fn check_redirect_uri(uri: &str, allow_http: bool) -> Result<(), RedirectUriError> {
    if uri.chars().count() >= 512 {
        return Err(RedirectUriError::TooLong);
    }
    let parsed = Url::parse(uri).map_err(|_| RedirectUriError::NotAbsolute)?;
    match parsed.scheme() {
        "https" => {}
        "http" if allow_http => {}
        _ => return Err(RedirectUriError::NotHttps),
    }
    if parsed.query().is_some() {
        return Err(RedirectUriError::HasQuery);
    }
    if parsed.fragment().is_some() {
        return Err(RedirectUriError::HasFragment);
    }
    Ok(())
}

/// The same rules for the whole list.
pub(super) fn check_redirect_uris(config: &Config) -> Result<(), RedirectUriError> {
    if config.redirect_uris.len() > 10 {
        return Err(RedirectUriError::TooMany);
    }
    config
        .redirect_uris
        .iter()
        .try_for_each(|uri| check_redirect_uri(uri, config.allow_http_redirect))
}
