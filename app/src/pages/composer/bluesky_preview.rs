//! What the post will look like on Bluesky.

use domain::Platform;
use leptos::prelude::*;

use super::marks::marked;
use super::on_account::OnAccount;
use crate::api::posts::MediaData;
use crate::components::{AccountAvatar, AvatarSize, Icon, PersonAvatar};

/// A post as it stands in Bluesky's feed. Scenery: screen readers have the fields themselves.
#[component]
pub(super) fn BlueskyScene(
    editing: OnAccount,
    name: Memo<String>,
    text: Memo<String>,
) -> impl IntoView {
    let account = Memo::new(move |_| editing.account());
    let avatar = move || match account.get() {
        Some(account) => view! {
            <AccountAvatar
                name=name.get()
                platform=account.platform
                url=account.avatar_url
                size=AvatarSize::S40
            />
        }
        .into_any(),
        None => view! { <PersonAvatar name=name.get() /> }.into_any(),
    };
    let handle = move || account.get()?.handle.map(|handle| format!("@{handle}"));
    let text = move || marked(Platform::Bluesky, &text.read());
    let media = move || {
        let media = editing.draft.media.get();
        (!media.is_empty()).then(|| {
            let shown = media.len().min(4);
            view! {
                <div class="post-media" data-count=shown.to_string()>
                    {media.into_iter().take(4).map(picture).collect_view()}
                </div>
            }
        })
    };
    view! {
        <figure class="post-preview" aria-hidden="true">
            <div class="post-head">
                {avatar} <div class="post-who">
                    <b>{move || name.get()}</b>
                    <span>{handle}</span>
                </div>
            </div>
            <p class="post-text">{text}</p>
            {media}
            <div class="post-foot">
                {Icon::Comment.view()} {Icon::Refresh.view()} {Icon::Heart.view()}
                {Icon::Bookmark.view()}
            </div>
        </figure>
    }
}

fn picture(file: MediaData) -> impl IntoView {
    let is_video = file.asset.facts.video().is_some();
    let has_alt = !file.alt.trim().is_empty();
    view! {
        <span class="post-picture">
            {match file.asset.poster_url {
                Some(url) => view! { <img src=url alt="" decoding="async" /> }.into_any(),
                None => Icon::Image.view().into_any(),
            }} {is_video.then(|| view! { <span class="post-play">{Icon::Play.view()}</span> })}
            {has_alt.then(|| view! { <span class="post-alt">"ALT"</span> })}
        </span>
    }
}
