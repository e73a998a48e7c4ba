//! The grid of days, and what stands in its place while there is nothing in it.

use domain::ClientId;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;

use super::attention::Attention;
use super::day::Day;
use super::strip::WeekStrip;
use crate::api::posts::MonthData;
use crate::components::{Empty, Icon, Notice};

/// A month, or on a phone its agenda.
#[component]
pub(super) fn MonthView(
    client: ClientId,
    data: MonthData,
    /// The day that shows all its posts, as "2026-10-14".
    opened: Signal<Option<String>>,
) -> impl IntoView {
    let has_posts = data.days.iter().any(|day| !day.cards.is_empty());
    let can_plan = data.days.iter().any(|day| day.in_month && !day.is_past);
    let (empty, notice) = match (has_posts, data.has_accounts) {
        (true, _) => (None, None),
        (false, false) => (Some(no_accounts(client)), None),
        (false, true) => (None, Some(no_posts(client, &data, can_plan))),
    };
    let shows_today = data.days.iter().any(|day| day.is_today);
    if shows_today && has_posts {
        begin_at_today();
    }
    let month = data.month.clone();
    let days = data
        .days
        .iter()
        .cloned()
        .map(|day| view! { <Day client day month=month.clone() opened /> })
        .collect_view();
    view! {
        <section class="calendar" aria-label=data.title.clone()>
            {notice}
            <Attention client items=data.attention.clone() />
            {has_posts.then(|| view! { <WeekStrip client days=data.days.clone() /> })}
            <div class="month-heads" aria-hidden="true">
                {["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
                    .map(|day| view! { <span>{day}</span> })
                    .collect_view()}
            </div>
            <ol class="month">{days}</ol>
            {empty}
        </section>
    }
}

fn no_accounts(client: ClientId) -> impl IntoView {
    view! {
        <Empty
            icon=Icon::Link
            title="No account is connected yet"
            line="Connect the first one, and plan its posts here."
            whole=true
        >
            <a class="button primary" href=format!("/clients/{client}/accounts")>
                "Connect an account"
            </a>
        </Empty>
    }
}

/// A line above the days, which can still be planned into.
fn no_posts(client: ClientId, data: &MonthData, can_plan: bool) -> impl IntoView + use<> {
    let name = data.title.split_once(' ').map_or("", |(name, _)| name);
    // The first day that can still be planned: today, or the first of a month to come.
    let first = data
        .days
        .iter()
        .find(|day| day.in_month && !day.is_past)
        .map(|day| day.date.clone())
        .unwrap_or_default();
    let (lead, rest, href, words) = if can_plan {
        (
            format!("Nothing is planned in {name} yet."),
            "Choose a day, or start with the first post.",
            format!("/clients/{client}/posts/new?at={first}"),
            "Plan a post",
        )
    } else {
        (
            format!("Nothing went out in {name}."),
            "This month is over.",
            format!("/clients/{client}/calendar"),
            "Back to this month",
        )
    };
    let action = move || {
        view! {
            <a class="button secondary small" href=href>
                {words}
            </a>
        }
    };
    view! {
        <div class="calendar-notices">
            <Notice icon=Icon::Calendar lead=lead action=action>
                {rest}
            </Notice>
        </div>
    }
}

/// On a phone the days stand below each other: it begins at today, not at the first of the month.
fn begin_at_today() {
    Effect::new(move |_| {
        let width = window()
            .inner_width()
            .ok()
            .as_ref()
            .and_then(JsValue::as_f64);
        let is_narrow = width.is_some_and(|width| width <= 720.0);
        let is_at_top = window().scroll_y().is_ok_and(|y| y == 0.0);
        if is_narrow
            && is_at_top
            && let Some(today) = document().query_selector(".day.today").ok().flatten()
        {
            today.scroll_into_view();
        }
    });
}
