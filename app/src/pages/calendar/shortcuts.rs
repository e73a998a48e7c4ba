//! Keys on the calendar.

use domain::ClientId;
use leptos::ev::{self, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, HtmlElement};

use super::address;
use super::moving::Board;
use crate::api::calendar::{CalendarData, CalendarQuery, View};

/// Where the keys lead.
#[derive(Clone, Default, PartialEq)]
pub(super) struct Targets {
    pub(super) view: View,
    pub(super) today: String,
    pub(super) previous: String,
    pub(super) next: String,
    pub(super) new_post: String,
    pub(super) month: String,
    pub(super) week: String,
    pub(super) list: String,
    /// Where closing the day leads, while one is opened.
    pub(super) closed: Option<String>,
}

impl Targets {
    /// Where the keys lead from what is shown.
    pub(super) fn of(client: ClientId, query: &CalendarQuery, data: &CalendarData) -> Self {
        let to = |view, at| address::href(client, &address::at(query, view, at));
        let view = data.view;
        let month = data.focus.get(..7).map(ToOwned::to_owned);
        Self {
            view,
            today: to(view, None),
            previous: to(view, Some(data.previous.clone())),
            next: to(view, Some(data.next.clone())),
            new_post: format!("/clients/{client}/posts/new"),
            month: to(View::Month, month.clone()),
            week: to(View::Week, Some(data.focus.clone())),
            list: to(View::List, month),
            closed: query.day.is_some().then(|| {
                let closed = CalendarQuery {
                    day: None,
                    ..query.clone()
                };
                address::href(client, &closed)
            }),
        }
    }
}

/// What the keys do, for whoever asks.
pub(super) const KEYS: [(&str, &str); 12] = [
    ("T", "Today"),
    ("← or K", "What lies before"),
    ("→ or J", "What comes after"),
    ("M W L", "Month, week, list"),
    ("N", "New post"),
    ("/", "Filter"),
    ("Tab", "To the next post"),
    ("Enter", "Open the post"),
    (
        "Space",
        "Take the post up; arrows move it, Enter puts it down",
    ),
    ("Shift M", "Move the post by a form"),
    ("D", "Duplicate the post"),
    ("Esc", "Close, or leave the post where it was"),
];

/// Listens as long as the calendar is shown.
pub(super) fn listen(board: Board, targets: Signal<Targets>, help: RwSignal<bool>) {
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let by_keys = board
                .picked
                .with_untracked(|picked| picked.as_ref().is_some_and(|picked| picked.by_keys));
            if by_keys {
                carry(board, targets, &event);
            } else if !board.covered.get_untracked() && is_free(&event) {
                press(board, targets, help, &event);
            }
        });
        on_cleanup(move || handle.remove());
    });
}

/// Keys while a post is on its way.
fn carry(board: Board, targets: Signal<Targets>, event: &KeyboardEvent) {
    let is_week = targets.with_untracked(|targets| targets.view == View::Week);
    match (event.key().as_str(), is_week) {
        ("ArrowLeft", _) => board.shift(-1, 0),
        ("ArrowRight", _) => board.shift(1, 0),
        ("ArrowUp", true) => board.shift(0, -30),
        ("ArrowDown", true) => board.shift(0, 30),
        ("ArrowUp", false) => board.shift(-7, 0),
        ("ArrowDown", false) => board.shift(7, 0),
        ("Enter" | " ", _) => board.put_down(event.alt_key()),
        ("Escape" | "Tab", _) => board.let_go(),
        _ => return,
    }
    if event.key() != "Tab" {
        event.prevent_default();
    }
}

fn press(board: Board, targets: Signal<Targets>, help: RwSignal<bool>, event: &KeyboardEvent) {
    let target = targets.with_untracked(|targets| {
        let target = match event.key().as_str() {
            "t" | "T" => &targets.today,
            "ArrowLeft" | "k" | "K" => &targets.previous,
            "ArrowRight" | "j" | "J" => &targets.next,
            "n" | "N" => &targets.new_post,
            "m" | "M" => &targets.month,
            "w" | "W" => &targets.week,
            "l" | "L" => &targets.list,
            "Escape" => targets.closed.as_ref()?,
            _ => return None,
        };
        Some(target.clone())
    });
    match (target, event.key().as_str()) {
        (Some(target), _) => board.open(target),
        (None, "?") => help.set(true),
        (None, "/") => open_filter(),
        (None, _) => return,
    }
    event.prevent_default();
}

/// Opens the first filter.
fn open_filter() {
    if let Ok(Some(summary)) = document().query_selector(".filters .menu > summary")
        && let Ok(summary) = summary.dyn_into::<HtmlElement>()
    {
        let _ = summary.focus();
        summary.click();
    }
}

/// Whether a key is nobody else's: no field, menu or dialog has the focus, and no other key is held.
fn is_free(event: &KeyboardEvent) -> bool {
    if event.default_prevented()
        || event.ctrl_key()
        || event.meta_key()
        || event.alt_key()
        || (event.shift_key() && !matches!(event.key().as_str(), "?" | "/"))
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
