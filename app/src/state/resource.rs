//! What a page loads: on the server while it is made, in the browser out of what the server has sent along.

use leptos::prelude::Resource as LeptosResource;
use leptos::server::codee::{Decoder, Encoder};
use serde::{Deserialize, Serialize};

/// JSON that is read as bytes, as the answers of server functions are. Read as text, as Leptos does it by itself,
/// every type would be read by code of its own a second time, and the browser would load both.
#[derive(Clone, Copy, Debug)]
pub struct Json;

impl<T: Serialize> Encoder<T> for Json {
    type Error = serde_json::Error;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, serde_json::Error> {
        serde_json::to_string(value)
    }
}

impl<T> Decoder<T> for Json
where
    for<'de> T: Deserialize<'de>,
{
    type Error = serde_json::Error;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, serde_json::Error> {
        serde_json::from_slice(text.as_bytes())
    }
}

/// What a page loads.
pub type Resource<T> = LeptosResource<T, Json>;

/// Loads what `fetch` brings of what `source` says, anew whenever that changes. The server sends nothing of the page
/// before it is there: what comes decides about titles and redirects.
pub fn resource<S, T, F>(
    source: impl Fn() -> S + Send + Sync + 'static,
    fetch: impl Fn(S) -> F + Send + Sync + 'static,
) -> Resource<T>
where
    S: PartialEq + Clone + Send + Sync + 'static,
    T: Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static,
    F: Future<Output = T> + Send + 'static,
{
    LeptosResource::new_with_options(source, fetch, true)
}
