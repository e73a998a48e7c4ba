//! Looks every two seconds whether anything of a client has changed.

use domain::ClientId;
use leptos::prelude::*;

/// Calls `on_change` when the client's version is no longer the one that the page was loaded with.
///
/// `version` is read from the page's data, so a page hands over a signal on its resource and a closure
/// that refetches it:
///
/// ```ignore
/// let version = Signal::derive(move || page.get()?.ok().map(|page| page.version));
/// use_live(client, version, move || page.refetch());
/// ```
///
/// Asks only while the document is visible, one request at a time, and ends with the component. A
/// request that fails says nothing: the next one is two seconds away. On the server nothing happens.
pub fn use_live(
    client: Signal<Option<ClientId>>,
    version: Signal<Option<i64>>,
    on_change: impl Fn() + 'static,
) {
    #[cfg(feature = "hydrate")]
    browser::watch(client, version, on_change);
    #[cfg(not(feature = "hydrate"))]
    let _ = (client, version, on_change);
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use domain::ClientId;
    use gloo_timers::future::TimeoutFuture;
    use leptos::prelude::*;
    use leptos::task::spawn_local;

    use crate::api::history::client_version;

    const PAUSE_MS: u32 = 2_000;

    pub(super) fn watch(
        client: Signal<Option<ClientId>>,
        version: Signal<Option<i64>>,
        on_change: impl Fn() + 'static,
    ) {
        // A resource may be read inside an effect, not in a task: the effect keeps what it last saw.
        let seen = StoredValue::new(None::<(ClientId, i64)>);
        Effect::new(move |_| seen.set_value(client.get().zip(version.get())));

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
                let Some((client, loaded)) = seen.try_get_value().flatten() else {
                    continue;
                };
                if document().hidden() {
                    continue;
                }
                let Ok(now) = client_version(client).await else {
                    continue;
                };
                let unmoved = seen.try_get_value().flatten() == Some((client, loaded));
                if !ended.load(Ordering::Relaxed) && unmoved && now != loaded {
                    on_change();
                }
            }
        });
    }
}
