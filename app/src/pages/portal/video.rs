//! The video of a post that is looked at: which moment it shows, and how to get to another. Without WASM a
//! moment is a link to the file at that moment.

use leptos::html;
use leptos::prelude::*;

use crate::api::portal::PortalMedia;

/// The video on the page.
#[derive(Clone, Copy)]
pub(super) struct Player {
    /// The element.
    pub(super) element: NodeRef<html::Video>,
    /// The moment that it shows, in milliseconds; `None` before it was ever played or moved.
    pub(super) moment: RwSignal<Option<u64>>,
}

impl Player {
    pub(super) fn new() -> Self {
        Self {
            element: NodeRef::new(),
            moment: RwSignal::new(None),
        }
    }

    /// Notes which moment is shown.
    pub(super) fn moved(self) {
        if let Some(video) = self.element.get_untracked() {
            self.moment.set(Some(milliseconds(video.current_time())));
        }
    }

    /// Shows a moment. `false` where there is no video to show it.
    pub(super) fn seek(self, at_ms: i64) -> bool {
        let Some(video) = self.element.get_untracked() else {
            return false;
        };
        let _ = video.pause();
        video.set_current_time(seconds(at_ms));
        video.scroll_into_view();
        true
    }
}

/// The first video of a post.
pub(super) fn video_of(media: &[PortalMedia]) -> Option<&PortalMedia> {
    media
        .iter()
        .find(|file| file.duration_ms.is_some() && file.file_url.is_some())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a video is shorter than what does not fit, and its time never negative"
)]
fn milliseconds(seconds: f64) -> u64 {
    (seconds * 1_000.0).max(0.0) as u64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a video is shorter than what a number with a fraction can count"
)]
fn seconds(at_ms: i64) -> f64 {
    at_ms as f64 / 1_000.0
}
