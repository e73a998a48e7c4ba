//! Keeps what is being written: one request at a time, the latest words win, and nothing that was
//! typed is lost when a request fails or the page is left.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::rules::Finding;
use domain::{ClientId, ComposerId, DeliveryState, PostId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::backup::{Backup, Drawer};
use super::draft::Draft;
use crate::api::ApiError;
use crate::api::posts::{ComposerData, Intent, PostForm, Saved, save_post};

mod safety;

/// How long after the last change a draft is kept, in looks of [`LOOK_MS`].
const PAUSE_LOOKS: u32 = 1;
/// How long somebody may type without a pause before the draft is kept anyway.
const PATIENCE_LOOKS: u32 = 12;
/// How long after a failure it is tried again by itself.
const RETRY_LOOKS: u32 = 10;
/// How often it is looked whether there is something to keep, in milliseconds.
pub const LOOK_MS: u64 = 800;

/// What is to be read about keeping.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// A new post in which there is nothing yet.
    Nothing,
    /// "Saved 12:04".
    Saved(String),
    /// There are changes that are not kept.
    Changed,
    /// They are being kept.
    Saving,
    /// They could not be kept.
    Failed,
}

/// What happened to the post when it was sent off.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// What was asked for.
    pub intent: Intent,
    /// The time on the client's wall.
    pub local_time: String,
}

/// Lives as long as a request needs it, which may be longer than the page.
#[derive(Debug)]
struct Queue {
    id: Option<PostId>,
    /// What the server has.
    kept: PostForm,
    /// The revision that the next save starts from.
    revision: Option<i64>,
    /// Which composer this is, once it is open in a browser.
    composer: Option<ComposerId>,
    /// "Saved 12:04".
    label: Option<String>,
    /// What is to be sent next.
    next: Option<(PostForm, Intent)>,
    running: Option<Intent>,
    /// Sent off: nothing may turn it into a draft again.
    closed: bool,
}

/// Keeps a draft.
#[derive(Clone, Copy)]
pub struct Saver {
    client: ClientId,
    draft: Draft,
    queue: StoredValue<Arc<Mutex<Queue>>>,
    looks: StoredValue<Looks>,
    drawer: Drawer,
    /// What the client's wall showed when the page was made, and when that was in this browser.
    opened: StoredValue<(String, f64)>,
    /// What is to be read about it.
    pub kept: RwSignal<Kept>,
    /// Why the last request failed.
    pub trouble: RwSignal<Option<(Intent, ApiError)>>,
    /// What is being done now.
    pub running: RwSignal<Option<Intent>>,
    /// What the server found, with the form that it is about.
    pub refused: RwSignal<Option<(PostForm, Vec<Finding>)>>,
    /// Set once, when the post was scheduled or sent.
    pub sent: RwSignal<Option<Sent>>,
    /// What somebody else has saved meanwhile. Nothing is kept until a person has said whose words stay.
    pub overtaken: RwSignal<Option<Overtaken>>,
    /// What was written here before and never reached the server.
    pub unsaved: RwSignal<Option<Backup>>,
}

/// What somebody else has saved meanwhile, and what was asked for here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overtaken {
    /// Who and when.
    pub sentence: String,
    /// The revision that there is now.
    pub revision: i64,
    /// What was to be done when it was noticed.
    pub intent: Intent,
}

/// What the last looks saw.
#[derive(Clone, Debug, Default)]
struct Looks {
    last: Option<PostForm>,
    unchanged: u32,
    unkept: u32,
    /// A draft that could not be kept, and whether time may mend that.
    failed: Option<(PostForm, bool)>,
    since_failure: u32,
}

