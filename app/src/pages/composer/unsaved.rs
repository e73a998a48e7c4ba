//! Words that are in danger: what was written here and never kept, and what somebody else has saved meanwhile. A
//! person says what stays.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::editing::Editing;
use super::now_ms;
use crate::api::approvals::ChangesData;
use crate::api::posts::post_differences;
use crate::components::{Dialog, DialogFoot, DialogHead, Icon, Notice, Show, Status};
use crate::pages::approvals::differences;
use crate::state::saver::Kept;
use crate::state::wall;

/// Offers what was written here before and never reached the server.
#[component]
pub(super) fn Unsaved(editing: Editing) -> impl IntoView {
    let saver = editing.saver;
    move || {
        saver.unsaved.get().map(|backup| {
            let now = saver.now_local(now_ms());
            let lead = format!(
                "You had unsaved changes from {}.",
                wall::moment(&backup.at, &now)
            );
            let action = move || {
                view! {
                    <button
                        class="button secondary small"
                        type="button"
                        on:click=move |_| saver.restore()
                    >
                        "Restore"
                    </button>
                    <button
                        class="button quiet small"
                        type="button"
                        on:click=move |_| saver.forget_unsaved()
                    >
                        "Discard"
                    </button>
                }
            };
            view! {
                <Notice status=Status::Waiting icon=Icon::History alert=true lead action=action>
                    "This browser kept them. What you see is what AutoPost has."
                </Notice>
            }
        })
    }
}

/// Tells that somebody else has saved the post, and asks whose words stay.
#[component]
pub(super) fn Overtaken(editing: Editing) -> impl IntoView {
    let saver = editing.saver;
    let compares = RwSignal::new(false);
    view! {
        {move || {
            saver
                .overtaken
                .get()
                .map(|over| {
                    let action = move || view! { <Choices editing compares /> };
                    view! {
                        <Notice status=Status::Changes alert=true lead=over.sentence action=action>
                            "Nothing was written over, and your words are kept in this browser."
                        </Notice>
                    }
                })
        }}
        <Differences editing open=compares />
    }
}

/// What can be done about it. Whoever has written nothing has nothing to keep.
#[component]
fn Choices(editing: Editing, compares: RwSignal<bool>) -> impl IntoView {
    let saver = editing.saver;
    let wrote = Memo::new(move |_| !matches!(saver.kept.get(), Kept::Saved(_) | Kept::Nothing));
    let take_theirs = move |_| {
        saver.give_way();
        let _ = window().location().reload();
    };
    view! {
        <Show when=move || wrote.get()>
            <button
                class="button secondary small"
                type="button"
                on:click=move |_| compares.set(true)
            >
                "See what changed"
            </button>
            <button
                class="button secondary small"
                type="button"
                on:click=move |_| saver.keep_mine()
            >
                "Keep mine"
            </button>
        </Show>
        <button class="button secondary small" type="button" on:click=take_theirs>
            {move || if wrote.get() { "Take theirs" } else { "Show it" }}
        </button>
    }
}

/// What is written here beside what somebody else has saved.
#[component]
fn Differences(editing: Editing, open: RwSignal<bool>) -> impl IntoView {
    let found = RwSignal::new(None::<Result<ChangesData, String>>);
    Effect::new(move |_| {
        let Some(form) = open.get().then(|| editing.saver.mine()).flatten() else {
            return;
        };
        found.set(None);
        spawn_local(async move {
            let answer = post_differences(editing.client, form).await;
            found.try_set(Some(answer.map_err(|error| error.to_string())));
        });
    });
    view! {
        <Dialog open labelled_by="differences-title">
            <div class="dialog-body">
                <DialogHead
                    id="differences-title"
                    title="What changed"
                    lead="Crossed out is only in yours; underlined is only in theirs."
                    on_close=Callback::new(move |()| open.set(false))
                />
                <div class="differences" role="status">
                    {move || match found.get() {
                        None => {
                            view! { <span class="skeleton line long" aria-hidden="true"></span> }
                                .into_any()
                        }
                        Some(Ok(changes)) => differences(&changes).into_any(),
                        Some(Err(problem)) => {
                            view! { <Notice status=Status::Failed alert=true lead=problem /> }
                                .into_any()
                        }
                    }}
                </div>
            </div>
            <DialogFoot>
                <button class="button secondary" type="button" on:click=move |_| open.set(false)>
                    "Close"
                </button>
            </DialogFoot>
        </Dialog>
    }
}
