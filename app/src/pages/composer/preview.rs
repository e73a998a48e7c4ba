//! What the post will look like on its platform, in its proportions.

use domain::Platform;
use leptos::prelude::*;

use super::bluesky_preview::BlueskyScene;
use super::editing::Editing;
use crate::api::assets::AssetData;
use crate::components::{Icon, PersonAvatar};

/// The preview. Its scenery is for the eye only; the video can be played in its place.
#[component]
pub(super) fn Preview(editing: Editing, client_name: String) -> impl IntoView {
    let media = editing.draft.media;
    let asset = Memo::new(move |_| media.with(|media| Some(media.first()?.asset.clone())));
    let platform = Memo::new(move |_| editing.draft.platform());
    let plays = RwSignal::new(false);
    let video = Memo::new(move |_| {
        asset.with(|asset| {
            let asset = asset.as_ref()?;
            asset.facts.video().and(asset.file_url.clone())
        })
    });
    let shows_video = Memo::new(move |_| plays.get() && video.with(Option::is_some));
    let name = Memo::new(move |_| editing.nickname().unwrap_or_else(|| client_name.clone()));
    view! {
        <div class="side-head">
            <h2 class="side-title">"Preview"</h2>
            <Show
                when=move || video.with(Option::is_some)
                fallback=|| view! { <span class="side-note">"Updates as you type"</span> }
            >
                <button
                    class="button quiet small"
                    type="button"
                    on:click=move |_| plays.update(|plays| *plays = !*plays)
                >
                    {move || {
                        if shows_video.get() { Icon::Image.view() } else { Icon::Play.view() }
                    }}
                    {move || if shows_video.get() { "Show the post" } else { "Play" }}
                </button>
            </Show>
        </div>
        {move || {
            let asset = asset.get();
            if shows_video.get() {
                asset.map(player).into_any()
            } else {
                match platform.get() {
                    Some(Platform::Bluesky) => view! { <BlueskyScene editing name /> }.into_any(),
                    Some(Platform::TikTok) | None => {
                        view! { <Scene editing name asset /> }.into_any()
                    }
                }
            }
        }}
    }
}

/// The class of a picture: one that is not upright is shown whole, as TikTok does.
fn media_class(asset: &AssetData) -> &'static str {
    if asset.facts.width() * 16 > asset.facts.height() * 10 {
        "preview-media fits"
    } else {
        "preview-media"
    }
}

fn player(asset: AssetData) -> impl IntoView {
    let class = media_class(&asset);
    view! {
        <figure class="preview">
            <video
                class=class
                src=asset.file_url
                poster=asset.poster_url
                controls
                autoplay
                playsinline
                preload="metadata"
                aria-label="What will be posted"
            ></video>
        </figure>
    }
}

#[component]
fn Scene(editing: Editing, name: Memo<String>, asset: Option<AssetData>) -> impl IntoView {
    let options = editing.draft.tiktok;
    let label = Memo::new(move |_| {
        let options = options.read();
        match (options.is_your_brand(), options.is_branded_content()) {
            (_, true) => Some("Paid partnership"),
            (true, false) => Some("Promotional content"),
            (false, false) => None,
        }
    });
    let picture = match asset.and_then(|asset| Some((media_class(&asset), asset.poster_url?))) {
        Some((class, url)) => {
            view! { <img class=class src=url alt="" decoding="async" /> }.into_any()
        }
        None => view! {
            <div class="preview-empty">{Icon::Film.view()} "The video appears here"</div>
        }
        .into_any(),
    };
    view! {
        <figure class="preview" aria-hidden="true">
            {picture} <div class="preview-top">
                <span>"Following"</span>
                <b>"For You"</b>
            </div> <div class="preview-rail">
                {move || view! { <PersonAvatar name=name.get() /> }} {Icon::Heart.view()}
                {Icon::Comment.view()} {Icon::Bookmark.view()} {Icon::Move.view()}
            </div> <figcaption class="preview-text">
                <span class="preview-name">
                    {move || name.get()}
                    {move || {
                        label.get().map(|label| view! { <span class="preview-label">{label}</span> })
                    }}
                </span>
                <span class="preview-caption">{move || editing.draft.caption.get()}</span>
                <span class="preview-sound">{Icon::TikTok.view()} "Original sound"</span>
            </figcaption>
        </figure>
    }
}
