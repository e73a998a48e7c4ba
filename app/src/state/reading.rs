//! Reading a file that a person has chosen.

use leptos::web_sys::File;

/// The text of a file, read as UTF-8; `None` when the browser cannot read it.
#[cfg(feature = "hydrate")]
pub async fn text_of(file: File) -> Option<String> {
    let text = wasm_bindgen_futures::JsFuture::from(file.text()).await;
    text.ok()?.as_string()
}

/// On the server there is no file to read.
#[cfg(not(feature = "hydrate"))]
#[allow(clippy::unused_async, reason = "the browser has to wait for it")]
pub async fn text_of(_: File) -> Option<String> {
    None
}
