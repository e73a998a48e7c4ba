use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

/// A refusal by a method under `/xrpc`: `{"error": "Name", "message": "..."}`.
#[derive(Debug)]
pub(super) struct XrpcError {
    status: StatusCode,
    error: String,
    message: String,
    // Boxed, because errors are handed up a lot and most have none.
    headers: Box<HeaderMap>,
}

pub(super) type XrpcResult<T = Response> = Result<T, XrpcError>;

impl XrpcError {
    pub(super) fn new(status: u16, error: &str, message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            error: error.to_owned(),
            message: message.into(),
            headers: Box::default(),
        }
    }

    pub(super) fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidRequest", message)
    }

    /// A refused proof or token of a DPoP call.
    pub(super) fn dpop(error: &str, description: &str) -> Self {
        let mut refused = Self::new(401, error, description);
        let challenge =
            format!(r#"DPoP algs="ES256", error="{error}", error_description="{description}""#);
        if let Ok(challenge) = HeaderValue::from_str(&challenge) {
            refused.headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        refused
    }

    pub(super) fn with_headers(mut self, headers: HeaderMap) -> Self {
        self.headers.extend(headers);
        self
    }
}

impl IntoResponse for XrpcError {
    fn into_response(self) -> Response {
        let body = json!({ "error": self.error, "message": self.message });
        (self.status, *self.headers, Json(body)).into_response()
    }
}

/// A refusal by the authorisation server.
#[derive(Debug)]
pub(super) struct OAuthError {
    error: &'static str,
    description: String,
}

pub(super) type OAuthResult<T = Response> = Result<T, OAuthError>;

impl OAuthError {
    pub(super) fn new(error: &'static str, description: impl Into<String>) -> Self {
        Self {
            error,
            description: description.into(),
        }
    }

    pub(super) fn request(description: impl Into<String>) -> Self {
        Self::new("invalid_request", description)
    }

    pub(super) fn grant(description: impl Into<String>) -> Self {
        Self::new("invalid_grant", description)
    }

    pub(super) fn description(&self) -> &str {
        &self.description
    }
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let status = match self.error {
            "invalid_dpop_proof" => StatusCode::UNAUTHORIZED,
            _ => StatusCode::BAD_REQUEST,
        };
        oauth_answer(status, self.error, &self.description)
    }
}

pub(super) fn oauth_answer(status: StatusCode, error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    let headers = [(header::CACHE_CONTROL, "no-store")];
    (status, headers, Json(body)).into_response()
}
