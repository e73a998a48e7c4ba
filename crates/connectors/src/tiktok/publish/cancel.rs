//! Taking a post back. TikTok has no call that stops an upload of ours, but posts nothing before the last
//! byte of one has arrived: whatever was certainly not sent in full is simply never finished.

use super::checkpoint::Stage;
use crate::{CancelOutcome, Checkpoint, StepContext};

/// Whether nothing of it will be posted.
pub(in crate::tiktok) fn cancel(
    context: &StepContext<'_>,
    checkpoint: Option<Checkpoint>,
) -> CancelOutcome {
    let nothing_will = match checkpoint.map(Stage::read) {
        None | Some(Ok(Stage::Checked(_))) => true,
        // Written down before the last part is sent: while the worker that did so is the one that
        // asks, it has not sent it yet.
        Some(Ok(Stage::Uploading(uploading))) => {
            !uploading.last_chunk_started || (!context.resumed && uploading.upload.repeats == 0)
        }
        Some(Ok(Stage::Polling(_) | Stage::Published(_)) | Err(_)) => false,
    };
    if nothing_will {
        CancelOutcome::Cancelled
    } else {
        CancelOutcome::TooLate
    }
}
