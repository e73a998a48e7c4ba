//! A client's accounts and how they do.

use domain::ClientId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::called;
use super::connect::{ConnectAccount, ConnectButton};
use super::row::{Pausing, row};
use super::slots::PostingTimes;
use crate::api::accounts::{AccountList, AccountRow, Health, list_accounts};
use crate::components::{Empty, Icon, Notice, Status, TableSkeleton, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::pause::use_pausing;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The list of accounts, with what connecting one has led to.
#[component]
pub fn AccountsPage() -> impl IntoView {
    let desk = use_desk();
    let accounts = resource(
        move || desk.client_id(),
        |client| async move {
            match client {
                Some(client) => list_accounts(client).await,
                None => Err(no_such_page()),
            }
        },
    );
    use_live(
        Signal::derive(move || accounts.with(|list| Some(list.as_ref()?.as_ref().ok()?.version))),
        move || accounts.refetch(),
    );
    let pausing = use_pausing(desk);
    let pauses = Memo::new(move |_| desk.look().pauses);
    let content = move || {
        let client = desk.client_id();
        accounts.get().map(|list| match (client, list) {
            (Some(client), Ok(list)) => page(client, list, Pausing { pausing, pauses }),
            (_, Err(error)) => bare(view! { <Trouble error /> }.into_any()),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="Accounts" />
        <Transition fallback=|| bare(view! { <TableSkeleton /> }.into_any())>{content}</Transition>
        <div class="page-body slots-part">
            <PostingTimes client=Signal::derive(move || desk.client_id()) />
        </div>
    }
    .into_any()
}

fn bare(body: AnyView) -> AnyView {
    view! {
        <TopBar title="Accounts" />
        <div class="page-body">{body}</div>
    }
    .into_any()
}

fn page(client: ClientId, list: AccountList, pausing: Pausing) -> AnyView {
    let AccountList {
        client_name,
        rows,
        notes,
        platforms,
        ..
    } = list;
    let lost = rows
        .iter()
        .find(|account| is_lost(account))
        .map(|account| lost(client, account));
    let is_empty = rows.is_empty();
    let names = rows.iter().map(called).collect();
    let send_link = (!platforms.is_empty()).then(|| {
        view! {
            <a class="button secondary small" href=format!("/clients/{client}/accounts/links")>
                {Icon::Send.view()}
                <span>"Send connect link"</span>
            </a>
        }
    });
    let button = (!is_empty && !platforms.is_empty())
        .then(|| view! { <ConnectAccount client platforms=platforms.clone() /> });
    let body = if is_empty {
        let line = match platforms[..] {
            [] => "No platform is set up on this server yet.".to_owned(),
            [platform] => {
                format!("Connect the client’s {platform} account, and posts can be planned for it.")
            }
            _ => {
                "Connect one of the client’s accounts, and posts can be planned for it.".to_owned()
            }
        };
        let button = move |(place, platform): (usize, domain::Platform)| {
            let class = if place == 0 {
                "button primary"
            } else {
                "button secondary"
            };
            view! {
                <ConnectButton client platform handle=None class>
                    {Icon::from(platform).view()}
                    {format!("Connect {platform}")}
                </ConnectButton>
            }
        };
        view! {
            <Empty icon=Icon::Link title="No account connected yet" line whole=true>
                <div class="connect-choices">
                    {platforms.into_iter().enumerate().map(button).collect_view()}
                </div>
            </Empty>
        }
        .into_any()
    } else {
        view! {
            <table class="table stacks tall accounts-table">
                <thead>
                    <tr>
                        <th scope="col">"Account"</th>
                        <th scope="col">"Platform"</th>
                        <th scope="col">"Health"</th>
                        <th scope="col">"Last success"</th>
                        <th scope="col">"Next post"</th>
                        <th>
                            <span class="sr-only">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {rows
                        .into_iter()
                        .map(|account| {
                            let note = notes.iter().find(|note| note.account == account.id);
                            row(client, account, note.cloned(), pausing)
                        })
                        .collect_view()}
                </tbody>
            </table>
            <Offer />
        }
        .into_any()
    };
    view! {
        <TopBar title="Accounts" detail=Signal::stored(Some(client_name))>
            {send_link}
            {button}
        </TopBar>
        <div class="page-body">
            <Outcome names />
            {lost}
            {body}
        </div>
    }
    .into_any()
}

/// What came back from the platform's own sign-in. A name is believed while such an account is there.
#[component]
fn Outcome(names: Vec<String>) -> impl IntoView {
    let query = use_query_map();
    move || {
        let (connected, problem) =
            query.with(|query| (query.get("connected"), query.get("problem")));
        let connected = connected.filter(|name| names.contains(name));
        match (connected, problem) {
            (Some(name), _) => Some(
                view! {
                    <div role="status">
                        <Notice
                            status=Status::Approved
                            icon=Icon::Check
                            lead=format!("{name} is connected.")
                        >
                            "Posts can be planned for it now."
                        </Notice>
                    </div>
                }
                .into_any(),
            ),
            (None, Some(problem)) => Some(
                view! {
                    <Notice status=Status::Failed alert=true lead="The account was not connected.">
                        {problem}
                    </Notice>
                }
                .into_any(),
            ),
            (None, None) => None,
        }
    }
}

fn is_lost(account: &AccountRow) -> bool {
    matches!(account.health, Health::NeedsReconnecting { .. })
}

/// What is said first: access is gone, and what waits for it.
fn lost(client: ClientId, account: &AccountRow) -> impl IntoView + use<> {
    let platform = account.platform;
    let waits = match &account.next_post {
        Some(time) => format!("Posts wait for it; the next is due {time}."),
        None => "Nothing is planned for it.".to_owned(),
    };
    let handle = account.handle.clone();
    let action = move || {
        view! {
            <ConnectButton client platform handle class="button secondary small">
                {format!("Reconnect {platform}")}
            </ConnectButton>
        }
    };
    view! {
        <Notice
            status=Status::Failed
            lead=format!("{platform} stopped accepting our access to {}.", called(account))
            action=action
        >
            {waits}
        </Notice>
    }
}

#[component]
fn Offer() -> impl IntoView {
    view! {
        <div class="offer">
            {Icon::Link.view()} <div class="offer-text">
                <p class="offer-title">"The client signs in on the platform’s own page"</p>
                <p class="offer-line">
                    "You never see the account’s own password. Access can be taken back here or in the platform at any time."
                </p>
            </div>
        </div>
    }
}
