//! What every `<details>` that opens a menu does once the page is live. Without WASM it opens by
//! press or key, and closes by a press anywhere else.

use leptos::ev::{FocusEvent, KeyboardEvent, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{Element, EventTarget, HtmlElement, Node};

/// Escape closes the menu and gives the focus back; the arrows walk through its items.
pub fn on_keydown(event: KeyboardEvent) {
    let Some(details) = details_of(event.current_target()) else {
        return;
    };
    if !details.has_attribute("open") {
        return;
    }
    match event.key().as_str() {
        "Escape" => {
            event.prevent_default();
            event.stop_propagation();
            close(&details);
        }
        "ArrowDown" => {
            event.prevent_default();
            step(&details, true);
        }
        "ArrowUp" => {
            event.prevent_default();
            step(&details, false);
        }
        _ => {}
    }
}

/// Leaving the menu with the keyboard closes it.
pub fn on_focusout(event: FocusEvent) {
    let Some(details) = details_of(event.current_target()) else {
        return;
    };
    // Nothing is told when the window loses the focus or something unfocusable is pressed.
    let Some(next) = event.related_target() else {
        return;
    };
    let stays = next
        .dyn_ref::<Node>()
        .is_some_and(|next| details.contains(Some(next)));
    if !stays {
        let _ = details.remove_attribute("open");
    }
}

/// Choosing an item closes the menu and gives the focus back; pressing anything else in it does not.
pub fn on_click(event: MouseEvent) {
    let Some(details) = details_of(event.current_target()) else {
        return;
    };
    let chosen = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok())
        .and_then(|target| {
            target
                .closest("a.menu-item, button.menu-item")
                .ok()
                .flatten()
        });
    if chosen.is_some() {
        close(&details);
    }
}

fn details_of(target: Option<EventTarget>) -> Option<Element> {
    target?.dyn_into::<Element>().ok()
}

fn close(details: &Element) {
    let _ = details.remove_attribute("open");
    if let Ok(Some(summary)) = details.query_selector("summary") {
        focus(&summary);
    }
}

fn step(details: &Element, forwards: bool) {
    let items = details.get_elements_by_class_name("menu-item");
    let count = items.length();
    if count == 0 {
        return;
    }
    let focused = document().active_element();
    let here = (0..count).find(|index| items.item(*index) == focused && focused.is_some());
    let next = match (here, forwards) {
        (Some(here), true) => (here + 1) % count,
        (Some(here), false) => (here + count - 1) % count,
        (None, true) => 0,
        (None, false) => count - 1,
    };
    if let Some(item) = items.item(next) {
        focus(&item);
    }
}

fn focus(element: &Element) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        let _ = element.focus();
    }
}
