use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    Shared,
    config::{Config, TokenErrors},
    errors::{OAuthCode, OAuthError},
    extract::content_type,
    state::State as PlatformState,
    tokens::TokenPair,
};

/// `POST /v2/oauth/token/`: exchanges a code or a refresh token.
pub(super) async fn token(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = platform.now();
    let mut state = platform.state();
    let result = Form::read(&headers, &body, &state.config).and_then(|form| {
        let PlatformState { tokens, config, .. } = &mut *state;
        match form.need("grant_type")? {
            "authorization_code" => {
                let verifier = form.verifier()?;
                let (code, redirect_uri) = (form.need("code")?, form.need("redirect_uri")?);
                tokens.exchange(code, redirect_uri, verifier, config, now)
            }
            "refresh_token" => tokens.refresh(form.need("refresh_token")?, config, now),
            "client_credentials" => Err(OAuthError::new(
                OAuthCode::UnauthorizedClient,
                "This app may not use client_credentials.",
            )),
            _ => Err(OAuthError::new(
                OAuthCode::UnsupportedGrantType,
                "Grant type is not supported.",
            )),
        }
    });
    match result {
        Ok(pair) => granted(pair),
        Err(error) => refuse(&mut state, error),
    }
}

/// `POST /v2/oauth/revoke/`: disconnects the account that the token is for.
pub(super) async fn revoke(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = platform.now();
    let mut state = platform.state();
    let result = Form::read(&headers, &body, &state.config).and_then(|form| {
        let token = form.need("token")?;
        match state.tokens.bearer(token, now) {
            Some((open_id, _)) => Ok(open_id.to_owned()),
            None => Err(OAuthError::new(
                OAuthCode::InvalidGrant,
                "Access token is invalid or expired.",
            )),
        }
    });
    match result {
        Ok(open_id) => {
            state.revoke(&open_id, 5, now);
            Json(json!({})).into_response()
        }
        Err(error) => refuse(&mut state, error),
    }
}

fn granted(pair: TokenPair) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], Json(pair)).into_response()
}

/// Both 400 and 200 have been seen for these refusals, so a client has to look
/// at the body.
fn refuse(state: &mut PlatformState, error: OAuthError) -> Response {
    let status = match state.config.token_errors {
        TokenErrors::Always(status) => {
            StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_REQUEST)
        }
        TokenErrors::Alternate if state.token_refusals.is_multiple_of(2) => StatusCode::BAD_REQUEST,
        TokenErrors::Alternate => StatusCode::OK,
    };
    state.token_refusals += 1;
    error.answer(status)
}

/// A form whose client is known to be right.
struct Form(Vec<(String, String)>);

impl Form {
    fn read(headers: &HeaderMap, body: &[u8], config: &Config) -> Result<Self, OAuthError> {
        if content_type(headers).0 != "application/x-www-form-urlencoded" {
            return Err(OAuthError::new(
                OAuthCode::InvalidRequest,
                "Only application/x-www-form-urlencoded is supported as content type.",
            ));
        }
        let form = Self(url::form_urlencoded::parse(body).into_owned().collect());
        let client_key = form.need("client_key")?;
        let client_secret = form.need("client_secret")?;
        if client_key != config.client_key || client_secret != config.client_secret {
            return Err(OAuthError::new(
                OAuthCode::InvalidClient,
                "Client key or secret is incorrect.",
            ));
        }
        Ok(form)
    }

    fn get(&self, name: &str) -> Result<Option<&str>, OAuthError> {
        let mut values = self.0.iter().filter(|(key, _)| key == name);
        let value = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            None => Ok(value),
            Some(_) => Err(OAuthError::new(
                OAuthCode::InvalidRequest,
                "A parameter is given more than once.",
            )),
        }
    }

    fn need(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name)?
            .filter(|value| !value.is_empty())
            .ok_or(OAuthError::new(
                OAuthCode::InvalidRequest,
                "The request parameters are malformed: a parameter is missing.",
            ))
    }

    fn verifier(&self) -> Result<Option<&str>, OAuthError> {
        let verifier = self.get("code_verifier")?;
        let well_formed = verifier.is_none_or(|text| {
            (43..=128).contains(&text.len())
                && text
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._~".contains(&b))
        });
        if well_formed {
            Ok(verifier)
        } else {
            Err(OAuthError::new(
                OAuthCode::InvalidRequest,
                "Code_verifier must have 43 to 128 unreserved characters.",
            ))
        }
    }
}
