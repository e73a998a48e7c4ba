use axum::{
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Map, Value, json};

use super::{
    Shared,
    errors::{ApiError, Code, ok},
    extract,
    limits::Window,
    scopes::VIDEO_PUBLISH,
};

/// `POST /v2/post/publish/creator_info/query/`
pub(super) async fn info(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::CreatorInfo), &[VIDEO_PUBLISH])?;
    if body.is_empty() {
        extract::need_json(&headers)?;
    } else {
        let _: Map<String, Value> = extract::json(&headers, &body, Code::InvalidParams)?;
    }
    let user = platform.account(&caller)?;

    let now = platform.now();
    let refusal = {
        let state = platform.state();
        if user.banned {
            Some(Code::BannedFromPosting)
        } else if state.posted_too_much(&user, now) {
            Some(Code::TooManyPosts)
        } else if !state.has_room_for(&user.open_id, now) {
            Some(Code::ReachedActiveUserCap)
        } else {
            None
        }
    };
    if let Some(code) = refusal {
        // These refusals come with HTTP 200 here, and only here.
        return Err(ApiError::new(code, "The creator cannot post now.").with_status(StatusCode::OK));
    }

    Ok(ok(json!({
        "creator_avatar_url": platform.avatar_url(&user.username, 168),
        "creator_username": user.username,
        "creator_nickname": user.display_name,
        "privacy_level_options": user.privacy_options(),
        "comment_disabled": user.comment_disabled,
        "duet_disabled": user.no_duets(),
        "stitch_disabled": user.no_stitches(),
        "max_video_post_duration_sec": user.max_video_post_duration_sec,
    })))
}
