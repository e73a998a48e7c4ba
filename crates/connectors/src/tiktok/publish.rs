//! How a post is published, one step at a time: check the account, announce the video and send its
//! parts, or hand the pictures over, and ask until TikTok says what became of it.
//!
//! Nothing is posted before the last byte has arrived, so an upload whose last part was certainly not
//! sent may always be started again. From the moment it may have been sent, only TikTok's own word
//! decides; see [`upload`] and [`poll`].

mod cancel;
mod checkpoint;
mod costs;
mod follow;
mod parts;
mod photos;
mod poll;
mod reconcile;
mod report;
mod upload;

use std::sync::Arc;

use chrono::TimeDelta;
use domain::media::{MediaFacts, VideoFacts};
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding, Severity, judge_tiktok};
use domain::tiktok::{CreatorInfo, TikTokOptions};

use super::api::Api;
use super::chunks::ChunkPlan;
use super::wire::{DraftRequest, InitRequest};
use crate::{
    Checkpoint, ErrorKind, MediaItem, MediaSource, PlatformError, StepContext, StepOutcome,
};
pub(super) use cancel::cancel;
use checkpoint::{Checked, Stage, Task, Upload, Uploading};
pub(super) use costs::costs;
pub(super) use reconcile::reconcile;

/// How long an upload address lives, from the answer that names it.
const UPLOAD_HOUR: TimeDelta = TimeDelta::hours(1);
/// How long what the account allows counts as known.
const CHECK_HOLDS: TimeDelta = TimeDelta::minutes(10);
/// How long a limit of a day is waited out.
const DAILY_LIMIT_PATIENCE: TimeDelta = TimeDelta::hours(48);

/// Takes the step that the checkpoint asks for.
pub(super) async fn step(
    api: Api<'_>,
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> Result<StepOutcome, PlatformError> {
    let step = Step::new(api, context)?;
    let stage = checkpoint.map(Stage::read).transpose()?;
    let outcome = match stage {
        Some(Stage::Checked(checked)) if context.now < checked.at + CHECK_HOLDS => {
            match step.media {
                Media::Video(video) => step.announce(checked, video).await,
                Media::Photos(_) => step.intend(checked),
            }
        }
        Some(Stage::Announcing(announcing)) => step.hand_over(announcing).await,
        None | Some(Stage::Checked(_)) => step.check().await,
        Some(Stage::Uploading(uploading)) => step.upload(uploading).await,
        Some(Stage::Polling(polling)) => step.poll(polling).await,
        Some(Stage::Published(found)) => Ok(step.follow(found).await),
    };
    outcome.map_err(|error| with_patience(error, context))
}

/// Whether the last byte may have been sent; one that cannot be read may hold anything.
pub(super) fn may_be_out(checkpoint: &Checkpoint) -> bool {
    match Stage::read(checkpoint.clone()) {
        Ok(Stage::Checked(_)) => false,
        Ok(Stage::Announcing(_)) => true,
        Ok(Stage::Uploading(uploading)) => uploading.last_chunk_started,
        Ok(Stage::Polling(_) | Stage::Published(_)) | Err(_) => true,
    }
}

/// TikTok's name for what was announced.
pub(super) fn task_id(checkpoint: &Checkpoint) -> Option<String> {
    Some(match Stage::read(checkpoint.clone()).ok()? {
        Stage::Uploading(uploading) => uploading.task.publish_id,
        Stage::Polling(polling) => polling.task.publish_id,
        Stage::Published(found) => found.task.publish_id,
        Stage::Checked(_) | Stage::Announcing(_) => return None,
    })
}

/// What is true of a draft while it lies in the account's inbox.
pub(super) fn standing(checkpoint: &Checkpoint) -> Option<String> {
    match Stage::read(checkpoint.clone()).ok()? {
        Stage::Polling(polling) if polling.delivered_at.is_some() => {
            Some(report::standing(polling.task.handle.as_deref()))
        }
        _ => None,
    }
}

/// The limits of a day are waited for, but not for ever.
fn with_patience(mut error: PlatformError, context: &StepContext<'_>) -> PlatformError {
    let of_a_day = matches!(
        error.code.as_deref(),
        Some(
            "spam_risk_too_many_posts"
                | "spam_risk_too_many_pending_share"
                | "reached_active_user_cap"
        )
    );
    if of_a_day && error.give_up_at.is_none() {
        error.give_up_at = Some(context.now + DAILY_LIMIT_PATIENCE);
    }
    error
}

/// One step, with all that it may look at.
struct Step<'a> {
    api: Api<'a>,
    context: &'a StepContext<'a>,
    options: &'a TikTokOptions,
    media: Media<'a>,
}

/// The files of a post.
#[derive(Clone, Copy)]
enum Media<'a> {
    /// One video.
    Video(Video<'a>),
    /// One picture or more.
    Photos(&'a [MediaItem]),
}

/// The one file of a video post.
#[derive(Clone, Copy)]
struct Video<'a> {
    facts: &'a VideoFacts,
    source: &'a Arc<dyn MediaSource>,
}

