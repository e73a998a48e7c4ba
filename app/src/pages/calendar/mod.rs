//! `/clients/:client/calendar?month=2026-10`: a client's month, and on a phone its agenda.

mod attention;
mod card;
mod day;
mod month;
mod shortcuts;
mod strip;

use domain::ClientId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::live::use_live;
use super::trouble::{Trouble, no_such_page};
use crate::api::posts::{MonthData, month};
use crate::components::{Icon, MonthSkeleton, TopBar};
use month::MonthView;

/// The calendar. Its month and the day that is opened stand in the address.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let (params, query) = (use_params_map(), use_query_map());
    let client = Memo::new(move |_| {
        params.with(|params| params.get_str("client")?.parse::<ClientId>().ok())
    });
    let wanted = Memo::new(move |_| query.with(|query| query.get("month")));
    let opened = Memo::new(move |_| query.with(|query| query.get("day")));
    let data = Resource::new_blocking(
        move || (client.get(), wanted.get()),
        |(client, wanted)| async move {
            let client = client.ok_or_else(no_such_page)?;
            month(client, wanted).await.map(|data| (client, data))
        },
    );
    let version = Signal::derive(move || {
        data.with(|data| {
            let (_, data) = data.as_ref()?.as_ref().ok()?;
            Some(data.version)
        })
    });
    use_live(version, move || data.refetch());

    let page = move || {
        Suspend::new(async move {
            match data.await {
                Ok((client, data)) => {
                    view! { <Loaded client data opened=opened.into() /> }.into_any()
                }
                Err(error) => view! {
                    <TopBar title="Calendar" />
                    <div class="page-body">
                        <Trouble error />
                    </div>
                }
                .into_any(),
            }
        })
    };
    view! {
        <Title text="Calendar" />
        <Transition fallback=Loading>{page}</Transition>
    }
    .into_any()
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <TopBar title="Calendar" />
        <MonthSkeleton />
    }
}

#[component]
fn Loaded(client: ClientId, data: MonthData, opened: Signal<Option<String>>) -> impl IntoView {
    let base = format!("/clients/{client}/calendar");
    let previous = format!("{base}?month={}", data.previous);
    let next = format!("{base}?month={}", data.next);
    let new_post = format!("/clients/{client}/posts/new");
    shortcuts::listen(shortcuts::Targets {
        today: base.clone(),
        previous: previous.clone(),
        next: next.clone(),
        new_post: new_post.clone(),
    });
    let controls = move || {
        view! {
            <span class="stepper">
                <a
                    class="button quiet small icon-only"
                    href=previous
                    aria-label="Previous month"
                    aria-keyshortcuts="ArrowLeft"
                >
                    {Icon::ChevronLeft.view()}
                </a>
                <a
                    class="button quiet small icon-only"
                    href=next
                    aria-label="Next month"
                    aria-keyshortcuts="ArrowRight"
                >
                    {Icon::ChevronRight.view()}
                </a>
            </span>
            <a class="button secondary small" href=base aria-keyshortcuts="T">
                "Today"
            </a>
        }
    };
    let zone_label = data.zone_label.clone();
    // One primary button a page: without an account, connecting one comes first.
    let new_class = if data.has_accounts {
        "button primary small"
    } else {
        "button secondary small"
    };
    view! {
        <Title text=format!("{}, calendar", data.title) />
        <TopBar title=data.title.clone() controls=controls>
            <span class="chip" title="All times are this client's">
                {Icon::Globe.view()}
                {zone_label}
            </span>
            <a class=new_class href=new_post aria-keyshortcuts="N">
                {Icon::Plus.view()}
                <span>"New post"</span>
                <kbd aria-hidden="true">"N"</kbd>
            </a>
        </TopBar>
        <MonthView client data opened />
    }
}
