//! What became of a delivery whose outcome nobody knew: TikTok's own word on the upload where it still
//! gives one, otherwise a look through what the account shows in public.
//!
//! "It is not there" is said only where TikTok says that it failed, or that it never got all of it: the
//! public list leaves out what is not public, and what is still being moderated.

use chrono::{DateTime, TimeDelta, Utc};
use domain::post::PlatformOptions;

use super::checkpoint::{Stage, Task, Upload};
use super::follow::{PUBLIC, address};
use super::poll::{CLOCK_MARGIN, STATUS_LAG, is_unknown_id};
use crate::tiktok::api::{Api, is_missing_scope};
use crate::tiktok::error::failed_post;
use crate::tiktok::wire::StatusData;
use crate::{Checkpoint, PlatformError, Reconciled, StepContext};

/// How far back the public list is looked through, in pages of twenty.
const PAGES: u32 = 5;
/// TikTok's clock may be this much behind ours.
const CLOCK_SKEW: TimeDelta = TimeDelta::minutes(2);

/// What is known of a delivery that nobody confirmed.
struct Lost {
    /// The upload, where TikTok named one.
    task: Option<Task>,
    /// What of it may not have arrived.
    unconfirmed: Option<Upload>,
    /// Since when it can have been posted, where that is known.
    since: Option<DateTime<Utc>>,
}

impl Lost {
    fn read(checkpoint: Option<Checkpoint>) -> Self {
        let stage = checkpoint.and_then(|checkpoint| Stage::read(checkpoint).ok());
        let mut since = None;
        let (task, unconfirmed) = match stage {
            Some(Stage::Announcing(announcing)) => {
                since = Some(announcing.at);
                (None, None)
            }
            Some(Stage::Uploading(uploading)) => (Some(uploading.task), Some(uploading.upload)),
            Some(Stage::Polling(polling)) => (Some(polling.task), polling.unconfirmed),
            Some(Stage::Published(found)) => (Some(found.task), None),
            Some(Stage::Checked(_)) | None => (None, None),
        };
        Self {
            since: since.or_else(|| task.as_ref().map(|task| task.announced_at)),
            task,
            unconfirmed,
        }
    }
}

/// Asks once.
pub(in crate::tiktok) async fn reconcile(
    api: Api<'_>,
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> Result<Reconciled, PlatformError> {
    let lost = Lost::read(checkpoint);
    if let Some(task) = &lost.task {
        match api.status(&task.publish_id).await {
            Ok(data) => {
                if let Some(known) = settled(context, task, lost.unconfirmed.as_ref(), &data) {
                    return Ok(known);
                }
                // TikTok is not finished; it says so sooner than the list does.
                return Ok(Reconciled::StillUnknown);
            }
            Err(error) if is_unknown_id(&error) => {
                if context.now < task.announced_at + STATUS_LAG {
                    return Ok(Reconciled::StillUnknown);
                }
            }
            Err(error) => return Err(error),
        }
    }
    let since = lost.since.unwrap_or(context.content.due_at);
    find_in_public(api, context, lost.task.as_ref(), since - CLOCK_SKEW).await
}

/// What TikTok's word on the upload settles.
fn settled(
    context: &StepContext<'_>,
    task: &Task,
    unconfirmed: Option<&Upload>,
    data: &StatusData,
) -> Option<Reconciled> {
    match data.status.as_str() {
        "PUBLISH_COMPLETE" => {
            let id = data.post_id();
            Some(Reconciled::Found {
                id: id.map(str::to_owned),
                address: handle(context, Some(task))
                    .and_then(|handle| address(handle, context.content, id)),
            })
        }
        // Of a failed one nothing is posted.
        "FAILED" => Some(Reconciled::Failed(failed_post(
            data.fail_reason.as_deref().unwrap_or_default(),
        ))),
        // Nothing is posted before the last byte has arrived, and from here on none can arrive.
        "PROCESSING_UPLOAD" => {
            let upload = unconfirmed?;
            let incomplete = data.uploaded_bytes? < upload.plan.size;
            (incomplete && context.now >= upload.ends_at + CLOCK_MARGIN)
                .then_some(Reconciled::NotThere)
        }
        _ => None,
    }
}

fn handle<'a>(context: &'a StepContext<'_>, task: Option<&'a Task>) -> Option<&'a str> {
    context
        .handle
        .or_else(|| task.and_then(|task| task.handle.as_deref()))
        .filter(|handle| !handle.is_empty())
}

/// Looks for the one public post that says exactly this and was made since. Several, or none, say nothing.
async fn find_in_public(
    api: Api<'_>,
    context: &StepContext<'_>,
    task: Option<&Task>,
    since: DateTime<Utc>,
) -> Result<Reconciled, PlatformError> {
    let texts = texts(context);
    if texts.is_empty() {
        return Ok(Reconciled::StillUnknown);
    }
    let mut found = Vec::new();
    let mut cursor = None;
    for _ in 0..PAGES {
        let page = match api.videos(cursor).await {
            Ok(page) => page,
            Err(error) if is_missing_scope(&error) => return Ok(Reconciled::StillUnknown),
            Err(error) => return Err(error),
        };
        let reached_the_end = !page.has_more
            || page
                .videos
                .iter()
                .any(|video| video.create_time < since.timestamp());
        found.extend(
            page.videos
                .into_iter()
                .filter(|video| video.create_time >= since.timestamp() && video.says(&texts)),
        );
        if reached_the_end || cursor == Some(page.cursor) {
            break;
        }
        cursor = Some(page.cursor);
    }
    let mut found = found.into_iter().filter(|video| !video.id.is_empty());
    let (Some(video), None) = (found.next(), found.next()) else {
        return Ok(Reconciled::StillUnknown);
    };
    let known =
        handle(context, task).and_then(|handle| address(handle, context.content, Some(&video.id)));
    Ok(Reconciled::Found {
        address: known.or(video.share_url),
        id: Some(video.id),
    })
}

/// What the post would say; nothing where it could not be found by that.
fn texts<'a>(context: &'a StepContext<'_>) -> Vec<&'a str> {
    let PlatformOptions::TikTok(options) = &context.content.options else {
        return Vec::new();
    };
    if options.as_draft || options.privacy_level.as_deref() != Some(PUBLIC) {
        return Vec::new();
    }
    // Only pictures have a title; TikTok does not say which of the two it lists.
    let is_video = context
        .content
        .media
        .iter()
        .any(|item| item.facts.video().is_some());
    let title = if is_video { "" } else { options.title.as_str() };
    [context.content.caption.as_str(), title]
        .into_iter()
        .filter(|text| !text.trim().is_empty())
        .collect()
}
