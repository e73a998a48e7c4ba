//! What an account has posted, for people to look at.

use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};

use super::{
    Shared,
    state::Platform,
    tasks::{Kind, Mode, Post},
    users::User,
};
use crate::html::{self, escape};

/// `/@{username}`
pub(super) async fn profile(
    State(platform): State<Shared>,
    Path(handle): Path<String>,
) -> Response {
    let Some(user) = platform.find_by_handle(&handle) else {
        return not_found();
    };
    let mut posts = platform.posts_of(&user);
    posts.reverse();
    let cards: String = posts
        .iter()
        .map(|post| format!("<li>{}</li>", card(&user, post)))
        .collect();
    let feed = if cards.is_empty() {
        "<p>Nothing has been posted yet.</p>".to_owned()
    } else {
        format!(r#"<ul class="grid">{cards}</ul>"#)
    };
    let body = format!("{}{feed}", heading(&platform, &user));
    html::page(&format!("@{}", user.username), &body).into_response()
}

/// `/@{username}/video/{id}` and `/@{username}/photo/{id}`
pub(super) async fn single(
    State(platform): State<Shared>,
    Path((handle, id)): Path<(String, i64)>,
) -> Response {
    let Some(user) = platform.find_by_handle(&handle) else {
        return not_found();
    };
    let posts = platform.posts_of(&user);
    let Some(post) = posts.iter().find(|post| post.post_id == Some(id)) else {
        return not_found();
    };
    let body = format!(
        r#"{}<div class="narrow">{}</div>"#,
        heading(&platform, &user),
        card(&user, post)
    );
    html::page(&format!("@{}", user.username), &body).into_response()
}

impl Platform {
    fn find_by_handle(&self, handle: &str) -> Option<User> {
        self.state().user(handle.strip_prefix('@')?).cloned()
    }

    /// Everything of the account that is whole, failed ones included.
    fn posts_of(&self, user: &User) -> Vec<Post> {
        let now = self.now();
        let state = self.state();
        state
            .tasks
            .all()
            .iter()
            .filter(|task| task.owner == user.open_id && task.received_at.is_some())
            .map(|task| state.post(task, now))
            .collect()
    }
}

fn not_found() -> Response {
    let body = r#"<h1>Not found</h1><p><a href="/">All accounts</a></p>"#;
    (StatusCode::NOT_FOUND, html::page("Not found", body)).into_response()
}

fn heading(platform: &Platform, user: &User) -> String {
    format!(
        r#"<p class="standin"><a href="/">Stand-in platforms</a> · TikTok</p>
<header class="who"><img class="avatar" alt="" src="{avatar}"><div><h1>{name}</h1><p class="standin"><a href="{base}/@{username}">@{username}</a> · {notes}</p></div></header>
<p>{bio}</p>
"#,
        avatar = escape(&platform.avatar_url(&user.username, 168)),
        name = escape(&user.display_name),
        base = escape(&platform.base),
        username = escape(&user.username),
        notes = escape(&user.notes().join(", ")),
        bio = escape(&user.bio),
    )
}

fn card(user: &User, post: &Post) -> String {
    let media: String = post
        .media
        .iter()
        .map(|media| {
            let url = escape(&media.url);
            match post.kind {
                Kind::Video => {
                    format!(r#"<video controls preload="metadata" src="{url}"></video>"#)
                }
                Kind::Photo => format!(r#"<img alt="" loading="lazy" src="{url}">"#),
            }
        })
        .collect();
    let tags: String = tags(post)
        .iter()
        .map(|tag| format!("<li>{}</li>", escape(tag)))
        .collect();
    let mut facts = vec![
        ("Posted", time(post.published_at)),
        ("Received", time(post.received_at)),
        ("publish_id", post.publish_id.clone()),
    ];
    if let Some(id) = post.post_id {
        facts.push(("Post id", id.to_string()));
    }
    if let Some(at) = post.details.video_cover_timestamp_ms {
        facts.push(("Cover", format!("{at} ms")));
    }
    for media in &post.media {
        facts.push((
            "Size",
            format!("{} ({} bytes)", html::bytes(media.size), media.size),
        ));
        facts.push(("SHA-256", media.sha256.clone()));
    }
    let facts: String = facts
        .iter()
        .map(|(name, value)| format!("<dt>{name}</dt><dd>{}</dd>", escape(value)))
        .collect();
    let link = post.post_id.map_or_else(String::new, |id| {
        let kind = match post.kind {
            Kind::Video => "video",
            Kind::Photo => "photo",
        };
        let username = escape(&user.username);
        format!(r#"<p><a href="/tiktok/@{username}/{kind}/{id}">Post link</a></p>"#)
    });
    format!(
        r#"<article class="card post" data-publish-id="{id}">{media}
<p class="caption">{caption}</p><p class="caption">{description}</p><ul class="tags">{tags}</ul>{link}<dl>{facts}</dl></article>"#,
        id = escape(&post.publish_id),
        caption = escape(&post.details.caption),
        description = escape(&post.details.description),
    )
}

fn tags(post: &Post) -> Vec<String> {
    let details = &post.details;
    let mut tags = vec![post.status.clone()];
    tags.extend(post.fail_reason.clone());
    tags.extend(details.privacy_level.clone());
    if post.mode == Mode::Draft {
        tags.push("Draft".to_owned());
    }
    if details.brand_content {
        tags.push("Paid partnership".to_owned());
    } else if details.brand_organic {
        tags.push("Promotional content".to_owned());
    }
    for (on, label) in [
        (details.is_aigc, "AI-generated"),
        (details.disable_comment, "No comments"),
        (details.disable_duet, "No duet"),
        (details.disable_stitch, "No stitch"),
    ] {
        if on {
            tags.push(label.to_owned());
        }
    }
    tags
}

fn time(at: Option<DateTime<Utc>>) -> String {
    at.map_or_else(
        || "not yet".to_owned(),
        |at| at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
    )
}
