//! The WASM entry, nothing else.

/// Brings the page that the server rendered to life.
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_body(app::App);
    // Tells tests and scripts that from here on the page is alive.
    if let Some(root) = leptos::prelude::document().document_element() {
        // Setting a constant attribute cannot fail.
        let _ = root.set_attribute("data-hydrated", "");
    }
}
