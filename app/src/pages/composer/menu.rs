//! What else can be done with a post: look at its history, copy it, take it back, delete it.

use domain::DeliveryState;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::duplicate::use_duplicate;
use super::editing::Editing;
use super::place::Place;
use crate::api::posts::{cancel_post, delete_post};
use crate::components::{
    Dialog, DialogFoot, DialogHead, Icon, Menu, MenuButton, MenuLink, Notice, Show, Status,
    use_toasts,
};
use crate::state::wall;

/// The menu at the end of the top bar, with the dialog that confirms a deletion.
#[component]
pub(super) fn PostMenu(editing: Editing, place: Place, history: Option<String>) -> impl IntoView {
    let draft = editing.draft;
    let toasts = use_toasts();
    let deletes = RwSignal::new(false);
    let was_tried = history.is_some();
    let cancels = Memo::new(move |_| {
        let waits = matches!(
            draft.state.get(),
            DeliveryState::InReview | DeliveryState::Approved | DeliveryState::Scheduled
        );
        waits && draft.id.get().is_some()
    });
    let is_deletable = Memo::new(move |_| {
        let rests = matches!(
            draft.state.get(),
            DeliveryState::Draft | DeliveryState::Cancelled
        );
        rests && !was_tried && draft.id.get().is_some()
    });
    let cancel = move |_| {
        let Some(id) = draft.id.get_untracked() else {
            return;
        };
        spawn_local(async move {
            match cancel_post(editing.client, id).await {
                Ok(answer) => {
                    if answer.asked == 0 && answer.too_late == 0 {
                        draft.state.try_set(DeliveryState::Cancelled);
                    }
                    if let Some(toasts) = toasts {
                        toasts.say(answer.sentence());
                    }
                }
                Err(error) => {
                    if let Some(toasts) = toasts {
                        toasts.say(error.to_string());
                    }
                }
            }
        });
    };
    let copy = use_duplicate(editing.client, place);
    let duplicate = move |_| {
        let Some(id) = draft.id.get_untracked() else {
            return;
        };
        if !editing.saver.is_changed() {
            copy.run(id);
        } else if let Some(toasts) = toasts {
            toasts.say("Save what you have changed first: a copy says what is kept.");
        }
    };
    let is_kept = Memo::new(move |_| draft.id.get().is_some());
    let history = StoredValue::new(history);
    view! {
        <Show when=move || is_kept.get()>
            <Menu trigger_class="button secondary small icon-only" label="More actions">
                {history
                    .get_value()
                    .map(|href| view! { <MenuLink href icon=Icon::History label="Show its history" /> })}
                <MenuButton icon=Icon::Copy label="Duplicate" on:click=duplicate />
                <Show when=move || cancels.get()>
                    <MenuButton icon=Icon::Cancelled label="Cancel post" on:click=cancel />
                </Show>
                <Show when=move || is_deletable.get()>
                    <MenuButton
                        icon=Icon::Trash
                        label="Delete post…"
                        danger=true
                        on:click=move |_| deletes.set(true)
                    />
                </Show>
            </Menu>
        </Show>
        <DeleteDialog editing place open=deletes />
    }
}

/// Asks before it deletes.
#[component]
fn DeleteDialog(editing: Editing, place: Place, open: RwSignal<bool>) -> impl IntoView {
    let toasts = use_toasts();
    let running = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let delete = move |_| {
        let Some(id) = editing.draft.id.get_untracked() else {
            return;
        };
        if running.get_untracked() {
            return;
        }
        running.set(true);
        problem.set(None);
        editing.saver.hold(true);
        let month = wall::month(&editing.draft.local_time.read_untracked()).to_owned();
        spawn_local(async move {
            let answer = delete_post(editing.client, id).await;
            running.try_set(false);
            match answer {
                Ok(()) => {
                    editing.saver.deleted();
                    if let Some(toasts) = toasts {
                        toasts.say("The post is deleted.");
                    }
                    place.leave(&month);
                }
                Err(error) => {
                    editing.saver.hold(false);
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    };
    view! {
        <Dialog open labelled_by="delete-title" narrow=true>
            <div class="dialog-body">
                <DialogHead
                    id="delete-title"
                    title="Delete this post?"
                    lead="Its text and its settings are gone then. It cannot be undone."
                    on_close=Callback::new(move |()| open.set(false))
                />
                {move || {
                    problem
                        .get()
                        .map(|problem| {
                            view! { <Notice status=Status::Failed alert=true lead=problem /> }
                        })
                }}
            </div>
            <DialogFoot>
                <button class="button secondary" type="button" on:click=move |_| open.set(false)>
                    "Keep it"
                </button>
                <button
                    class="button danger"
                    type="button"
                    aria-busy=move || running.get().then_some("true")
                    on:click=delete
                >
                    "Delete post"
                </button>
            </DialogFoot>
        </Dialog>
    }
}
