//! A post on the calendar.

use leptos::ev::{DragEvent, KeyboardEvent};
use leptos::prelude::*;

use super::card_menu::CardMenu;
use super::moving::{Board, link_id};
use crate::api::calendar::CardData;
use crate::api::deliveries::Held;
use crate::components::{Edges, Glyphs, Icon, Status, StatusInline, Thumb};

/// A card. It leads to what happened once anything did, and to the composer before.
#[component]
pub(super) fn Card(
    board: Board,
    card: CardData,
    /// Whether it stands in the panel of a day, beside the same card on the calendar.
    #[prop(optional)]
    in_panel: bool,
) -> impl IntoView {
    let status = Status::from(card.status);
    let (post, may_move) = (card.post, card.may_move());
    let (dragged, keyed) = (card.clone(), card.clone());
    let on_drag = move |event: DragEvent| {
        if let Some(transfer) = event.data_transfer() {
            transfer.set_effect_allowed("copyMove");
            let _ = transfer.set_data("text/plain", &dragged.title);
        }
        board.pick(dragged.clone(), false);
    };
    view! {
        <article
            class=format!("post-card {}", status.class())
            class:is-locked=!may_move
            class:is-dragging=move || board.is_picked(post)
            draggable=may_move.then_some("true")
            on:dragstart=on_drag
            on:dragend=move |_| board.let_go()
        >
            <Edges platforms=card.platforms.clone() />
            <Thumb url=card.poster_url.clone() />
            <div class="post-card-body">
                <div class="post-card-line">
                    <time class="post-card-time" datetime=card.local.clone() data-at=card.at>
                        {card.time().to_owned()}
                    </time>
                    <Mark found=card.found.clone() />
                    <Standing status held=card.held />
                </div>
                <div class="post-card-line">
                    <Glyphs platforms=card.platforms.clone() />
                    <a
                        class="post-card-link post-card-text"
                        id=(!in_panel).then(|| link_id(post))
                        href=href(board, &card)
                        draggable="false"
                        on:keydown=move |event| on_key(board, &keyed, &event)
                    >
                        {card.title.clone()}
                    </a>
                </div>
            </div>
            <CardMenu board card />
        </article>
    }
}

/// Where a card leads.
pub(super) fn href(board: Board, card: &CardData) -> String {
    let client = board.client;
    match card.history {
        Some(delivery) => format!("/clients/{client}/history/{delivery}"),
        None => format!("/clients/{client}/posts/{}", card.post),
    }
}

/// How a card stands.
#[component]
pub(super) fn Standing(status: Status, held: Option<Held>) -> impl IntoView {
    match held {
        Some(held) => {
            let icon = match held {
                Held::Paused => Icon::Pause,
                Held::Reconnect => Icon::Link,
            };
            view! { <StatusInline status=Status::Waiting words=held.short_words() icon /> }
                .into_any()
        }
        None => view! { <StatusInline status /> }.into_any(),
    }
}

/// Something was found ahead of its minute.
#[component]
pub(super) fn Mark(found: Option<(bool, String)>) -> impl IntoView {
    found.map(|(blocks, sentence)| {
        let class = if blocks {
            "card-mark is-failed"
        } else {
            "card-mark is-waiting"
        };
        view! {
            <span class=class title=sentence.clone()>
                {Icon::Triangle.view()}
                <span class="sr-only">{sentence.clone()}</span>
            </span>
        }
    })
}

/// Keys on a card: Space takes it up, Shift M shows the form, D makes a copy.
pub(super) fn on_key(board: Board, card: &CardData, event: &KeyboardEvent) {
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.repeat() {
        return;
    }
    let is_picked = untrack(|| board.is_picked(card.post));
    match (event.key().as_str(), event.shift_key()) {
        (" ", false) if !is_picked && card.may_move() => board.pick(card.clone(), true),
        ("M" | "m", true) if card.may_move() => board.ask(card.clone(), false),
        ("d" | "D", false) => board.duplicate(card.post),
        _ => return,
    }
    event.prevent_default();
    event.stop_propagation();
}
