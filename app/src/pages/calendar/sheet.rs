//! A post over the calendar: the composer as a wide sheet. It stands in the address, so it is there again after a reload,
//! and the way back takes it away. Where the window has no room for it, the post's own page is opened instead.

use domain::PostId;
use leptos::ev::{self, MouseEvent};
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Element, EventTarget, HtmlElement};
use leptos_router::ChooseView;
use leptos_router::hooks::use_query_map;

use super::address;
use super::moving::Board;
use crate::components::{PanelSkeleton, Show};
use crate::lazy;
use crate::pages::composer;

/// The narrowest window, in CSS pixels, in which the calendar can still be seen beside the sheet.
const NARROWEST: f64 = 1100.0;

impl Board {
    /// Opens what a link to a post leads to over the calendar, unless it is to be opened elsewhere.
    pub(super) fn follow(self, event: &MouseEvent) {
        let is_plain = event.button() == 0
            && !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key());
        let link = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .and_then(|target| target.closest("a[href]").ok().flatten())
            .and_then(|link| link.get_attribute("href"));
        if is_plain
            && !event.default_prevented()
            && let Some(over) = link.and_then(|link| self.over(&link))
        {
            event.prevent_default();
            self.lay_over(over);
        }
    }

    /// Opens an address of this calendar with a post over it.
    pub(super) fn lay_over(self, over: String) {
        self.opened_here.set_value(!self.covered.get_untracked());
        self.navigate(over, false);
    }

    /// The address of this link's post over the calendar, if that is what it leads to and there is room.
    pub(super) fn over(self, link: &str) -> Option<String> {
        if !has_room() {
            return None;
        }
        self.query
            .with_untracked(|query| address::over(self.client, query, link))
    }

    /// The calendar alone.
    fn alone(self) -> String {
        self.query
            .with_untracked(|query| address::href(self.client, query))
    }
}

fn has_room() -> bool {
    let width = window().inner_width().ok();
    width
        .as_ref()
        .and_then(JsValue::as_f64)
        .is_some_and(|width| width > NARROWEST)
}

/// The sheet, while the address names a post.
#[component]
pub(super) fn Sheet(board: Board) -> impl IntoView {
    let address = use_query_map();
    let named = Memo::new(move |_| {
        let post = address.with(|address| address.get("post"));
        post.filter(|post| !post.is_empty())
    });
    // Not before the page has come to life: what a server can show without it has a page of its own.
    Effect::new(move |_| {
        let named = named.get();
        if let Some(post) = named.as_ref().filter(|_| !has_room()) {
            let page = format!("/clients/{}/posts/{post}", board.client);
            board.navigate(page, true);
        } else {
            board.covered.set(named.is_some());
        }
    });
    view! {
        <Show when=move || board.covered.get()>
            <Open board named />
        </Show>
    }
    .into_any()
}

#[component]
fn Open(board: Board, named: Memo<Option<String>>) -> impl IntoView {
    // Where the focus was, and which post it is: a new one has its name once it is kept.
    let before = StoredValue::new_local(focused());
    let post = StoredValue::new(None::<PostId>);
    Effect::new(move |_| {
        let named = named.get();
        post.set_value(named.and_then(|named| named.parse().ok()));
    });
    let close = Callback::new(move |()| {
        if board.opened_here.get_value() {
            let _ = window().history().map(|history| history.back());
        } else {
            board.navigate(board.alone(), true);
        }
    });
    let with = move |id: PostId| {
        board
            .query
            .with_untracked(|query| address::with_post(board.client, query, &id.to_string()))
    };
    provide_context(composer::Sheet {
        address: Callback::new(move |id| {
            post.set_value(Some(id));
            with(id)
        }),
        open: Callback::new(move |id| board.lay_over(with(id))),
        close,
    });
    let sheet = NodeRef::<html::Section>::new();
    sheet.on_load(move |sheet| {
        set_inert(true);
        let _ = sheet.focus();
    });
    Effect::new(move |_| {
        let handle = window_event_listener(ev::keydown, move |event| {
            let is_free = !event.default_prevented() && !event.is_composing();
            if event.key() == "Escape" && is_free && !is_taken(event.target()) {
                event.prevent_default();
                close.run(());
            }
        });
        on_cleanup(move || handle.remove());
    });
    on_cleanup(move || {
        set_inert(false);
        board.opened_here.try_set_value(false);
        let before = before.try_get_value().flatten();
        let post = post.try_get_value().flatten();
        // Once the calendar can have the focus again.
        request_animation_frame(move || {
            if let Some(before) = before.filter(|before| before.is_connected()) {
                let _ = before.focus();
            }
            match post {
                Some(post) => board.return_to(post),
                None => board.reload(),
            }
        });
    });
    let composer = Suspend::new(async move { lazy::Writing::Sheet.choose().await });
    view! {
        <div class="sheet-scrim" on:click=move |_| close.run(())></div>
        <section class="sheet" role="dialog" aria-modal="true" aria-label="Post" tabindex="-1" node_ref=sheet>
            <Suspense fallback=|| view! { <PanelSkeleton lines=5 /> }>{composer}</Suspense>
        </section>
    }
}

fn focused() -> Option<HtmlElement> {
    document().active_element()?.dyn_into().ok()
}

/// The rail can be reached again, or not; the page below sees to itself.
fn set_inert(inert: bool) {
    if let Ok(Some(rail)) = document().query_selector(".rail") {
        let _ = rail.toggle_attribute_with_force("inert", inert);
    }
}

/// Whether Escape closes something that is above the sheet.
fn is_taken(target: Option<EventTarget>) -> bool {
    let target = target.and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| {
        target
            .closest("dialog, details[open]")
            .ok()
            .flatten()
            .is_some()
    })
}
