//! Sending the parts, and finding the place again.
//!
//! The rule that keeps a video from being posted twice: an upload is started again only while it is
//! certain that TikTok has not all of it. The last part is sent once; from then on [`super::poll`]
//! decides what follows, also after a crash.

use super::checkpoint::{Polling, Stage, Uploading};
use super::parts::{Sent, send_part};
use super::poll::{self, STATUS_LAG};
use super::{Step, report};
use crate::tiktok::error::{refused_part, unreachable};
use crate::{ErrorKind, PlatformError, StepOutcome, StepReport};

/// Why TikTok is asked for its place.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Resync {
    /// A worker before us may have sent anything.
    Resumed,
    /// TikTok refused a part as not the one it expects.
    Refused,
}

impl Step<'_> {
    /// Sends the next part, or finds out which one that is.
    pub(super) async fn upload(&self, uploading: Uploading) -> Result<StepOutcome, PlatformError> {
        if uploading.upload.plan.size != self.video()?.source.len() {
            return Err(PlatformError::new(
                ErrorKind::Rejected,
                "The video’s file changed while it was being uploaded. Schedule the post again.",
            ));
        }
        match (self.context.resumed, uploading.last_chunk_started) {
            (true, true) => {
                let report = report::found(&uploading.task.publish_id);
                Ok(StepOutcome::Continue {
                    checkpoint: self.unconfirmed(uploading).write()?,
                    report: Some(report),
                    progress: None,
                })
            }
            (true, false) => self.resync(uploading, Resync::Resumed).await,
            (false, _) => self.send_next(uploading).await,
        }
    }

    async fn send_next(&self, uploading: Uploading) -> Result<StepOutcome, PlatformError> {
        let plan = uploading.upload.plan;
        let is_last = uploading.next >= plan.last();
        let Some(chunk) = plan.chunk(uploading.next) else {
            return self.ask_later(uploading, None);
        };
        if self.context.now >= uploading.upload.ends_at {
            return self.refused(uploading, 403);
        }
        let video = self.video()?;
        let sent = send_part(
            self.api.http,
            &uploading.upload,
            chunk,
            video.facts.container,
            video.source,
        );
        let status = match sent.await? {
            Sent::Withheld(error) => return Err(error),
            Sent::Unanswered(fault) if uploading.last_chunk_started => {
                return self.ask_later(uploading, Some(report::unanswered(fault)));
            }
            Sent::Unanswered(fault) => return Err(unreachable(fault)),
            Sent::Answered(status) => status,
        };
        let report = report::sent(&plan, uploading.next, chunk);
        match status {
            200 | 201 if is_last => {
                let polling = Polling::new(uploading.task, None, self.context.now);
                Ok(StepOutcome::Wait {
                    checkpoint: Stage::Polling(polling).write()?,
                    until: self.context.now + poll::delay(0, chrono::TimeDelta::zero()),
                    report: Some(report),
                })
            }
            // TikTok says that more is to come, yet there is none.
            206 if is_last => self.ask_later(uploading, Some(report)),
            200 | 201 | 206 => {
                let next = uploading.next + 1;
                let stage = Stage::Uploading(Uploading {
                    next,
                    last_chunk_started: uploading.last_chunk_started || next == plan.last(),
                    ..uploading
                });
                Ok(StepOutcome::Continue {
                    checkpoint: stage.write()?,
                    report: Some(report),
                    progress: Some(report::progress(chunk.start + chunk.length, &plan)),
                })
            }
            416 if !uploading.last_chunk_started => self.resync(uploading, Resync::Refused).await,
            other => self.refused(uploading, other),
        }
    }

    /// A part was not taken. While the last one has certainly not arrived, the error says what to do;
    /// after that nothing but TikTok's word on the whole video does.
    pub(super) fn refused(
        &self,
        uploading: Uploading,
        status: u16,
    ) -> Result<StepOutcome, PlatformError> {
        let error = refused_part(status).unwrap_or_else(|| unreachable("unexpected answer"));
        let may_have_arrived = matches!(status, 408 | 416 | 500..) || uploading.upload.repeats > 0;
        if uploading.last_chunk_started && may_have_arrived {
            let words = error.platform_words.unwrap_or_default();
            return self.ask_later(uploading, Some(report::unanswered(words)));
        }
        Err(error)
    }

    /// Asks TikTok which part it expects. Only while the last one was certainly not sent.
    async fn resync(
        &self,
        uploading: Uploading,
        why: Resync,
    ) -> Result<StepOutcome, PlatformError> {
        let plan = uploading.upload.plan;
        let task = &uploading.task;
        let lost = || refused_part(416).unwrap_or_else(|| unreachable("lost place"));
        let data = match self.api.status(&task.publish_id).await {
            Err(error)
                if poll::is_unknown_id(&error)
                    && self.context.now >= task.announced_at + STATUS_LAG =>
            {
                return Err(lost());
            }
            answer => answer?,
        };
        match data.status.as_str() {
            "FAILED" => {
                return Err(self.failed(data.fail_reason.as_deref().unwrap_or_default()));
            }
            "PUBLISH_COMPLETE" => return Ok(self.published(uploading.task, &data)),
            _ => {}
        }
        let (next, report, uploaded) = match data.uploaded_bytes {
            Some(bytes) if bytes >= plan.size => {
                let report = report::found(&task.publish_id);
                let polling = Polling::new(uploading.task, None, self.context.now);
                return Ok(StepOutcome::Continue {
                    checkpoint: Stage::Polling(polling).write()?,
                    report: Some(report),
                    progress: Some(report::progress(plan.size, &plan)),
                });
            }
            Some(bytes) => {
                let next = plan.index_at(bytes).ok_or_else(lost)?;
                if why == Resync::Refused && next == uploading.next {
                    return Err(lost());
                }
                let report = match why {
                    Resync::Resumed => report::found_place(&task.publish_id, bytes, &plan),
                    Resync::Refused => report::out_of_step(bytes, &plan),
                };
                (next, report, Some(bytes))
            }
            None if why == Resync::Refused => return Err(lost()),
            None => (uploading.next, report::found(&task.publish_id), None),
        };
        let stage = Stage::Uploading(Uploading {
            next,
            last_chunk_started: next == plan.last(),
            ..uploading
        });
        Ok(StepOutcome::Continue {
            checkpoint: stage.write()?,
            report: Some(report),
            progress: uploaded.map(|bytes| report::progress(bytes, &plan)),
        })
    }

    fn ask_later(
        &self,
        uploading: Uploading,
        report: Option<StepReport>,
    ) -> Result<StepOutcome, PlatformError> {
        Ok(StepOutcome::Wait {
            checkpoint: self.unconfirmed(uploading).write()?,
            until: self.context.now + poll::delay(0, chrono::TimeDelta::zero()),
            report,
        })
    }

    fn unconfirmed(&self, uploading: Uploading) -> Stage {
        let Uploading { task, upload, .. } = uploading;
        Stage::Polling(Polling::new(task, Some(upload), self.context.now))
    }
}
