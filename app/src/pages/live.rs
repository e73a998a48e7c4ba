//! One look every two seconds at what has changed, for all that a page shows.

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

/// Looks as long as the frame is shown. Asks only while the document is visible, one request at a time, and not
/// while a dialog is open: a page that is shown anew would take it away, and with it what was typed into it. A
/// request that fails says nothing: the next one is two seconds away.
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use super::super::layout::Desk;
    use crate::api::controls::look;

    const PAUSE_MS: u32 = 2_000;

    pub(super) fn watch(desk: Desk) {
        let ended = Arc::new(AtomicBool::new(false));
        on_cleanup({
            let ended = Arc::clone(&ended);
            move || ended.store(true, Ordering::Relaxed)
        });
        spawn_local(async move {
            loop {
                TimeoutFuture::new(PAUSE_MS).await;
                if ended.load(Ordering::Relaxed) {
                    break;
                }
                if !document().hidden() && !asks_something() {
                    look_once(desk).await;
                }
            }
        });
    }

    /// Whether a dialog is open.
    fn asks_something() -> bool {
        matches!(document().query_selector("dialog[open]"), Ok(Some(_)))
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
