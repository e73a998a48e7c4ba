//! Sending the files: pictures one by one to the account's server, a video by way of the video service.

use chrono::TimeDelta;
use domain::media::MediaFacts;

use super::checkpoint::{Job, Plan};
use super::{Step, report};
use crate::bluesky::config::VideoService;
use crate::bluesky::error::failed_job;
use crate::bluesky::video::{self, Prepared};
use crate::{ErrorKind, MediaItem, PlatformError, Progress, StepOutcome, StepReport};

/// How long the video service may work on a video.
const PATIENCE: TimeDelta = TimeDelta::minutes(15);
/// How often the same video is handed to it at the most.
const TRIES: u32 = 2;

impl Step<'_> {
    /// Sends the file of this number, from 0.
    pub(super) async fn send_file(
        &self,
        plan: Plan,
        number: usize,
    ) -> Result<StepOutcome, PlatformError> {
        let media = &self.context.content.media;
        let Some(item) = media.get(number) else {
            return Err(PlatformError::new(
                ErrorKind::Rejected,
                "The post’s files changed while it was being sent. Schedule it again.",
            ));
        };
        let bytes = item.source.len();
        if let (MediaFacts::Video(_), Some(service)) = (&item.facts, &self.config.video) {
            return self.hand_over(plan, service, item).await;
        }
        let stored = self
            .api
            .upload(item.facts.format().mime(), &item.source)
            .await?;
        let report = match item.facts {
            MediaFacts::Video(_) => report::stored_video(bytes),
            MediaFacts::Image(_) => report::sent_picture(number + 1, media.len(), bytes),
        };
        self.stored(plan, stored, report)
    }

    async fn hand_over(
        &self,
        plan: Plan,
        service: &VideoService,
        item: &MediaItem,
    ) -> Result<StepOutcome, PlatformError> {
        let name = format!("{}.mp4", self.context.content.delivery_id);
        match video::hand_over(&self.api, service, item, &name).await {
            Ok(Prepared::Done(stored)) => {
                let report = report::sent_video(item.source.len());
                self.stored(plan, stored, report)
            }
            Ok(Prepared::Working { job_id, .. }) => {
                let job = Job {
                    id: job_id,
                    since: self.context.now,
                    looks: 0,
                };
                self.wait(plan, job, Some(report::sent_video(item.source.len())))
            }
            Ok(Prepared::Failed { code, message }) => {
                self.once_more(plan, failed_job(&code, &message))
            }
            Err(error) if error.restart => self.once_more(plan, error),
            Err(error) => Err(error),
        }
    }

    /// Asks the video service how far it is.
    pub(super) async fn look(&self, plan: Plan) -> Result<StepOutcome, PlatformError> {
        let (Some(job), Some(service)) = (plan.job.clone(), &self.config.video) else {
            // The operator has taken the service out of the settings since: the video is sent anew.
            let plan = Plan { job: None, ..plan };
            return super::continued(plan, None);
        };
        match video::look(&self.api, service, &job.id).await {
            Ok(Prepared::Done(stored)) => self.stored(plan, stored, report::prepared()),
            Ok(Prepared::Working { .. }) if self.context.now < job.since + PATIENCE => {
                self.wait(plan, job, None)
            }
            Ok(Prepared::Working { progress, .. }) => {
                let far = progress.map_or_else(String::new, |part| format!(" at {part}%"));
                let words = format!("no result after 15 minutes{far}");
                self.once_more(plan, failed_job("generic_failure", &words))
            }
            Ok(Prepared::Failed { code, message }) => {
                self.once_more(plan, failed_job(&code, &message))
            }
            Err(error) if error.restart => self.once_more(plan, error),
            Err(error) => Err(error),
        }
    }

    /// Hands the video over again where that may help, but not for ever. Nothing is posted by then.
    fn once_more(&self, plan: Plan, error: PlatformError) -> Result<StepOutcome, PlatformError> {
        let failures = plan.failures + 1;
        if error.restart && failures < TRIES {
            let report = report::once_more(&error.message, error.platform_words);
            let plan = Plan {
                job: None,
                failures,
                ..plan
            };
            return super::continued(plan, Some(report));
        }
        if !error.restart {
            return Err(error);
        }
        Err(PlatformError {
            kind: ErrorKind::Rejected,
            message: "Bluesky’s video service failed with this video twice. Try again later, or export the video anew and upload it again.".to_owned(),
            restart: false,
            ..error
        })
    }

    fn wait(
        &self,
        plan: Plan,
        job: Job,
        report: Option<StepReport>,
    ) -> Result<StepOutcome, PlatformError> {
        // A second at first, later every five.
        let pause = TimeDelta::seconds(i64::from(job.looks).clamp(1, 5));
        let job = Job {
            looks: job.looks.saturating_add(1),
            ..job
        };
        let plan = Plan {
            job: Some(job),
            ..plan
        };
        Ok(StepOutcome::Wait {
            checkpoint: plan.write()?,
            until: self.context.now + pause,
            report,
        })
    }

    fn stored(
        &self,
        mut plan: Plan,
        stored: serde_json::Value,
        report: StepReport,
    ) -> Result<StepOutcome, PlatformError> {
        plan.files.push(stored);
        plan.job = None;
        let size = |item: &MediaItem| item.source.len();
        let media = &self.context.content.media;
        let progress = Progress {
            sent: media.iter().take(plan.files.len()).map(size).sum(),
            total: media.iter().map(size).sum(),
        };
        Ok(StepOutcome::Continue {
            checkpoint: plan.write()?,
            report: Some(report),
            progress: Some(progress),
        })
    }
}
