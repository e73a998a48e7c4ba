//! Taking a post back. TikTok has no call that stops an upload of ours, but posts nothing before the last
//! byte of one has arrived: whatever was certainly not sent in full is simply never finished. What TikTok
//! fetches by itself it may be asked to drop, as long as it fetches.

use super::checkpoint::{Stage, Task};
use crate::tiktok::api::Api;
use crate::{CancelOutcome, Checkpoint, PlatformError, StepContext};

/// Whether nothing of it will be posted.
pub(in crate::tiktok) async fn cancel(
    api: Api<'_>,
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> Result<CancelOutcome, PlatformError> {
    let nothing_will = match checkpoint.map(Stage::read) {
        None | Some(Ok(Stage::Checked(_))) => true,
        // Written down before the last part is sent: while the worker that did so is the one that
        // asks, it has not sent it yet.
        Some(Ok(Stage::Uploading(uploading))) => {
            !uploading.last_chunk_started || (!context.resumed && uploading.upload.repeats == 0)
        }
        Some(Ok(Stage::Announcing(_))) => !context.resumed,
        Some(Ok(Stage::Polling(polling))) if is_fetched(context) => {
            drop_download(api, &polling.task).await?
        }
        Some(Ok(Stage::Polling(_) | Stage::Published(_)) | Err(_)) => false,
    };
    Ok(if nothing_will {
        CancelOutcome::Cancelled
    } else {
        CancelOutcome::TooLate
    })
}

/// Whether TikTok fetches the files by itself.
fn is_fetched(context: &StepContext<'_>) -> bool {
    let mut media = context.content.media.iter();
    media.all(|item| item.facts.image().is_some())
}

/// Asks TikTok to drop a download. It promises no more than to try, so that its status has the last word.
async fn drop_download(api: Api<'_>, task: &Task) -> Result<bool, PlatformError> {
    match api.cancel(&task.publish_id).await {
        Ok(()) => Ok(api.status(&task.publish_id).await?.status == "FAILED"),
        Err(error) if error.code.as_deref() == Some("publish_not_cancellable") => Ok(false),
        Err(error) => Err(error),
    }
}
