//! Handing pictures over: TikTok fetches them from where they lie, and posts them by itself.
//!
//! One call does it all, and it cannot be repeated without posting twice. That it is about to be made is
//! written down before it is made; a worker that finds that note, or that gets no answer, does not make
//! it again: [`super::reconcile`] asks what became of it.

use url::Url;

use super::checkpoint::{Announcing, Checked, Polling, Stage, Task};
use super::{Media, Step, no_privacy, poll, report};
use crate::tiktok::api::Fault;
use crate::tiktok::photos::PhotoRequest;
use crate::{ErrorKind, PlatformError, StepOutcome};

impl Step<'_> {
    /// Writes down that the pictures are about to be handed over.
    pub(super) fn intend(&self, checked: Checked) -> Result<StepOutcome, PlatformError> {
        self.addresses()?;
        let stage = Stage::Announcing(Announcing {
            at: self.context.now,
            handle: checked.handle,
        });
        Ok(StepOutcome::Continue {
            checkpoint: stage.write()?,
            report: None,
            progress: None,
        })
    }

    /// Hands them over.
    pub(super) async fn hand_over(
        &self,
        announcing: Announcing,
    ) -> Result<StepOutcome, PlatformError> {
        if self.context.resumed {
            return Err(PlatformError::new(
                ErrorKind::OutcomeUnknown,
                "AutoPost was interrupted at the moment at which it handed the pictures to TikTok, so TikTok may have them. Look at the account in TikTok before posting them again.",
            ));
        }
        let addresses = self.addresses()?;
        let privacy = match (self.options.as_draft, self.options.privacy_level.as_deref()) {
            (true, _) => None,
            (false, Some(level)) => Some(level),
            (false, None) => return Err(no_privacy().restarting()),
        };
        let caption = &self.context.content.caption;
        let request = PhotoRequest::new(privacy, caption, self.options, &addresses);
        let data = match self.api.content_init(&request).await {
            Ok(data) => data,
            Err(fault) => return Err(refused(fault, &addresses)),
        };
        let report = report::handed_over(addresses.len(), &data.publish_id);
        let task = Task {
            publish_id: data.publish_id,
            announced_at: self.context.now,
            handle: announcing.handle,
        };
        let polling = Polling::new(task, None, self.context.now);
        Ok(StepOutcome::Wait {
            checkpoint: Stage::Polling(polling).write()?,
            until: self.context.now + poll::delay(0, chrono::TimeDelta::zero()),
            report: Some(report),
        })
    }

    /// Where TikTok can fetch the pictures.
    fn addresses(&self) -> Result<Vec<Url>, PlatformError> {
        let Media::Photos(items) = self.media else {
            return Ok(Vec::new());
        };
        items
            .iter()
            .map(|item| {
                item.source.public_address().ok_or_else(|| {
                    PlatformError::new(
                        ErrorKind::Rejected,
                        "TikTok fetches pictures from a public address, and this AutoPost has none. The operator has to set one up.",
                    )
                })
            })
            .collect()
    }
}

/// A call that was not answered with "ok". Whatever was certainly not taken starts again from the
/// beginning; what may have been is never sent again by itself.
fn refused(fault: Fault, addresses: &[Url]) -> PlatformError {
    let mut error = fault.error;
    // TikTok repeats an address that it does not like, and whoever knows it can fetch the picture.
    for address in addresses {
        error.message = error.message.replace(address.as_str(), "(address)");
        error.platform_words = error
            .platform_words
            .map(|words| words.replace(address.as_str(), "(address)"));
    }
    if fault.may_have_worked {
        return PlatformError {
            kind: ErrorKind::OutcomeUnknown,
            message: "TikTok did not say whether it took the pictures, so it may be posting them. Look at the account in TikTok before posting them again.".to_owned(),
            retry_after: None,
            ..error
        };
    }
    if error.kind == ErrorKind::RefreshToken {
        // From the beginning, where the first call finds the same and renews the token.
        error.kind = ErrorKind::RetryNow;
    }
    error.restarting()
}
