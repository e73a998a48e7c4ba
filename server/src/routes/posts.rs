//! The posts of a client as a file: `GET /clients/{client}/posts.csv?from=2026-11-01&until=2026-11-30`, streamed
//! however long it is. That it was taken out is written down first.

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use domain::ClientId;
use futures::{StreamExt, stream};
use serde::Deserialize;
use services::bulk::export::PostExport;
use services::{ServiceError, Services};

use super::signed_in::{SignedIn, status};

/// Which days are wanted; what is left empty by a form is not said.
#[derive(Debug, Deserialize)]
pub struct Range {
    #[serde(default)]
    from: String,
    #[serde(default)]
    until: String,
}

/// Hands the file over.
pub async fn csv(
    State(services): State<Services>,
    Path(client): Path<ClientId>,
    Query(range): Query<Range>,
    SignedIn { actor, .. }: SignedIn,
) -> Response {
    let (from, until) = match (day(&range.from), day(&range.until)) {
        (Ok(from), Ok(until)) => (from, until),
        (Err(error), _) | (_, Err(error)) => {
            return (status(&error), error.to_string()).into_response();
        }
    };
    match services.export_posts(&actor, client, from, until).await {
        Ok(export) => file(export, from, until),
        Err(error) => (status(&error), error.to_string()).into_response(),
    }
}

fn day(text: &str) -> Result<Option<NaiveDate>, ServiceError> {
    match text.trim() {
        "" => Ok(None),
        day => day
            .parse()
            .map(Some)
            .map_err(|_| ServiceError::Invalid("Write the days as 2026-11-30.".to_owned())),
    }
}

fn file(export: PostExport, from: Option<NaiveDate>, until: Option<NaiveDate>) -> Response {
    let name = match (from, until) {
        (Some(from), Some(until)) => format!("posts-{from}-to-{until}.csv"),
        _ => "posts.csv".to_owned(),
    };
    // The mark at the beginning has spreadsheets read it as UTF-8.
    let head = format!("\u{feff}{}", PostExport::head());
    let lines = stream::unfold((export, Some(head)), |(mut export, head)| async move {
        if let Some(head) = head {
            return Some((Ok(Bytes::from(head)), (export, None)));
        }
        match export.more().await {
            Ok(lines) => lines.map(|lines| (Ok(Bytes::from(lines)), (export, None))),
            Err(error) => {
                tracing::error!(cause = error.source_text(), "an export broke off");
                // Cut off where everybody sees it: a file that ends too early looks whole.
                Some((Err::<Bytes, ServiceError>(error), (export, None)))
            }
        }
    });
    (
        [
            (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
            (
                header::CONTENT_DISPOSITION,
                format!("attachment; filename=\"{name}\""),
            ),
            (header::CACHE_CONTROL, "private, no-store".to_owned()),
        ],
        // Compression asks once more after the end, which an unfolded stream answers with a panic.
        Body::from_stream(lines.fuse()),
    )
        .into_response()
}
