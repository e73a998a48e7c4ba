//! Who we are to Bluesky's servers: they read it at our client id, which is this address.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;

/// The document, where there is one: only a server that is reached by https has it.
#[derive(Clone, Default)]
pub struct ClientMetadata(Option<Arc<Value>>);

impl From<Option<Value>> for ClientMetadata {
    fn from(metadata: Option<Value>) -> Self {
        Self(metadata.map(Arc::new))
    }
}

/// Shows it to anybody; the keys in it are the public halves.
pub async fn show(State(ClientMetadata(metadata)): State<ClientMetadata>) -> Response {
    match metadata {
        Some(metadata) => {
            let headers = [(header::CACHE_CONTROL, "public, max-age=300")];
            (headers, Json(&*metadata)).into_response()
        }
        None => (
            StatusCode::NOT_FOUND,
            "This server is reached by plain http, so it has no client metadata.",
        )
            .into_response(),
    }
}
