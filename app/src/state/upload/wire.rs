//! Calls to the server's uploads, by tus. By `XMLHttpRequest`, which alone tells how much has left.

use js_sys::{ArrayBuffer, Promise, Uint8Array};
use leptos::prelude::window;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::closure::Closure;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{Event, File, ProgressEvent, XmlHttpRequest};
use wasm_bindgen_futures::JsFuture;

/// What the server answered; the status is 0 where nothing came.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) offset: Option<u64>,
    pub(super) location: Option<String>,
    pub(super) text: String,
}

pub(super) const NOTHING: Answer = Answer {
    status: 0,
    offset: None,
    location: None,
    text: String::new(),
};

/// A request that can be watched and ended.
pub(super) fn request(
    method: &str,
    address: &str,
    headers: &[(&str, &str)],
) -> Option<XmlHttpRequest> {
    let request = XmlHttpRequest::new().ok()?;
    request.open(method, address).ok()?;
    request.set_request_header("Tus-Resumable", "1.0.0").ok()?;
    for (name, value) in headers {
        request.set_request_header(name, value).ok()?;
    }
    Some(request)
}

/// Sends a request and waits for its end, whatever that is.
pub(super) async fn send(request: &XmlHttpRequest, body: Option<&ArrayBuffer>) -> Answer {
    let ended = Promise::new(&mut |resolve, _| {
        request.set_onloadend(Some(&resolve));
        let sent = match body {
            Some(body) => request.send_with_opt_buffer_source(Some(body)),
            None => request.send(),
        };
        if sent.is_err() {
            let _ = resolve.call0(&JsValue::NULL);
        }
    });
    if JsFuture::from(ended).await.is_err() {
        return NOTHING;
    }
    request.set_onloadend(None);
    let header = |name| request.get_response_header(name).ok().flatten();
    Answer {
        status: request.status().unwrap_or(0),
        offset: header("Upload-Offset").and_then(|offset| offset.parse().ok()),
        location: header("Location"),
        text: request.response_text().ok().flatten().unwrap_or_default(),
    }
}

/// A call without a body.
pub(super) async fn call(method: &str, address: &str, headers: &[(&str, &str)]) -> Answer {
    match request(method, address, headers) {
        Some(request) => send(&request, None).await,
        None => NOTHING,
    }
}

/// Ends an upload; where that does not arrive, it ends by itself after a while.
pub(super) fn delete(address: String) {
    spawn_local(async move {
        call("DELETE", &address, &[]).await;
    });
}

/// Tells with each step how many bytes of a request have left, and when.
pub(super) fn watch(request: &XmlHttpRequest, mut on_progress: impl FnMut(f64, f64) + 'static) {
    let Ok(sending) = request.upload() else {
        return;
    };
    let listener = Closure::<dyn FnMut(Event)>::new(move |event: Event| {
        if let Ok(event) = event.dyn_into::<ProgressEvent>() {
            on_progress(event.time_stamp(), event.loaded());
        }
    });
    let listener = listener.into_js_value();
    let _ = sending.add_event_listener_with_callback("progress", listener.unchecked_ref());
}

/// A part of a file; `None` when it can no longer be read.
#[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
pub(super) async fn part(file: &File, from: u64, to: u64) -> Option<ArrayBuffer> {
    let part = file.slice_with_f64_and_f64(from as f64, to as f64).ok()?;
    let part = JsFuture::from(part.array_buffer()).await.ok()?;
    let part: ArrayBuffer = part.dyn_into().ok()?;
    (u64::from(part.byte_length()) == to - from).then_some(part)
}

/// SHA-256 of what stands in a buffer; `None` where the browser makes none, because the site is not reached by https.
pub(super) async fn sha256(buffer: &ArrayBuffer) -> Option<Vec<u8>> {
    if !window().is_secure_context() {
        return None;
    }
    let subtle = window().crypto().ok()?.subtle();
    let digest = subtle
        .digest_with_str_and_buffer_source("SHA-256", buffer)
        .ok()?;
    let digest = JsFuture::from(digest).await.ok()?;
    Some(Uint8Array::new(&digest).to_vec())
}

/// The next link of a chain of hashes.
pub(super) async fn link(chain: &[u8], next: &[u8]) -> Option<Vec<u8>> {
    let both = Uint8Array::from([chain, next].concat().as_slice());
    sha256(&both.buffer()).await
}

/// Bytes as headers carry them.
pub(super) fn base64(bytes: &[u8]) -> Option<String> {
    let text: String = bytes.iter().copied().map(char::from).collect();
    window().btoa(&text).ok()
}

/// Text as `Upload-Metadata` carries it.
pub(super) fn metadata(name: &str, value: &str) -> Option<String> {
    Some(format!("{name} {}", base64(value.as_bytes())?))
}