impl<'a> Step<'a> {
    fn new(api: Api<'a>, context: &'a StepContext<'a>) -> Result<Self, PlatformError> {
        let content = context.content;
        let PlatformOptions::TikTok(options) = &content.options else {
            return Err(PlatformError::new(
                ErrorKind::Rejected,
                "This post was prepared for another platform. Open it, choose the account again and schedule it.",
            ));
        };
        let media = match content.media.as_slice() {
            [
                MediaItem {
                    facts: MediaFacts::Video(facts),
                    source,
                    ..
                },
            ] => Media::Video(Video { facts, source }),
            items if !items.is_empty() && items.iter().all(|item| item.facts.image().is_some()) => {
                Media::Photos(items)
            }
            _ => return Err(wrong_files()),
        };
        Ok(Self {
            api,
            context,
            options,
            media,
        })
    }

    /// The one file of a video post.
    fn video(&self) -> Result<Video<'a>, PlatformError> {
        match self.media {
            Media::Video(video) => Ok(video),
            Media::Photos(_) => Err(wrong_files()),
        }
    }

    fn plan(video: Video<'_>) -> Result<ChunkPlan, PlatformError> {
        ChunkPlan::of(video.source.len()).ok_or_else(|| {
            PlatformError::new(
                ErrorKind::Rejected,
                "The video’s file is empty or far too large for TikTok. Upload it again.",
            )
        })
    }

    /// The account is asked what it allows now; what a person chose is never replaced.
    async fn check(&self) -> Result<StepOutcome, PlatformError> {
        if let Media::Video(video) = self.media {
            Self::plan(video)?;
        }
        // What the account allows is asked of whoever finishes a draft, by TikTok's own app.
        let creator = if self.options.as_draft {
            None
        } else {
            Some(self.api.creator_info().await?)
        };
        let content = self.context.content;
        let findings = judge_tiktok(
            &content.caption,
            &content.attached(),
            self.options,
            creator.as_ref(),
        );
        hold(&findings)?;
        let notes = forced_off(&findings);
        let report = match &creator {
            Some(creator) => report::checked(self.media, self.options, creator, &notes),
            None => report::checked_draft(self.media),
        };
        let handle = self.handle(creator.as_ref());
        Ok(StepOutcome::Continue {
            checkpoint: Stage::Checked(Checked {
                at: self.context.now,
                handle,
            })
            .write()?,
            report: Some(report),
            progress: None,
        })
    }

    /// The video is announced; TikTok answers with the address for its bytes, which is in the
    /// checkpoint before the first of them leaves.
    async fn announce(
        &self,
        checked: Checked,
        video: Video<'_>,
    ) -> Result<StepOutcome, PlatformError> {
        let plan = Self::plan(video)?;
        let options = self.options;
        let data = if options.as_draft {
            self.api.init_draft(&DraftRequest::new(&plan)).await?
        } else {
            let privacy = options.privacy_level.as_deref().ok_or_else(no_privacy)?;
            let request = InitRequest::new(privacy, &self.context.content.caption, options, &plan);
            self.api.init(&request).await?
        };
        let report = report::announced(&plan, &data.publish_id);
        let stage = Stage::Uploading(Uploading {
            task: Task {
                publish_id: data.publish_id,
                announced_at: self.context.now,
                handle: checked.handle,
            },
            upload: Upload {
                url: data.upload_url.into(),
                ends_at: self.context.now + UPLOAD_HOUR,
                plan,
                repeats: 0,
            },
            next: 0,
            last_chunk_started: plan.last() == 0,
        });
        Ok(StepOutcome::Continue {
            checkpoint: stage.write()?,
            report: Some(report),
            progress: Some(report::progress(0, &plan)),
        })
    }

    fn handle(&self, creator: Option<&CreatorInfo>) -> Option<String> {
        let known = self.context.handle.map(str::to_owned);
        known
            .or_else(|| creator.map(|creator| creator.username.clone()))
            .filter(|handle| !handle.is_empty())
    }
}

fn wrong_files() -> PlatformError {
    PlatformError::new(
        ErrorKind::Rejected,
        "TikTok takes either one video or pictures. Open the post, put that right and schedule it again.",
    )
}

fn no_privacy() -> PlatformError {
    PlatformError::new(
        ErrorKind::Rejected,
        "Nobody chose who can see this post. Choose it in the TikTok panel, then schedule it again.",
    )
}

/// Holds a post that does not fit the account as it is now.
fn hold(findings: &[Finding]) -> Result<(), PlatformError> {
    let errors = findings
        .iter()
        .filter(|finding| finding.severity == Severity::Error);
    let sentences: Vec<&str> = errors.map(|finding| finding.sentence.as_str()).collect();
    if sentences.is_empty() {
        return Ok(());
    }
    Err(PlatformError::new(ErrorKind::Rejected, sentences.join(" ")).with_words("creator_info ok"))
}

/// What the account switches off by itself; TikTok forces it, so the post goes out all the same.
fn forced_off(findings: &[Finding]) -> Vec<&str> {
    findings
        .iter()
        .filter(|finding| finding.severity == Severity::Warning && finding.field == Field::Privacy)
        .map(|finding| finding.sentence.as_str())
        .collect()
}

#[cfg(test)]
mod tests;
