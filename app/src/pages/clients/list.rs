//! All clients with how they do.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::clients::{ClientRow, list_clients};
use crate::api::controls::{PauseReach, SetPaused};
use crate::components::{
    AvatarSize, ClientAvatar, Empty, Icon, Show, Status, StatusInline, StatusPill, TableSkeleton,
    TopBar,
};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::pause::{PauseForm, use_pausing};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// The list of clients; with none, what to do first.
#[component]
pub fn ClientsPage() -> impl IntoView {
    let desk = use_desk();
    let clients = resource(|| (), |()| list_clients());
    let pausing = use_pausing(desk);
    let is_paused = Memo::new(move |_| {
        let pauses = desk.look().pauses;
        pauses
            .iter()
            .any(|pause| pause.reach == PauseReach::Everything)
    });
    // The list has no version of its own: it is as old as the look that the frame came with.
    let loaded = Signal::derive(move || clients.with(|clients| clients.as_ref().map(|_| ())));
    let version = StoredValue::new(None::<i64>);
    let version = Signal::derive(move || {
        loaded.get()?;
        let first = version.get_value().unwrap_or_else(|| desk.look().version);
        version.set_value(Some(first));
        Some(first)
    });
    use_live(version, move || clients.refetch());
    let content = move || {
        clients.get().map(|clients| match clients {
            Ok(rows) if rows.is_empty() => view! {
                <TopBar title="Clients" />
                <div class="page-body">
                    <FirstSteps />
                </div>
            }
            .into_any(),
            Ok(rows) => list(rows, pausing, is_paused),
            Err(error) => view! {
                <TopBar title="Clients" />
                <div class="page-body">
                    <Trouble error />
                </div>
            }
            .into_any(),
        })
    };
    view! {
        <Title text="Clients" />
        <Transition fallback=|| {
            view! {
                <TopBar title="Clients" />
                <div class="page-body">
                    <TableSkeleton />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}

fn list(rows: Vec<ClientRow>, pausing: ServerAction<SetPaused>, is_paused: Memo<bool>) -> AnyView {
    let count = match rows.len() {
        1 => "1 client".to_owned(),
        count => format!("{count} clients"),
    };
    view! {
        <TopBar title="Clients" detail=Signal::stored(Some(count))>
            // What is paused already is resumed in the line above.
            <Show when=move || !is_paused.get()>
                <PauseForm action=pausing pauses=true class="button secondary small">
                    {Icon::Pause.view()}
                    <span>"Pause everything"</span>
                </PauseForm>
            </Show>
            <a class="button primary small" href="/clients/new">
                {Icon::Plus.view()}
                <span>"Add a client"</span>
            </a>
        </TopBar>
        <div class="page-body">
            <table class="table stacks clients-table">
                <thead>
                    <tr>
                        <th scope="col">"Client"</th>
                        <th scope="col">"Zone"</th>
                        <th scope="col">"Accounts"</th>
                        <th scope="col">"Next post"</th>
                        <th>
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: ClientRow) -> AnyView {
    let health = health(&row);
    let name = row.client.name;
    let page = |page: &str| format!("/clients/{}/{page}", row.client.id);
    view! {
        <tr>
            <td>
                <span class="identity">
                    <ClientAvatar name=name.clone() size=AvatarSize::S32 />
                    <span class="identity-text">
                        <span class="identity-name">
                            <a class="row-link" href=page("calendar")>
                                {name.clone()}
                            </a>
                        </span>
                        {row
                            .paused
                            .then(|| {
                                view! {
                                    <StatusInline
                                        status=Status::Waiting
                                        words="Paused"
                                        icon=Icon::Pause
                                    />
                                }
                            })}
                    </span>
                </span>
            </td>
            <td class="client-zone">{row.client.zone_label}</td>
            <td class="client-accounts">{health}</td>
            <td class="client-next" data-head="Next post">
                {row.next_post.unwrap_or_else(|| "None planned".to_owned())}
            </td>
            <td>
                <div class="table-actions">
                    <a
                        class="button quiet small"
                        href=page("accounts")
                        aria-label=format!("Accounts of {name}")
                    >
                        "Accounts"
                    </a>
                    <a
                        class="button quiet small"
                        href=page("history")
                        aria-label=format!("History of {name}")
                    >
                        "History"
                    </a>
                    <a
                        class="button quiet small"
                        href=page("settings")
                        aria-label=format!("Settings of {name}")
                    >
                        "Settings"
                    </a>
                </div>
            </td>
        </tr>
    }
    .into_any()
}

fn health(row: &ClientRow) -> impl IntoView + use<> {
    let (status, words, icon) = match (row.accounts, row.attention) {
        (0, _) => (Status::Draft, "None connected".to_owned(), Icon::Link),
        (all, 0) => (Status::Approved, format!("{all} working"), Icon::Check),
        (1, _) => (
            Status::Waiting,
            "Needs reconnecting".to_owned(),
            Icon::Triangle,
        ),
        (all, 1) => (
            Status::Waiting,
            format!("1 of {all} needs reconnecting"),
            Icon::Triangle,
        ),
        (all, some) => (
            Status::Waiting,
            format!("{some} of {all} need reconnecting"),
            Icon::Triangle,
        ),
    };
    view! { <StatusPill status words icon /> }
}

/// What an agency without clients does, in order.
#[component]
fn FirstSteps() -> impl IntoView {
    view! {
        <Empty
            icon=Icon::Calendar
            title="Nothing planned yet"
            line="Add the first client, and a calendar becomes theirs."
            whole=true
        >
            <a class="button primary" href="/clients/new">
                {Icon::Plus.view()}
                "Add a client"
            </a>
            <ol class="steps">
                <li aria-current="step">
                    <span>
                        <b>"Add a client"</b>
                        " name, time zone"
                    </span>
                </li>
                <li>
                    <span>
                        <b>"Connect an account"</b>
                        " the client signs in at TikTok"
                    </span>
                </li>
                <li>
                    <span>
                        <b>"Plan the first post"</b>
                        " from a day on the calendar"
                    </span>
                </li>
            </ol>
        </Empty>
    }
    .into_any()
}
