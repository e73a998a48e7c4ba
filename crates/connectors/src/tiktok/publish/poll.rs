//! Asking what became of a video once all of it was sent, or may have been.
//!
//! Nothing here says "failed" of itself: either TikTok says so, or nobody can know.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use super::checkpoint::{Polling, Stage, Task, Upload, Uploading};
use super::{Media, Step, report};
use crate::tiktok::error::{failed_photos, failed_post};
use crate::tiktok::wire::StatusData;
use crate::{ErrorKind, PlatformError, StepOutcome};

/// How long TikTok may not know an upload that it has just named.
pub(super) const STATUS_LAG: TimeDelta = TimeDelta::seconds(60);
/// How long it is asked often.
const EAGER: TimeDelta = TimeDelta::minutes(10);
/// How long it is asked at all.
const PATIENCE: TimeDelta = TimeDelta::minutes(70);
/// What is waited beyond the end of an upload address before it counts as ended on TikTok's clock too.
pub(super) const CLOCK_MARGIN: TimeDelta = TimeDelta::minutes(2);
/// How long a draft may lie in an account's inbox before nobody is expected to finish it any more.
/// TikTok does not say when it removes one; after a day, some have seen.
const INBOX_PATIENCE: TimeDelta = TimeDelta::hours(72);
/// How often a missing part is sent again to the same upload.
const REPEATS: u32 = 10;
/// How often the last part is, when TikTok does not say what it has.
const BLIND_REPEATS: u32 = 2;
/// How often it is asked before the last part is sent again without knowing.
const BLIND_POLLS: u32 = 4;

impl Polling {
    /// From now on; `unconfirmed` while it is not certain that everything arrived.
    pub(super) const fn new(task: Task, unconfirmed: Option<Upload>, now: DateTime<Utc>) -> Self {
        Self {
            task,
            since: now,
            polls: 0,
            last_status: None,
            unconfirmed,
            delivered_at: None,
        }
    }
}

/// 5 s, then half as much again up to 30 s; after ten minutes every two.
pub(super) fn delay(polls: u32, waited: TimeDelta) -> TimeDelta {
    if waited >= EAGER {
        return TimeDelta::minutes(2);
    }
    match polls {
        0 => TimeDelta::seconds(5),
        1 => TimeDelta::milliseconds(7_500),
        2 => TimeDelta::milliseconds(11_250),
        3 => TimeDelta::seconds(17),
        4 => TimeDelta::seconds(25),
        _ => TimeDelta::seconds(30),
    }
}

pub(super) fn is_unknown_id(error: &PlatformError) -> bool {
    error.code.as_deref() == Some("invalid_publish_id")
}

