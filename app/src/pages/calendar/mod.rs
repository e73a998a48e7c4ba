//! `/clients/:client/calendar?month=2026-10`: a client's month, week or list, and on a phone its agenda.

mod address;
mod arrange;
mod attention;
mod card;
mod card_menu;
mod day;
mod day_panel;
mod filters;
mod help;
mod list;
mod month;
mod move_dialog;
mod moving;
mod nothing;
mod sheet;
mod shortcuts;
mod strip;
mod week;

use domain::ClientId;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsValue;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::attention::Attention;
use self::day_panel::DayPanel;
use self::filters::Filters;
use self::help::Help;
use self::list::List;
use self::month::Month;
use self::move_dialog::MoveDialog;
use self::moving::{Board, MovingLabel};
use self::nothing::{NoAccounts, NoPosts};
use self::sheet::Sheet;
use self::shortcuts::Targets;
use self::week::Week;
use super::live::use_live;
use super::trouble::{Trouble, no_such_page};
use crate::api::ApiError;
use crate::api::calendar::{CalendarData, CalendarQuery, View, calendar};
use crate::components::{Icon, MonthSkeleton, TopBar, ViewerZone};
use crate::state::resource::resource;

/// The calendar. What it shows stands in the address.
#[component]
pub fn CalendarPage() -> impl IntoView {
    let (params, address) = (use_params_map(), use_query_map());
    let client = Memo::new(move |_| {
        params.with(|params| params.get_str("client")?.parse::<ClientId>().ok())
    });
    let query = Memo::new(move |_| address.with(address::read));
    let data = resource(
        move || (client.get(), query.get()),
        |(client, query)| async move {
            let client = client.ok_or_else(no_such_page)?;
            let data = calendar(client, query.clone()).await?;
            Ok((client, query, data))
        },
    );
    let version = Signal::derive(move || {
        data.with(|data| {
            let (.., data) = data.as_ref()?.as_ref().ok()?;
            Some(data.version)
        })
    });
    use_live(version, move || data.refetch());
    // What is under way stays while the calendar is shown anew, so it lives out here.
    let shown = RwSignal::new(None::<CalendarData>);
    let reload = Callback::new(move |()| data.refetch());
    let help = RwSignal::new(false);
    let targets = RwSignal::new(Targets::default());
    let around = move || {
        let Some(client) = client.get() else {
            return view! { <Failed error=no_such_page() /> }.into_any();
        };
        let board = Board::new(client, query, shown.into(), reload);
        board.follow_focus();
        shortcuts::listen(board, targets.into(), help);
        let page = move || {
            Suspend::new(async move {
                match data.await {
                    Ok((_, query, data)) => {
                        view! { <Loaded board query data targets shown /> }.into_any()
                    }
                    Err(error) => view! { <Failed error /> }.into_any(),
                }
            })
        };
        view! {
            <div
                class="under-sheet"
                inert=move || board.covered.get()
                on:click=move |event| board.follow(&event)
            >
                <Transition fallback=Loading>{page}</Transition>
            </div>
            <MoveDialog board />
            <MovingLabel board />
            <Sheet board />
            <ViewerZone />
        }
        .into_any()
    };
    view! {
        <Title text="Calendar" />
        {around}
        <Help open=help />
    }
    .into_any()
}

#[component]
fn Failed(error: ApiError) -> impl IntoView {
    view! {
        <TopBar title="Calendar" />
        <div class="page-body">
            <Trouble error />
        </div>
    }
}

#[component]
fn Loading() -> impl IntoView {
    view! {
        <TopBar title="Calendar" />
        <MonthSkeleton />
    }
}

#[component]
fn Loaded(
    board: Board,
    query: CalendarQuery,
    data: CalendarData,
    targets: RwSignal<Targets>,
    shown: RwSignal<Option<CalendarData>>,
) -> impl IntoView {
    let client = board.client;
    let leads = Targets::of(client, &query, &data);
    let opened = query
        .day
        .as_ref()
        .and_then(|day| data.days.iter().find(|of| of.date == *day).cloned());
    Effect::new({
        let (leads, data) = (leads.clone(), data.clone());
        move |_| {
            targets.set(leads.clone());
            shown.set(Some(data.clone()));
        }
    });
    if data.view == View::Month && data.total > 0 && data.days.iter().any(|day| day.is_today) {
        begin_at_today();
    }
    let (has_accounts, total) = (!data.accounts.is_empty(), data.total);
    // One primary button a page: without an account, connecting one comes first.
    let new_class = if has_accounts {
        "button primary small"
    } else {
        "button secondary small"
    };
    let notice = (total == 0 && has_accounts)
        .then(|| view! { <NoPosts client data=data.clone() query=query.clone() /> });
    let empty = (total == 0 && !has_accounts).then(|| view! { <NoAccounts client /> });
    let title = data.title.clone();
    let (label, zone_label) = (title.clone(), data.zone_label.clone());
    let attention = data.attention.clone();
    let stored = StoredValue::new(data.clone());
    let query = StoredValue::new(query);
    let new_post = leads.new_post.clone();
    let class = match data.view {
        View::Month => "calendar",
        View::Week => "calendar is-week",
        View::List => "calendar is-list",
    };
    let body = match data.view {
        View::Month => view! { <Month board data query /> }.into_any(),
        View::Week => view! { <Week board data query /> }.into_any(),
        View::List => view! { <List board data query /> }.into_any(),
    };
    let panel = opened.map(|day| view! { <DayPanel board day query /> });
    view! {
        <Title text=format!("{title}, calendar") />
        <TopBar
            title=title
            controls=move || {
                view! {
                    <Controls targets=leads />
                    <Filters board data=stored query />
                }
            }
        >
            <span class="chip optional" title="All times are this client’s">
                {Icon::Globe.view()}
                {zone_label}
            </span>
            <a class=new_class href=new_post aria-keyshortcuts="N">
                {Icon::Plus.view()}
                <span>"New post"</span>
                <kbd aria-hidden="true">"N"</kbd>
            </a>
        </TopBar>
        <div class="calendar-page">
            <section class=class aria-label=label>
                {notice}
                <Attention client items=attention />
                {body}
                {empty}
            </section>
            {panel}
        </div>
    }
}

/// What lies before and after, today, and the views.
#[component]
fn Controls(targets: Targets) -> impl IntoView {
    let (before, after) = match targets.view {
        View::Week => ("Previous week", "Next week"),
        View::Month | View::List => ("Previous month", "Next month"),
    };
    let views = View::ALL
        .map(|view| {
            let (href, key) = match view {
                View::Month => (targets.month.clone(), "M"),
                View::Week => (targets.week.clone(), "W"),
                View::List => (targets.list.clone(), "L"),
            };
            view! {
                <a
                    href=href
                    aria-current=(view == targets.view).then_some("page")
                    aria-keyshortcuts=key
                >
                    {view.word()}
                </a>
            }
        })
        .collect_view();
    view! {
        <span class="stepper">
            <a
                class="button quiet small icon-only"
                href=targets.previous
                aria-label=before
                aria-keyshortcuts="ArrowLeft K"
            >
                {Icon::ChevronLeft.view()}
            </a>
            <a
                class="button quiet small icon-only"
                href=targets.next
                aria-label=after
                aria-keyshortcuts="ArrowRight J"
            >
                {Icon::ChevronRight.view()}
            </a>
        </span>
        <a class="button secondary small" href=targets.today aria-keyshortcuts="T">
            "Today"
        </a>
        <nav class="segmented" aria-label="View">
            {views}
        </nav>
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
