//! `/portal/clients/{client}/calendar`: a month as a list of days.

use domain::ClientId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::of_client::of_client;
use super::post_href;
use super::standing::status;
use crate::api::portal::{PortalCard, PortalDay, PortalMonth, portal_month};
use crate::components::{Empty, Glyphs, Icon, StatusInline, Thumb};

/// The page.
#[component]
pub fn PortalCalendarPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("month")));
    of_client(
        "Calendar",
        move || wanted.get(),
        portal_month,
        |client, month| view! { <MonthList client month /> }.into_any(),
    )
}

#[component]
fn MonthList(client: ClientId, month: PortalMonth) -> impl IntoView {
    let step = move |month: String, icon: Icon, label: &'static str| {
        view! {
            <a
                class="button quiet icon-only"
                href=format!("/portal/clients/{client}/calendar?month={month}")
                aria-label=label
            >
                {icon.view()}
            </a>
        }
    };
    let nothing = month.days.is_empty().then(|| {
        view! {
            <Empty
                icon=Icon::Calendar
                title="Nothing is planned in this month"
                line="What you approve, and what the agency plans, stands here."
            />
        }
    });
    let days = month
        .days
        .into_iter()
        .map(|day| view! { <Day client day /> })
        .collect_view();
    view! {
        <div class="portal-hero portal-month">
            <div>
                <h1 class="portal-title">{month.title}</h1>
                <p class="portal-lead">{month.zone_label}</p>
            </div>
            <div class="portal-month-steps">
                {step(month.previous, Icon::ChevronLeft, "The month before")}
                {step(month.next, Icon::ChevronRight, "The next month")}
            </div>
        </div>
        {days}
        {nothing}
    }
    .into_any()
}

#[component]
fn Day(client: ClientId, day: PortalDay) -> impl IntoView {
    let today = day
        .is_today
        .then(|| view! { <span class="portal-today">"Today"</span> });
    let card = move |card: PortalCard| {
        let (status, words) = status(&card.standing);
        view! {
            <li>
                <a class="portal-row" href=post_href(client, card.post)>
                    <Thumb url=card.poster_url />
                    <span class="inbox-text">
                        <span class="portal-row-head">
                            <b>{card.time}</b>
                            <Glyphs platforms=card.platforms />
                            <StatusInline status words />
                        </span>
                        <span class="portal-row-title">{card.title}</span>
                    </span>
                </a>
            </li>
        }
    };
    view! {
        <section class="portal-day">
            <h2 class="portal-section">{day.label} {today}</h2>
            <ul class="portal-rows">{day.posts.into_iter().map(card).collect_view()}</ul>
        </section>
    }
    .into_any()
}
