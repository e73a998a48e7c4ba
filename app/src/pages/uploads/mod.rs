//! The tray of files on their way. It belongs to the frame, so that it stays where one goes.

mod row;

use leptos::ev;
use leptos::prelude::*;

use crate::components::progress::duration;
use crate::components::{Icon, Show};
use crate::lazy::upload_tray;
use crate::state::upload::{Item, Phase, use_uploads};
pub use row::UploadRow;
use row::icon_button;

/// The tray, whose code is loaded with the first file that is there or was left behind: most pages never need it.
#[component]
pub fn LateTray() -> impl IntoView {
    let uploads = use_uploads();
    // Once it is there it stays: it also asks before the site is left.
    let wanted = Memo::new(move |was: Option<&bool>| was == Some(&true) || uploads.want_the_tray());
    view! { {move || wanted.get().then(|| Suspend::new(upload_tray()))} }.into_any()
}

/// Every file on its way that the page does not show itself.
#[component]
pub fn UploadTray() -> impl IntoView {
    let uploads = use_uploads();
    // Effects run in the browser only.
    Effect::new(move |_| uploads.recall());
    Effect::new(move |_| {
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            if untrack(|| uploads.is_busy()) {
                event.prevent_default();
            }
        });
        on_cleanup(move || leaving.remove());
    });
    let is_open = RwSignal::new(true);
    let is_shown = Memo::new(move |_| !uploads.in_tray().is_empty());
    let head = Memo::new(move |_| headline(&uploads.in_tray()));
    let left = Memo::new(move |_| time_left(&uploads.in_tray()));
    let moving = Memo::new(move |_| uploads.in_tray().iter().any(may_pause));
    let paused = Memo::new(move |_| uploads.in_tray().iter().any(is_paused));
    let over = Memo::new(move |_| uploads.in_tray().iter().any(is_over));
    let all = move || {
        if moving.get() {
            icon_button(
                Icon::Pause,
                "Pause all",
                Callback::new(move |()| uploads.pause_all(true)),
            )
        } else if paused.get() {
            icon_button(
                Icon::Play,
                "Go on with all",
                Callback::new(move |()| uploads.pause_all(false)),
            )
        } else if over.get() {
            icon_button(
                Icon::Close,
                "Close",
                Callback::new(move |()| {
                    for item in untrack(|| uploads.in_tray()) {
                        if untrack(|| is_over(&item)) {
                            uploads.remove(item.id);
                        }
                    }
                }),
            )
        } else {
            ().into_any()
        }
    };
    view! {
        <Show when=move || is_shown.get()>
            <section class="upload-tray" aria-label="Uploads">
                <header class="upload-head">
                    <h2 class="upload-title">{move || head.get()}</h2>
                    <span class="upload-left">{move || left.get()}</span>
                    {all}
                    <button
                        class="button quiet small icon-only"
                        type="button"
                        aria-label="Show each file"
                        aria-expanded=move || is_open.get().to_string()
                        on:click=move |_| is_open.update(|open| *open = !*open)
                    >
                        {move || {
                            if is_open.get() {
                                Icon::ChevronDown.view()
                            } else {
                                Icon::ChevronUp.view()
                            }
                        }}
                    </button>
                </header>
                <Show when=move || is_open.get()>
                    <div class="upload-list" tabindex="0" role="group" aria-label="Files">
                        <For
                            each=move || uploads.in_tray()
                            key=|item| item.id
                            children=move |item| view! { <UploadRow uploads item /> }
                        />
                    </div>
                </Show>
            </section>
        </Show>
    }
    .into_any()
}

fn may_pause(item: &Item) -> bool {
    item.is_under_way() && !matches!(&*item.phase.read(), Phase::Checking)
}

fn is_paused(item: &Item) -> bool {
    matches!(&*item.phase.read(), Phase::Paused { .. })
}

/// Whether nothing more comes of it.
fn is_over(item: &Item) -> bool {
    matches!(&*item.phase.read(), Phase::Done(_) | Phase::Refused { .. })
}

fn is_left(item: &Item) -> bool {
    matches!(&*item.phase.read(), Phase::Left { .. })
}

fn headline(items: &[Item]) -> String {
    let count = |is: fn(&Item) -> bool| items.iter().filter(|item| is(item)).count();
    let (over, left) = (count(is_over), count(is_left));
    let done = count(|item| matches!(&*item.phase.read(), Phase::Done(_)));
    match items.len() {
        all if over + left < all => format!("Uploading {} of {all}", over + 1),
        1 if left == 1 => "1 upload was interrupted".to_owned(),
        all if left == all => format!("{all} uploads were interrupted"),
        1 if done == 1 => "1 file uploaded".to_owned(),
        all if done == all => format!("{all} files uploaded"),
        all => format!("{done} of {all} uploaded"),
    }
}

/// How long all of them take together, at the rate of those that are being sent.
#[expect(clippy::cast_precision_loss, reason = "a time in words")]
fn time_left(items: &[Item]) -> String {
    let rate: f64 = items
        .iter()
        .filter_map(|item| match &*item.phase.read() {
            Phase::Sending { rate, .. } => *rate,
            _ => None,
        })
        .sum();
    let left: u64 = items
        .iter()
        .filter(|item| item.is_under_way())
        .map(|item| item.total - item.sent().min(item.total))
        .sum();
    if rate > 0.0 && left > 0 {
        format!("About {} left", duration(left as f64 / rate))
    } else {
        String::new()
    }
}
