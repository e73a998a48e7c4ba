//! The video: chosen or dropped, on its way, and what was found in it.

use domain::media::duration_label;
use leptos::html;
use leptos::prelude::*;

use super::editing::Editing;
use crate::api::assets::AssetData;
use crate::api::posts::MediaData;
use crate::components::progress::{per_cent, transfer_line};
use crate::components::{Icon, Progress, Thumb};
use crate::state::upload::Phase;

/// The part of the composer that holds the video.
#[component]
pub(super) fn Media(editing: Editing, over: RwSignal<bool>) -> impl IntoView {
    let upload = editing.upload;
    // Which of the four it is; what changes while bytes are sent changes inside of it.
    let kind = Memo::new(move |_| match &*upload.phase.read() {
        Phase::Idle => 0,
        Phase::Sending { .. } | Phase::Checking { .. } => 1,
        Phase::Refused { .. } => 2,
    });
    let input = NodeRef::<html::Input>::new();
    let choose = Callback::new(move |()| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    });
    view! {
        <div class="media-strip" id="media" tabindex="-1" role="group" aria-label="Media">
            {move || match (kind.get(), editing.draft.media.with(|media| media.first().cloned())) {
                (1, _) => view! { <Sending editing /> }.into_any(),
                (2, _) => {
                    view! {
                        <VideoInput editing input behind_buttons=true />
                        <Refused editing choose />
                    }
                        .into_any()
                }
                (_, Some(MediaData { asset, .. })) => {
                    view! {
                        <VideoInput editing input behind_buttons=true />
                        <Present editing asset choose />
                    }
                        .into_any()
                }
                (_, None) => view! { <Missing editing over input /> }.into_any(),
            }}
        </div>
    }
}

/// The file input; there is one at a time. Where buttons open it, it is out of the tab order.
#[component]
fn VideoInput(
    editing: Editing,
    input: NodeRef<html::Input>,
    #[prop(optional)] behind_buttons: bool,
) -> impl IntoView {
    let send_chosen = move |_| {
        let Some(input) = input.get_untracked() else {
            return;
        };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            editing.upload.send(file);
        }
        // The same file can be chosen again.
        input.set_value("");
    };
    view! {
        <input
            class="sr-only"
            type="file"
            id=if behind_buttons { "video" } else { "choose-video" }
            accept="video/*,image/jpeg,image/png,image/webp"
            aria-label="Video"
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
                <span class="link">"Choose a video"</span> " or drop one here"
            </span>
            <span class="drop-limits">"MP4, MOV or WebM up to 4 GB"</span>
            <VideoInput editing input />
        </label>
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
    let line = Signal::derive(move || match &*phase.read() {
        Phase::Sending {
            sent, total, rate, ..
        } => transfer_line(*sent, *total, *rate),
        Phase::Checking { total, .. } => {
            format!("{}, being checked", transfer_line(*total, *total, None))
        }
        _ => String::new(),
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
                id="choose-video"
                on:click=move |_| choose.run(())
            >
                "Choose another"
            </button>
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label="Dismiss"
                on:click=move |_| editing.upload.cancel()
            >
                {Icon::Close.view()}
            </button>
        </div>
    }
}

#[component]
fn Present(editing: Editing, asset: AssetData, choose: Callback<()>) -> impl IntoView {
    let gone = asset.file_url.is_none();
    let length = asset
        .facts
        .video()
        .map(|video| duration_label(video.duration_ms));
    view! {
        <div class="media-item">
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
                <div class="media-acts">
                    <button type="button" id="choose-video" on:click=move |_| choose.run(())>
                        {Icon::Upload.view()}
                        "Replace"
                    </button>
                    <button type="button" on:click=move |_| editing.draft.media.set(Vec::new())>
                        {Icon::Trash.view()}
                        "Remove"
                    </button>
                </div>
            </div>
        </div>
    }
}
