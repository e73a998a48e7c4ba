//! App-password sessions: `com.atproto.server.*Session`.

use axum::{
    Json,
    body::Bytes,
    extract::State,
    http::{HeaderMap, Method, header},
    response::IntoResponse,
};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared,
    config::Account,
    errors::{XrpcError, XrpcResult},
    extract, identity, jwt,
    limits::Window,
    state::{Platform, State as PlatformState, span},
};
use crate::random;

pub(super) const ACCESS: &str = "at+jwt";
const REFRESH: &str = "refresh+jwt";

/// What a refresh token stands for.
#[derive(Clone, Debug)]
pub(super) struct PasswordSession {
    pub(super) did: String,
    pub(super) expires_at: DateTime<Utc>,
    /// The one that came after it: a refresh that is repeated within the grace gets the same.
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct SignIn {
    identifier: String,
    password: String,
    #[serde(default, rename = "authFactorToken")]
    _auth_factor_token: Option<String>,
    #[serde(default, rename = "allowTakendown")]
    _allow_takendown: Option<bool>,
}

pub(super) async fn create(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> XrpcResult {
    let ask: SignIn = extract::json(&headers, &body)?;
    let now = platform.now();
    let mut state = platform.state();
    let wrong = || {
        XrpcError::new(
            401,
            "AuthenticationRequired",
            "Invalid identifier or password",
        )
    };
    let identifier = ask.identifier.trim_start_matches('@');
    let account = state.account(identifier).cloned().ok_or_else(wrong)?;
    let windows = [
        Window {
            name: "sign-in",
            limit: state.config.sign_ins,
            seconds: 300,
        },
        Window {
            name: "sign-in-day",
            limit: state.config.sign_ins_per_day,
            seconds: 86_400,
        },
    ];
    let limits = state.limits.spend(&account.did, 1, &windows, now)?;
    if account.app_password.as_deref() != Some(ask.password.as_str()) {
        return Err(wrong().with_headers(limits));
    }
    if account.taken_down {
        return Err(XrpcError::new(
            401,
            "AccountTakedown",
            "Account has been taken down",
        ));
    }
    let id = random::token::<16>();
    let mut answer = tokens(&platform, &mut state, &account, &id, now);
    add(
        &mut answer,
        "email",
        json!(format!("mail@{}", account.handle)),
    );
    add(
        &mut answer,
        "emailConfirmed",
        json!(account.email_confirmed),
    );
    Ok((limits, Json(answer)).into_response())
}

/// `refreshSession`: the bearer is the refresh token. Within two hours of its use an old one gives the
/// same successor once more, so that a lost answer does no harm.
pub(super) async fn refresh(State(platform): State<Shared>, headers: HeaderMap) -> XrpcResult {
    let now = platform.now();
    let mut state = platform.state();
    let id = refresh_id(&platform, &headers)?;
    let revoked = || XrpcError::new(400, "ExpiredToken", "Token has been revoked");
    let session = state.sessions.get(&id).cloned().ok_or_else(revoked)?;
    if now >= session.expires_at {
        return Err(XrpcError::new(400, "ExpiredToken", "Token has expired"));
    }
    let account = state.account(&session.did).cloned().ok_or_else(revoked)?;
    if account.taken_down {
        return Err(XrpcError::new(
            401,
            "AccountTakedown",
            "Account has been taken down",
        ));
    }
    let next = session.next.clone().unwrap_or_else(random::token::<16>);
    if let Some(used) = state.sessions.get_mut(&id) {
        used.expires_at = used.expires_at.min(now + TimeDelta::hours(2));
        used.next = Some(next.clone());
    }
    let answer = tokens(&platform, &mut state, &account, &next, now);
    Ok(Json(answer).into_response())
}

/// `deleteSession`: the refresh token dies; the access token lives until it ends.
pub(super) async fn delete(State(platform): State<Shared>, headers: HeaderMap) -> XrpcResult {
    let id = refresh_id(&platform, &headers)?;
    platform.state().sessions.remove(&id);
    Ok(().into_response())
}

pub(super) async fn get(
    State(platform): State<Shared>,
    method: Method,
    headers: HeaderMap,
) -> XrpcResult {
    let caller = platform.caller(&headers, &method, "com.atproto.server.getSession")?;
    let state = platform.state();
    let account = state
        .account(&caller.did)
        .ok_or_else(|| XrpcError::new(403, "AccountNotFound", "Account not found"))?;
    let mut answer = facts(&platform, account);
    add(
        &mut answer,
        "emailConfirmed",
        json!(account.email_confirmed),
    );
    Ok(Json(answer).into_response())
}

fn tokens(
    platform: &Platform,
    state: &mut PlatformState,
    account: &Account,
    id: &str,
    now: DateTime<Utc>,
) -> Value {
    let (session_ttl, refresh_ttl) = (
        span(state.config.session_ttl),
        span(state.config.session_refresh_ttl),
    );
    let expires_at = state
        .sessions
        .entry(id.to_owned())
        .or_insert(PasswordSession {
            did: account.did.clone(),
            expires_at: now + refresh_ttl,
            next: None,
        })
        .expires_at;
    let access = json!({
        "scope": "com.atproto.appPass",
        "sub": account.did,
        "aud": platform.server_did(),
        "iat": now.timestamp(),
        "exp": (now + session_ttl).timestamp(),
    });
    let refresh = json!({
        "scope": "com.atproto.refresh",
        "sub": account.did,
        "aud": platform.server_did(),
        "jti": id,
        "iat": now.timestamp(),
        "exp": expires_at.timestamp(),
    });
    let mut answer = facts(platform, account);
    add(
        &mut answer,
        "accessJwt",
        json!(jwt::sign(&platform.key, ACCESS, &access)),
    );
    add(
        &mut answer,
        "refreshJwt",
        json!(jwt::sign(&platform.key, REFRESH, &refresh)),
    );
    answer
}

fn facts(platform: &Platform, account: &Account) -> Value {
    json!({
        "did": account.did,
        "handle": account.handle,
        "didDoc": identity::document(platform, account),
        "active": !account.deactivated,
        "status": account.deactivated.then_some("deactivated"),
    })
}

fn add(answer: &mut Value, name: &str, value: Value) {
    if let Some(fields) = answer.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}

fn refresh_id(platform: &Platform, headers: &HeaderMap) -> XrpcResult<String> {
    let token = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let Some(token) = token else {
        return Err(XrpcError::new(
            401,
            "AuthMissing",
            "Authentication Required",
        ));
    };
    jwt::open(&platform.key, REFRESH, token)
        .and_then(|jwt| jwt.text("jti").map(str::to_owned))
        .ok_or_else(|| XrpcError::new(400, "InvalidToken", "Token could not be verified"))
}

impl Platform {
    /// Every app-password session of the account is over.
    pub(super) fn end_sessions(&self, did: &str) {
        self.state()
            .sessions
            .retain(|_, session| session.did != did);
    }
}
