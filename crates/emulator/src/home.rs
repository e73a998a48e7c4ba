use axum::{
    Router,
    extract::State,
    http::header,
    response::{Html, IntoResponse, Response},
    routing::get,
};

use crate::{
    bluesky::BlueskyHandle,
    html::{self, escape},
    tiktok::TikTokHandle,
};

/// The front page, and the style sheet that every page shares.
pub(crate) fn router(tiktok: TikTokHandle, bluesky: BlueskyHandle) -> Router {
    Router::new()
        .route("/", get(front_page))
        .route("/style.css", get(style))
        .with_state((tiktok, bluesky))
}

async fn front_page(
    State((tiktok, bluesky)): State<(TikTokHandle, BlueskyHandle)>,
) -> Html<String> {
    let mut accounts = String::new();
    for user in tiktok.users() {
        let notes = user.notes().join(", ");
        accounts.push_str(&format!(
            r#"<li class="card"><a class="who" href="/tiktok/@{username}"><img class="avatar" alt="" src="{avatar}"><span>{name}<br><small>@{username}</small></span></a><p class="standin">{notes}</p></li>"#,
            username = escape(&user.username),
            name = escape(&user.display_name),
            avatar = escape(&tiktok.avatar_url(&user.username, 100)),
            notes = escape(&notes),
        ));
    }
    html::page(
        "Stand-in platforms",
        &format!(
            r#"<p class="standin">Nothing here is a real network: posts stay on this machine.</p>
<h1>Stand-in platforms</h1>
<h2>TikTok</h2>
<ul class="grid">{accounts}</ul>
<h2>Bluesky</h2>
<ul class="grid">{}</ul>"#,
            bluesky.entries()
        ),
    )
}

async fn style() -> Response {
    (
        [(header::CONTENT_TYPE, "text/css; charset=utf-8")],
        html::STYLE,
    )
        .into_response()
}
