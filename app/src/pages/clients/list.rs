//! All clients with how they do.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::clients::{ClientRow, list_clients};
use crate::components::{
    AvatarSize, ClientAvatar, Empty, Icon, Status, StatusPill, TableSkeleton, TopBar,
};
use crate::pages::trouble::Trouble;

/// The list of clients; with none, what to do first.
#[component]
pub fn ClientsPage() -> impl IntoView {
    let clients = Resource::new_blocking(|| (), |()| list_clients());
    let content = move || {
        clients.get().map(|clients| match clients {
            Ok(rows) if rows.is_empty() => view! {
                <TopBar title="Clients" />
                <div class="page-body">
                    <FirstSteps />
                </div>
            }
            .into_any(),
            Ok(rows) => list(rows),
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

fn list(rows: Vec<ClientRow>) -> AnyView {
    let count = match rows.len() {
        1 => "1 client".to_owned(),
        count => format!("{count} clients"),
    };
    view! {
        <TopBar title="Clients" detail=Signal::stored(Some(count))>
            <a class="button primary small" href="/clients/new">
                {Icon::Plus.view()}
                <span>"Add a client"</span>
            </a>
        </TopBar>
        <div class="page-body">
            <table class="table clients-table">
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
                            <a href=page("calendar")>{name.clone()}</a>
                        </span>
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
