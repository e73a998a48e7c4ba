//! Faults asked for by the caption itself, so that a person at a composer can
//! see every failure without any tool.

use axum::http::StatusCode;

use super::errors::{ApiError, Code};

/// The markers found in a caption.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Markers {
    /// `[[fail:REASON]]`: processing ends with this reason.
    pub(super) fail: Option<String>,
    /// `[[init:429]]`, `[[init:CODE]]`; with `@N`, only the first N times.
    pub(super) init: Option<InitMarker>,
    /// `[[put:500@3]]`: the third chunk is refused once; `[[put:drop@3]]`
    /// takes it and cuts the connection.
    pub(super) put: Option<PutMarker>,
    /// `[[stuck]]`: processing never ends.
    pub(super) stuck: bool,
    /// `[[pull_slow]]`: a download takes ten minutes longer.
    pub(super) pull_slow: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct InitMarker {
    what: String,
    /// How often it strikes; `None` is always.
    pub(super) times: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PutMarker {
    /// The number of the chunk, from 1.
    pub(super) chunk: u64,
    pub(super) fault: PutFault,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PutFault {
    /// The chunk is not taken, and this is answered.
    Refuse(StatusCode),
    /// The chunk is taken, and nothing is answered.
    Drop,
}

impl Markers {
    pub(super) fn read(caption: &str) -> Self {
        let mut markers = Self::default();
        for rest in caption.split("[[").skip(1) {
            let Some((marker, _)) = rest.split_once("]]") else {
                continue;
            };
            match marker.split_once(':') {
                None if marker == "stuck" => markers.stuck = true,
                None if marker == "pull_slow" => markers.pull_slow = true,
                Some(("fail", reason)) => markers.fail = Some(reason.to_owned()),
                Some(("init", what)) => markers.init = Some(read_init(what)),
                Some(("put", what)) => markers.put = read_put(what),
                _ => {}
            }
        }
        markers
    }
}

fn read_init(text: &str) -> InitMarker {
    let (what, times) = match text.split_once('@') {
        Some((what, times)) => (what, times.parse().ok()),
        None => (text, None),
    };
    InitMarker {
        what: what.to_owned(),
        times,
    }
}

fn read_put(text: &str) -> Option<PutMarker> {
    let (what, chunk) = text.split_once('@')?;
    let fault = match what {
        "drop" => PutFault::Drop,
        status => PutFault::Refuse(status.parse().ok()?),
    };
    Some(PutMarker {
        chunk: chunk.parse().ok()?,
        fault,
    })
}

impl InitMarker {
    pub(super) fn error(&self) -> ApiError {
        const WHY: &str = "asked for by the caption";
        if let Ok(status) = self.what.parse::<StatusCode>() {
            let code = match status.as_u16() {
                429 => Code::RateLimitExceeded,
                401 => Code::AccessTokenInvalid,
                500.. => Code::InternalError,
                _ => Code::InvalidParams,
            };
            return ApiError::new(code, WHY).with_status(status);
        }
        let status = Code::status_of(&self.what).unwrap_or(StatusCode::FORBIDDEN);
        ApiError::scripted(status, &self.what, WHY)
    }
}
