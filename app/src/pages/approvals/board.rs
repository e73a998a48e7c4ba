//! The lists, with what is chosen in them, beside the post that is looked at.

use domain::approval::ReviewState;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;

use super::bulk::{BulkBar, RemindAll};
use super::{Tab, address};
use crate::api::approvals::{ApprovalRow, BoardData, Pick};
use crate::components::{
    ClientAvatar, Empty, Glyphs, Icon, PersonAvatar, Select, Status, StatusPill, Thumb,
};

#[component]
pub(super) fn Board(
    board: BoardData,
    tab: Tab,
    base: String,
    /// The post that is looked at.
    post: Option<Pick>,
    picks: RwSignal<Vec<Pick>>,
    /// Whose posts are listed alone; the address says it.
    held_by: Memo<Option<String>>,
    on_change: Callback<()>,
) -> impl IntoView {
    let tabs = Tab::ALL
        .into_iter()
        // Where nobody works in two steps, the agency's own stage says nothing.
        .filter(|one| *one != Tab::Agency || tab == *one || !board.with_agency.is_empty())
        .map(|one| {
            let count = one.rows(&board).len();
            let base = base.clone();
            let href = move || {
                held_by.with(|held_by| address(&base, Some(one), held_by.as_deref(), None))
            };
            view! {
                <a class="tab" href=href aria-current=(one == tab).then_some("page")>
                    {one.label()}
                    <span class="tab-count">{count}</span>
                </a>
            }
        })
        .collect_view();
    let rows = tab.rows(&board).to_vec();
    // What is no longer listed is no longer chosen.
    let listed: Vec<Pick> = rows.iter().map(pick).collect();
    picks.update_untracked(|picks| picks.retain(|pick| listed.contains(pick)));
    let holders = holders(&rows);
    // Whoever is chosen and holds nothing any more leaves nothing out.
    let only = Memo::new({
        let holders = holders.clone();
        move |_| held_by.get().filter(|name| holders.contains(name))
    });
    let filter = tab
        .who()
        .filter(|_| holders.len() > 1)
        .map(|label| view! { <HeldBy label holders tab base=base.clone() post only /> });
    let asks = board.asks;
    let body = move || {
        let only = only.get();
        let mut rows = rows.clone();
        rows.retain(|row| only.as_ref().is_none_or(|name| row.held_by.contains(name)));
        if rows.is_empty() {
            empty(tab, asks).into_any()
        } else {
            let listed = Listed {
                base: &base,
                tab,
                held_by: only.as_deref(),
            };
            table(listed, rows, post, picks, on_change).into_any()
        }
    };
    view! {
        <div class="approvals-head">
            <nav class="tabs approvals-tabs" aria-label="Approvals">
                {tabs}
            </nav>
            {filter}
        </div>
        {body}
        <BulkBar tab picks on_change />
    }
    .into_any()
}

/// Whose posts are listed: a choice that becomes the address. Without WASM a button sends it.
#[component]
fn HeldBy(
    label: &'static str,
    holders: Vec<String>,
    tab: Tab,
    base: String,
    post: Option<Pick>,
    only: Memo<Option<String>>,
) -> impl IntoView {
    /// No view of its own: to a browser that runs scripts, what is in `<noscript>` is text.
    const SHOW: &str = "<button class=\"button secondary small\">Show</button>";
    let navigate = use_navigate();
    let options = holders
        .into_iter()
        .map(|name| {
            let (own, value) = (name.clone(), name.clone());
            let is_chosen = move || only.with(|only| only.as_ref() == Some(&own));
            view! {
                <option value=value selected=is_chosen.clone() prop:selected=is_chosen>
                    {name}
                </option>
            }
        })
        .collect_view();
    let action = base.clone();
    let choose = move |name: String| {
        let name = Some(name.as_str()).filter(|name| !name.is_empty());
        let options = NavigateOptions {
            scroll: false,
            ..NavigateOptions::default()
        };
        navigate(&address(&base, Some(tab), name, post), options);
    };
    view! {
        <form method="get" action=action class="approvals-filter">
            <input type="hidden" name="tab" value=tab.word() />
            <label>
                <span>{label}</span>
                <Select>
                    <select name="held" on:change:target=move |event| choose(event.target().value())>
                        <option value="">"Anybody"</option>
                        {options}
                    </select>
                </Select>
            </label>
            <noscript inner_html=SHOW></noscript>
        </form>
    }
    .into_any()
}

