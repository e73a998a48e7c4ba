//! What keeps words from being lost or written over: a copy in the browser, and a person's word where two have
//! written at once.

use std::time::Duration;

use domain::ComposerId;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Overtaken, Saver, lock};
use crate::api::posts::{Intent, PostForm, newer_post};
use crate::state::backup::Backup;
use crate::state::wall;

impl Saver {
    /// The page has come to life in a browser: from here on this composer can be told from others, and what was
    /// written in one and never kept is looked for.
    pub fn begin(self, composer: ComposerId, now_ms: f64) {
        self.opened.update_value(|(_, at)| *at = now_ms);
        let Some(queue) = self.queue.try_get_value() else {
            return;
        };
        let mut queue = lock(&queue);
        queue.composer = Some(composer);
        self.unsaved.set(self.drawer.find(queue.id, &queue.kept));
    }

    /// What the client's wall shows now.
    #[must_use]
    pub fn now_local(self, now_ms: f64) -> String {
        self.opened
            .with_value(|(local, at)| wall::later(local, now_ms - at))
    }

    /// Keeps what is written now in the browser as well, until the server has it.
    pub fn back_up(self, form: PostForm, now_ms: f64) {
        let at = self.now_local(now_ms);
        let Some(queue) = self.queue.try_get_value() else {
            return;
        };
        let queue = lock(&queue);
        if queue.closed || queue.kept == form {
            self.drawer.clear(queue.id);
            return;
        }
        let media = self.draft.media.get_untracked();
        self.drawer.keep(queue.id, &Backup { form, media, at });
    }

    /// Takes back what was written before and never kept. It is kept from here on like anything that is typed.
    pub fn restore(self) {
        let Some(Backup { form, media, .. }) = self.unsaved.get_untracked() else {
            return;
        };
        self.draft.load(&form);
        let files = self.draft.media;
        // In another turn: the fields of files that are there already are made anew.
        set_timeout(
            move || {
                files.try_set(media);
            },
            Duration::ZERO,
        );
        self.forget_unsaved();
    }

    /// Throws away what was written before and never kept.
    pub fn forget_unsaved(self) {
        self.unsaved.set(None);
        self.drawer.clear_aside(self.draft.id.get_untracked());
    }

    /// Saves over what somebody else has saved, knowingly.
    pub fn keep_mine(self) {
        let Some(over) = self.overtaken.get_untracked() else {
            return;
        };
        if let Some(queue) = self.queue.try_get_value() {
            lock(&queue).revision = Some(over.revision);
        }
        self.overtaken.set(None);
        self.trouble.set(None);
        self.request(over.intent);
    }

    /// Gives way to what somebody else has saved: what is written here is set aside in the browser, and the page
    /// may be loaded anew.
    pub fn give_way(self) {
        if self.is_changed() {
            self.drawer.set_aside(self.draft.id.get_untracked());
        }
        self.hold(true);
    }

    /// Looks whether somebody else has saved the post since.
    pub fn look_for_newer(self) {
        let Some(queue) = self.queue.try_get_value() else {
            return;
        };
        let known = {
            let queue = lock(&queue);
            let is_free = !queue.closed && queue.running.is_none();
            is_free.then_some((queue.id, queue.revision, queue.composer))
        };
        let Some((Some(id), Some(from), composer)) = known else {
            return;
        };
        if self.overtaken.with_untracked(Option::is_some) {
            return;
        }
        spawn_local(async move {
            let Ok(Some(newer)) = newer_post(self.client, id, from, composer).await else {
                return;
            };
            // It may have been kept here in the meantime.
            if lock(&queue).revision == Some(from) {
                self.overtaken.try_set(Some(Overtaken {
                    sentence: newer.sentence,
                    revision: newer.revision,
                    intent: Intent::SaveDraft,
                }));
            }
        });
    }

    /// The form as it is sent to be compared with what somebody else has saved.
    #[must_use]
    pub fn mine(self) -> Option<PostForm> {
        let id = self.draft.id.get_untracked()?;
        let form = untrack(|| self.draft.form());
        Some(PostForm {
            id: Some(id),
            ..form
        })
    }

    /// The post is deleted, and with it what was not kept of it.
    pub fn deleted(self) {
        let post = self.draft.id.get_untracked();
        self.drawer.clear(post);
        self.drawer.clear_aside(post);
    }
}
