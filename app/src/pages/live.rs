//! One connection by which the server says that something has changed, for all that a page shows.

use leptos::prelude::*;

use super::layout::{Desk, use_desk};

/// Calls `on_change` when the look of the frame sees a newer version than the page was loaded with.
///
/// `version` is read from the page's data, so a page hands over a signal on its resource and a closure
/// that refetches it:
///
/// ```ignore
/// let version = Signal::derive(move || page.get()?.ok().map(|page| page.version));
/// use_live(version, move || page.refetch());
/// ```
///
/// On the server nothing happens.
pub fn use_live(version: Signal<Option<i64>>, on_change: impl Fn() + 'static) {
    let desk = use_desk();
    let told = StoredValue::new(None::<i64>);
    Effect::new(move |_| {
        let (Some(seen), Some(loaded)) = (desk.seen_version(), version.get()) else {
            return;
        };
        // Told once: the answer is under way, or did not come, and then the next change asks again.
        if seen > loaded && told.get_value() != Some(seen) {
            told.set_value(Some(seen));
            on_change();
        }
    });
}

/// Looks as long as the frame is shown, whenever the server says that something has changed; and now and then by
/// itself, while that cannot be heard. Asks only while the document is visible, one request at a time, and not
/// while a dialog or a menu is open: a page that is shown anew would take it away, and with it what was typed into it. A
/// request that fails says nothing: there is a next one.
pub(super) fn watch(desk: Desk) {
    #[cfg(feature = "hydrate")]
    browser::watch(desk);
    #[cfg(not(feature = "hydrate"))]
    let _ = desk;
}

/// Looks at once, after something was done.
pub(super) fn look_now(desk: Desk) {
    #[cfg(feature = "hydrate")]
    leptos::task::spawn_local(browser::look_once(desk));
    #[cfg(not(feature = "hydrate"))]
    let _ = desk;
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::cell::{Cell, RefCell};
    use std::rc::Rc;

    use domain::ClientId;
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::JsCast;
    use leptos::wasm_bindgen::closure::Closure;
    use leptos::web_sys::EventSource;

    use super::super::layout::Desk;
    use crate::api::controls::look;

    /// How often it is looked whether there is anything to do.
    const PAUSE_MS: u32 = 500;
    /// After so many pauses it looks by itself: soon while nothing is heard, and seldom otherwise.
    const DEAF: u32 = 10;
    const HEARING: u32 = 240;

    /// What the server says by itself.
    struct Ear {
        source: EventSource,
        client: Option<ClientId>,
        // Kept for as long as it listens.
        _on_change: Closure<dyn FnMut()>,
    }

    impl Ear {
        fn open(client: Option<ClientId>, changed: &Rc<Cell<bool>>) -> Option<Self> {
            let address = client.map_or_else(
                || "/live".to_owned(),
                |client| format!("/live?client={client}"),
            );
            let source = EventSource::new(&address).ok()?;
            let changed = Rc::clone(changed);
            // Also when it begins anew: what happened in between was not heard.
            let on_change = Closure::<dyn FnMut()>::new(move || changed.set(true));
            for event in ["begun", "changed"] {
                let listener = on_change.as_ref().unchecked_ref();
                let _ = source.add_event_listener_with_callback(event, listener);
            }
            Some(Self {
                source,
                client,
                _on_change: on_change,
            })
        }

        fn hears(&self) -> bool {
            self.source.ready_state() == EventSource::OPEN
        }
    }

    impl Drop for Ear {
        fn drop(&mut self) {
            self.source.close();
        }
    }

    pub(super) fn watch(desk: Desk) {
        let ended = ArcRwSignal::new(false);
        on_cleanup({
            let ended = ended.clone();
            move || ended.set(true)
        });
        let changed = Rc::new(Cell::new(false));
        let ear = RefCell::new(None::<Ear>);
        spawn_local(async move {
            let mut silence = 0;
            loop {
                TimeoutFuture::new(PAUSE_MS).await;
                if ended.get_untracked() {
                    break;
                }
                // A page that nobody sees hears nothing: browsers allow few connections at once.
                if document().hidden() {
                    ear.take();
                    continue;
                }
                let client = desk.known().and_then(|(client, ..)| client);
                let is_tuned = ear
                    .borrow()
                    .as_ref()
                    .is_some_and(|ear| ear.client == client);
                if !is_tuned {
                    // The old one is closed before there is a new one.
                    ear.take();
                    ear.replace(Ear::open(client, &changed));
                }
                silence += 1;
                let hears = ear.borrow().as_ref().is_some_and(Ear::hears);
                let is_time = silence >= if hears { HEARING } else { DEAF };
                if (changed.get() || is_time) && !asks_something() {
                    changed.set(false);
                    silence = 0;
                    look_once(desk).await;
                }
            }
        });
    }

    /// Whether a dialog or a menu is open, or a post is on its way to another minute.
    fn asks_something() -> bool {
        let busy = "dialog[open], details.menu[open], .drag-label";
        matches!(document().query_selector(busy), Ok(Some(_)))
    }

    pub(super) async fn look_once(desk: Desk) {
        let Some((client, version, unread)) = desk.known() else {
            return;
        };
        if let Ok(Some(new)) = look(client, version, unread).await {
            desk.saw(client, new);
        }
    }
}
