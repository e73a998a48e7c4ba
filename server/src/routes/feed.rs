//! A client's calendar for other programs: `GET /calendar/feed/{token}.ics`. Whoever has the address may read it;
//! any other address is not there.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use services::users::SecretToken;
use services::{ServiceError, Services};
use sha2::{Digest, Sha256};

use super::signed_in::status;

/// Hands the calendar over, or says that it is the one that was fetched before.
pub async fn calendar(
    State(services): State<Services>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let found = match name.strip_suffix(".ics") {
        Some(token) => {
            let token = SecretToken::from_untrusted(token);
            services.calendar_at(&token).await
        }
        None => Err(ServiceError::NotFound("calendar")),
    };
    let calendar = match found {
        Ok(calendar) => calendar,
        Err(error) => return (status(&error), error.to_string()).into_response(),
    };
    let tag = format!("\"{}\"", hex::encode(Sha256::digest(&calendar)));
    // Asked for each time, so that an address that was taken back ends at once, and sent only when it has changed.
    let kept = [
        (header::CACHE_CONTROL, "private, no-cache".to_owned()),
        (header::ETAG, tag.clone()),
        (
            header::HeaderName::from_static("x-robots-tag"),
            "noindex".to_owned(),
        ),
    ];
    let is_known = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|one| one.trim().trim_start_matches("W/") == tag);
    if is_known {
        return (StatusCode::NOT_MODIFIED, kept).into_response();
    }
    let kind = [
        (header::CONTENT_TYPE, "text/calendar; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "inline; filename=\"calendar.ics\"",
        ),
    ];
    (kept, kind, calendar).into_response()
}