fn lock(queue: &Mutex<Queue>) -> MutexGuard<'_, Queue> {
    queue.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Saver {
    /// Starts with what the server has.
    #[must_use]
    pub fn new(client: ClientId, draft: Draft, data: &ComposerData) -> Self {
        let saved_label = data.post.as_ref().map(|post| post.saved_label.clone());
        let queue = Queue {
            id: draft.id.get_untracked(),
            kept: untrack(|| draft.form()),
            revision: data.post.as_ref().map(|post| post.revision),
            composer: None,
            label: saved_label.clone(),
            next: None,
            running: None,
            closed: false,
        };
        Self {
            client,
            draft,
            queue: StoredValue::new(Arc::new(Mutex::new(queue))),
            looks: StoredValue::new(Looks::default()),
            drawer: Drawer::of(data.me, client),
            opened: StoredValue::new((data.now_local.clone(), 0.0)),
            kept: RwSignal::new(saved_label.map_or(Kept::Nothing, Kept::Saved)),
            trouble: RwSignal::new(None),
            running: RwSignal::new(None),
            refused: RwSignal::new(None),
            sent: RwSignal::new(None),
            overtaken: RwSignal::new(None),
            unsaved: RwSignal::new(None),
        }
    }

    /// Whether there is something that the server does not have.
    #[must_use]
    pub fn is_changed(self) -> bool {
        let form = untrack(|| self.draft.form());
        self.queue.try_with_value(|queue| {
            let queue = lock(queue);
            !queue.closed && queue.kept != form
        }) == Some(true)
    }

    /// Keeps, schedules or sends what is written now. What is under way is finished first; a draft
    /// that still waits gives way to anything else.
    pub fn request(self, intent: Intent) {
        let form = untrack(|| self.draft.form());
        let Some(queue) = self.queue.try_get_value() else {
            return;
        };
        {
            let mut queue = lock(&queue);
            let waits = queue.next.as_ref().map(|(_, intent)| *intent);
            let gives_way = matches!(waits, None | Some(Intent::SaveDraft));
            if queue.closed || !(gives_way || intent != Intent::SaveDraft) {
                return;
            }
            queue.next = Some((form, intent));
            if queue.running.is_some() {
                return;
            }
            queue.running = Some(intent);
        }
        spawn_local(self.run(queue));
    }

    async fn run(self, queue: Arc<Mutex<Queue>>) {
        loop {
            let (form, intent) = {
                let mut queue = lock(&queue);
                let next = queue.next.take();
                queue.running = next.as_ref().map(|(_, intent)| *intent);
                let Some((mut form, intent)) = next else {
                    break;
                };
                form.id = queue.id;
                form.revision = queue.revision;
                form.composer = queue.composer;
                (form, intent)
            };
            self.running.try_set(Some(intent));
            self.kept.try_set(Kept::Saving);
            if intent != Intent::SaveDraft {
                self.refused.try_set(None);
                self.trouble.try_set(None);
            }
            let answer = save_post(self.client, form.clone(), intent).await;
            let answer = match answer {
                // It is kept, so it has an id, whatever came of sending it.
                Ok(Saved {
                    id,
                    revision,
                    refused: Some(error),
                    ..
                }) => {
                    self.has(&queue, &form, id, revision);
                    self.draft.id.try_set(Some(id));
                    self.draft.state.try_set(DeliveryState::Draft);
                    Err(error)
                }
                other => other,
            };
            self.settle(&queue, form, intent, answer);
        }
        self.running.try_set(None);
    }

    /// The server has this.
    fn has(self, queue: &Mutex<Queue>, form: &PostForm, id: PostId, revision: i64) {
        let mut queue = lock(queue);
        self.drawer.kept(queue.id, id, &form.bare());
        queue.id = Some(id);
        queue.revision = Some(revision);
        queue.kept = form.bare();
    }

    fn settle(
        self,
        queue: &Mutex<Queue>,
        form: PostForm,
        intent: Intent,
        answer: Result<Saved, ApiError>,
    ) {
        let form = form.bare();
        match answer {
            Ok(saved) => {
                self.has(queue, &form, saved.id, saved.revision);
                {
                    let mut queue = lock(queue);
                    queue.label = Some(saved.saved_label.clone());
                    if intent != Intent::SaveDraft {
                        queue.closed = true;
                        queue.next = None;
                        self.drawer.clear(queue.id);
                    }
                }
                self.kept.try_set(Kept::Saved(saved.saved_label));
                self.trouble.try_update(|trouble| {
                    trouble.take_if(|(failed, _)| *failed == intent);
                });
                self.looks.try_update_value(|looks| looks.failed = None);
                self.draft.id.try_set(Some(saved.id));
                let state = match intent {
                    Intent::SaveDraft => DeliveryState::Draft,
                    Intent::Schedule | Intent::PublishNow => DeliveryState::Scheduled,
                    Intent::SendForApproval => DeliveryState::InReview,
                };
                self.draft.state.try_set(state);
                if intent != Intent::SaveDraft {
                    self.sent.try_set(Some(Sent {
                        intent,
                        local_time: form.local_time,
                    }));
                }
            }
            Err(ApiError::Overtaken { sentence, revision }) => {
                lock(queue).next = None;
                self.kept.try_set(Kept::Changed);
                self.overtaken.try_set(Some(Overtaken {
                    sentence,
                    revision,
                    intent,
                }));
            }
            Err(error) => {
                if let ApiError::Findings { findings, .. } = &error {
                    self.refused.try_set(Some((form.clone(), findings.read())));
                }
                if intent == Intent::SaveDraft {
                    let passing = matches!(
                        error,
                        ApiError::SignedOut | ApiError::Unreachable | ApiError::Internal(_)
                    );
                    self.looks.try_update_value(|looks| {
                        looks.failed = Some((form, passing));
                        looks.since_failure = 0;
                    });
                }
                self.kept.try_set(Kept::Failed);
                self.trouble.try_set(Some((intent, error)));
            }
        }
    }

    /// Looks whether there is a draft to be kept, and keeps it. To be called every [`LOOK_MS`].
    ///
    /// Only a draft is kept by itself: to keep a post that is scheduled would unschedule it.
    pub fn look(self) {
        let Some(queue) = self.queue.try_get_value() else {
            return;
        };
        if self.running.get_untracked().is_some() {
            return;
        }
        let waits = self.overtaken.with_untracked(Option::is_some);
        let form = untrack(|| self.draft.form());
        let (changed, closed, label) = {
            let queue = lock(&queue);
            (queue.kept != form, queue.closed, queue.label.clone())
        };
        if closed {
            return;
        }
        if !changed {
            self.looks.set_value(Looks::default());
            if matches!(self.kept.get_untracked(), Kept::Changed | Kept::Failed) {
                self.kept.set(label.map_or(Kept::Nothing, Kept::Saved));
            }
            return;
        }
        let due = self.looks.try_update_value(|looks| {
            let same = looks.last.as_ref() == Some(&form);
            looks.unchanged = if same { looks.unchanged + 1 } else { 0 };
            looks.unkept += 1;
            looks.since_failure += 1;
            looks.last = Some(form.clone());
            // A failure that time may mend is tried again; another one waits for a change.
            let may = match &looks.failed {
                Some((_, true)) => looks.since_failure >= RETRY_LOOKS,
                Some((failed, false)) => *failed != form,
                None => true,
            };
            let paused = looks.unchanged >= PAUSE_LOOKS || looks.unkept >= PATIENCE_LOOKS;
            may && paused
        });
        if !matches!(self.kept.get_untracked(), Kept::Changed | Kept::Failed) {
            self.kept.set(Kept::Changed);
        }
        if due == Some(true) && !waits && self.keeps_itself() && self.has_time(&form) {
            self.looks.try_update_value(|looks| looks.unkept = 0);
            self.request(Intent::SaveDraft);
        }
    }

    /// Whether somebody has chosen when it goes out: not while they are at it, nor before they have said which one is
    /// meant of a time that comes twice.
    fn has_time(self, form: &PostForm) -> bool {
        let is_open = form.which.is_none() && untrack(|| self.draft.comes_twice());
        !form.local_time.is_empty() && !is_open
    }

    /// While a post is being deleted nothing may bring it back.
    pub fn hold(self, held: bool) {
        if let Some(queue) = self.queue.try_get_value() {
            let mut queue = lock(&queue);
            queue.closed = held;
            queue.next = None;
        }
    }

    /// Whether changes are kept without anybody asking.
    #[must_use]
    pub fn keeps_itself(self) -> bool {
        self.draft.state.get_untracked() == DeliveryState::Draft
    }

    /// The page is being left: what is not kept yet is sent after it.
    pub fn leave(self) {
        let waits = self.overtaken.try_with_untracked(Option::is_some) == Some(true);
        if !waits && self.keeps_itself() && self.is_changed() {
            self.request(Intent::SaveDraft);
        }
    }
}
