//! The stand-in Bluesky's control address: the handle, as JSON.

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
    config::Account,
    faults::Fault,
    handle::{BlueskyHandle, Post},
    video::JobFailure,
};

pub(super) fn router(handle: BlueskyHandle) -> Router {
    Router::new()
        .route("/posts", get(posts))
        .route("/posts/counts", post(set_counts))
        .route("/accounts", get(accounts).post(add_account))
        .route("/accounts/{actor}", patch(edit_account))
        .route("/accounts/{actor}/revoke", post(revoke))
        .route("/accounts/{actor}/expire-tokens", post(expire_tokens))
        .route("/blobs/collect", post(collect_blobs))
        .route("/jobs/fail", post(fail_next_job))
        .route("/faults", get(faults).post(add_fault).delete(clear_faults))
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

async fn posts(State(handle): State<BlueskyHandle>) -> Json<Vec<Post>> {
    Json(handle.posts())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Counts {
    uri: String,
    #[serde(default)]
    likes: u32,
    #[serde(default)]
    reposts: u32,
    #[serde(default)]
    replies: u32,
    #[serde(default)]
    quotes: u32,
}

async fn set_counts(State(handle): State<BlueskyHandle>, Json(counts): Json<Counts>) -> Response {
    let numbers = [counts.likes, counts.reposts, counts.replies, counts.quotes];
    done(handle.set_counts(&counts.uri, numbers))
}

async fn accounts(State(handle): State<BlueskyHandle>) -> Json<Vec<Account>> {
    Json(handle.accounts())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    handle: String,
    display_name: String,
}

async fn add_account(
    State(handle): State<BlueskyHandle>,
    Json(new): Json<NewAccount>,
) -> Json<Account> {
    let account = Account::new(&new.handle, &new.display_name);
    handle.add_account(account.clone());
    Json(account)
}

/// Sets the given properties and leaves the others.
async fn edit_account(
    State(handle): State<BlueskyHandle>,
    Path(actor): Path<String>,
    Json(changes): Json<Map<String, Value>>,
) -> Response {
    let Some(account) = handle.account(&actor) else {
        return done(false);
    };
    let merged = serde_json::to_value(&account).and_then(|mut value| {
        if let Some(properties) = value.as_object_mut() {
            properties.extend(changes);
        }
        serde_json::from_value::<Account>(value)
    });
    match merged {
        Ok(edited) => done(handle.edit_account(&actor, |account| *account = edited)),
        Err(error) => refuse(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

async fn revoke(State(handle): State<BlueskyHandle>, Path(actor): Path<String>) -> Response {
    done(handle.revoke(&actor))
}

async fn expire_tokens(State(handle): State<BlueskyHandle>, Path(actor): Path<String>) -> Response {
    done(handle.expire_access_tokens(&actor))
}

async fn collect_blobs(State(handle): State<BlueskyHandle>) -> Response {
    handle.collect_blobs();
    done(true)
}

async fn fail_next_job(
    State(handle): State<BlueskyHandle>,
    Json(failure): Json<JobFailure>,
) -> Response {
    handle.fail_next_job(failure);
    done(true)
}

async fn faults(State(handle): State<BlueskyHandle>) -> Json<Vec<Fault>> {
    Json(handle.faults())
}

async fn add_fault(State(handle): State<BlueskyHandle>, Json(fault): Json<Fault>) -> Response {
    handle.fault(fault);
    done(true)
}

async fn clear_faults(State(handle): State<BlueskyHandle>) -> Response {
    handle.clear_faults();
    done(true)
}

async fn reset(State(handle): State<BlueskyHandle>) -> Response {
    handle.reset();
    done(true)
}
