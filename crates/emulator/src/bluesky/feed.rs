//! What an account has posted, for people to look at.

use axum::{
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{Shared, config::Account, handle::Post, state::Platform};
use crate::{
    html::{self, escape},
    png,
};

/// `/bluesky/profile/{actor}`
pub(super) async fn profile(State(platform): State<Shared>, Path(actor): Path<String>) -> Response {
    let Some(account) = platform.state().account(&actor).cloned() else {
        return not_found();
    };
    let cards: String = platform
        .posts()
        .iter()
        .rev()
        .filter(|post| post.did == account.did)
        .map(|post| format!("<li>{}</li>", card(&account, post)))
        .collect();
    let feed = if cards.is_empty() {
        "<p>Nothing has been posted yet.</p>".to_owned()
    } else {
        format!(r#"<ul class="grid">{cards}</ul>"#)
    };
    let body = format!("{}{feed}", heading(&platform, &account));
    html::page(&format!("@{}", account.handle), &body).into_response()
}

/// `/bluesky/profile/{actor}/post/{rkey}`
pub(super) async fn single(
    State(platform): State<Shared>,
    Path((actor, rkey)): Path<(String, String)>,
) -> Response {
    let Some(account) = platform.state().account(&actor).cloned() else {
        return not_found();
    };
    let posts = platform.posts();
    let Some(post) = posts
        .iter()
        .find(|post| post.did == account.did && post.rkey == rkey)
    else {
        return not_found();
    };
    let body = format!(
        r#"{}<div class="narrow">{}</div>"#,
        heading(&platform, &account),
        card(&account, post)
    );
    html::page(&format!("@{}", account.handle), &body).into_response()
}

/// `/bluesky/avatar/{did}`
pub(super) async fn avatar(Path(did): Path<String>) -> Response {
    let seed: [u8; 32] = Sha256::digest(did).into();
    (
        [(header::CONTENT_TYPE, "image/png")],
        png::identicon(&seed, 168),
    )
        .into_response()
}

/// `/bluesky/blob/{did}/{cid}`
pub(super) async fn blob(
    State(platform): State<Shared>,
    Path((did, cid)): Path<(String, String)>,
) -> Response {
    let known = platform.state().blobs.get(&(did, cid.clone())).cloned();
    let Some(known) = known else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match tokio::fs::read(platform.blobs.join(cid)).await {
        Ok(bytes) => (
            [
                (header::CONTENT_TYPE, known.mime),
                (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
            ],
            bytes,
        )
            .into_response(),
        Err(_) => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The account as an entry of the front page.
pub(crate) fn entry(platform: &Platform, account: &Account) -> String {
    let password = account.app_password.as_deref().unwrap_or("none");
    let mut notes = vec![format!("App password: <code>{}</code>", escape(password))];
    if account.taken_down {
        notes.push("taken down".to_owned());
    }
    if account.deactivated {
        notes.push("deactivated".to_owned());
    }
    format!(
        r#"<li class="card"><a class="who" href="/bluesky/profile/{handle}"><img class="avatar" alt="" src="{avatar}"><span>{name}<br><small>@{handle}</small></span></a><p class="standin">{notes}</p></li>"#,
        handle = escape(&account.handle),
        avatar = escape(&platform.avatar_url(&account.did)),
        name = escape(&account.display_name),
        notes = notes.join(", "),
    )
}

fn not_found() -> Response {
    let body = r#"<h1>Not found</h1><p><a href="/">All accounts</a></p>"#;
    (StatusCode::NOT_FOUND, html::page("Not found", body)).into_response()
}

fn heading(platform: &Platform, account: &Account) -> String {
    format!(
        r#"<p class="standin"><a href="/">Stand-in platforms</a> · Bluesky</p>
<header class="who"><img class="avatar" alt="" src="{avatar}"><div><h1>{name}</h1><p class="standin"><a href="/bluesky/profile/{handle}">@{handle}</a></p></div></header>
<p>{bio}</p>
"#,
        avatar = escape(&platform.avatar_url(&account.did)),
        name = escape(&account.display_name),
        handle = escape(&account.handle),
        bio = escape(&account.bio),
    )
}

fn card(account: &Account, post: &Post) -> String {
    let media: String = post
        .media
        .iter()
        .map(|media| {
            let (url, alt) = (escape(&media.url), escape(&media.alt));
            if media.mime.starts_with("video/") {
                format!(r#"<video controls preload="metadata" aria-label="{alt}" src="{url}"></video>"#)
            } else {
                format!(r#"<figure><img alt="{alt}" loading="lazy" src="{url}"><figcaption class="standin">{alt}</figcaption></figure>"#)
            }
        })
        .collect();
    let langs: String = post
        .langs
        .iter()
        .map(|lang| format!("<li>{}</li>", escape(lang)))
        .collect();
    let mut facts = vec![
        (
            "Posted",
            post.created_at.format("%Y-%m-%d %H:%M:%S UTC").to_string(),
        ),
        ("uri", post.uri.clone()),
        ("cid", post.cid.clone()),
    ];
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
    format!(
        r#"<article class="card post" data-uri="{uri}"><p class="caption">{text}</p>{media}<ul class="tags">{langs}</ul><p><a href="/bluesky/profile/{handle}/post/{rkey}">Post link</a></p><dl>{facts}</dl></article>"#,
        uri = escape(&post.uri),
        text = rich(&post.text, &post.record["facets"]),
        handle = escape(&account.handle),
        rkey = escape(&post.rkey),
    )
}

/// Text with its facets as links. They were checked when the post was written.
fn rich(text: &str, facets: &Value) -> String {
    let mut spans: Vec<(usize, usize, String)> = facets
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|facet| {
            let place = |name: &str| usize::try_from(facet["index"][name].as_u64()?).ok();
            let feature = &facet["features"][0];
            let target = match feature["$type"].as_str()? {
                "app.bsky.richtext.facet#link" => feature["uri"].as_str()?.to_owned(),
                "app.bsky.richtext.facet#mention" => {
                    format!("/bluesky/profile/{}", feature["did"].as_str()?)
                }
                _ => format!("#{}", feature["tag"].as_str()?),
            };
            Some((place("byteStart")?, place("byteEnd")?, target))
        })
        .collect();
    spans.sort();
    let mut html = String::new();
    let mut at = 0;
    for (start, end, target) in spans {
        let (Some(before), Some(inside)) = (text.get(at..start), text.get(start..end)) else {
            continue;
        };
        html.push_str(&escape(before));
        html.push_str(&format!(
            r#"<a href="{}">{}</a>"#,
            escape(&target),
            escape(inside)
        ));
        at = end;
    }
    html.push_str(&escape(text.get(at..).unwrap_or_default()));
    html
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::rich;

    #[test]
    fn facets_become_links_and_nothing_becomes_markup() {
        let facets = json!([{
            "index": { "byteStart": 5, "byteEnd": 9 },
            "features": [{ "$type": "app.bsky.richtext.facet#tag", "tag": "tag" }],
        }]);
        assert_eq!(
            rich("né <#tag>", &facets),
            "né &lt;<a href=\"#tag\">#tag</a>&gt;"
        );
    }
}
