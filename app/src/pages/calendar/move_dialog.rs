//! The form that gives a post another minute, or makes a copy of it there.

use leptos::prelude::*;

use super::moving::{Asked, Board};
use crate::api::calendar::Which;
use crate::components::{Dialog, DialogFoot, DialogHead, Field, Icon, Notice, Status};

/// "Move…" and "Copy to…": for whoever does not drag, and where a time was refused.
#[component]
pub(super) fn MoveDialog(board: Board) -> impl IntoView {
    let open = RwSignal::new(false);
    // Each follows the other, and only where it differs.
    Effect::new(move |_| {
        let is_asked = board.asked.with(Option::is_some);
        if open.get_untracked() != is_asked {
            open.set(is_asked);
        }
    });
    Effect::new(move |_| {
        if !open.get() && board.asked.with_untracked(Option::is_some) {
            board.asked.set(None);
        }
    });
    view! {
        <Dialog open labelled_by="move-title" narrow=true>
            {move || board.asked.get().map(|asked| view! { <Form board asked open /> })}
        </Dialog>
    }
}

#[component]
fn Form(board: Board, asked: Asked, open: RwSignal<bool>) -> impl IntoView {
    let Asked {
        card,
        copies,
        to,
        problem,
        twice,
    } = asked;
    let to = RwSignal::new(to);
    let asked_about = to.get_untracked();
    let consequence = if copies {
        "The copy is a draft. Who sees it and what it promotes is chosen anew where the platform asks for that."
    } else {
        board.consequence(card.status)
    };
    let (title, act) = if copies {
        ("Copy to another time", "Make the copy")
    } else {
        ("Move to another time", "Move")
    };
    let lead = card.title.clone();
    let place = board.place();
    let earliest = board.shown.with_untracked(|shown| {
        shown
            .as_ref()
            .map_or_else(String::new, |shown| shown.now.clone())
    });
    let card = StoredValue::new(card);
    let zone = board
        .shown
        .with_untracked(|shown| shown.as_ref().map(|shown| shown.zone.clone()));
    let go = move |which: Option<Which>| {
        let time = to.get_untracked();
        if !time.is_empty() {
            open.set(false);
            board.bring(card.get_value(), time, copies, which);
        }
    };
    // Which of two is asked about the very time that was tried.
    let is_same = move || to.with(|to| *to == asked_about);
    let choices = move || {
        (twice && is_same()).then(|| {
            view! {
                <div class="move-choices">
                    <button class="button secondary" type="button" on:click=move |_| go(Some(Which::First))>
                        "The first, before the clocks go back"
                    </button>
                    <button class="button secondary" type="button" on:click=move |_| go(Some(Which::Second))>
                        "The second, after they went back"
                    </button>
                </div>
            }
        })
    };
    view! {
        <form
            on:submit=move |event| {
                event.prevent_default();
                go(None);
            }
        >
            <div class="dialog-body">
                <DialogHead
                    id="move-title"
                    title=title
                    lead=lead
                    on_close=Callback::new(move |()| open.set(false))
                />
                {problem
                    .map(|problem| view! { <Notice status=Status::Failed alert=true lead=problem /> })}
                {choices}
                <Field
                    id="move-to"
                    label=format!("Day and time, {place}")
                    help=Signal::derive(move || {
                        Some(consequence.to_owned()).filter(|words| !words.is_empty())
                    })
                >
                    <input
                        id="move-to"
                        type="datetime-local"
                        required
                        autofocus
                        min=earliest
                        data-wall=move || to.get()
                        data-zone=zone
                        prop:value=move || to.get()
                        on:input=move |event| to.set(event_target_value(&event))
                    />
                </Field>
            </div>
            <DialogFoot>
                <button class="button secondary" type="button" on:click=move |_| open.set(false)>
                    "Leave it"
                </button>
                <button class="button primary" type="submit">
                    {if copies { Icon::Copy } else { Icon::Move }.view()}
                    {act}
                </button>
            </DialogFoot>
        </form>
    }
}
