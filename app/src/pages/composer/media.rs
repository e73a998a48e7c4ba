//! The files of the post: chosen or dropped, on their way, and in order.

use leptos::html;
use leptos::prelude::*;
use leptos::web_sys::{File, FileList};

use super::editing::Editing;
use super::media_item::MediaItem;
use crate::components::progress::{per_cent, transfer_line};
use crate::components::{Icon, Progress, Thumb};
use crate::state::upload::Phase;

/// What stands below the files that are there.
#[derive(Clone, Copy, PartialEq)]
enum Below {
    /// Nothing is there: the place to drop a first file.
    Empty,
    /// Something is there, and more may be added.
    More,
    /// A file is on its way.
    Sending,
    /// A file was not taken.
    Refused,
}

/// The part of the composer that holds the files.
#[component]
pub(super) fn Media(editing: Editing, over: RwSignal<bool>) -> impl IntoView {
    let (upload, media) = (editing.upload, editing.draft.media);
    // What changes while bytes are sent changes inside of it.
    let below = Memo::new(move |_| match &*upload.phase.read() {
        Phase::Sending { .. } | Phase::Checking { .. } => Below::Sending,
        Phase::Refused { .. } => Below::Refused,
        Phase::Idle if media.with(Vec::is_empty) => Below::Empty,
        Phase::Idle => Below::More,
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
            {move || match below.get() {
                Below::Sending => view! { <Sending editing /> }.into_any(),
                Below::Refused => {
                    view! {
                        <FileInput editing input behind_buttons=true />
                        <Refused editing choose />
                    }
                        .into_any()
                }
                Below::More => {
                    view! {
                        <FileInput editing input behind_buttons=true />
                        <More editing choose />
                    }
                        .into_any()
                }
                Below::Empty => view! { <Missing editing over input /> }.into_any(),
            }}
        </div>
    }
}

/// The files of a list.
pub(super) fn files_in(list: &FileList) -> Vec<File> {
    (0..list.length())
        .filter_map(|place| list.get(place))
        .collect()
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
                " or drop them here"
            </span>
            <span class="drop-limits">"MP4, MOV, WebM, JPEG, PNG or WebP up to 4 GB"</span>
            <FileInput editing input />
        </label>
    }
}

/// Below pictures one more can be added; a video stands alone.
#[component]
fn More(editing: Editing, choose: Callback<()>) -> impl IntoView {
    let takes_more = move || {
        editing
            .draft
            .media
            .with(|media| media.iter().all(|file| file.asset.facts.video().is_none()))
    };
    view! {
        <Show when=takes_more>
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

#[component]
fn Sending(editing: Editing) -> impl IntoView {
    let phase = editing.upload.phase;
    let name = Memo::new(move |_| match &*phase.read() {
        Phase::Sending { name, .. } | Phase::Checking { name, .. } => name.clone(),
        _ => String::new(),
    });
    #[expect(
        clippy::cast_precision_loss,
        reason = "drawn a few hundred pixels wide"
    )]
    let fraction = Signal::derive(move || match &*phase.read() {
        Phase::Sending { sent, total, .. } => *sent as f64 / (*total).max(1) as f64,
        _ => 1.0,
    });
    let line = Signal::derive(move || {
        let line = match &*phase.read() {
            Phase::Sending {
                sent, total, rate, ..
            } => transfer_line(*sent, *total, *rate),
            Phase::Checking { total, .. } => {
                format!("{}, being checked", transfer_line(*total, *total, None))
            }
            _ => String::new(),
        };
        match editing.upload.waiting() {
            0 => line,
            1 => format!("{line}, 1 more file waits"),
            more => format!("{line}, {more} more files wait"),
        }
    });
    view! {
        <div class="upload-row">
            <Thumb />
            <div class="upload-text">
                <div class="upload-name">
                    <span class="truncate">{move || name.get()}</span>
                    <span>{move || per_cent(fraction.get())}</span>
                </div>
                <Progress label="Upload" fraction line />
            </div>
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label="Cancel the upload"
                on:click=move |_| editing.upload.cancel()
            >
                {Icon::Close.view()}
            </button>
        </div>
    }
}

#[component]
fn Refused(editing: Editing, choose: Callback<()>) -> impl IntoView {
    let (name, sentence, again) = match editing.upload.phase.get_untracked() {
        Phase::Refused {
            name,
            sentence,
            again,
        } => (name, sentence, again),
        _ => Default::default(),
    };
    view! {
        <div class="upload-row">
            <Thumb />
            <div class="upload-text">
                <div class="upload-name">
                    <span class="truncate">{name}</span>
                </div>
                <div class="upload-fact refused" role="alert">
                    {Icon::Triangle.view()}
                    {sentence}
                </div>
            </div>
            {again
                .then(|| {
                    view! {
                        <button
                            class="button secondary small"
                            type="button"
                            on:click=move |_| editing.upload.again()
                        >
                            "Try again"
                        </button>
                    }
                })}
            <button
                class="button secondary small"
                type="button"
                id="choose-file"
                on:click=move |_| choose.run(())
            >
                "Choose another"
            </button>
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label="Dismiss"
                on:click=move |_| editing.upload.dismiss()
            >
                {Icon::Close.view()}
            </button>
        </div>
    }
}
