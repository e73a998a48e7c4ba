use std::time::Duration;

use axum::{body::Bytes, extract::State, http::HeaderMap, response::Response};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Shared,
    config::LagAnswer,
    errors::{ApiError, Code, ok, ok_without_data},
    extract::{Caller, json},
    limits::Window,
    scopes::{VIDEO_PUBLISH, VIDEO_UPLOAD},
    state::{Platform, State as PlatformState},
    tasks::{Source, Stage, Task},
};

/// How long a status call waits for a look into the media that the clock says
/// is over: tests move the clock faster than `ffprobe` runs.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    publish_id: String,
}

/// `POST /v2/post/publish/status/fetch/`
pub(super) async fn fetch(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(
        &headers,
        Some(Window::Status),
        &[VIDEO_UPLOAD, VIDEO_PUBLISH],
    )?;
    let named: Named = json(&headers, &body, Code::InvalidParams)?;
    platform.wait_for_media(&named.publish_id).await;
    let now = platform.now();
    let state = platform.state();
    let task = state.named(&caller, &named.publish_id, now)?;
    Ok(ok(state.status(task, now)))
}

/// `POST /v2/post/publish/cancel/`
pub(super) async fn cancel(
    State(platform): State<Shared>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let caller = platform.admit(&headers, None, &[VIDEO_UPLOAD, VIDEO_PUBLISH])?;
    let named: Named = json(&headers, &body, Code::InvalidParams)?;
    let now = platform.now();
    let mut state = platform.state();
    let task = state.named(&caller, &named.publish_id, now)?;
    let still_downloading = task.source == Source::Pull
        && matches!(
            task.stage(now, &state.config),
            Stage::Receiving | Stage::Processing
        );
    if !still_downloading {
        return Err(ApiError::new(
            Code::PublishNotCancellable,
            "Only a download that is not over can be cancelled.",
        ));
    }
    if let Some(task) = state.tasks.get_mut(&named.publish_id) {
        task.ended = Some("publish_cancelled".to_owned());
    }
    Ok(ok_without_data())
}

impl Platform {
    async fn wait_for_media(&self, publish_id: &str) {
        let mut background = self.background.watch();
        let waiting = async {
            while self.is_only_waiting_for_media(publish_id) {
                if background.changed().await.is_err() {
                    return;
                }
            }
        };
        // After that the honest answer is "still processing".
        let _ = tokio::time::timeout(PATIENCE, waiting).await;
    }

    fn is_only_waiting_for_media(&self, publish_id: &str) -> bool {
        let now = self.now();
        let state = self.state();
        state.tasks.get(publish_id).is_some_and(|task| {
            task.checking
                && task.ended.is_none()
                && task
                    .processed_at(&state.config)
                    .is_some_and(|processed_at| now >= processed_at)
        })
    }
}

impl PlatformState {
    /// The caller's task of that name. A new one is unknown for a moment.
    fn named(
        &self,
        caller: &Caller,
        publish_id: &str,
        now: DateTime<Utc>,
    ) -> Result<&Task, ApiError> {
        let unknown = || ApiError::new(Code::InvalidPublishId, "publish_id is not known.");
        let task = self.tasks.get(publish_id).ok_or_else(unknown)?;
        if now < task.created_at + self.config.status_lag {
            return Err(match self.config.lag_answer {
                LagAnswer::Code => unknown(),
                LagAnswer::Message => ApiError::new(Code::InvalidParams, "invalid_publish_id"),
            });
        }
        if task.owner != caller.open_id {
            return Err(ApiError::new(
                Code::TokenNotAuthorizedForPublishId,
                "The publish_id belongs to another user.",
            ));
        }
        Ok(task)
    }

    fn status(&self, task: &Task, now: DateTime<Utc>) -> Value {
        let stage = task.stage(now, &self.config);
        let reason = match &stage {
            Stage::Failed(reason) => reason.as_str(),
            _ => "",
        };
        let mut data = json!({ "status": task.status(&stage), "fail_reason": reason });
        let bytes = match task.source {
            Source::File => "uploaded_bytes",
            Source::Pull => "downloaded_bytes",
        };
        data[bytes] = json!(task.received_bytes());
        if let Stage::Complete(_) = stage {
            let ids: Vec<i64> = task
                .is_available(now, &self.config)
                .then_some(task.post_id)
                .into_iter()
                .collect();
            data["publicaly_available_post_id"] = json!(ids);
        }
        data
    }
}
