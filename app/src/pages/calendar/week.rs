//! A week by its hours.

use leptos::ev::{DragEvent, MouseEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use super::address;
use super::arrange::{Hours, Placed, arrange, quarter};
use super::card::Card;
use super::day::{drag_over, drop_here};
use super::moving::Board;
use crate::api::calendar::{CalendarData, CalendarQuery, DayData};
use crate::components::Icon;

/// A week. Nights without posts are left out.
#[component]
pub(super) fn Week(
    board: Board,
    data: CalendarData,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let hours = Hours::of(&data.days);
    let zone = data
        .zone_label
        .split_once(", ")
        .map_or("", |(_, letters)| letters)
        .split(' ')
        .next()
        .unwrap_or_default()
        .to_owned();
    let heads = data.days.iter().map(|day| head(board, day)).collect_view();
    let now = data
        .days
        .iter()
        .any(|day| day.is_today)
        .then(|| quarter(&data.now))
        .flatten()
        .and_then(|quarter| hours.row(quarter));
    let clock = data.now.get(11..16).unwrap_or_default().to_owned();
    // The margin stands for all days: on the clock of whoever looks it is told for this one.
    let day = data
        .days
        .iter()
        .find(|day| day.is_today)
        .or(data.days.first());
    let date = day.map_or_else(String::new, |day| day.date.clone());
    let names = hours
        .each()
        .map(|hour| {
            let row = hours.row(hour * 4).unwrap_or_default();
            let time = format!("{hour:02}:00");
            view! {
                <span class=format!("week-hour at-{row}") data-wall=format!("{date}T{time}")>
                    {time.clone()}
                </span>
            }
        })
        .collect_view();
    let now_name = now.map(|row| {
        view! {
            <span class=format!("week-now-name at-{row}") data-wall=data.now>
                {clock}
            </span>
        }
    });
    let days = data
        .days
        .into_iter()
        .map(|day| view! { <WeekDay board day hours now query /> })
        .collect_view();
    view! {
        <div class="week-heads">
            <span class="week-zone">{zone}</span>
            {heads}
        </div>
        <div class="week-body" data-zone=data.zone>
            <div class="week-hours" aria-hidden="true">
                {names}
                {now_name}
            </div>
            <ol class="week">{days}</ol>
        </div>
    }
}

/// "Mon 12", how many posts, and the way to a new one.
fn head(board: Board, day: &DayData) -> impl IntoView + use<> {
    let (name, number) = day
        .long_label
        .split_once(' ')
        .map_or(("", ""), |(name, rest)| {
            (name, rest.split(' ').next().unwrap_or_default())
        });
    let count = match day.count {
        0 => String::new(),
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    let add = (!day.is_past).then(|| {
        view! {
            <a
                class="day-add"
                href=format!("/clients/{}/posts/new?at={}", board.client, day.date)
                aria-label=format!("New post on {}", day.long_label)
            >
                {Icon::Plus.view()}
            </a>
        }
    });
    view! {
        <div class="week-head" class:today=day.is_today aria-current=day.is_today.then_some("date")>
            <span>{name.to_owned()}</span>
            <b>{number.to_owned()}</b>
            <span class="week-count">{count}</span>
            {add}
        </div>
    }
}

#[component]
fn WeekDay(
    board: Board,
    day: DayData,
    hours: Hours,
    now: Option<u32>,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let is_past = day.is_past;
    let slots = (!is_past).then(|| {
        hours
            .each()
            .map(|hour| slot(board, &day, hour, hours))
            .collect_view()
    });
    let opened = query.with_value(|query| {
        let opened = CalendarQuery {
            day: Some(day.date.clone()),
            ..query.clone()
        };
        address::href(board.client, &opened)
    });
    let arranged = arrange(&day.cards, hours);
    let kept = usize::try_from(day.count)
        .unwrap_or(usize::MAX)
        .saturating_sub(day.cards.len());
    let mut more: Vec<(u32, usize)> = arranged.hidden;
    if kept > 0 {
        more.push((hours.rows().saturating_sub(2), kept));
    }
    let more = more
        .into_iter()
        .map(|(row, count)| {
            view! {
                <a
                    class=format!("week-more at-{row}")
                    href=opened.clone()
                    data-noscroll="true"
                    aria-label=format!("{count} more posts on {}", day.long_label)
                >
                    {format!("+{count} more")}
                </a>
            }
        })
        .collect_view();
    let cards = arranged
        .cards
        .into_iter()
        .map(|(placed, card)| {
            let Placed { row, lane, lanes } = placed;
            view! {
                <li class=format!("week-card at-{row} lane-{lane} of-{lanes}")>
                    <Card board card />
                </li>
            }
        })
        .collect_view();
    let date = day.date.clone();
    let target = Memo::new(move |_| {
        let over = board.over.get()?;
        let is_here = over.starts_with(&date) && board.picked.with(Option::is_some);
        let row = hours.row(quarter(&over)?)?;
        is_here.then(|| (row, over.get(11..16).unwrap_or_default().to_owned()))
    });
    let landing = move || {
        target.get().map(|(row, time)| {
            view! {
                <p class=format!("drop-slot at-{row}") aria-hidden="true">
                    {time}
                </p>
            }
        })
    };
    let line = now.map(|row| {
        let class = if day.is_today {
            "week-now is-today"
        } else {
            "week-now"
        };
        view! { <i class=format!("{class} at-{row}") aria-hidden="true"></i> }
    });
    let label = match day.count {
        0 => format!("{}, no posts", day.long_label),
        1 => format!("{}, 1 post", day.long_label),
        many => format!("{}, {many} posts", day.long_label),
    };
    view! {
        <li
            class="week-day"
            class:today=day.is_today
            class:past=is_past
            id=format!("day-{}", day.date)
            aria-label=label
        >
            <h2 class="day-head">
                <span class="day-name">{if day.is_today { "Today" } else { super::day::weekday(&day.long_label) }}</span>
                <span class="day-date">{day.long_label.clone()}</span>
            </h2>
            {slots}
            {line}
            <ul class="week-cards">{cards}</ul>
            {more}
            {landing}
        </li>
    }
}

/// An hour that can be planned into. It is out of the tab order, which the head of the day has a place in.
fn slot(board: Board, day: &DayData, hour: u32, hours: Hours) -> impl IntoView + use<> {
    let date = day.date.clone();
    let at = format!("{date}T{hour:02}:00");
    let row = hours.row(hour * 4).unwrap_or_default();
    let (date, base) = (StoredValue::new(date), hour * 60);
    let time_at = move |share: f64| {
        let part = if share < 0.5 { 0 } else { 30 };
        let minutes = base + part;
        date.with_value(|date| format!("{date}T{:02}:{:02}", minutes / 60, minutes % 60))
    };
    view! {
        <a
            class=format!("week-slot at-{row}")
            href=format!("/clients/{}/posts/new?at={at}", board.client)
            data-wall=at
            tabindex="-1"
            aria-hidden="true"
            draggable="false"
            on:dragover=move |event: DragEvent| {
                let to = time_at(share_of(&event));
                drag_over(board, &event, move |_| to);
            }
            on:drop=move |event| drop_here(board, &event)
        >
            {Icon::Plus.view()}
            <span>{format!("{hour:02}:00 new post")}</span>
        </a>
    }
}

/// How far down in its slot the pointer is, from 0 to 1. What is in the slot lets the pointer through.
fn share_of(event: &MouseEvent) -> f64 {
    let slot = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    slot.map_or(0.0, |slot| {
        f64::from(event.offset_y()) / f64::from(slot.client_height().max(1))
    })
}