/// A list, and whose posts are listed alone.
#[derive(Clone, Copy)]
struct Listed<'a> {
    base: &'a str,
    tab: Tab,
    held_by: Option<&'a str>,
}

/// Who holds something, by name.
fn holders(rows: &[ApprovalRow]) -> Vec<String> {
    let mut names: Vec<String> = rows
        .iter()
        .flat_map(|row| row.held_by.iter().cloned())
        .collect();
    names.sort();
    names.dedup();
    names
}

const fn pick(row: &ApprovalRow) -> Pick {
    Pick {
        client: row.client,
        post: row.post,
    }
}

fn empty(tab: Tab, asks: bool) -> impl IntoView {
    let (title, line) = match tab {
        Tab::Ready if !asks => (
            "No client is asked for approval",
            "Set it in a client’s settings: then drafts that could be sent are listed here.",
        ),
        Tab::Ready => (
            "Nothing is ready to send",
            "Drafts with an account and a time ahead are listed here.",
        ),
        Tab::Agency => ("Nothing waits for us", "Two-step approvals begin here."),
        Tab::Client => (
            "Nothing waits for a client",
            "What is sent for approval is listed here until it is decided.",
        ),
        Tab::Changes => (
            "No changes are asked for",
            "What comes back from approvers is listed here.",
        ),
        Tab::Approved => (
            "Nothing is approved and still to go out",
            "Approved posts are listed here until they are published.",
        ),
    };
    view! { <Empty icon=Icon::Approved title=title line=line whole=true /> }
}

fn table(
    listed: Listed<'_>,
    rows: Vec<ApprovalRow>,
    post: Option<Pick>,
    picks: RwSignal<Vec<Pick>>,
    on_change: Callback<()>,
) -> impl IntoView + use<> {
    let tab = listed.tab;
    let all: Vec<Pick> = rows.iter().map(pick).collect();
    let can_pick = matches!(tab, Tab::Ready | Tab::Agency | Tab::Client);
    let count = all.len();
    let choose_all = can_pick.then(|| {
        view! {
            <input
                type="checkbox"
                class="check"
                aria-label="Choose all"
                prop:checked=move || picks.with(|picks| picks.len() == count)
                prop:indeterminate=move || {
                    picks.with(|picks| !picks.is_empty() && picks.len() < count)
                }
                on:change:target=move |event| {
                    if event.target().checked() {
                        picks.set(all.clone());
                    } else {
                        picks.set(Vec::new());
                    }
                }
            />
        }
    });
    let waits = matches!(tab, Tab::Agency | Tab::Client);
    let last = tab.who();
    let columns =
        3 + usize::from(tab != Tab::Ready) + usize::from(waits) + usize::from(last.is_some());
    let mut client = None;
    let mut body = Vec::with_capacity(rows.len() * 2);
    // By client, the one whose first deadline is nearest first; the rows come in that order.
    let mut clients: Vec<_> = Vec::new();
    for row in &rows {
        if !clients.contains(&row.client) {
            clients.push(row.client);
        }
    }
    for of in clients {
        let group: Vec<&ApprovalRow> = rows.iter().filter(|row| row.client == of).collect();
        for row in &group {
            if client != Some(row.client) {
                client = Some(row.client);
                let on_change = waits.then_some(on_change);
                body.push(group_head(&group, columns + 1, on_change).into_any());
            }
            body.push(row_view(listed, (*row).clone(), post, picks, can_pick).into_any());
        }
    }
    view! {
        <table class="table tall approvals-table">
            <thead>
                <tr>
                    <th scope="col" class="approvals-pick">
                        {choose_all}
                        <span class="sr-only">"Choose"</span>
                    </th>
                    <th scope="col">"Post"</th>
                    {(tab != Tab::Ready).then(|| view! { <th scope="col">"Status"</th> })}
                    <th scope="col">"Goes out"</th>
                    {waits.then(|| view! { <th scope="col">"Decide by"</th> })}
                    {last.map(|last| view! { <th scope="col">{last}</th> })}
                </tr>
            </thead>
            <tbody>{body}</tbody>
        </table>
    }
}

