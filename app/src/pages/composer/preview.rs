//! What the post will look like on each of its accounts, in the platform's proportions.

use domain::Platform;
use leptos::prelude::*;

use super::bluesky_preview::BlueskyScene;
use super::editing::Editing;
use super::marks::marked;
use super::on_account::OnAccount;
use super::tiktok_cover::settled_cover;
use super::tiktok_pictures::is_of_pictures;
use crate::api::assets::AssetData;
use crate::components::{Icon, PersonAvatar, Segment, Segmented, Show};

/// The preview. Its scenery is for the eye only; the video can be played in its place.
#[component]
pub(super) fn Preview(editing: Editing, client_name: String) -> impl IntoView {
    let media = editing.draft.media;
    let asset = Memo::new(move |_| media.with(|media| Some(media.first()?.asset.clone())));
    let account = Memo::new(move |_| editing.shown_on().map(|on| on.draft.account));
    let on = move || account.get().and_then(|account| editing.on(account));
    let plays = RwSignal::new(false);
    let video = Memo::new(move |_| {
        asset.with(|asset| {
            let asset = asset.as_ref()?;
            asset.facts.video().and(asset.file_url.clone())
        })
    });
    let shows_video = Memo::new(move |_| plays.get() && video.with(Option::is_some));
    let name = Memo::new(move |_| {
        on().and_then(OnAccount::nickname)
            .unwrap_or_else(|| client_name.clone())
    });
    let text = Memo::new(move |_| match on() {
        Some(on) => editing.draft.caption_on(on.draft),
        None => editing.draft.caption.get(),
    });
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
        <Switcher editing />
        {move || {
            let asset = asset.get();
            if shows_video.get() {
                return asset.map(player).into_any();
            }
            match on() {
                Some(on) if on.draft.platform == Platform::Bluesky => {
                    view! { <BlueskyScene editing=on name text /> }.into_any()
                }
                on => view! { <Scene on name text asset /> }.into_any(),
            }
        }}
    }
}

/// On which of the accounts the post is shown.
#[component]
fn Switcher(editing: Editing) -> impl IntoView {
    let segments = Memo::new(move |_| {
        let chosen = editing.chosen();
        let count = |platform| {
            let same = chosen.iter().filter(|on| on.draft.platform == platform);
            same.count()
        };
        let segment = |on: &OnAccount| Segment {
            value: on.draft.account.to_string(),
            label: if count(on.draft.platform) > 1 {
                on.name()
            } else {
                on.draft.platform.name().to_owned()
            },
            icon: Some(Icon::from(on.draft.platform)),
        };
        chosen.iter().map(segment).collect::<Vec<_>>()
    });
    // What is shown without having been asked for stands in the switcher all the same.
    Effect::new(move |_| {
        if let Some(on) = editing.shown_on() {
            let shown = on.draft.account.to_string();
            if editing.shown.with_untracked(|known| *known != shown) {
                editing.shown.set(shown);
            }
        }
    });
    view! {
        <Show when=move || segments.with(|segments| segments.len() > 1)>
            <div class="preview-switcher">
                <Segmented label="Preview for" name="preview" segments selected=editing.shown />
            </div>
        </Show>
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
fn Scene(
    on: Option<OnAccount>,
    name: Memo<String>,
    text: Memo<String>,
    asset: Option<AssetData>,
) -> impl IntoView {
    let label = Memo::new(move |_| {
        let options = on?.draft.tiktok.read();
        match (options.is_your_brand(), options.is_branded_content()) {
            (_, true) => Some("Paid partnership"),
            (true, false) => Some("Promotional content"),
            (false, false) => None,
        }
    });
    // Pictures have a title of their own above the caption.
    let title = Memo::new(move |_| {
        let on = on.filter(|on| is_of_pictures(*on))?;
        let options = on.draft.tiktok.read();
        let title = options.title.trim();
        (!title.is_empty()).then(|| title.to_owned())
    });
    let picture = match asset.filter(|asset| asset.poster_url.is_some()) {
        Some(asset) => {
            let class = media_class(&asset);
            let cover = settled_cover(on.map(|on| on.draft.tiktok));
            let url = move || asset.cover_url(cover.get());
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
                {move || title.get().map(|title| view! { <b class="preview-title">{title}</b> })}
                <span class="preview-caption">
                    {move || marked(Platform::TikTok, &text.read())}
                </span>
                <span class="preview-sound">{Icon::TikTok.view()} "Original sound"</span>
            </figcaption>
        </figure>
    }
}
