use std::time::Duration;

use axum::{
    Json, Router,
    extract::State,
    routing::{get, post},
};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    clock::Clock,
    recorder::{RecordedRequest, Recorder},
};

/// The control addresses that belong to no platform: the clock and the list
/// of recorded requests.
pub(crate) fn router(clock: Clock, recorder: Recorder) -> Router {
    let clock_routes = Router::new()
        .route("/clock", get(read_clock))
        .route("/clock/advance", post(advance_clock))
        .with_state(clock);
    let request_routes = Router::new()
        .route("/requests", get(list_requests).delete(clear_requests))
        .with_state(recorder);
    clock_routes.merge(request_routes)
}

#[derive(Serialize)]
struct ClockReading {
    now: DateTime<Utc>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    #[serde(default)]
    seconds: u64,
    #[serde(default)]
    ms: u64,
}

async fn read_clock(State(clock): State<Clock>) -> Json<ClockReading> {
    Json(ClockReading { now: clock.now() })
}

async fn advance_clock(
    State(clock): State<Clock>,
    Json(advance): Json<Advance>,
) -> Json<ClockReading> {
    clock.advance(Duration::from_secs(advance.seconds) + Duration::from_millis(advance.ms));
    read_clock(State(clock)).await
}

async fn list_requests(State(recorder): State<Recorder>) -> Json<Vec<RecordedRequest>> {
    Json(recorder.all())
}

async fn clear_requests(State(recorder): State<Recorder>) -> Json<Vec<RecordedRequest>> {
    recorder.clear();
    list_requests(State(recorder)).await
}
