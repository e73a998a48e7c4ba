//! Keys on the calendar: T for today, the arrows for the months beside, N for a new post.

use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;
use leptos_router::hooks::use_navigate;

/// Where the keys lead.
#[derive(Clone)]
pub(super) struct Targets {
    pub(super) today: String,
    pub(super) previous: String,
    pub(super) next: String,
    pub(super) new_post: String,
}

/// Listens as long as the month is shown.
pub(super) fn listen(targets: Targets) {
    let navigate = use_navigate();
    Effect::new(move |_| {
        let (targets, navigate) = (targets.clone(), navigate.clone());
        let handle = window_event_listener(ev::keydown, move |event| {
            if !is_free(&event) {
                return;
            }
            let target = match event.key().as_str() {
                "t" | "T" => &targets.today,
                "ArrowLeft" => &targets.previous,
                "ArrowRight" => &targets.next,
                "n" | "N" => &targets.new_post,
                _ => return,
            };
            event.prevent_default();
            navigate(target, Default::default());
        });
        on_cleanup(move || handle.remove());
    });
}

/// Whether a key is nobody else's: no field, menu or dialog has the focus, and no other key is held.
fn is_free(event: &KeyboardEvent) -> bool {
    if event.default_prevented()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || event.shift_key()
        || event.repeat()
    {
        return false;
    }
    let taken = "input, textarea, select, [contenteditable], dialog, details[open]";
    event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .is_none_or(|target| target.closest(taken).ok().flatten().is_none())
}
