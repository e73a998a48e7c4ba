//! What can be done with a post from the calendar.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::card::href;
use super::moving::Board;
use crate::api::approvals::{Pick, remind, send_for_approval};
use crate::api::calendar::CardData;
use crate::api::posts::cancel_post;
use crate::components::{Icon, Menu, MenuButton, MenuDivider, MenuHead, MenuLink, Show};
use domain::calendar::PostStatus;

/// The menu of a card. "Move…" is always second; a post that has left is only opened and copied.
#[component]
pub(super) fn CardMenu(board: Board, card: CardData) -> impl IntoView {
    let card = StoredValue::new(card);
    // What is in it is made once it is opened: a month has very many of these.
    let opened = RwSignal::new(false);
    let label = card.with_value(|card| format!("Actions for {}, {}", card.title, card.time()));
    view! {
        <div class="card-menu" on:pointerdown=move |_| opened.set(true) on:focusin=move |_| opened.set(true)>
            <Menu trigger_class="card-menu-button" label=label>
                <Show when=move || opened.get()>
                    <Items board card />
                </Show>
            </Menu>
        </div>
    }
}

#[component]
fn Items(board: Board, card: StoredValue<CardData>) -> impl IntoView {
    let of = card.get_value();
    let when = domain::time::parse_local(&of.local).map(domain::time::local_label);
    let detail = format!("{} {}", when.unwrap_or_default(), board.place());
    let post = of.post;
    let moves = of.may_move().then(|| {
        view! {
            <MenuButton
                icon=Icon::Move
                label="Move…"
                shortcut="Shift M"
                on:click=move |_| board.ask(card.get_value(), false)
            />
        }
    });
    let approval = match of.status {
        PostStatus::Draft | PostStatus::Changes => Some(
            view! {
                <MenuButton
                    icon=Icon::Send
                    label="Send for approval"
                    on:click=move |_| send(board, vec![pick(board, card)], true)
                />
            }
            .into_any(),
        ),
        PostStatus::Waiting => Some(
            view! {
                <MenuButton
                    icon=Icon::Mail
                    label="Remind"
                    on:click=move |_| send(board, vec![pick(board, card)], false)
                />
            }
            .into_any(),
        ),
        _ => None,
    };
    let takes_back = matches!(
        of.status,
        PostStatus::Waiting | PostStatus::Approved | PostStatus::Scheduled
    );
    view! {
        <MenuHead title=of.title.clone() detail />
        <MenuLink href=href(board, &of) icon=Icon::Pencil label="Open" shortcut="Enter" />
        {moves}
        <MenuButton
            icon=Icon::Copy
            label="Duplicate"
            shortcut="D"
            on:click=move |_| board.duplicate(post)
        />
        <MenuButton
            icon=Icon::Calendar
            label="Copy to…"
            on:click=move |_| board.ask(card.get_value(), true)
        />
        {approval}
        {takes_back
            .then(|| {
                view! {
                    <MenuDivider />
                    <MenuButton
                        icon=Icon::Cancelled
                        label="Cancel post"
                        danger=true
                        on:click=move |_| take_back(board, card.get_value())
                    />
                }
            })}
    }
}

fn pick(board: Board, card: StoredValue<CardData>) -> Pick {
    Pick {
        client: board.client,
        post: card.with_value(|card| card.post),
    }
}

/// Sends posts for approval, or reminds of them, and says what came of it.
pub(super) fn send(board: Board, picks: Vec<Pick>, sends: bool) {
    spawn_local(async move {
        let (answer, did) = if sends {
            (send_for_approval(picks).await, "sent for approval")
        } else {
            (remind(picks).await, "reminded of")
        };
        board.say(match answer {
            Ok(answer) => answer.sentence(did),
            Err(error) => error.to_string(),
        });
        board.reload();
    });
}

fn take_back(board: Board, card: CardData) {
    spawn_local(async move {
        board.say(match cancel_post(board.client, card.post).await {
            Ok(answer) => answer.sentence().to_owned(),
            Err(error) => error.to_string(),
        });
        board.reload();
    });
}
