//! Every delivery of a client, newest first.

use domain::{ClientId, DeliveryState};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::deliveries::Held;
use crate::api::history::{HistoryData, HistoryRow, history};
use crate::components::{Empty, Icon, Status, StatusInline, TableSkeleton, Thumb, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// A page of the history.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let desk = use_desk();
    let query = use_query_map();
    let before = Memo::new(move |_| query.with(|query| query.get("before")));
    let source = move || (desk.client_id(), before.get());
    let page = resource(source, |(client, before)| async move {
        match client {
            Some(client) => history(client, before).await,
            None => Err(no_such_page()),
        }
    });
    use_live(
        Signal::derive(move || page.with(|page| Some(page.as_ref()?.as_ref().ok()?.version))),
        move || page.refetch(),
    );
    let content = move || {
        let (client, before) = source();
        let zone = desk.client().map(|client| client.zone_label_with_offset);
        page.get().map(|page| match (client, page) {
            (Some(client), Ok(page)) => shown(client, page, zone, before.is_some()),
            (_, Err(error)) => bare(view! { <Trouble error /> }.into_any()),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="History" />
        <Transition fallback=|| bare(view! { <TableSkeleton /> }.into_any())>{content}</Transition>
    }
    .into_any()
}

fn bare(body: AnyView) -> AnyView {
    view! {
        <TopBar title="History" />
        <div class="page-body">{body}</div>
    }
    .into_any()
}

fn shown(client: ClientId, page: HistoryData, zone: Option<String>, is_older: bool) -> AnyView {
    let HistoryData {
        client_name,
        rows,
        next,
        ..
    } = page;
    let body = match (rows.is_empty(), is_older) {
        (true, false) => view! {
            <Empty
                icon=Icon::History
                title="Nothing has been sent yet"
                line="Posts show up here once they are on their way, with each step they took."
                whole=true
            >
                <a class="button primary" href=format!("/clients/{client}/calendar")>
                    "Open the calendar"
                </a>
            </Empty>
        }
        .into_any(),
        (true, true) => view! { <p class="muted">"There is nothing older."</p> }.into_any(),
        (false, _) => table(client, rows),
    };
    view! {
        <TopBar title="History" detail=Signal::stored(Some(client_name))>
            <a class="button secondary small" href=format!("/clients/{client}/activity")>
                {Icon::Link.view()}
                <span>"Accounts and pauses"</span>
            </a>
            {zone
                .map(|zone| {
                    view! {
                        <span class="chip">
                            {Icon::Globe.view()} <span class="sr-only">"Times in "</span> {zone}
                        </span>
                    }
                })}
        </TopBar>
        <div class="page-body">{body} {pager(client, next, is_older)}</div>
    }
    .into_any()
}

fn table(client: ClientId, rows: Vec<HistoryRow>) -> AnyView {
    view! {
        <table class="table stacks history-table">
            <thead>
                <tr>
                    <th scope="col">"Due"</th>
                    <th scope="col">"Post"</th>
                    <th scope="col">"Account"</th>
                    <th scope="col">"Outcome"</th>
                    <th scope="col" class="history-tries">
                        "Attempts"
                    </th>
                    <th scope="col" class="number history-late">
                        "Against plan"
                    </th>
                </tr>
            </thead>
            <tbody>{with_days(client, rows)}</tbody>
        </table>
    }
    .into_any()
}

/// The rows under the day on which they were due.
fn with_days(client: ClientId, rows: Vec<HistoryRow>) -> Vec<AnyView> {
    let mut day = String::new();
    let mut views = Vec::with_capacity(rows.len() + 8);
    for shown in rows {
        // "Mon 12 Oct, 17:30"
        let (its_day, time) = match shown.due.rsplit_once(", ") {
            Some((day, time)) => (day.to_owned(), time.to_owned()),
            None => (shown.due.clone(), String::new()),
        };
        if its_day != day {
            day.clone_from(&its_day);
            let head = view! {
                <tr class="group">
                    <th colspan="6" scope="rowgroup">
                        {its_day}
                    </th>
                </tr>
            };
            views.push(head.into_any());
        }
        views.push(row(client, time, shown).into_any());
    }
    views
}

fn row(client: ClientId, time: String, row: HistoryRow) -> AnyView {
    let title = if row.title.is_empty() {
        "Without a caption".to_owned()
    } else {
        row.title
    };
    let below = row.problem.or(row.published);
    view! {
        <tr>
            <td class="history-time">
                <time>{time}</time>
            </td>
            <td class="history-cell">
                <span class="history-post">
                    <Thumb url=row.poster_url />
                    <a class="row-link" href=format!("/clients/{client}/history/{}", row.id)>
                        {title}
                    </a>
                </span>
            </td>
            <td class="history-account">
                <span>{Icon::from(row.platform).view()} {row.account_name}</span>
            </td>
            <td class="history-outcome">
                <div class="outcome">
                    {outcome(row.state, row.held)}
                    {below.map(|below| view! { <small class="not-phone">{below}</small> })}
                </div>
            </td>
            <td class="history-tries">{row.attempts}</td>
            <td class="number history-late">{row.punctuality.unwrap_or_else(|| "–".to_owned())}</td>
        </tr>
    }
    .into_any()
}

fn outcome(state: DeliveryState, held: Option<Held>) -> AnyView {
    match held {
        Some(held) => view! {
            <StatusInline status=Status::Waiting words=held.words() icon=Icon::Pause />
        }
        .into_any(),
        None => view! { <StatusInline status=state /> }.into_any(),
    }
}

fn pager(client: ClientId, next: Option<String>, is_older: bool) -> impl IntoView {
    let address = format!("/clients/{client}/history");
    let newest = is_older.then(|| {
        view! {
            <a class="button secondary small" href=address.clone()>
                "Newest"
            </a>
        }
    });
    let older = next.map(|next| {
        // A time with its offset: the plus would come back as a space.
        let next = next.replace('+', "%2B");
        view! {
            <a class="button secondary small" href=format!("{address}?before={next}")>
                "Show older"
            </a>
        }
    });
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <span></span>
                <span class="button-row">{newest} {older}</span>
            </nav>
        }
    })
}
