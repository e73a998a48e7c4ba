//! `POST /oauth/token` and `POST /oauth/revoke`.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, header},
    response::IntoResponse,
};
use serde_json::json;

use super::{
    super::{
        Shared,
        errors::{OAuthError, OAuthResult},
        jwt,
        state::{Platform, span},
    },
    client::{self, Client},
    form::Form,
    par::proof,
    sessions::Handed,
};

pub(crate) async fn token(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> OAuthResult {
    let form = Form::read(&headers, &body)?;
    let client = client::authenticate(&platform, &form).await?;
    let thumbprint = proof(&platform, &headers, "token")?;
    let handed = match form.need("grant_type")? {
        "authorization_code" => exchange(&platform, &form, &client, &thumbprint)?,
        "refresh_token" => refresh(&platform, &form, &client, &thumbprint)?,
        _ => {
            return Err(OAuthError::new(
                "unsupported_grant_type",
                "Grant type not supported",
            ));
        }
    };
    let expires_in = span(platform.state().config.access_ttl).num_seconds() - 1;
    let body = json!({
        "access_token": handed.access,
        "token_type": "DPoP",
        "refresh_token": handed.refresh,
        "scope": handed.scope,
        "expires_in": expires_in,
        "sub": handed.did,
    });
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response())
}

/// Always 200: whoever asks learns nothing.
pub(crate) async fn revoke(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> OAuthResult {
    let form = Form::read(&headers, &body)?;
    client::authenticate(&platform, &form).await?;
    proof(&platform, &headers, "revoke")?;
    platform.state().oauth.revoke_token(form.need("token")?);
    Ok(Json(json!({})).into_response())
}

fn exchange(
    platform: &Platform,
    form: &Form,
    client: &Client,
    thumbprint: &str,
) -> OAuthResult<Handed> {
    let now = platform.now();
    let mut state = platform.state();
    // A code works once, whatever comes of it.
    let code = state
        .oauth
        .codes
        .remove(form.need("code")?)
        .ok_or_else(|| OAuthError::grant("Invalid code"))?;
    let pushed = &code.pushed;
    if now >= pushed.expires_at {
        return Err(OAuthError::grant("Code expired"));
    }
    if pushed.client_id != client.id {
        return Err(OAuthError::grant("Code was not issued to this client"));
    }
    if pushed.redirect_uri != form.need("redirect_uri")? {
        return Err(OAuthError::grant("redirect_uri mismatch"));
    }
    if pushed.thumbprint != thumbprint {
        return Err(OAuthError::grant("Code is bound to another DPoP key"));
    }
    if jwt::hash(form.need("code_verifier")?) != pushed.challenge {
        return Err(OAuthError::grant("Invalid code_verifier"));
    }
    let config = &state.config;
    let access_until = now + span(config.access_ttl);
    let refresh_until = now + span(refresh_ttl(config, client.is_confidential));
    Ok(state.oauth.begin(code, access_until, refresh_until))
}

fn refresh(
    platform: &Platform,
    form: &Form,
    client: &Client,
    thumbprint: &str,
) -> OAuthResult<Handed> {
    let now = platform.now();
    let mut state = platform.state();
    let config = state.config.clone();
    let token = form.need("refresh_token")?;
    state
        .oauth
        .refresh(token, &client.id, thumbprint, now, |is_confidential| {
            let refresh_ttl = refresh_ttl(&config, is_confidential);
            (now + span(config.access_ttl), now + span(refresh_ttl))
        })
}

fn refresh_ttl(config: &super::super::Config, is_confidential: bool) -> std::time::Duration {
    if is_confidential {
        config.confidential_refresh_ttl
    } else {
        config.public_refresh_ttl
    }
}
