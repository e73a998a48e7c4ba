//! `POST /oauth/par`: the client says beforehand, and not by way of the browser, what it wants.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use chrono::TimeDelta;
use serde_json::json;

use super::{
    super::{
        Shared,
        errors::{OAuthError, OAuthResult},
        state::Platform,
    },
    client,
    dpop::{self, ProofError},
    form::Form,
    sessions::Pushed,
};
use crate::random;

/// How long a pushed request waits for the browser.
const EXPIRES_IN: i64 = 300;

pub(crate) async fn push(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> OAuthResult {
    let form = Form::read(&headers, &body)?;
    let client = client::authenticate(&platform, &form).await?;
    let thumbprint = proof(&platform, &headers, "par")?;
    if form.need("response_type")? != "code" {
        return Err(OAuthError::request("response_type must be code"));
    }
    if form.need("code_challenge_method")? != "S256" {
        return Err(OAuthError::request("code_challenge_method must be S256"));
    }
    let challenge = form.need("code_challenge")?;
    if challenge.len() != 43 {
        return Err(OAuthError::request(
            "code_challenge must be the base64url of a SHA-256",
        ));
    }
    let redirect_uri = form.need("redirect_uri")?;
    if !client.allows_redirect(redirect_uri) {
        return Err(OAuthError::request("Invalid redirect_uri"));
    }
    let scope = form.need("scope")?;
    if !scope.split(' ').any(|part| part == "atproto") || !client.allows_scope(scope) {
        return Err(OAuthError::new(
            "invalid_scope",
            "scope must contain atproto and nothing that the client has not announced",
        ));
    }
    let pushed = Pushed {
        client_id: client.id.clone(),
        client_name: client.name.clone(),
        is_confidential: client.is_confidential,
        scope: scope.to_owned(),
        state: form.need("state")?.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        challenge: challenge.to_owned(),
        login_hint: form.get("login_hint").map(str::to_owned),
        thumbprint,
        expires_at: platform.now() + TimeDelta::seconds(EXPIRES_IN),
    };
    let uri = format!(
        "urn:ietf:params:oauth:request_uri:req-{}",
        random::token::<16>()
    );
    platform.state().oauth.pushed.insert(uri.clone(), pushed);
    let body = json!({ "request_uri": uri, "expires_in": EXPIRES_IN });
    Ok((StatusCode::CREATED, Json(body)).into_response())
}

/// Checks the proof of a call to the authorisation server.
pub(super) fn proof(platform: &Platform, headers: &HeaderMap, path: &str) -> OAuthResult<String> {
    let address = format!("{}/oauth/{path}", platform.url);
    dpop::check(platform, headers, "POST", &address, None).map_err(|error| match error {
        ProofError::Nonce => OAuthError::new(
            "use_dpop_nonce",
            "Authorization server requires nonce in DPoP proof",
        ),
        ProofError::Wrong(why) => OAuthError::new("invalid_dpop_proof", why),
    })
}
