//! The answer of TikTok's token endpoint: flat, scopes with commas, and an empty refresh token where
//! there is none.

use std::fmt;
use std::time::Duration;

use oauth2::{AccessToken, ErrorResponse, RefreshToken, Scope, TokenResponse, TokenType};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::error::Refusal;
use crate::{ErrorKind, PlatformError, TokenSet};

/// How long an access token is taken to live where TikTok does not say: shorter than any it hands out.
const UNSAID_LIFETIME: u64 = 1800;

/// Tokens as TikTok sends them.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct TikTokToken {
    access_token: AccessToken,
    #[serde(default)]
    token_type: TokenKind,
    #[serde(default, deserialize_with = "seconds")]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<RefreshToken>,
    #[serde(default, deserialize_with = "seconds")]
    refresh_expires_in: Option<u64>,
    #[serde(default, rename = "scope", deserialize_with = "comma_separated")]
    scopes: Option<Vec<Scope>>,
    #[serde(default)]
    open_id: Option<String>,
}

/// "Bearer".
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(super) struct TokenKind(String);

impl TokenType for TokenKind {}

impl TokenResponse for TikTokToken {
    type TokenType = TokenKind;

    fn access_token(&self) -> &AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &TokenKind {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        self.scopes.as_ref()
    }
}

impl TikTokToken {
    /// In our own words.
    pub fn into_tokens(self) -> Result<TokenSet, PlatformError> {
        if self.access_token.secret().is_empty() {
            return Err(unreadable());
        }
        let scopes = self.scopes.unwrap_or_default();
        Ok(TokenSet {
            access_token: self.access_token.into_secret().into(),
            expires_in: self.expires_in.unwrap_or(UNSAID_LIFETIME),
            refresh_token: self
                .refresh_token
                .map(RefreshToken::into_secret)
                .filter(|token| !token.is_empty())
                .map(Into::into),
            refresh_expires_in: self.refresh_expires_in,
            scopes: scopes.iter().map(|scope| scope.to_string()).collect(),
            platform_user_id: self.open_id.filter(|id| !id.is_empty()),
            session: None,
        })
    }
}

/// An answer that holds no tokens that we can read.
pub(super) fn unreadable() -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryLater,
        "TikTok’s answer to a request for access could not be read. AutoPost tries again.",
    )
    .after(Duration::from_mins(1))
}

/// An error of the token endpoint, on its way through `oauth2`.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct OAuthFailure {
    status: u16,
    error: String,
    error_description: String,
    log_id: Option<String>,
}

impl OAuthFailure {
    /// As `oauth2` reads it back.
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

impl fmt::Display for OAuthFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&Refusal::from(self.clone()).words())
    }
}

impl fmt::Debug for OAuthFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl ErrorResponse for OAuthFailure {}

impl From<Refusal> for OAuthFailure {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.status,
            error: refusal.code,
            error_description: refusal.message,
            log_id: refusal.log_id,
        }
    }
}

impl From<OAuthFailure> for Refusal {
    fn from(failure: OAuthFailure) -> Self {
        Self {
            status: failure.status,
            code: failure.error,
            message: failure.error_description,
            log_id: failure.log_id,
        }
    }
}

/// A number, or one in quotation marks.
fn seconds<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    })
}

fn comma_separated<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<Scope>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    Ok(text.map(|text| {
        text.split([',', ' '])
            .filter(|scope| !scope.is_empty())
            .map(|scope| Scope::new(scope.to_owned()))
            .collect()
    }))
}
