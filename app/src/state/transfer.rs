//! The parts of an upload that need no browser: its rate, its address and what the answer means.

use crate::api::ApiError;
use crate::api::assets::{AssetData, UploadRefused};

/// How much newer measurements of the rate count than older ones.
const SMOOTHING: f64 = 0.3;
/// The rate is measured over at least this long, in milliseconds.
const MEASURE_MS: f64 = 400.0;

/// How fast it goes, without the jumps of single measurements.
#[derive(Default)]
pub(super) struct Pace {
    last: Option<(f64, f64)>,
    /// Bytes a second, once there are two measurements.
    pub(super) rate: Option<f64>,
}

impl Pace {
    /// So many bytes had left at this time.
    pub(super) fn measure(&mut self, at_ms: f64, sent: f64) {
        let Some((before_ms, before)) = self.last else {
            self.last = Some((at_ms, sent));
            return;
        };
        let took = at_ms - before_ms;
        if took < MEASURE_MS {
            return;
        }
        let now = (sent - before) / took * 1000.0;
        self.rate = Some(
            self.rate
                .map_or(now, |rate| rate * (1.0 - SMOOTHING) + now * SMOOTHING),
        );
        self.last = Some((at_ms, sent));
    }
}

/// What the server made of the file, or why it did not take it and whether it is worth another try.
pub(super) fn read_answer(status: u16, text: &str) -> Result<AssetData, (String, bool)> {
    match status {
        200..=299 => {
            serde_json::from_str(text).map_err(|_| (ApiError::Unreachable.to_string(), true))
        }
        401 => Err((ApiError::SignedOut.to_string(), true)),
        _ => match serde_json::from_str::<UploadRefused>(text) {
            Ok(refused) => Err((refused.error, status >= 500)),
            Err(_) => Err((
                format!("AutoPost did not take the file (status {status}). Try again in a moment."),
                true,
            )),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::{Pace, read_answer};

    #[test]
    fn the_rate_is_measured_over_time_not_over_single_events() {
        let mut pace = Pace::default();
        pace.measure(0.0, 0.0);
        pace.measure(100.0, 9_000_000.0);
        assert_eq!(pace.rate, None);
        pace.measure(1000.0, 10_000_000.0);
        assert_eq!(pace.rate, Some(10_000_000.0));
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words() {
        let refused = read_answer(422, r#"{"error":"This is not a video."}"#);
        assert_eq!(refused, Err(("This is not a video.".to_owned(), false)));
        let (sentence, again) = read_answer(502, "<html>").unwrap_err();
        assert!(again && sentence.contains("502"));
    }
}
