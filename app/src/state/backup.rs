//! What is written and not kept by the server yet, in the browser's own storage: it survives a browser that is
//! killed and a server that does not answer, and is offered again when the composer opens.

use domain::{ClientId, PostId, UserId};
use serde::{Deserialize, Serialize};

use crate::api::posts::{MediaData, PostForm};

/// What somebody wrote, and when.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backup {
    /// The form as it would have been sent.
    pub form: PostForm,
    /// Its files, to be shown again.
    pub media: Vec<MediaData>,
    /// When it was last changed, on the client's wall: "2026-10-14T12:04".
    pub at: String,
}

/// Where one person's unsaved work for one client lies. Each post has two places: what is being written, and what
/// was set aside and waits to be restored or thrown away.
#[derive(Clone, Copy, Debug)]
pub struct Drawer {
    user: UserId,
    client: ClientId,
}

impl Drawer {
    /// The drawer of this person for this client.
    #[must_use]
    pub const fn of(user: UserId, client: ClientId) -> Self {
        Self { user, client }
    }

    /// Keeps what is being written.
    pub fn keep(self, post: Option<PostId>, backup: &Backup) {
        if let Ok(text) = serde_json::to_string(backup) {
            storage::write(&self.key(post), &text);
        }
    }

    /// Forgets what was being written: the server has it, or it was sent off or deleted.
    pub fn clear(self, post: Option<PostId>) {
        storage::remove(&self.key(post));
    }

    /// Forgets what was set aside.
    pub fn clear_aside(self, post: Option<PostId>) {
        storage::remove(&self.key_aside(post));
    }

    /// The server has kept this: what is not newer goes, and what is goes on under the post's own name.
    pub fn kept(self, before: Option<PostId>, id: PostId, form: &PostForm) {
        let Some(backup) = read(&self.key(before)) else {
            return;
        };
        if backup.form == *form {
            self.clear(before);
        } else if before != Some(id) {
            self.keep(Some(id), &backup);
            self.clear(before);
        }
    }

    /// Puts what was being written aside, so that nothing writes over it.
    pub fn set_aside(self, post: Option<PostId>) {
        if let Some(text) = storage::read(&self.key(post)) {
            storage::write(&self.key_aside(post), &text);
            self.clear(post);
        }
    }

    /// What was set aside, or was being written when the composer was last closed; `None` where the server has
    /// exactly that.
    #[must_use]
    pub fn find(self, post: Option<PostId>, kept: &PostForm) -> Option<Backup> {
        if read(&self.key(post)).is_some_and(|backup| backup.form != *kept) {
            self.set_aside(post);
        } else {
            self.clear(post);
        }
        let found = read(&self.key_aside(post)).filter(|backup| backup.form != *kept);
        if found.is_none() {
            self.clear_aside(post);
        }
        found
    }

    fn key(self, post: Option<PostId>) -> String {
        let post = post.map_or_else(|| "new".to_owned(), |post| post.to_string());
        format!("autopost.unsaved.{}.{}.{post}", self.user, self.client)
    }

    fn key_aside(self, post: Option<PostId>) -> String {
        format!("{}.aside", self.key(post))
    }
}

/// What lies there, if it can still be read.
fn read(key: &str) -> Option<Backup> {
    serde_json::from_slice(storage::read(key)?.as_bytes()).ok()
}

/// The browser's storage. It may be full or forbidden: then this safety net is missing, and nothing else.
#[cfg(feature = "hydrate")]
mod storage {
    use leptos::prelude::window;
    use leptos::web_sys::Storage;

    fn open() -> Option<Storage> {
        window().local_storage().ok()?
    }

    pub(super) fn read(key: &str) -> Option<String> {
        open()?.get_item(key).ok()?
    }

    pub(super) fn write(key: &str, text: &str) {
        if let Some(storage) = open() {
            let _ = storage.set_item(key, text);
        }
    }

    pub(super) fn remove(key: &str) {
        if let Some(storage) = open() {
            let _ = storage.remove_item(key);
        }
    }
}

/// A server has none.
#[cfg(not(feature = "hydrate"))]
mod storage {
    pub(super) fn read(_: &str) -> Option<String> {
        None
    }

    pub(super) fn write(_: &str, _: &str) {}

    pub(super) fn remove(_: &str) {}
}
