//! The audit as a file: `GET /audit.csv` with the filters of the page, streamed however long it is. That it
//! was taken out is written down first.

use app::api::audit::{AuditQuery, wanted};
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{StreamExt, stream};
use services::audit::export;
use services::audit::read::AuditExport;
use services::{ServiceError, Services};

use super::signed_in::{SignedIn, status};

/// Hands the file over.
pub async fn csv(
    State(services): State<Services>,
    Query(query): Query<AuditQuery>,
    SignedIn { actor, .. }: SignedIn,
) -> Response {
    let begun = match wanted(&query) {
        Ok(wanted) => services.export_audit(&actor, &wanted).await,
        Err(error) => Err(error),
    };
    match begun {
        Ok(export) => file(export),
        Err(error) => (status(&error), error.to_string()).into_response(),
    }
}

fn file(export: AuditExport) -> Response {
    let name = format!("audit-{}.csv", export.at.format("%Y-%m-%d-%H%M%S"));
    // The mark at the beginning has spreadsheets read it as UTF-8.
    let head = format!("\u{feff}{}", export::head(export.zone));
    let lines = stream::unfold((export, Some(head)), |(mut export, head)| async move {
        if let Some(head) = head {
            return Some((Ok(Bytes::from(head)), (export, None)));
        }
        match export.more().await {
            Ok(entries) if entries.is_empty() => None,
            Ok(entries) => {
                let zone = export.zone;
                let lines: String = entries
                    .iter()
                    .map(|entry| export::row(entry, zone))
                    .collect();
                Some((Ok(Bytes::from(lines)), (export, None)))
            }
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
        ],
        // Compression asks once more after the end, which an unfolded stream answers with a panic.
        Body::from_stream(lines.fuse()),
    )
        .into_response()
}
