use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use chrono::TimeDelta;
use serde_json::{Map, Value, json};

use super::{
    Shared,
    errors::{ApiError, Code, ok},
    extract::fields,
    limits::Window,
    scopes::{USER_INFO_BASIC, USER_INFO_PROFILE, USER_INFO_STATS},
    state::Platform,
};

const BASIC: [&str; 6] = [
    "open_id",
    "union_id",
    "avatar_url",
    "avatar_url_100",
    "avatar_large_url",
    "display_name",
];
const PROFILE: [&str; 5] = [
    "bio_description",
    "profile_deep_link",
    "profile_web_link",
    "is_verified",
    "username",
];
const STATS: [&str; 4] = [
    "follower_count",
    "following_count",
    "likes_count",
    "video_count",
];

/// `GET /v2/user/info/?fields=…`
pub(super) async fn info(
    State(platform): State<Shared>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let caller = platform.admit(
        &headers,
        Some(Window::UserInfo),
        &[USER_INFO_BASIC, USER_INFO_PROFILE, USER_INFO_STATS],
    )?;
    let known = [&BASIC[..], &PROFILE[..], &STATS[..]].concat();
    let asked = fields(&query.unwrap_or_default(), &known)?;
    for (scope, covered) in [
        (USER_INFO_BASIC, &BASIC[..]),
        (USER_INFO_PROFILE, &PROFILE[..]),
        (USER_INFO_STATS, &STATS[..]),
    ] {
        let needed = asked.iter().find(|field| covered.contains(&field.as_str()));
        if let Some(field) = needed
            && !caller.has(scope)
        {
            return Err(ApiError::new(
                Code::ScopePermissionMissed,
                format!("The field {field} needs the scope {scope}."),
            ));
        }
    }

    let user = platform.account(&caller)?;
    let link = format!("{}/@{}", platform.base, user.username);
    let mut answer = Map::new();
    for field in asked {
        let value: Value = match field.as_str() {
            "open_id" => json!(user.open_id),
            "union_id" => json!(user.union_id),
            "avatar_url" => json!(platform.avatar_url(&user.username, 168)),
            "avatar_url_100" => json!(platform.avatar_url(&user.username, 100)),
            "avatar_large_url" => json!(platform.avatar_url(&user.username, 720)),
            "display_name" => json!(user.display_name),
            "bio_description" => json!(user.bio),
            "profile_deep_link" | "profile_web_link" => json!(link),
            "is_verified" => json!(user.verified),
            "username" => json!(user.username),
            "follower_count" => json!(user.follower_count),
            "following_count" => json!(user.following_count),
            "likes_count" => json!(user.likes_count),
            _ => json!(platform.public_posts(&user.open_id)),
        };
        answer.insert(field, value);
    }
    Ok(ok(json!({ "user": answer })))
}

impl Platform {
    /// An avatar's address; TikTok's work for two hours.
    pub(super) fn avatar_url(&self, username: &str, side: u32) -> String {
        let expires_at = self.now() + TimeDelta::hours(2);
        self.signed_url(&format!("avatar/{side}/{username}.png"), expires_at)
    }

    fn public_posts(&self, open_id: &str) -> usize {
        let now = self.now();
        let state = self.state();
        state
            .tasks
            .all()
            .iter()
            .filter(|task| task.owner == open_id && task.is_available(now, &state.config))
            .count()
    }
}
