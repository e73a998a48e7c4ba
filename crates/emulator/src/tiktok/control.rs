//! The stand-in TikTok's control address: the handle, as JSON.

use axum::{
    Json, Router,
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::{get, patch, post},
};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    config::{LagAnswer, Rotation, TokenErrors},
    faults::Fault,
    handle::TikTokHandle,
    scopes::SCOPES,
    tasks::{Post, Stats},
    users::User,
};

pub(super) fn router(handle: TikTokHandle) -> Router {
    Router::new()
        .route("/posts", get(posts))
        .route("/posts/{post_id}/stats", post(set_stats))
        .route("/tasks", get(tasks))
        .route("/tasks/fail", post(fail_task))
        .route("/drafts/finish", post(finish_draft))
        .route("/accounts", get(accounts).post(add_account))
        .route("/accounts/{username}", patch(edit_account))
        .route("/accounts/{username}/grant", post(grant))
        .route("/accounts/{username}/revoke", post(revoke))
        .route("/accounts/{username}/expire-tokens", post(expire_tokens))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/settings", patch(edit_settings))
        .route("/settle", post(settle))
        .route("/reset", post(reset))
        .with_state(handle)
}

/// Answers 204, or 404 when what was named does not exist.
fn done(found: bool) -> Response {
    if found {
        StatusCode::NO_CONTENT.into_response()
    } else {
        refuse(StatusCode::NOT_FOUND, "there is none of that name")
    }
}

fn refuse(status: StatusCode, why: &str) -> Response {
    (status, Json(json!({ "error": why }))).into_response()
}

async fn posts(State(handle): State<TikTokHandle>) -> Json<Vec<Post>> {
    Json(handle.posts())
}

async fn tasks(State(handle): State<TikTokHandle>) -> Json<Vec<Post>> {
    Json(handle.tasks())
}

async fn set_stats(
    State(handle): State<TikTokHandle>,
    Path(post_id): Path<i64>,
    Json(stats): Json<Stats>,
) -> Response {
    done(handle.set_stats(post_id, stats))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailTask {
    publish_id: String,
    reason: String,
}

async fn fail_task(State(handle): State<TikTokHandle>, Json(fail): Json<FailTask>) -> Response {
    done(handle.fail_task(&fail.publish_id, &fail.reason))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FinishDraft {
    publish_id: String,
}

async fn finish_draft(
    State(handle): State<TikTokHandle>,
    Json(finish): Json<FinishDraft>,
) -> Response {
    done(handle.finish_draft(&finish.publish_id))
}

async fn accounts(State(handle): State<TikTokHandle>) -> Json<Vec<User>> {
    Json(handle.users())
}

async fn add_account(State(handle): State<TikTokHandle>, Json(user): Json<User>) -> Response {
    handle.add_user(user);
    done(true)
}

/// Sets the given properties and leaves the others.
async fn edit_account(
    State(handle): State<TikTokHandle>,
    Path(username): Path<String>,
    Json(changes): Json<Map<String, Value>>,
) -> Response {
    let Some(user) = handle.user(&username) else {
        return done(false);
    };
    let merged = serde_json::to_value(&user).and_then(|mut value| {
        if let Some(properties) = value.as_object_mut() {
            properties.extend(changes);
        }
        serde_json::from_value::<User>(value)
    });
    match merged {
        Ok(edited) => done(handle.edit_user(&username, |user| *user = edited)),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GrantRequest {
    scopes: Option<Vec<String>>,
}

async fn grant(
    State(handle): State<TikTokHandle>,
    Path(username): Path<String>,
    Json(request): Json<GrantRequest>,
) -> Response {
    let every: Vec<&str> = SCOPES.iter().map(|scope| scope.name).collect();
    let scopes = match &request.scopes {
        Some(scopes) => scopes.iter().map(String::as_str).collect(),
        None => every,
    };
    match handle.issue_tokens(&username, &scopes) {
        Some(pair) => Json(pair).into_response(),
        None => done(false),
    }
}

async fn revoke(State(handle): State<TikTokHandle>, Path(username): Path<String>) -> Response {
    done(handle.revoke(&username))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ExpireTokens {
    #[serde(default = "yes")]
    access: bool,
    #[serde(default)]
    refresh: bool,
}

fn yes() -> bool {
    true
}

async fn expire_tokens(
    State(handle): State<TikTokHandle>,
    Path(username): Path<String>,
    Json(which): Json<ExpireTokens>,
) -> Response {
    let mut found = handle.user(&username).is_some();
    if which.access {
        found &= handle.expire_access_tokens(&username);
    }
    if which.refresh {
        found &= handle.expire_refresh_tokens(&username);
    }
    done(found)
}

async fn faults(State(handle): State<TikTokHandle>) -> Json<Vec<Fault>> {
    Json(handle.faults())
}

async fn add_fault(State(handle): State<TikTokHandle>, Json(fault): Json<Fault>) -> Response {
    handle.fault(fault);
    done(true)
}

async fn clear_faults(State(handle): State<TikTokHandle>) -> Response {
    handle.clear_faults();
    done(true)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    audited: Option<bool>,
    active_user_cap: Option<usize>,
    posts_per_day: Option<usize>,
    pending_drafts: Option<usize>,
    rotation: Option<Rotation>,
    token_errors: Option<TokenErrors>,
    lag_answer: Option<LagAnswer>,
    access_ttl_ms: Option<u64>,
    refresh_ttl_ms: Option<u64>,
    status_lag_ms: Option<u64>,
    processing_ms: Option<u64>,
    moderation_ms: Option<u64>,
    probe_media: Option<bool>,
    verify: Option<String>,
    redirect_uri: Option<String>,
}

async fn edit_settings(
    State(handle): State<TikTokHandle>,
    Json(settings): Json<Settings>,
) -> Response {
    use std::time::Duration;

    fn set<T>(place: &mut T, value: Option<T>) {
        if let Some(value) = value {
            *place = value;
        }
    }
    if let Some(uri) = &settings.redirect_uri
        && let Err(error) = handle.register_redirect_uri(uri)
    {
        return refuse(StatusCode::BAD_REQUEST, &error.to_string());
    }
    handle.configure(|config| {
        let ms = |value: Option<u64>| value.map(Duration::from_millis);
        set(&mut config.audited, settings.audited);
        set(&mut config.active_user_cap, settings.active_user_cap);
        set(&mut config.posts_per_day, settings.posts_per_day);
        set(&mut config.pending_drafts, settings.pending_drafts);
        set(&mut config.rotation, settings.rotation);
        set(&mut config.token_errors, settings.token_errors);
        set(&mut config.lag_answer, settings.lag_answer);
        set(&mut config.access_ttl, ms(settings.access_ttl_ms));
        set(&mut config.refresh_ttl, ms(settings.refresh_ttl_ms));
        set(&mut config.status_lag, ms(settings.status_lag_ms));
        set(&mut config.processing, ms(settings.processing_ms));
        set(&mut config.moderation, ms(settings.moderation_ms).map(Some));
        set(&mut config.probe_media, settings.probe_media);
        config.verified.extend(settings.verify);
    });
    done(true)
}

async fn settle(State(handle): State<TikTokHandle>) -> Response {
    handle.settle().await;
    done(true)
}

async fn reset(State(handle): State<TikTokHandle>) -> Response {
    handle.reset();
    done(true)
}
