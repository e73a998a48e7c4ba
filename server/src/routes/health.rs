//! `/health`: green only when the database answers and due work is really being claimed.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use services::Services;

use crate::publisher::PublisherHealth;

/// What a monitor reads.
#[derive(Serialize)]
pub struct Health {
    status: &'static str,
    database: bool,
    publisher: bool,
    /// Deliveries that nobody has claimed two minutes after they were due.
    overdue: Option<i64>,
}

/// Answers 200 or 503.
pub async fn health(
    State(services): State<Services>,
    State(publisher): State<Arc<PublisherHealth>>,
) -> (StatusCode, Json<Health>) {
    let overdue = services.overdue_deliveries().await.ok();
    let ticking = publisher.is_ticking();
    let is_well = ticking && overdue == Some(0);
    let health = Health {
        status: if is_well { "ok" } else { "failing" },
        database: overdue.is_some(),
        publisher: ticking,
        overdue,
    };
    (
        if is_well {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        },
        Json(health),
    )
}
