//! The week at the head of a phone's agenda.

use domain::ClientId;
use leptos::prelude::*;

use super::moving::Board;
use crate::api::calendar::DayData;

/// The week of today where the month has it, otherwise the month's first.
#[component]
pub(super) fn WeekStrip(board: Board, days: Vec<DayData>) -> impl IntoView {
    let place = days
        .iter()
        .position(|day| day.is_today)
        .or_else(|| days.iter().position(|day| day.in_month))
        .unwrap_or(0);
    let is_this_week = days.get(place).is_some_and(|day| day.is_today);
    let label = if is_this_week {
        "This week"
    } else {
        "First week"
    };
    let week = days
        .into_iter()
        .skip(place / 7 * 7)
        .take(7)
        .map(|day| link(board.client, day))
        .collect_view();
    view! {
        <nav class="week-strip" aria-label=label>
            {week}
        </nav>
    }
}

/// Leads to the day's posts, or to a new one on a day that has none and is not over.
fn link(client: ClientId, day: DayData) -> impl IntoView {
    let count = day.count;
    let is_listed = (count > 0 && day.in_month) || day.is_today;
    let href = if is_listed {
        Some(format!("#day-{}", day.date))
    } else if !day.is_past {
        Some(format!("/clients/{client}/posts/new?at={}", day.date))
    } else {
        None
    };
    let words = match count {
        0 => format!("{}, no posts", day.long_label),
        1 => format!("{}, 1 post", day.long_label),
        _ => format!("{}, {count} posts", day.long_label),
    };
    let letter = day.long_label.get(..1).unwrap_or_default().to_owned();
    let number = day
        .date
        .get(8..)
        .map(|number| number.trim_start_matches('0').to_owned());
    view! {
        <a href=href aria-current=day.is_today.then_some("date")>
            <span class="sr-only">{words}</span>
            <span class="strip-name" aria-hidden="true">
                {letter}
            </span>
            <span class="strip-number" aria-hidden="true">
                {number}
            </span>
            <span class="strip-dots" aria-hidden="true">
                {(0..count.min(3)).map(|_| view! { <i></i> }).collect_view()}
            </span>
        </a>
    }
}
