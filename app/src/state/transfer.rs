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

/// How much is sent at a time: little enough to hold a few of them, and to lose one.
pub(super) const PART: u64 = 8 * 1024 * 1024;

/// How long to wait before the next try, after so many that came to nothing.
pub(super) fn patience_ms(tries: u32) -> u32 {
    1000_u32
        .saturating_mul(1 << tries.saturating_sub(1).min(5))
        .min(30_000)
}

/// What a status means for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// As it should be.
    Taken,
    /// It stands elsewhere than this browser thinks.
    Elsewhere,
    /// Another request has it, or some bytes changed on their way: the same once more.
    Busy,
    /// The server does not know it any more.
    Gone,
    /// Nothing came, or the server has trouble of its own.
    Broken,
    /// It will not be taken like this.
    Refused,
}

/// What a status means for the file.
pub(super) const fn read_status(status: u16) -> Answered {
    match status {
        200..=299 => Answered::Taken,
        409 => Answered::Elsewhere,
        423 | 460 => Answered::Busy,
        404 | 410 => Answered::Gone,
        0 | 400 | 408 | 429 | 500.. => Answered::Broken,
        _ => Answered::Refused,
    }
}

/// What the server made of the file, or why it did not take it and whether it is worth another try.
pub(super) fn read_answer(status: u16, text: &str) -> Result<AssetData, (String, bool)> {
    match status {
        200..=299 => serde_json::from_slice(text.as_bytes())
            .map_err(|_| (ApiError::Unreachable.to_string(), true)),
        401 => Err((ApiError::SignedOut.to_string(), true)),
        _ => match serde_json::from_slice::<UploadRefused>(text.as_bytes()) {
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
    use super::{Answered, Pace, patience_ms, read_answer, read_status};

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
    fn the_wait_grows_up_to_half_a_minute() {
        let waits: Vec<u32> = (1..9).map(patience_ms).collect();
        assert_eq!(waits, [1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000]);
    }

    #[test]
    fn what_may_pass_is_told_from_what_will_not() {
        assert_eq!(read_status(0), Answered::Broken);
        assert_eq!(read_status(204), Answered::Taken);
        assert_eq!(read_status(422), Answered::Refused);
        assert_eq!(read_status(503), Answered::Broken);
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_words() {
        let refused = read_answer(422, r#"{"error":"This is not a video."}"#);
        assert_eq!(refused, Err(("This is not a video.".to_owned(), false)));
        let (sentence, again) = read_answer(502, "<html>").unwrap_err();
        assert!(again && sentence.contains("502"));
    }
}
