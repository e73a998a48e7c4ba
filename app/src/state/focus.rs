//! Whoever goes by keys stays where they are: when what has the focus goes away, because a part of the page is drawn
//! anew, a row is removed or a dialog is closed, the focus goes back to what had it before, and not to the top of the
//! page.

#[cfg(feature = "hydrate")]
pub use browser::keep_focus;

/// On a server nothing has the focus.
#[cfg(not(feature = "hydrate"))]
pub const fn keep_focus() {}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::ev;
    use leptos::prelude::*;
    use leptos::wasm_bindgen::closure::Closure;
    use leptos::wasm_bindgen::{JsCast, JsValue};
    use web_sys::{
        Element, FocusOptions, HtmlElement, MutationObserver, MutationObserverInit,
        ScrollIntoViewOptions, ScrollLogicalPosition,
    };

    /// How many places are remembered.
    const MOST: usize = 12;

    /// Something that had the focus.
    #[derive(Clone)]
    struct Place {
        element: HtmlElement,
        /// What it is called, to know it again once it is drawn anew.
        name: Option<String>,
        /// On which page it was.
        path: String,
    }

    /// Watches the page from now on.
    pub fn keep_focus() {
        let past = StoredValue::new_local(Vec::<Place>::new());
        // A pointer, or a finger that would be shown a keyboard, misses nothing.
        let is_pointing = StoredValue::new(false);
        let is_missed = StoredValue::new(false);
        let _ = window_event_listener(ev::pointerdown, move |_| {
            is_pointing.try_set_value(true);
            is_missed.try_set_value(false);
        });
        let _ = window_event_listener(ev::mouseup, move |_| {
            is_pointing.try_set_value(false);
        });
        let _ = window_event_listener(ev::keydown, move |_| {
            is_missed.try_set_value(!is_lost());
        });
        let _ = window_event_listener(ev::focusin, move |event| {
            is_missed.try_set_value(is_pointing.try_get_value() == Some(false));
            let target = event.target().and_then(|target| target.dyn_into().ok());
            if let Some(element) = target {
                past.try_update_value(|past| remember(past, element));
            }
        });
        let _ = watch(move || {
            if is_lost() && is_missed.try_get_value() == Some(true) {
                go_back(&past.try_get_value().unwrap_or_default());
            }
        });
    }

    fn remember(past: &mut Vec<Place>, element: HtmlElement) {
        let name = name_of(&element);
        past.push(Place {
            element,
            name,
            path: path(),
        });
        if past.len() > MOST {
            past.remove(0);
        }
    }

    /// Calls a function after each change of what the page is made of.
    fn watch(changed: impl Fn() + 'static) -> Result<(), JsValue> {
        let called = Closure::<dyn Fn()>::new(changed);
        let observer = MutationObserver::new(called.as_ref().unchecked_ref())?;
        let options = MutationObserverInit::new();
        options.set_child_list(true);
        options.set_subtree(true);
        // A dialog that closes and a button that can be pressed again: neither is removed.
        let attributes = js_sys::Array::of2(&"open".into(), &"disabled".into());
        options.set_attribute_filter(&attributes);
        if let Some(body) = document().body() {
            observer.observe_with_options(&body, &options)?;
        }
        called.forget();
        Ok(())
    }

    fn is_lost() -> bool {
        let has_it = document().active_element();
        has_it.is_none_or(|element| element.tag_name() == "BODY")
    }

    /// Gives the focus to the last of these places that can take it.
    fn go_back(past: &[Place]) {
        let path = path();
        let main = document().query_selector("main").ok().flatten();
        let main = main.and_then(|main| main.dyn_into::<HtmlElement>().ok());
        let is_in_page = |place: &Place| {
            main.as_ref()
                .is_some_and(|main| main.contains(Some(&place.element)))
        };
        let is_back = past.iter().rev().any(|place| {
            // Of another page, only what is still there: what was followed from the frame leads into the page.
            let is_here = place.path == path;
            ((is_here || is_in_page(place)) && takes(&place.element))
                || (is_here && same(place).is_some_and(|same| takes(&same)))
        });
        if let Some(main) = main.filter(|_| !is_back) {
            takes(&main);
        }
    }

    /// What the page calls the same now.
    fn same(place: &Place) -> Option<HtmlElement> {
        place.name.as_ref()?;
        let all = document().get_elements_by_tag_name(&place.element.tag_name());
        (0..all.length())
            .filter_map(|index| all.item(index))
            .find(|element| name_of(element) == place.name)?
            .dyn_into()
            .ok()
    }

    /// What tells an element from its neighbours.
    fn name_of(element: &Element) -> Option<String> {
        let own = |name: &str| element.get_attribute(name).filter(|own| !own.is_empty());
        let field = || {
            Some(format!(
                "{} {}",
                own("name")?,
                own("value").unwrap_or_default()
            ))
        };
        let words = || {
            let label = element.closest("label").ok().flatten();
            let words = label.as_ref().unwrap_or(element).text_content()?;
            Some(words.trim().to_owned()).filter(|words| !words.is_empty())
        };
        own("id")
            .or_else(|| own("aria-label"))
            .or_else(field)
            .or_else(words)
    }

    /// Gives an element the focus, and says whether it took it: what is hidden, disabled or behind a dialog does not.
    fn takes(element: &HtmlElement) -> bool {
        let quietly = FocusOptions::new();
        quietly.set_prevent_scroll(true);
        let _ = element.focus_with_options(&quietly);
        let has_it = document().active_element().as_ref() == Some(element);
        if has_it && element.tag_name() != "MAIN" {
            let nearest = ScrollIntoViewOptions::new();
            nearest.set_block(ScrollLogicalPosition::Nearest);
            element.scroll_into_view_with_scroll_into_view_options(&nearest);
        }
        has_it
    }

    fn path() -> String {
        window().location().pathname().unwrap_or_default()
    }
}
