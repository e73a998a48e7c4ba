//! Says a client's time in the zone of whoever looks at it, while they point at it or have the focus on it.
//!
//! What has a time says it by two attributes: `datetime`, or `data-wall` where that is none of the element's, is what the
//! client's clocks show then, and `data-at` is the instant in seconds since 1970. Where no instant is given, it is found by
//! the zone that `data-zone` names on the element or around it. On a card or in a row it is told for all of that.

use leptos::html;
use leptos::prelude::*;

#[cfg(feature = "hydrate")]
const ID: &str = "viewer-zone";

/// The tooltip. Once on a page that shows such times.
#[component]
pub fn ViewerZone() -> impl IntoView {
    let tip = NodeRef::<html::P>::new();
    #[cfg(feature = "hydrate")]
    listening::listen(tip);
    view! { <p class="viewer-zone" id="viewer-zone" role="tooltip" popover="manual" node_ref=tip></p> }
        .into_any()
}

#[cfg(feature = "hydrate")]
mod listening {
    use std::time::Duration;

    use js_sys::{Function, Reflect};
    use leptos::ev;
    use leptos::leptos_dom::helpers::TimeoutHandle;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::JsCast;
    use leptos::web_sys::{Element, EventTarget, HtmlElement};

    use super::{ID, html};
    use crate::state::viewer;

    /// How long a pointer rests before it is told; keys are told at once.
    const REST: Duration = Duration::from_millis(350);
    /// What a time belongs to: for all of it is told what it is here.
    const AROUND: &str = "article, .post-row, .attention-item, .time-field";
    /// What has a time of its own.
    const TIMED: &str = "[data-at], [data-wall]";
    /// The attribute that names what describes an element.
    const DESCRIBES: &str = "aria-describedby";

    #[derive(Clone, Copy)]
    struct Tip {
        node: NodeRef<html::P>,
        /// What it is shown for.
        on: StoredValue<Option<Element>, LocalStorage>,
        waiting: StoredValue<Option<TimeoutHandle>>,
    }

    pub(super) fn listen(node: NodeRef<html::P>) {
        let tip = Tip {
            node,
            on: StoredValue::new_local(None),
            waiting: StoredValue::new(None),
        };
        let pointed = window_event_listener(ev::pointerover, move |event| {
            let target = event.target().and_then(element);
            if target.as_ref().is_some_and(|target| target.id() == ID) {
                return;
            }
            tip.stop_waiting();
            match target.and_then(|target| timed(&target)) {
                // A finger shows nothing in passing.
                Some(timed) if event.pointer_type() != "touch" => {
                    let wait = set_timeout_with_handle(move || tip.show(&timed), REST);
                    tip.waiting.set_value(wait.ok());
                }
                _ => tip.hide_unless_focused(),
            }
        });
        let focused = window_event_listener(ev::focusin, move |event| {
            tip.stop_waiting();
            match event
                .target()
                .and_then(element)
                .and_then(|target| timed(&target))
            {
                Some(timed) => tip.show(&timed),
                None => tip.hide(),
            }
        });
        let left = window_event_listener(ev::focusout, move |_| tip.hide());
        let typed = window_event_listener(ev::input, move |event| {
            // The time itself may be what is changed; its attributes follow in this turn of the browser.
            if let Some(target) = event.target().and_then(element) {
                request_animation_frame(move || match timed(&target) {
                    Some(timed) => tip.show(&timed),
                    // It is no instant now: there is no such time, or two and none is chosen.
                    None => tip.hide(),
                });
            }
        });
        let escaped = window_event_listener(ev::keydown, move |event| {
            if event.key() == "Escape" {
                tip.stop_waiting();
                tip.hide();
            }
        });
        on_cleanup(move || {
            tip.stop_waiting();
            for listener in [pointed, focused, left, typed, escaped] {
                listener.remove();
            }
        });
    }

