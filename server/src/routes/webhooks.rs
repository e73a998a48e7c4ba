//! What platforms tell by themselves: `POST /webhooks/{platform}`. Each call is signed by its platform;
//! it is kept, answered, and acted on afterwards.

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use connectors::WebhookRefused;
use domain::Platform;
use services::webhooks::Received;
use services::{ServiceError, Services};

/// More than any call has.
pub const LARGEST: usize = 64 * 1024;

/// Takes a call in. Anything but 200 has the platform call again later.
pub async fn receive(
    State(services): State<Services>,
    Path(platform): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let Ok(platform) = platform.parse::<Platform>() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let header = |name: &str| {
        let value = headers.get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    match services.receive_webhook(platform, &header, &body).await {
        Ok(Received::Kept | Received::NothingNew) => StatusCode::OK.into_response(),
        Ok(Received::Refused(refused)) => {
            tracing::info!(%platform, why = %refused, "refused a webhook");
            let status = match refused {
                WebhookRefused::NoSuchThing => StatusCode::NOT_FOUND,
                WebhookRefused::NotSigned | WebhookRefused::Stale => StatusCode::UNAUTHORIZED,
                WebhookRefused::AnotherApp => StatusCode::FORBIDDEN,
                WebhookRefused::Unreadable => StatusCode::BAD_REQUEST,
            };
            (status, refused.to_string()).into_response()
        }
        Err(ServiceError::Conflict(sentence)) => (StatusCode::NOT_FOUND, sentence).into_response(),
        Err(error) => {
            tracing::error!(%platform, cause = error.source_text(), "a webhook could not be kept");
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
    }
}
