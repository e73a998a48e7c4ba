//! One file on its way: how far it is, and what can be done about it.

use leptos::html;
use leptos::prelude::*;

use crate::components::progress::{per_cent, transfer_line};
use crate::components::{Icon, Progress, Show, Thumb};
use crate::state::upload::dropped::files_in;
use crate::state::upload::{Item, Phase, Uploads};

/// What a row looks like; what moves within is followed by itself.
#[derive(Clone, PartialEq)]
enum Looks {
    /// With a bar.
    Moving { is_paused: bool, may_pause: bool },
    /// It is there.
    Done,
    /// It was not taken.
    Refused { sentence: String, again: bool },
    /// The file has to be chosen again.
    Left,
}

fn looks(phase: &Phase) -> Looks {
    match phase {
        Phase::Waiting | Phase::Sending { .. } | Phase::Offline { .. } => Looks::Moving {
            is_paused: false,
            may_pause: true,
        },
        Phase::Paused { .. } => Looks::Moving {
            is_paused: true,
            may_pause: true,
        },
        Phase::Checking => Looks::Moving {
            is_paused: false,
            may_pause: false,
        },
        Phase::Done(_) => Looks::Done,
        Phase::Refused { sentence, again } => Looks::Refused {
            sentence: sentence.clone(),
            again: *again,
        },
        Phase::Left { .. } => Looks::Left,
    }
}

/// A file on its way.
#[component]
pub fn UploadRow(uploads: Uploads, item: Item) -> impl IntoView {
    let looks = {
        let phase = item.phase.clone();
        Memo::new(move |_| looks(&phase.read()))
    };
    let item = StoredValue::new(item);
    let poster = move || {
        item.with_value(|item| match &*item.phase.read() {
            Phase::Done(asset) => asset.poster_url.clone(),
            _ => None,
        })
    };
    let fraction = Signal::derive(move || item.with_value(fraction));
    let body = move || match looks.get() {
        Looks::Moving { is_paused, .. } => {
            let line = Signal::derive(move || item.with_value(line));
            view! { <Progress label="Upload" fraction paused=is_paused line /> }.into_any()
        }
        Looks::Done => view! { <Done item /> }.into_any(),
        Looks::Refused { sentence, .. } => view! {
            <div class="upload-fact refused" role="alert">
                {Icon::Triangle.view()}
                {sentence}
            </div>
        }
        .into_any(),
        Looks::Left => view! {
            <div class="upload-fact">
                {move || format!("Was at {}. Choose it again to go on.", per_cent(fraction.get()))}
            </div>
        }
        .into_any(),
    };
    view! {
        <div class="upload-row" role="group" aria-label=item.with_value(|item| item.name.clone())>
            {move || view! { <Thumb url=poster() /> }}
            <div class="upload-text">
                <div class="upload-name">
                    <span class="truncate">{item.with_value(|item| item.name.clone())}</span>
                    <Show when=move || matches!(looks.get(), Looks::Moving { .. })>
                        <span>{move || per_cent(fraction.get())}</span>
                    </Show>
                </div>
                {body}
            </div>
            {move || view! { <Acts uploads item looks=looks.get() /> }}
        </div>
    }
    .into_any()
}

#[component]
fn Done(item: StoredValue<Item>) -> impl IntoView {
    let facts = item.with_value(|item| match &*item.phase.read_untracked() {
        Phase::Done(asset) => asset.facts.summary(),
        _ => String::new(),
    });
    view! { <div class="upload-fact" role="status">{Icon::Check.view()} {format!("Checked: {facts}")}</div> }
}

#[component]
fn Acts(uploads: Uploads, item: StoredValue<Item>, looks: Looks) -> impl IntoView {
    let id = item.with_value(|item| item.id);
    let input = NodeRef::<html::Input>::new();
    let choose = move |_| {
        if let Some(input) = input.get_untracked() {
            input.click();
        }
    };
    let chosen = move |_| {
        let files = input.get_untracked().and_then(|input| input.files());
        if let Some(files) = files {
            uploads.replace(id, files_in(&files));
        }
    };
    let chooses = move |word: &'static str| {
        view! {
            <input
                class="sr-only"
                type="file"
                tabindex="-1"
                aria-label="The file"
                accept="video/*,image/jpeg,image/png,image/webp"
                node_ref=input
                on:change=chosen
            />
            <button class="button secondary small" type="button" on:click=choose>
                {word}
            </button>
        }
    };
    let acts = match looks {
        Looks::Moving {
            may_pause: false, ..
        }
        | Looks::Done => ().into_any(),
        Looks::Moving {
            is_paused: true, ..
        } => icon_button(
            Icon::Play,
            "Go on",
            Callback::new(move |()| uploads.resume(id)),
        ),
        Looks::Moving { .. } => icon_button(
            Icon::Pause,
            "Pause",
            Callback::new(move |()| uploads.pause(id)),
        ),
        Looks::Refused { again: true, .. } => view! {
            <button
                class="button secondary small"
                type="button"
                on:click=move |_| uploads.resume(id)
            >
                "Try again"
            </button>
        }
        .into_any(),
        Looks::Refused { again: false, .. } => chooses("Choose another").into_any(),
        Looks::Left => chooses("Choose the file").into_any(),
    };
    let last = if matches!(looks, Looks::Moving { .. } | Looks::Left) {
        "Cancel the upload"
    } else {
        "Dismiss"
    };
    view! {
        {acts}
        {icon_button(Icon::Close, last, Callback::new(move |()| uploads.remove(id)))}
    }
    .into_any()
}

/// A button that shows an icon alone.
pub(super) fn icon_button(icon: Icon, label: &'static str, act: Callback<()>) -> AnyView {
    view! {
        <button
            class="button quiet small icon-only"
            type="button"
            aria-label=label
            on:click=move |_| act.run(())
        >
            {icon.view()}
        </button>
    }
    .into_any()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "drawn a few hundred pixels wide"
)]
fn fraction(item: &Item) -> f64 {
    item.sent() as f64 / item.total.max(1) as f64
}

fn line(item: &Item) -> String {
    let so_far = transfer_line(item.sent(), item.total, None);
    match &*item.phase.read() {
        Phase::Sending { sent, rate } => transfer_line(*sent, item.total, *rate),
        Phase::Waiting => format!("{so_far}, waits for the others"),
        Phase::Paused { .. } => format!("{so_far}, paused by you"),
        Phase::Offline { .. } => format!("{so_far}, the connection is gone; goes on by itself"),
        Phase::Checking => format!("{so_far}, being checked"),
        Phase::Done(_) | Phase::Refused { .. } | Phase::Left { .. } => so_far,
    }
}
