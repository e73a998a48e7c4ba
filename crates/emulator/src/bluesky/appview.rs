//! What everybody may see: profiles, and posts with their numbers.

use axum::{
    Json,
    extract::{RawQuery, State},
    response::IntoResponse,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared,
    errors::{XrpcError, XrpcResult},
    extract,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Who {
    actor: String,
}

pub(super) async fn profile(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
) -> XrpcResult {
    let ask: Who = extract::query(query.as_deref())?;
    let state = platform.state();
    let account = state
        .account(&ask.actor)
        .filter(|account| !account.deactivated)
        .ok_or_else(|| XrpcError::invalid("Profile not found"))?;
    if account.taken_down {
        return Err(XrpcError::new(
            400,
            "AccountTakedown",
            "Account has been suspended",
        ));
    }
    let posts = state
        .records
        .iter()
        .filter(|record| record.did == account.did)
        .count();
    Ok(Json(json!({
        "did": account.did,
        "handle": account.handle,
        "displayName": account.display_name,
        "description": account.bio,
        "avatar": platform.avatar_url(&account.did),
        "followersCount": account.followers,
        "followsCount": 0,
        "postsCount": posts,
    }))
    .into_response())
}

/// Up to 25 posts; those that are not there are left out.
pub(super) async fn posts(State(platform): State<Shared>, RawQuery(query): RawQuery) -> XrpcResult {
    let query = query.unwrap_or_default();
    let uris: Vec<String> = url::form_urlencoded::parse(query.as_bytes())
        .filter(|(name, _)| name == "uris")
        .map(|(_, uri)| uri.into_owned())
        .collect();
    if uris.is_empty() || uris.len() > 25 {
        return Err(XrpcError::invalid("uris must have 1 to 25 elements"));
    }
    let state = platform.state();
    let posts: Vec<Value> = uris
        .iter()
        .filter_map(|uri| state.records.iter().find(|record| record.uri() == *uri))
        .map(|record| {
            let handle = state
                .account(&record.did)
                .map(|account| account.handle.clone());
            json!({
                "uri": record.uri(),
                "cid": record.cid,
                "author": { "did": record.did, "handle": handle },
                "record": record.value,
                "indexedAt": record.created_at,
                "likeCount": record.likes,
                "repostCount": record.reposts,
                "replyCount": record.replies,
                "quoteCount": record.quotes,
                "bookmarkCount": 0,
            })
        })
        .collect();
    Ok(Json(json!({ "posts": posts })).into_response())
}
