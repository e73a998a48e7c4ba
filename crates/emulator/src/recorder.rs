use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// More than any test makes; keeps a long-running emulator's memory bounded.
const KEPT: usize = 20_000;

/// One request that a platform answered, without anything secret: no query,
/// no headers, no body.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordedRequest {
    /// When it arrived, on the emulator's clock.
    pub received_at: DateTime<Utc>,
    /// When it was answered, on the emulator's clock.
    pub at: DateTime<Utc>,
    /// The platform's name, such as `tiktok`.
    pub platform: String,
    /// The short name of the endpoint, such as `video/init`.
    pub endpoint: String,
    /// The HTTP method.
    pub method: String,
    /// The path below the platform's prefix.
    pub path: String,
    /// The status answered; `None` when the connection was cut instead.
    pub status: Option<u16>,
}

#[derive(Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<VecDeque<RecordedRequest>>>);

impl Recorder {
    pub(crate) fn record(&self, request: RecordedRequest) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == KEPT {
            kept.pop_front();
        }
        kept.push_back(request);
    }

    pub(crate) fn all(&self) -> Vec<RecordedRequest> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        kept.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }
}
