//! One day of the month: its first posts, the way to the others, and to a new one.

use leptos::ev::DragEvent;
use leptos::prelude::*;

use super::address;
use super::card::Card;
use super::moving::{Board, on_day};
use crate::api::calendar::{CalendarQuery, DayData};
use crate::components::Icon;

/// How many posts a day shows before it says how many more there are.
const SHOWN: usize = 3;

/// The names of the days, by the three letters with which a long label starts.
pub(super) fn weekday(long_label: &str) -> &'static str {
    match long_label.get(..3) {
        Some("Mon") => "Monday",
        Some("Tue") => "Tuesday",
        Some("Wed") => "Wednesday",
        Some("Thu") => "Thursday",
        Some("Fri") => "Friday",
        Some("Sat") => "Saturday",
        Some("Sun") => "Sunday",
        _ => "",
    }
}

/// A day of the month. Days that are over cannot be planned into.
#[component]
pub(super) fn Day(board: Board, day: DayData, query: StoredValue<CalendarQuery>) -> impl IntoView {
    let DayData {
        date,
        label,
        long_label,
        in_month,
        is_today,
        is_past,
        count,
        cards,
    } = day;
    let name = if is_today {
        "Today"
    } else {
        weekday(&long_label)
    };
    let shown = cards.len().min(SHOWN);
    let beyond = usize::try_from(count)
        .unwrap_or(usize::MAX)
        .saturating_sub(shown);
    let more = (beyond > 0).then(|| {
        let href = query.with_value(|query| {
            let opened = CalendarQuery {
                day: Some(date.clone()),
                ..query.clone()
            };
            address::href(board.client, &opened)
        });
        view! {
            <a
                class="day-more"
                href=href
                data-noscroll="true"
                aria-label=format!("{beyond} more posts on {long_label}")
            >
                {format!("+{beyond} more")}
            </a>
        }
    });
    let add = (!is_past).then(|| {
        view! {
            <a
                class="day-add"
                href=format!("/clients/{}/posts/new?at={date}", board.client)
                aria-label=format!("New post on {long_label}")
            >
                {Icon::Plus.view()}
            </a>
        }
    });
    let posts = (shown > 0).then(|| {
        let cards = cards
            .into_iter()
            .take(SHOWN)
            .map(|card| {
                view! {
                    <li>
                        <Card board card />
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="day-posts">{cards}</ul> }
    });
    let on = date.clone();
    let is_target = Memo::new(move |_| {
        let is_over = board
            .over
            .with(|over| over.as_ref().is_some_and(|over| over.starts_with(&on)));
        is_over && board.picked.with(Option::is_some)
    });
    let slot = move || {
        is_target.get().then(|| {
            let time = board.over.get().unwrap_or_default();
            view! {
                <p class="drop-slot" aria-hidden="true">
                    {time.get(11..).unwrap_or_default().to_owned()}
                </p>
            }
        })
    };
    let target = date.clone();
    view! {
        <li
            class="day"
            class:outside=!in_month
            class:today=is_today
            class:is-target=move || is_target.get()
            id=format!("day-{}", &date)
            aria-current=is_today.then_some("date")
            on:dragover=move |event| {
                if !is_past {
                    drag_over(board, &event, |picked| on_day(&target, picked));
                }
            }
            on:drop=move |event| drop_here(board, &event)
        >
            <h2 class="day-head">
                <span class="day-number">{label}</span>
                <span class="day-name">{name}</span>
                <span class="day-date">{long_label}</span>
                {add}
            </h2>
            {posts}
            {slot}
            {more}
        </li>
    }
}

/// Lets what is dragged land here.
pub(super) fn drag_over(
    board: Board,
    event: &DragEvent,
    target: impl FnOnce(&super::moving::Picked) -> String,
) {
    let to = board
        .picked
        .with_untracked(|picked| picked.as_ref().map(target));
    let Some(to) = to else { return };
    event.prevent_default();
    if let Some(transfer) = event.data_transfer() {
        transfer.set_drop_effect(if event.alt_key() { "copy" } else { "move" });
    }
    if board.over.with_untracked(|over| over.as_ref() != Some(&to)) {
        board.over.set(Some(to));
    }
}

/// Puts what is dragged down: with Alt a copy of it.
pub(super) fn drop_here(board: Board, event: &DragEvent) {
    if board.picked.with_untracked(Option::is_some) {
        event.prevent_default();
        board.put_down(event.alt_key());
    }
}