    impl Tip {
        fn show(self, timed: &Element) {
            let Some(node) = self.node.try_get_untracked().flatten() else {
                return;
            };
            self.hide();
            let Some(words) = words_of(timed) else {
                return;
            };
            node.set_text_content(Some(&words));
            if node.show_popover().is_err() {
                return;
            }
            place(&node, timed);
            // Whoever has the focus there hears it too.
            let focused = document().active_element();
            if let Some(focused) = focused.filter(|focused| is_about(focused, timed))
                && !focused.has_attribute(DESCRIBES)
            {
                let _ = focused.set_attribute(DESCRIBES, ID);
                self.on.set_value(Some(focused));
            }
        }

        fn hide(self) {
            if let Some(described) = self.on.try_update_value(Option::take).flatten() {
                let _ = described.remove_attribute(DESCRIBES);
            }
            if let Some(node) = self.node.try_get_untracked().flatten() {
                let _ = node.hide_popover();
            }
        }

        /// A pointer that goes elsewhere does not take away what the focus shows.
        fn hide_unless_focused(self) {
            if self.on.try_with_value(Option::is_none).unwrap_or(true) {
                self.hide();
            }
        }

        fn stop_waiting(self) {
            if let Some(waiting) = self.waiting.try_update_value(Option::take).flatten() {
                waiting.clear();
            }
        }
    }

    fn element(target: EventTarget) -> Option<Element> {
        target.dyn_into().ok()
    }

    /// What shows a time at this place: the element itself, what it is in, or what the card or row has.
    fn timed(target: &Element) -> Option<Element> {
        if let Ok(Some(found)) = target.closest(TIMED) {
            return Some(found);
        }
        let around = target.closest(AROUND).ok()??;
        around.query_selector(TIMED).ok()?
    }

    /// What is told of a time.
    fn words_of(timed: &Element) -> Option<String> {
        let wall = timed
            .get_attribute("data-wall")
            .or_else(|| timed.get_attribute("datetime"))?;
        let at = match timed.get_attribute("data-at") {
            Some(at) => at.parse().ok()?,
            None => {
                let around = timed.closest("[data-zone]").ok()??;
                viewer::instant(&wall, &around.get_attribute("data-zone")?, None)?
            }
        };
        viewer::words(at, &wall)
    }

    fn is_about(focused: &Element, found: &Element) -> bool {
        timed(focused).is_some_and(|own| own.is_same_node(Some(found)))
    }

    /// Puts the tooltip below what it tells of, or above where there is no room.
    fn place(node: &HtmlElement, timed: &Element) {
        let around = timed.closest(AROUND).ok().flatten();
        let (Some(rect), Some(own)) = (rect(around.as_ref().unwrap_or(timed)), rect(node)) else {
            return;
        };
        let size = |of: Result<leptos::wasm_bindgen::JsValue, _>| {
            of.ok().and_then(|value| value.as_f64()).unwrap_or(f64::MAX)
        };
        let (width, height) = (size(window().inner_width()), size(window().inner_height()));
        let below = rect.bottom + 4.0;
        let top = if below + own.height() > height {
            rect.top - own.height() - 4.0
        } else {
            below
        };
        let left = rect.left.min(width - own.width() - 8.0).max(8.0);
        let style = node.style();
        let _ = style.set_property("left", &format!("{left}px"));
        let _ = style.set_property("top", &format!("{top}px"));
    }

    struct Rect {
        left: f64,
        top: f64,
        right: f64,
        bottom: f64,
    }

    impl Rect {
        fn width(&self) -> f64 {
            self.right - self.left
        }

        fn height(&self) -> f64 {
            self.bottom - self.top
        }
    }

    fn rect(element: &Element) -> Option<Rect> {
        let measure = Reflect::get(element, &"getBoundingClientRect".into()).ok()?;
        let rect = measure.dyn_into::<Function>().ok()?.call0(element).ok()?;
        let side = |name: &str| Reflect::get(&rect, &name.into()).ok()?.as_f64();
        Some(Rect {
            left: side("left")?,
            top: side("top")?,
            right: side("right")?,
            bottom: side("bottom")?,
        })
    }
}
