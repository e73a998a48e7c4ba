use axum::http::{HeaderMap, header};
use serde::de::DeserializeOwned;

use super::errors::{XrpcError, XrpcResult};

/// Reads a JSON body of exactly the documented shape.
pub(super) fn json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8]) -> XrpcResult<T> {
    if content_type(headers) != "application/json" {
        return Err(XrpcError::invalid(
            "Wrong request encoding (Content-Type): application/json expected",
        ));
    }
    serde_json::from_slice(body)
        .map_err(|error| XrpcError::invalid(format!("Input is not right: {error}")))
}

/// Reads a query of exactly the documented shape.
pub(super) fn query<T: DeserializeOwned>(query: Option<&str>) -> XrpcResult<T> {
    let pairs: serde_json::Map<String, serde_json::Value> =
        url::form_urlencoded::parse(query.unwrap_or_default().as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned().into()))
            .collect();
    serde_json::from_value(pairs.into())
        .map_err(|error| XrpcError::invalid(format!("Parameters are not right: {error}")))
}

/// The content type without its parameters, in lowercase.
pub(super) fn content_type(headers: &HeaderMap) -> String {
    headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase()
}
