//! What stands beside a post and stays within the agency: its tags and its note. They keep themselves, are no part of
//! what goes out, and so can be changed at any time: also while the post waits to be approved, and once it is out.

use domain::{ClientId, PostId};
use leptos::prelude::*;

use super::editing::Editing;
use super::notes::Notes;
use super::tags::Tags;
use crate::api::posts::Intent;
use crate::state::saver::Saver;

/// The post that something stands beside.
#[derive(Clone, Copy)]
pub(super) struct Beside {
    pub(super) client: ClientId,
    /// `None` until a new post is first kept.
    pub(super) post: Signal<Option<PostId>>,
    /// Keeps the post, where it is still being written.
    saver: Option<Saver>,
}

impl Beside {
    /// Keeps a new post, so that there is something to stand beside.
    pub(super) fn keep_post(self) {
        if let Some(saver) = self.saver {
            saver.request(Intent::SaveDraft);
        }
    }
}

impl From<Editing> for Beside {
    fn from(editing: Editing) -> Self {
        Self {
            client: editing.client,
            post: editing.draft.id.into(),
            saver: Some(editing.saver),
        }
    }
}

/// The tags and the note of a post that nobody writes on any more.
#[component]
pub(super) fn BesideLocked(client: ClientId, post: PostId) -> impl IntoView {
    let beside = Beside {
        client,
        post: Signal::stored(Some(post)),
        saver: None,
    };
    view! {
        <div class="composer-main beside-locked">
            <Tags beside />
            <Notes beside />
        </div>
    }
    .into_any()
}