fn group_head(
    group: &[&ApprovalRow],
    columns: usize,
    on_change: Option<Callback<()>>,
) -> impl IntoView {
    let picks: Vec<Pick> = group.iter().map(|row| pick(row)).collect();
    let name = group
        .first()
        .map_or_else(String::new, |row| row.client_name.clone());
    let late = group.iter().filter(|row| row.is_late).count();
    let posts = match group.len() {
        1 => "1 post".to_owned(),
        many => format!("{many} posts"),
    };
    let facts = if late > 0 {
        format!("{posts}, {late} overdue")
    } else {
        posts
    };
    view! {
        <tr class="group">
            <th colspan=columns.to_string() scope="rowgroup">
                <span class="approvals-client">
                    <ClientAvatar name=name.clone() />
                    <b>{name}</b>
                    <span class="muted">{facts}</span>
                    {on_change.map(|on_change| view! { <RemindAll picks on_change /> })}
                </span>
            </th>
        </tr>
    }
}

fn row_view(
    listed: Listed<'_>,
    row: ApprovalRow,
    post: Option<Pick>,
    picks: RwSignal<Vec<Pick>>,
    can_pick: bool,
) -> impl IntoView + use<> {
    let Listed { base, tab, held_by } = listed;
    let own = pick(&row);
    let is_shown = post == Some(own) && tab != Tab::Ready;
    let href = if tab == Tab::Ready {
        format!("/clients/{}/posts/{}", row.client, row.post)
    } else {
        address(base, Some(tab), held_by, Some(own))
    };
    let label = format!("Choose “{}”", row.title);
    let choose = can_pick.then(|| {
        view! {
            <input
                type="checkbox"
                class="check"
                aria-label=label
                prop:checked=move || picks.with(|picks| picks.contains(&own))
                on:change:target=move |event| {
                    let chosen = event.target().checked();
                    picks
                        .update(|picks| {
                            picks.retain(|pick| *pick != own);
                            if chosen {
                                picks.push(own);
                            }
                        });
                }
            />
        }
    });
    let waits = matches!(tab, Tab::Agency | Tab::Client);
    let status = match row.state {
        Some(ReviewState::Changes) => Status::Changes,
        Some(ReviewState::Approved) => Status::from(row.delivery),
        _ => Status::Waiting,
    };
    let late_class = if row.is_late { "approvals-late" } else { "" };
    let deadline = waits.then(|| {
        view! {
            <td class=format!("approvals-when {late_class}")>
                <span>{row.deadline.clone()}</span>
                <small>
                    {row.is_late.then(|| Icon::Triangle.view())} {row.deadline_in.clone()}
                </small>
            </td>
        }
    });
    let who = (tab != Tab::Ready).then(|| {
        let names = match row.held_by.as_slice() {
            [] => "Nobody yet".to_owned(),
            [one] => one.clone(),
            [first, others @ ..] => format!("{first} +{}", others.len()),
        };
        let all = row.held_by.join(", ");
        view! {
            <td class="approvals-who">
                <span title=all>
                    <PersonAvatar name=names.clone() />
                    <span>
                        {names} <small>{row.held_for.clone()}</small>
                    </span>
                </span>
            </td>
        }
    });
    view! {
        <tr aria-selected=is_shown.then_some("true")>
            <td class="approvals-pick">{choose}</td>
            <td class="approvals-post">
                <span>
                    <Thumb url=row.poster_url />
                    <span class="approvals-words">
                        <a href=href aria-current=is_shown.then_some("true")>
                            {row.title}
                        </a>
                        <small>
                            <Glyphs platforms=row.platforms /> {row.facts}
                        </small>
                    </span>
                </span>
            </td>
            {(tab != Tab::Ready)
                .then(|| {
                    view! {
                        <td>
                            <StatusPill status=status />
                        </td>
                    }
                })}
            <td class="approvals-when">
                <span>{row.due}</span>
                <small>{row.due_in}</small>
            </td>
            {deadline}
            {who}
        </tr>
    }
}