impl Step<'_> {
    /// Asks once.
    pub(super) async fn poll(&self, polling: Polling) -> Result<StepOutcome, PlatformError> {
        let data = match self.api.status(&polling.task.publish_id).await {
            Ok(data) => data,
            Err(error) => return self.not_told(polling, error),
        };
        match data.status.as_str() {
            "PUBLISH_COMPLETE" => Ok(self.published(polling.task, &data)),
            "FAILED" => {
                let reason = data.fail_reason.as_deref().unwrap_or_default();
                Err(self.failed(reason))
            }
            "SEND_TO_USER_INBOX" if self.options.as_draft => self.in_inbox(polling, true),
            _ => self.unfinished(polling, &data),
        }
    }

    /// TikTok says that it failed.
    pub(super) fn failed(&self, reason: &str) -> PlatformError {
        match self.media {
            Media::Video(_) => failed_post(reason),
            Media::Photos(_) => failed_photos(reason),
        }
    }

    /// The draft lies in the account's inbox until its person publishes it. `told` when TikTok has just
    /// said so.
    fn in_inbox(&self, mut polling: Polling, told: bool) -> Result<StepOutcome, PlatformError> {
        let now = self.context.now;
        let news = told && polling.delivered_at.is_none();
        let since = *polling.delivered_at.get_or_insert(now);
        if now >= since + INBOX_PATIENCE {
            return Err(PlatformError::new(
                ErrorKind::OutcomeUnknown,
                "Nobody has published this draft from TikTok’s inbox within three days, as far as TikTok says, and TikTok may have removed it.",
            )
            .with_words("SEND_TO_USER_INBOX"));
        }
        let pause = if now < since + TimeDelta::hours(6) {
            TimeDelta::minutes(10)
        } else {
            TimeDelta::hours(1)
        };
        polling.unconfirmed = None;
        let report = news.then(|| report::delivered(polling.task.handle.as_deref()));
        Ok(StepOutcome::Wait {
            checkpoint: Stage::Polling(polling).write()?,
            until: now + pause,
            report,
        })
    }

    /// TikTok is not finished, or waits for bytes that did not arrive.
    pub(super) fn unfinished(
        &self,
        mut polling: Polling,
        data: &StatusData,
    ) -> Result<StepOutcome, PlatformError> {
        let now = self.context.now;
        if let Some(upload) = polling.unconfirmed.take() {
            let everything_arrived = data
                .uploaded_bytes
                .is_some_and(|bytes| bytes >= upload.plan.size);
            if !everything_arrived {
                if data.status == "PROCESSING_UPLOAD" {
                    if now >= upload.ends_at + CLOCK_MARGIN && data.uploaded_bytes.is_some() {
                        return Err(never_arrived(data));
                    }
                    if let Some(next) = missing_part(&upload, data.uploaded_bytes, polling.polls)
                        && now < upload.ends_at
                    {
                        return repeat(polling.task, upload, next, data);
                    }
                }
                polling.unconfirmed = Some(upload);
            }
        }
        if now >= polling.since + PATIENCE {
            return Err(PlatformError::new(
                ErrorKind::OutcomeUnknown,
                "TikTok has not said for over an hour what became of the post. Look at the account in TikTok before posting it again.",
            )
            .with_words(words(data)));
        }
        self.again(polling, Some(&data.status))
    }

    /// Comes back later; the history hears of a status once.
    fn again(
        &self,
        mut polling: Polling,
        status: Option<&str>,
    ) -> Result<StepOutcome, PlatformError> {
        let news = status.filter(|status| polling.last_status.as_deref() != Some(status));
        let report = news.map(report::status);
        if let Some(status) = news {
            polling.last_status = Some(status.to_owned());
        }
        polling.polls = polling.polls.saturating_add(1);
        let until = self.context.now + delay(polling.polls, self.context.now - polling.since);
        Ok(StepOutcome::Wait {
            checkpoint: Stage::Polling(polling).write()?,
            until,
            report,
        })
    }

    /// No status. What was sent may be posted, so a refusal to tell is no refusal of the post.
    pub(super) fn not_told(
        &self,
        polling: Polling,
        error: PlatformError,
    ) -> Result<StepOutcome, PlatformError> {
        if is_unknown_id(&error) && self.context.now < polling.task.announced_at + STATUS_LAG {
            return self.again(polling, None);
        }
        let passing = matches!(error.kind, ErrorKind::RetryNow | ErrorKind::RetryLater)
            && !is_unknown_id(&error);
        if passing && polling.delivered_at.is_some() {
            // Somebody else's turn for days; TikTok need not answer each time.
            return self.in_inbox(polling, false);
        }
        let too_long = passing && self.context.now >= polling.since + PATIENCE;
        if too_long || error.kind == ErrorKind::Rejected || is_unknown_id(&error) {
            return Err(PlatformError {
                kind: ErrorKind::OutcomeUnknown,
                message: "TikTok does not say what became of the post. Look at the account in TikTok before posting it again."
                    .to_owned(),
                retry_after: None,
                ..error
            });
        }
        Err(error)
    }
}

/// The part that TikTok waits for, if it may be sent again. The same part of the same upload cannot
/// make a second post.
fn missing_part(upload: &Upload, uploaded: Option<u64>, polls: u32) -> Option<u64> {
    match uploaded {
        Some(bytes) if upload.repeats < REPEATS => upload.plan.index_at(bytes),
        None if upload.repeats < BLIND_REPEATS && polls >= BLIND_POLLS => Some(upload.plan.last()),
        _ => None,
    }
}

fn repeat(
    task: Task,
    mut upload: Upload,
    next: u64,
    data: &StatusData,
) -> Result<StepOutcome, PlatformError> {
    upload.repeats += 1;
    let progress = report::progress(data.uploaded_bytes.unwrap_or_default(), &upload.plan);
    let stage = Stage::Uploading(Uploading {
        task,
        upload,
        next,
        last_chunk_started: true,
    });
    Ok(StepOutcome::Continue {
        checkpoint: stage.write()?,
        report: Some(report::repeats(words(data))),
        progress: Some(progress),
    })
}

fn never_arrived(data: &StatusData) -> PlatformError {
    PlatformError::new(
        ErrorKind::RetryLater,
        "The last part of the video never reached TikTok, so nothing was posted. AutoPost starts the upload again.",
    )
    .with_words(words(data))
    .after(Duration::from_mins(1))
    .restarting()
}

fn words(data: &StatusData) -> String {
    match data.uploaded_bytes {
        Some(bytes) => format!("{}, uploaded_bytes {bytes}", data.status),
        None => data.status.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_to_half_a_minute_and_then_to_two() {
        let pauses: Vec<i64> = (0..7)
            .map(|polls| delay(polls, TimeDelta::zero()).num_milliseconds())
            .collect();
        assert_eq!(
            pauses,
            [5_000, 7_500, 11_250, 17_000, 25_000, 30_000, 30_000]
        );
        assert_eq!(delay(20, TimeDelta::minutes(10)), TimeDelta::minutes(2));
    }
}
