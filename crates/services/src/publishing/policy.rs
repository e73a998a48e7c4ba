//! What follows from an error, in one place.

use chrono::{DateTime, Duration, Utc};
use connectors::{ErrorKind, PlatformError};

/// How often the same step is tried again after short pauses before it counts as "later".
const QUICK_RETRIES: i32 = 5;
/// A pause that cannot be expressed is as good as this one.
const LONGEST_PAUSE: Duration = Duration::hours(24);

/// What to do about an error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Try again at this time, from the checkpoint, or from the beginning.
    TryAgain {
        /// When.
        at: DateTime<Utc>,
        /// Whether from the beginning.
        restart: bool,
    },
    /// Renew the token, then take the same step.
    RefreshToken,
    /// The account has to be connected again; the delivery waits for that.
    Reauthorise,
    /// It will not go out.
    Fail,
    /// Nobody can say whether it went out.
    LoseTrack,
}

/// What is known of a delivery when a step failed.
#[derive(Clone, Copy, Debug)]
pub struct Situation {
    /// How often it was put off since it last got on.
    pub retries: i32,
    /// Its minute.
    pub due_at: DateTime<Utc>,
    /// How long after its minute its client lets it go out.
    pub lateness: Duration,
    /// A number from 0 up to 1, by chance: so that what failed together does not come back together.
    pub jitter: f64,
    /// Whether the platform may have all of it, so that it may be out whatever we hear.
    pub may_be_out: bool,
}

/// Decides.
#[must_use]
pub fn decide(error: &PlatformError, situation: Situation, now: DateTime<Utc>) -> Decision {
    let Situation {
        retries,
        due_at,
        lateness,
        jitter,
        may_be_out,
    } = situation;
    let pause = match error.kind {
        ErrorKind::RefreshToken => return Decision::RefreshToken,
        ErrorKind::Reauthorise => return Decision::Reauthorise,
        ErrorKind::Rejected => return Decision::Fail,
        ErrorKind::OutcomeUnknown => return Decision::LoseTrack,
        ErrorKind::RetryNow if retries < QUICK_RETRIES => error
            .retry_after
            .map_or_else(|| Duration::seconds(2 << retries.clamp(0, 5)), from_std),
        ErrorKind::RetryNow | ErrorKind::RetryLater => error.retry_after.map_or_else(
            || (Duration::seconds(30) * (1 << retries.clamp(0, 6))).min(Duration::minutes(30)),
            from_std,
        ),
    };
    let at = now + pause + part(pause, jitter / 5.0);
    let too_late = at > due_at + lateness || error.give_up_at.is_some_and(|end| at > end);
    if too_late {
        // What may be out is never called failed, because somebody would send it again.
        if may_be_out && !error.restart {
            Decision::LoseTrack
        } else {
            Decision::Fail
        }
    } else {
        Decision::TryAgain {
            at,
            restart: error.restart,
        }
    }
}

/// This part of a pause, to the millisecond.
fn part(pause: Duration, part: f64) -> Duration {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "pauses are far below what a float counts exactly"
    )]
    let milliseconds = (pause.num_milliseconds().max(0) as f64 * part) as i64;
    Duration::milliseconds(milliseconds)
}

fn from_std(delay: std::time::Duration) -> Duration {
    Duration::from_std(delay).unwrap_or(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, Utc};
    use connectors::{ErrorKind, PlatformError};

    use super::{Decision, Situation, decide};

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("an instant")
    }

    fn situation(retries: i32) -> Situation {
        Situation {
            retries,
            due_at: now(),
            lateness: Duration::hours(24),
            jitter: 0.99,
            may_be_out: false,
        }
    }

    fn pause(error: &PlatformError, retries: i32) -> Duration {
        match decide(error, situation(retries), now()) {
            Decision::TryAgain { at, .. } => at - now(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn pauses_grow_and_never_exceed_half_an_hour_by_much() {
        let error = PlatformError::new(ErrorKind::RetryLater, "busy");
        let mut shortest = Duration::zero();
        for retries in 0..7 {
            let pause = pause(&error, retries);
            assert!(
                pause >= shortest.min(Duration::minutes(30)),
                "{retries}: {pause}"
            );
            assert!(pause <= Duration::minutes(36), "{retries}: {pause}");
            shortest = (Duration::seconds(30) * (1 << retries)).min(Duration::minutes(30));
        }
    }

    #[test]
    fn the_platforms_own_delay_is_honoured() {
        let error = PlatformError::new(ErrorKind::RetryLater, "slow")
            .after(std::time::Duration::from_secs(60));
        assert!((60..=72).contains(&pause(&error, 0).num_seconds()));
    }

    #[test]
    fn a_day_after_its_minute_it_fails_instead() {
        let error = PlatformError::new(ErrorKind::RetryLater, "busy");
        let late = Situation {
            due_at: now() - Duration::hours(24),
            ..situation(9)
        };
        assert_eq!(decide(&error, late, now()), Decision::Fail);
        assert_eq!(
            decide(
                &error,
                Situation {
                    may_be_out: true,
                    ..late
                },
                now()
            ),
            Decision::LoseTrack
        );
    }

    #[test]
    fn what_may_have_been_posted_is_never_tried_again() {
        let error = PlatformError::new(ErrorKind::OutcomeUnknown, "silence").restarting();
        assert_eq!(decide(&error, situation(0), now()), Decision::LoseTrack);
    }

    #[test]
    fn each_other_kind_has_its_answer() {
        for (kind, decision) in [
            (ErrorKind::Rejected, Decision::Fail),
            (ErrorKind::Reauthorise, Decision::Reauthorise),
            (ErrorKind::RefreshToken, Decision::RefreshToken),
        ] {
            assert_eq!(
                decide(&PlatformError::new(kind, ""), situation(0), now()),
                decision
            );
        }
    }
}
