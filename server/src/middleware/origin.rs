//! The Origin check: a request that changes something must come from one of our own pages.
//!
//! Together with SameSite=Lax cookies this is the defence against forged requests; nothing is built in.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::{Origin, Url};

/// Our own origin, as browsers write it.
#[derive(Clone, Debug)]
pub struct OwnOrigin(String);

impl OwnOrigin {
    /// The origin of the public address.
    #[must_use]
    pub fn new(public_url: &Url) -> Self {
        let origin: Origin = public_url.origin();
        Self(origin.ascii_serialization())
    }
}

/// Refuses what changes something and does not say that it comes from our own pages.
pub async fn only_from_our_own_pages(
    State(own): State<OwnOrigin>,
    request: Request,
    next: Next,
) -> Response {
    if matches!(
        *request.method(),
        Method::GET | Method::HEAD | Method::OPTIONS
    ) {
        return next.run(request).await;
    }
    let origin = request
        .headers()
        .get(header::ORIGIN)
        .and_then(|value| value.to_str().ok());
    if origin == Some(own.0.as_str()) {
        return next.run(request).await;
    }
    tracing::info!(
        origin,
        path = without_token(request.uri().path()),
        "refused a request from elsewhere"
    );
    let sentence = format!(
        "This request did not come from AutoPost’s own pages. Open AutoPost at {} and try again.",
        own.0
    );
    (StatusCode::FORBIDDEN, sentence).into_response()
}

/// A path as it may be logged: what opens something is no part of it.
fn without_token(path: &str) -> &str {
    const OPENS: [&str; 7] = [
        "/tap/",
        "/let-in/",
        "/connect/",
        "/invitation/",
        "/reset/",
        "/email/",
        "/media/public/",
    ];
    OPENS
        .into_iter()
        .find(|start| path.starts_with(start))
        .unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::without_token;

    #[test]
    fn what_opens_something_is_not_logged() {
        assert_eq!(without_token("/tap/secret"), "/tap/");
        assert_eq!(without_token("/connect/secret/tiktok"), "/connect/");
        assert_eq!(without_token("/clients/x/accounts"), "/clients/x/accounts");
    }
}
