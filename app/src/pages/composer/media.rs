//! The files of the post: chosen or dropped, on their way, and in order.

use leptos::html;
use leptos::prelude::*;

use super::editing::{Editing, add};
use super::media_item::{MediaItem, item_id};
use super::on_account::focus;
use crate::api::assets::AssetData;
use crate::components::{Icon, Show};
use crate::pages::copies::CropDialog;
use crate::pages::library::LibraryPicker;
use crate::pages::uploads::UploadRow;
use crate::state::upload::dropped::files_in;

/// What stands below the files that are there.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    /// Nothing is there: the place to drop a first file.
    Empty,
    /// Something is there or on its way, and more may be added.
    More,
}

/// The part of the composer that holds the files.
#[component]
pub(super) fn Media(editing: Editing, over: RwSignal<bool>) -> impl IntoView {
    let (upload, media) = (editing.upload, editing.draft.media);
    let below = Memo::new(move |_| {
        if media.with(Vec::is_empty) && upload.items().is_empty() {
            Below::Empty
        } else {
            Below::More
        }
    });
    let ids = Memo::new(move |_| {
        media.with(|media| media.iter().map(|file| file.asset.id).collect::<Vec<_>>())
    });
    let input = NodeRef::<html::Input>::new();
    let choose = Callback::new(move |()| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    });
    view! {
        <div class="media-strip" id="media" tabindex="-1" role="group" aria-label="Media">
            <For
                each=move || ids.get()
                key=|id| *id
                children=move |id| view! { <MediaItem editing id choose /> }
            />
            <For
                each=move || upload.items()
                key=|item| item.id
                children=move |item| view! { <UploadRow uploads=upload.queue() item /> }
            />
            {move || match below.get() {
                Below::More => {
                    view! {
                        <FileInput editing input behind_buttons=true />
                        <More editing choose />
                    }
                        .into_any()
                }
                Below::Empty => view! { <Missing editing over input /> }.into_any(),
            }}
            <Show when=move || takes_more(editing)>
                <FromLibrary editing />
            </Show>
            <CropDialog copies=editing.copies />
        </div>
    }
}

/// The file input; there is one at a time. Where buttons open it, it is out of the tab order.
#[component]
fn FileInput(
    editing: Editing,
    input: NodeRef<html::Input>,
    #[prop(optional)] behind_buttons: bool,
) -> impl IntoView {
    let send_chosen = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if let Some(files) = input.files() {
            editing.upload.send_all(files_in(&files));
        }
        // The same file can be chosen again.
        input.set_value("");
    };
    view! {
        <input
            class="sr-only"
            type="file"
            multiple
            id=if behind_buttons { "file" } else { "choose-file" }
            accept="video/*,image/jpeg,image/png,image/webp"
            aria-label="Video or pictures"
            tabindex=behind_buttons.then_some("-1")
            node_ref=input
            on:change=send_chosen
        />
    }
}

#[component]
fn Missing(editing: Editing, over: RwSignal<bool>, input: NodeRef<html::Input>) -> impl IntoView {
    view! {
        <label class="drop-zone" class:is-over=move || over.get()>
            {Icon::Upload.view()}
            <span>
                <span class="link">"Choose a video or pictures"</span>
                ", drop them here, or paste a picture"
            </span>
            <span class="drop-limits">"MP4, MOV, WebM, JPEG, PNG or WebP up to 4 GB"</span>
            <FileInput editing input />
        </label>
    }
}

fn takes_more(editing: Editing) -> bool {
    let media = editing.draft.media;
    media.with(|media| media.iter().all(|file| file.asset.facts.video().is_none()))
}

/// Below pictures one more can be added; a video stands alone.
#[component]
fn More(editing: Editing, choose: Callback<()>) -> impl IntoView {
    view! {
        <Show when=move || takes_more(editing)>
            <div class="media-more">
                <button
                    class="button secondary small"
                    type="button"
                    id="choose-file"
                    on:click=move |_| choose.run(())
                >
                    {Icon::Plus.view()}
                    "Add pictures"
                </button>
            </div>
        </Show>
    }
}

/// Opens the client's library.
#[component]
fn FromLibrary(editing: Editing) -> impl IntoView {
    let open = RwSignal::new(false);
    let media = editing.draft.media;
    let chosen = Signal::derive(move || {
        media.with(|media| media.iter().map(|file| file.asset.id).collect::<Vec<_>>())
    });
    let pick = move |asset: AssetData| {
        let place = item_id(asset.id);
        media.update(|media| add(media, asset));
        // A video stands alone: the dialog goes with the button to which it would have given the focus back.
        if !untrack(|| takes_more(editing)) {
            request_animation_frame(move || focus(&[place]));
        }
    };
    view! {
        <button class="button secondary small from-library" type="button" on:click=move |_| open.set(true)>
            {Icon::Image.view()}
            "From the library"
        </button>
        <LibraryPicker
            client=editing.client
            open
            chosen
            on_pick=Callback::new(pick)
        />
    }
}
