//! The day that was opened: all its posts beside the calendar, on a phone in its place.

use leptos::html;
use leptos::prelude::*;

use super::address;
use super::card::Card;
use super::day::weekday;
use super::moving::Board;
use crate::api::calendar::{CalendarQuery, DayData};
use crate::components::Icon;

/// The panel. It stands in the address, so that it works without WASM and can be passed on.
#[component]
pub(super) fn DayPanel(
    board: Board,
    day: DayData,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let closed = query.with_value(|query| {
        let closed = CalendarQuery {
            day: None,
            ..query.clone()
        };
        address::href(board.client, &closed)
    });
    let title = NodeRef::<html::H2>::new();
    // What was opened gets the focus, once: not each time that something in it changes.
    Effect::new(move |was: Option<bool>| {
        let title = title.get();
        if was != Some(true)
            && let Some(title) = &title
        {
            let _ = title.focus();
        }
        title.is_some()
    });
    let count = match day.count {
        0 => "No posts".to_owned(),
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    let hidden = usize::try_from(day.count)
        .unwrap_or(usize::MAX)
        .saturating_sub(day.cards.len());
    let hidden = (hidden > 0).then(|| {
        view! { <p class="day-panel-rest">{format!("{hidden} more: filter them, or look at the list.")}</p> }
    });
    let name = weekday(&day.long_label);
    let rest = day.long_label.get(4..).unwrap_or_default().to_owned();
    let add = (!day.is_past).then(|| {
        view! {
            <a
                class="button secondary small"
                href=format!("/clients/{}/posts/new?at={}", board.client, day.date)
            >
                {Icon::Plus.view()}
                "New post"
            </a>
        }
    });
    let cards = day
        .cards
        .into_iter()
        .map(|card| {
            view! {
                <li>
                    <Card board card in_panel=true />
                </li>
            }
        })
        .collect_view();
    view! {
        <aside class="day-panel" aria-labelledby="day-panel-title">
            <header class="day-panel-head">
                <div>
                    <h2 id="day-panel-title" tabindex="-1" node_ref=title>
                        {format!("{name} {rest}")}
                    </h2>
                    <p>{count}</p>
                </div>
                <a
                    class="button quiet small icon-only"
                    href=closed
                    data-noscroll="true"
                    aria-label="Close the day"
                    aria-keyshortcuts="Escape"
                >
                    {Icon::Close.view()}
                </a>
            </header>
            <ul class="day-posts">{cards}</ul>
            {hidden}
            {add}
        </aside>
    }
}
