//! The WASM entry, nothing else.

use leptos::mount::hydrate_from_async;
use leptos::prelude::document;
use leptos::tachys::dom::body;

/// Brings the page that the server rendered to life, once the part that it is made by is here.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    wasm_bindgen_futures::spawn_local(async {
        hydrate_from_async(body(), app::App).await.forget();
        // Tells tests and scripts that from here on the page is alive.
        if let Some(root) = document().document_element() {
            // Setting a constant attribute cannot fail.
            let _ = root.set_attribute("data-hydrated", "");
        }
    });
}
