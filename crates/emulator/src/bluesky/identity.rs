//! Who is who: handles, DID documents, and what the server says about itself.

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared,
    config::Account,
    errors::{XrpcError, XrpcResult},
    extract,
    state::Platform,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Resolve {
    handle: String,
}

pub(super) async fn resolve_handle(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
) -> XrpcResult {
    let ask: Resolve = extract::query(query.as_deref())?;
    let state = platform.state();
    let handle = ask.handle.to_ascii_lowercase();
    match state.accounts.iter().find(|known| known.handle == handle) {
        Some(account) => Ok(Json(json!({ "did": account.did })).into_response()),
        None => Err(XrpcError::invalid("Unable to resolve handle")),
    }
}

/// `/plc/{did}`: the directory.
pub(super) async fn plc(State(platform): State<Shared>, Path(did): Path<String>) -> Response {
    let state = platform.state();
    match state.accounts.iter().find(|account| account.did == did) {
        Some(account) => Json(document(&platform, account)).into_response(),
        None => {
            let body = json!({ "message": format!("DID not registered: {did}") });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
    }
}

/// An account's DID document.
pub(super) fn document(platform: &Platform, account: &Account) -> Value {
    json!({
        "@context": ["https://www.w3.org/ns/did/v1"],
        "id": account.did,
        "alsoKnownAs": [format!("at://{}", account.handle)],
        "verificationMethod": [],
        "service": [{
            "id": "#atproto_pds",
            "type": "AtprotoPersonalDataServer",
            "serviceEndpoint": platform.url,
        }],
    })
}

pub(super) async fn describe_server(State(platform): State<Shared>) -> Json<Value> {
    Json(json!({
        "did": platform.server_did(),
        "availableUserDomains": [".bsky.test", ".test"],
        "inviteCodeRequired": false,
    }))
}

pub(super) async fn protected_resource(State(platform): State<Shared>) -> Json<Value> {
    Json(json!({
        "resource": platform.url,
        "authorization_servers": [platform.url],
        "scopes_supported": [],
        "bearer_methods_supported": ["header"],
    }))
}

pub(super) async fn authorization_server(State(platform): State<Shared>) -> Json<Value> {
    let url = &platform.url;
    Json(json!({
        "issuer": url,
        "scopes_supported": ["atproto", "transition:email", "transition:generic"],
        "subject_types_supported": ["public"],
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
        "authorization_endpoint": format!("{url}/oauth/authorize"),
        "token_endpoint": format!("{url}/oauth/token"),
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": ["ES256"],
        "revocation_endpoint": format!("{url}/oauth/revoke"),
        "pushed_authorization_request_endpoint": format!("{url}/oauth/par"),
        "require_pushed_authorization_requests": true,
        "dpop_signing_alg_values_supported": ["ES256"],
        "client_id_metadata_document_supported": true,
    }))
}
