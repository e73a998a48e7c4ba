//! One file of the post: what was found in it, its place, and its description.

use domain::AssetId;
use domain::media::duration_label;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::caption::escaped;
use super::editing::Editing;
use super::media_copy::{MediaCopy, crop_button};
use crate::api::posts::MediaData;
use crate::components::{Icon, Show, Thumb};

/// The longest description, in characters: what Bluesky's own app lets people write.
const ALT_LENGTH: &str = "2000";

/// A file with what can be done to it.
#[component]
pub(super) fn MediaItem(editing: Editing, id: AssetId, choose: Callback<()>) -> impl IntoView {
    let media = editing.draft.media;
    let found =
        media.with_untracked(|media| media.iter().find(|file| file.asset.id == id).cloned());
    let Some(MediaData { asset, .. }) = found else {
        return ().into_any();
    };
    // Only some platforms show a description.
    let is_described = Memo::new(move |_| editing.draft.is_described());
    let gone = asset.file_url.is_none();
    let is_video = asset.facts.video().is_some();
    let length = asset
        .facts
        .video()
        .map(|video| duration_label(video.duration_ms));
    let label = format!("File {}", asset.file_name);
    view! {
        <div class="media-item" id=item_id(id) tabindex="-1" role="group" aria-label=label>
            <span class="media-picture">
                <Thumb url=asset.poster_url />
                {length.map(|length| view! { <span class="media-length">{length}</span> })}
            </span>
            <div class="media-text">
                <div class="media-name truncate">{asset.file_name}</div>
                <div class="media-facts">{asset.facts.summary()}</div>
                {gone
                    .then(|| {
                        view! {
                            <div class="upload-fact refused">
                                {Icon::Triangle.view()} "The file is no longer kept. Upload it again."
                            </div>
                        }
                    })}
                <MediaCopy editing id made_from=asset.made_from.clone() />
                <Show when=move || is_described.get()>
                    <Description editing id />
                </Show>
                <div class="media-acts">
                    {is_video
                        .then(|| {
                            view! {
                                <button
                                    type="button"
                                    id="choose-file"
                                    on:click=move |_| choose.run(())
                                >
                                    {Icon::Upload.view()}
                                    "Replace"
                                </button>
                            }
                        })}
                    <Order editing id />
                    {(!gone).then(|| crop_button(editing, id))}
                    <button
                        type="button"
                        on:click=move |_| {
                            media.update(|media| media.retain(|file| file.asset.id != id));
                        }
                    >
                        {Icon::Trash.view()}
                        "Remove"
                    </button>
                </div>
            </div>
            <Place editing id />
        </div>
    }
    .into_any()
}

/// The id of a file's entry on the page.
pub(super) fn item_id(id: AssetId) -> String {
    format!("file-{id}")
}

/// Where the file stands among the others, from 0, and how many there are.
fn place_of(editing: Editing, id: AssetId) -> Memo<(usize, usize)> {
    Memo::new(move |_| {
        editing.draft.media.with(|media| {
            let place = media.iter().position(|file| file.asset.id == id);
            (place.unwrap_or_default(), media.len())
        })
    })
}

/// The number that the file has in the post, where there are several.
#[component]
fn Place(editing: Editing, id: AssetId) -> impl IntoView {
    let place = place_of(editing, id);
    let has_others = move || place.get().1 > 1;
    view! {
        <Show when=has_others>
            <span class="media-place" role="status">
                <span class="sr-only">"Place "</span>
                {move || place.get().0 + 1}
                <span class="sr-only">{move || format!(" of {}", place.get().1)}</span>
            </span>
        </Show>
    }
}

/// The buttons that move the file, where there are several. At an end one stays where it is, so that
/// whoever moves a file by keyboard does not lose their place.
#[component]
fn Order(editing: Editing, id: AssetId) -> impl IntoView {
    let place = place_of(editing, id);
    let has_others = move || place.get().1 > 1;
    let earlier = move |_| {
        let to = place.get_untracked().0.checked_sub(1);
        move_to(editing, id, to, "earlier");
    };
    let later = move |_| {
        let (from, count) = place.get_untracked();
        let to = Some(from + 1).filter(|to| *to < count);
        move_to(editing, id, to, "later");
    };
    view! {
        <Show when=has_others>
            <button
                type="button"
                id=format!("earlier-{id}")
                aria-disabled=move || (place.get().0 == 0).then_some("true")
                on:click=earlier
            >
                {Icon::ChevronLeft.view()}
                "Move earlier"
            </button>
            <button
                type="button"
                id=format!("later-{id}")
                aria-disabled=move || {
                    let (place, count) = place.get();
                    (place + 1 >= count).then_some("true")
                }
                on:click=later
            >
                {Icon::ChevronRight.view()}
                "Move later"
            </button>
        </Show>
    }
}

/// Puts a file to another place; the button that did it keeps the focus, although its row has moved.
fn move_to(editing: Editing, id: AssetId, to: Option<usize>, button: &'static str) {
    let media = editing.draft.media;
    let from = media.with_untracked(|media| media.iter().position(|file| file.asset.id == id));
    let (Some(from), Some(to)) = (from, to) else {
        return;
    };
    media.update(|media| media.swap(from, to));
    request_animation_frame(move || {
        let found = document().get_element_by_id(&format!("{button}-{id}"));
        if let Some(element) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()) {
            let _ = element.focus();
        }
    });
}

/// The description for people who cannot see the file. The field belongs to whoever types.
#[component]
fn Description(editing: Editing, id: AssetId) -> impl IntoView {
    let media = editing.draft.media;
    let field = NodeRef::<html::Textarea>::new();
    let describe = move |words: String| {
        media.update(|media| {
            if let Some(file) = media.iter_mut().find(|file| file.asset.id == id) {
                file.alt = words;
            }
        });
    };
    let known = move || {
        media.with_untracked(|media| {
            let file = media.iter().find(|file| file.asset.id == id);
            file.map(|file| file.alt.clone()).unwrap_or_default()
        })
    };
    // What was typed before the page came to life counts as well.
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && field.value() != known()
        {
            describe(field.value());
        }
    });
    view! {
        <label class="media-alt">
            <span>"Description for people who cannot see it"</span>
            <textarea
                class="input"
                rows="2"
                maxlength=ALT_LENGTH
                node_ref=field
                on:input:target=move |event| describe(event.target().value())
                inner_html=escaped(&known())
            ></textarea>
        </label>
    }
}
