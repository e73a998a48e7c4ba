//! The note of a post, for whoever of the agency works on it. It keeps itself, apart from the post.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::beside::Beside;
use crate::api::ApiError;
use crate::api::notes::{NoteData, note, write_note};
use crate::components::FieldError;

/// How long after the last word a note is kept.
const PAUSE: Duration = Duration::from_millis(1200);
/// How long after a failure it is tried again.
const RETRY: Duration = Duration::from_secs(8);

/// The note of a post while it is written.
#[derive(Clone, Copy)]
struct Writing {
    beside: Beside,
    body: RwSignal<String>,
    /// What the server has; `None` until that is known.
    kept: RwSignal<Option<NoteData>>,
    problem: RwSignal<Option<String>>,
    /// Whether somebody else has changed it: then nothing is written over theirs.
    is_stuck: RwSignal<bool>,
    is_running: StoredValue<bool>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl Writing {
    fn new(beside: Beside) -> Self {
        Self {
            beside,
            body: RwSignal::new(String::new()),
            kept: RwSignal::new(None),
            problem: RwSignal::new(None),
            is_stuck: RwSignal::new(false),
            is_running: StoredValue::new(false),
            timer: StoredValue::new(None),
        }
    }

    /// Reads what there is, and keeps what is changed from then on. Only in the browser.
    fn follow(self) {
        Effect::new(move |_| match self.beside.post.get_untracked() {
            Some(post) => spawn_local(async move {
                match note(self.beside.client, post).await {
                    Ok(found) => {
                        self.body.try_set(found.body.clone());
                        self.kept.try_set(Some(found));
                    }
                    Err(error) => {
                        self.problem.try_set(Some(error.to_string()));
                    }
                }
            }),
            None => self.kept.set(Some(NoteData::default())),
        });
        // A new post has been given its place.
        Effect::new(move |_| {
            if self.beside.post.get().is_some() {
                self.soon(PAUSE);
            }
        });
        on_cleanup(move || {
            self.stop_waiting();
            self.keep();
        });
    }

    fn is_changed(self) -> bool {
        let body = self.body.try_get_untracked().unwrap_or_default();
        let kept = self.kept.try_get_untracked().flatten();
        kept.is_some_and(|kept| kept.body.trim_end() != body.trim_end())
    }

    fn stop_waiting(self) {
        self.timer.try_update_value(|timer| {
            if let Some(timer) = timer.take() {
                timer.clear();
            }
        });
    }

    fn soon(self, after: Duration) {
        self.stop_waiting();
        let handle = set_timeout_with_handle(move || self.keep(), after).ok();
        self.timer.try_update_value(|timer| *timer = handle);
    }

    fn keep(self) {
        let is_stuck = self.is_stuck.try_get_untracked().unwrap_or(true);
        if is_stuck || !self.is_changed() || self.is_running.try_get_value() != Some(false) {
            return;
        }
        let Some(post) = self.beside.post.try_get_untracked().flatten() else {
            // A note needs a post that it is about.
            self.beside.keep_post();
            return;
        };
        let body = self.body.get_untracked();
        let over = self.kept.get_untracked().map_or(0, |kept| kept.revision);
        self.is_running.set_value(true);
        spawn_local(async move {
            let answer = write_note(self.beside.client, post, body, over).await;
            self.is_running.try_set_value(false);
            match answer {
                Ok(kept) => {
                    self.kept.try_set(Some(kept));
                    self.problem.try_set(None);
                    if self.is_changed() {
                        self.soon(PAUSE);
                    }
                }
                Err(error) => {
                    let passes = matches!(error, ApiError::Unreachable | ApiError::Internal(_));
                    if matches!(error, ApiError::Conflict(_)) {
                        self.is_stuck.try_set(true);
                    } else if passes {
                        self.soon(RETRY);
                    }
                    self.problem.try_set(Some(error.to_string()));
                }
            }
        });
    }

    fn stamp(self) -> String {
        match self.kept.get() {
            None => "Loading…".to_owned(),
            Some(kept) if kept.body.trim_end() != self.body.read().trim_end() => {
                "Not saved yet".to_owned()
            }
            Some(kept) if kept.changed.is_empty() => "For the agency alone".to_owned(),
            Some(kept) => kept.changed,
        }
    }
}

/// The field.
#[component]
pub(super) fn Notes(beside: Beside) -> impl IntoView {
    let writing = Writing::new(beside);
    writing.follow();
    view! {
        <section class="panel notes" aria-labelledby="note-title">
            <div class="panel-head">
                <h2 class="panel-title" id="note-title">
                    "Internal note"
                </h2>
                <span class="muted" role="status">
                    {move || writing.stamp()}
                </span>
            </div>
            <textarea
                class="note-text"
                rows="2"
                maxlength="4000"
                aria-labelledby="note-title"
                placeholder="What colleagues should know. The client never sees it."
                disabled=move || writing.kept.with(Option::is_none)
                prop:value=move || writing.body.get()
                on:input:target=move |event| {
                    writing.body.set(event.target().value());
                    writing.soon(PAUSE);
                }
                on:blur=move |_| writing.keep()
            ></textarea>
            <div role="alert">
                {move || {
                    writing
                        .problem
                        .get()
                        .map(|problem| view! { <FieldError id="note-error" message=problem /> })
                }}
            </div>
        </section>
    }
    .into_any()
}
