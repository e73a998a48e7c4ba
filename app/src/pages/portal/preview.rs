//! What the post will look like, in a phone's proportions. The video can be played where it stands.

use domain::Platform;
use leptos::prelude::*;

use super::video::{Player, video_of};
use crate::api::portal::{PortalMedia, PortalPostData, PortalTargetData};
use crate::components::{AccountAvatar, AvatarSize, Icon};

/// The preview: as a card of a feed where the post goes to Bluesky alone, on a phone otherwise.
#[component]
pub(super) fn PostPreview(post: PortalPostData, player: Player) -> impl IntoView {
    let first = post.targets.first().cloned();
    let is_feed = !post.targets.is_empty()
        && post
            .targets
            .iter()
            .all(|target| target.platform == Platform::Bluesky);
    if is_feed {
        view! { <Feed post player target=first /> }.into_any()
    } else {
        view! { <Phone post player target=first /> }.into_any()
    }
}

#[component]
fn Phone(post: PortalPostData, player: Player, target: Option<PortalTargetData>) -> impl IntoView {
    let name = target.as_ref().map_or_else(
        || post.client_name.clone(),
        |target| target.nickname.clone(),
    );
    let caption = target
        .as_ref()
        .and_then(|target| target.caption.clone())
        .unwrap_or_else(|| post.caption.clone());
    let label = target.as_ref().and_then(|target| target.label.clone());
    // A video has none, whatever was written before it took the pictures' place.
    let title = target
        .as_ref()
        .filter(|_| video_of(&post.media).is_none())
        .and_then(|target| target.title.clone());
    let avatar = target.map(|target| {
        view! {
            <AccountAvatar
                name=target.nickname
                platform=target.platform
                url=target.avatar_url
                size=AvatarSize::S30
            />
        }
    });
    let picture = match video_of(&post.media).cloned() {
        Some(video) => view! { <Video video player class="preview-media" /> }.into_any(),
        None => pictures(&post.media),
    };
    view! {
        <figure class="preview portal-preview">
            {picture}
            <div class="preview-rail" aria-hidden="true">
                {avatar} {Icon::Heart.view()} {Icon::Comment.view()} {Icon::Bookmark.view()}
            </div>
            <figcaption class="preview-text" aria-hidden="true">
                <span class="preview-name">
                    {name} {label.map(|label| view! { <span class="preview-label">{label}</span> })}
                </span>
                {title.map(|title| view! { <b class="preview-title">{title}</b> })}
                <span class="preview-caption">{caption}</span>
            </figcaption>
        </figure>
    }
    .into_any()
}

#[component]
fn Feed(post: PortalPostData, player: Player, target: Option<PortalTargetData>) -> impl IntoView {
    let head = target.as_ref().map(|target| {
        view! {
            <div class="post-head" aria-hidden="true">
                <AccountAvatar
                    name=target.nickname.clone()
                    platform=target.platform
                    url=target.avatar_url.clone()
                    size=AvatarSize::S40
                />
                <div class="post-who">
                    <b>{target.nickname.clone()}</b>
                    <span>{target.name.clone()}</span>
                </div>
            </div>
        }
    });
    let caption = target
        .and_then(|target| target.caption)
        .unwrap_or(post.caption);
    let media = match video_of(&post.media).cloned() {
        Some(video) => view! { <Video video player class="feed-video" /> }.into_any(),
        None if post.media.is_empty() => ().into_any(),
        None => {
            let count = post.media.len().min(4);
            view! {
                <div class="post-media" data-count=count.to_string()>
                    {post
                        .media
                        .iter()
                        .take(4)
                        .map(|file| {
                            view! { <span class="post-picture">{image(file, "")}</span> }
                        })
                        .collect_view()}
                </div>
            }
            .into_any()
        }
    };
    view! {
        <figure class="post-preview portal-feed">
            {head} <p class="post-text">{caption}</p> {media}
        </figure>
    }
    .into_any()
}

/// The video, with the browser's own controls.
#[component]
fn Video(video: PortalMedia, player: Player, class: &'static str) -> impl IntoView {
    let class = if video.is_upright {
        class.to_owned()
    } else {
        format!("{class} fits")
    };
    let alt = if video.alt.is_empty() {
        "What will be posted".to_owned()
    } else {
        video.alt
    };
    view! {
        <video
            node_ref=player.element
            id="video"
            class=class
            src=video.file_url
            poster=video.poster_url
            controls
            playsinline
            preload="metadata"
            aria-label=alt
            on:timeupdate=move |_| player.moved()
        ></video>
    }
    .into_any()
}

/// The pictures side by side, to be moved through with a finger.
fn pictures(media: &[PortalMedia]) -> AnyView {
    if media.is_empty() {
        return view! {
            <div class="preview-empty">{Icon::Image.view()} "There is no file in this post"</div>
        }
        .into_any();
    }
    let count = media.len();
    let slides = media
        .iter()
        .zip(1..)
        .map(|(file, number)| {
            view! {
                <li class="preview-slide">
                    {image(file, "preview-media fits")}
                    {(count > 1)
                        .then(|| {
                            view! {
                                <span class="preview-number">{format!("{number} of {count}")}</span>
                            }
                        })}
                </li>
            }
        })
        .collect_view();
    view! {
        <ul class="preview-slides" tabindex="0" aria-label="Pictures">
            {slides}
        </ul>
    }
    .into_any()
}

fn image(file: &PortalMedia, class: &'static str) -> AnyView {
    // A small copy is enough on a phone; where the file is one picture, it is shown as it is.
    let url = file.file_url.clone().filter(|_| file.duration_ms.is_none());
    match url.or_else(|| file.poster_url.clone()) {
        Some(url) => {
            view! { <img class=class src=url alt=file.alt.clone() decoding="async" /> }.into_any()
        }
        None => {
            view! { <span class="preview-gone">"This file is no longer kept"</span> }.into_any()
        }
    }
}
