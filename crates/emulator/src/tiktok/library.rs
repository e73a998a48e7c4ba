//! The Display API: what an account has posted in public.

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::{
    Shared,
    errors::{ApiError, Code, ok},
    extract::{fields, json},
    limits::Window,
    scopes::VIDEO_LIST,
    state::Platform,
    tasks::{Kind, Post},
};

const FIELDS: [&str; 16] = [
    "id",
    "create_time",
    "cover_image_url",
    "share_url",
    "video_description",
    "duration",
    "height",
    "width",
    "title",
    "embed_html",
    "embed_link",
    "like_count",
    "comment_count",
    "share_count",
    "view_count",
    "is_aigc",
];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListBody {
    cursor: Option<i64>,
    max_count: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryBody {
    filters: Filters,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Filters {
    video_ids: Vec<String>,
}

/// `POST /v2/video/list/?fields=…`
pub(super) async fn list(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::VideoList), &[VIDEO_LIST])?;
    let asked = fields(&query.unwrap_or_default(), &FIELDS)?;
    let body: ListBody = json(&headers, &body, Code::InvalidParams)?;
    let most = match body.max_count.unwrap_or(10) {
        most @ 1..=20 => usize::try_from(most).unwrap_or(20),
        _ => return Err(invalid("max_count must be between 1 and 20.")),
    };
    let mut posts = platform.available_posts(&caller.open_id);
    if let Some(before) = body.cursor {
        posts.retain(|post| created_ms(post) < before);
    }
    let has_more = posts.len() > most;
    posts.truncate(most);
    let cursor = posts
        .last()
        .map_or(body.cursor.unwrap_or_default(), created_ms);
    let videos: Vec<Value> = posts
        .iter()
        .map(|post| platform.video_object(post, &asked))
        .collect();
    Ok(ok(
        json!({ "videos": videos, "cursor": cursor, "has_more": has_more }),
    ))
}

/// `POST /v2/video/query/?fields=…`
pub(super) async fn query(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, Some(Window::VideoQuery), &[VIDEO_LIST])?;
    let asked = fields(&query.unwrap_or_default(), &FIELDS)?;
    let body: QueryBody = json(&headers, &body, Code::InvalidParams)?;
    let ids = body.filters.video_ids;
    if !(1..=20).contains(&ids.len()) {
        return Err(invalid("video_ids must have 1 to 20 ids."));
    }
    let videos: Vec<Value> = platform
        .available_posts(&caller.open_id)
        .iter()
        .filter(|post| ids.contains(&id_of(post)))
        .map(|post| platform.video_object(post, &asked))
        .collect();
    Ok(ok(json!({ "videos": videos })))
}

fn invalid(message: &str) -> ApiError {
    ApiError::new(Code::InvalidParams, message)
}

fn created_ms(post: &Post) -> i64 {
    post.published_at
        .unwrap_or(post.created_at)
        .timestamp_millis()
}

fn id_of(post: &Post) -> String {
    post.post_id.map(|id| id.to_string()).unwrap_or_default()
}

impl Platform {
    /// The account's public posts, newest first.
    fn available_posts(&self, open_id: &str) -> Vec<Post> {
        let now = self.now();
        let state = self.state();
        let mut posts: Vec<Post> = state
            .tasks
            .all()
            .iter()
            .filter(|task| task.owner == open_id && task.is_available(now, &state.config))
            .map(|task| state.post(task, now))
            .collect();
        posts.sort_by_key(|post| std::cmp::Reverse(created_ms(post)));
        posts
    }

    fn video_object(&self, post: &Post, asked: &[String]) -> Value {
        let id = id_of(post);
        let kind = match post.kind {
            Kind::Video => "video",
            Kind::Photo => "photo",
        };
        let link = format!("{}/@{}/{kind}/{id}", self.base, post.account);
        let first = post.media.first();
        let mut object = Map::new();
        for field in asked {
            let value = match field.as_str() {
                "id" => json!(id),
                "create_time" => json!(created_ms(post) / 1000),
                "cover_image_url" => {
                    let expires_at = self.now() + TimeDelta::hours(6);
                    json!(self.signed_url(&format!("cover/{id}.png"), expires_at))
                }
                "share_url" | "embed_link" => json!(link),
                "embed_html" => json!(format!("<blockquote cite=\"{link}\"></blockquote>")),
                "video_description" | "title" => json!(post.details.caption),
                "duration" => json!(first.map_or(0, |media| media.duration_ms / 1000)),
                "height" => json!(first.map_or(0, |media| media.height)),
                "width" => json!(first.map_or(0, |media| media.width)),
                "like_count" => json!(post.stats.likes),
                "comment_count" => json!(post.stats.comments),
                "share_count" => json!(post.stats.shares),
                "view_count" => json!(post.stats.views),
                _ => json!(post.details.is_aigc),
            };
            object.insert(field.clone(), value);
        }
        Value::Object(object)
    }
}
