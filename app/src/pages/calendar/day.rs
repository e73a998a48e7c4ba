//! One day: its posts, and the way to a new one.

use domain::ClientId;
use leptos::prelude::*;

use super::card::Card;
use crate::api::posts::DayData;
use crate::components::Icon;

/// How many cards a day shows before it says "+N more".
const SHOWN: usize = 3;

/// The names of the days, by the three letters with which a long label starts.
fn weekday(long_label: &str) -> &'static str {
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
pub(super) fn Day(
    client: ClientId,
    day: DayData,
    /// The month shown, for the way back to it.
    month: String,
    opened: Signal<Option<String>>,
) -> impl IntoView {
    let DayData {
        date,
        label,
        long_label,
        in_month,
        is_today,
        is_past,
        cards,
    } = day;
    let own = date.clone();
    let is_open = Memo::new(move |_| opened.with(|opened| opened.as_deref() == Some(&own)));
    show_when_opened(format!("day-{date}"), is_open);
    let beyond = cards.len().saturating_sub(SHOWN);
    let name = if is_today {
        "Today"
    } else {
        weekday(&long_label)
    };
    let more = (beyond > 0).then(|| more(client, &date, &month, &long_label, beyond, is_open));
    let add = (!is_past).then(|| {
        view! {
            <a
                class="day-add"
                href=format!("/clients/{client}/posts/new?at={date}")
                aria-label=format!("New post on {long_label}")
            >
                {Icon::Plus.view()}
            </a>
        }
    });
    let posts = (!cards.is_empty()).then(|| {
        let cards = cards
            .into_iter()
            .enumerate()
            .map(|(place, card)| {
                let is_beyond = place >= SHOWN;
                view! {
                    <li class:beyond=is_beyond>
                        <Card client card date=date.clone() />
                    </li>
                }
            })
            .collect_view();
        view! { <ul class="day-posts">{cards}</ul> }
    });
    view! {
        <li
            class="day"
            class:outside=!in_month
            class:today=is_today
            class:all=move || is_open.get()
            id=format!("day-{}", &date)
            aria-current=is_today.then_some("date")
        >
            <h2 class="day-head">
                <span class="day-number">{label}</span>
                <span class="day-name">{name}</span>
                <span class="day-date">{long_label}</span>
                {add}
            </h2>
            {posts}
            {more}
        </li>
    }
}

/// A day that opens makes its row taller: it stays where it can be seen.
fn show_when_opened(id: String, is_open: Memo<bool>) {
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if is_open
            && was_open == Some(false)
            && let Some(day) = document().get_element_by_id(&id)
        {
            request_animation_frame(move || day.scroll_into_view_with_bool(false));
        }
        is_open
    });
}

/// Opens the day, and closes it again. A link: it works without WASM, and the address remembers it.
fn more(
    client: ClientId,
    date: &str,
    month: &str,
    long_label: &str,
    beyond: usize,
    is_open: Memo<bool>,
) -> impl IntoView + use<> {
    let base = format!("/clients/{client}/calendar?month={month}");
    let open = format!("{base}&day={date}");
    let (shows, hides) = (
        format!("Show all posts of {long_label}"),
        format!("Show fewer posts of {long_label}"),
    );
    view! {
        <a
            class="day-more"
            href=move || if is_open.get() { base.clone() } else { open.clone() }
            data-noscroll="true"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            title=move || if is_open.get() { hides.clone() } else { shows.clone() }
        >
            {move || if is_open.get() { "Show fewer".to_owned() } else { format!("+{beyond} more") }}
        </a>
    }
}
