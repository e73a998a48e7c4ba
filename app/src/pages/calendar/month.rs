//! The grid of days, or on a phone the agenda.

use leptos::prelude::*;

use super::day::Day;
use super::moving::Board;
use super::strip::WeekStrip;
use crate::api::calendar::{CalendarData, CalendarQuery};

/// A month.
#[component]
pub(super) fn Month(
    board: Board,
    data: CalendarData,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let strip = (data.total > 0).then(|| view! { <WeekStrip board days=data.days.clone() /> });
    let days = data
        .days
        .into_iter()
        .map(|day| view! { <Day board day query /> })
        .collect_view();
    view! {
        {strip}
        <div class="month-heads" aria-hidden="true">
            {["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                .map(|day| view! { <span>{day}</span> })
                .collect_view()}
        </div>
        <ol class="month">{days}</ol>
    }
}
