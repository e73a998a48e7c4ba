//! `/portal/clients/{client}/accounts`: the client's own accounts. Whoever approves connects and disconnects.

use domain::{ClientId, Platform};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::layout::use_portal;
use super::of_client::of_client;
use crate::api::accounts::{AccountList, AccountRow, Health};
use crate::api::portal_accounts::portal_accounts;
use crate::components::{AccountIdentity, Empty, Icon, Notice, Status};
use crate::pages::accounts::{asks_first, called, health};

/// The page.
#[component]
pub fn PortalAccountsPage() -> impl IntoView {
    of_client(
        "Accounts",
        || (),
        |client, ()| portal_accounts(client),
        |client, list| view! { <Accounts client list /> }.into_any(),
    )
}

#[component]
fn Accounts(client: ClientId, list: AccountList) -> impl IntoView {
    let may_decide = use_portal().may_decide();
    let AccountList {
        rows, platforms, ..
    } = list;
    let names: Vec<String> = rows.iter().map(called).collect();
    let nothing = rows.is_empty().then(|| {
        view! {
            <Empty
                icon=Icon::Link
                title="No account is connected yet"
                line="Connect one, and posts can be planned for it."
            />
        }
    });
    let connect = may_decide.then(|| {
        view! {
            <section class="portal-body portal-connect" aria-labelledby="connect-title">
                <h2 class="portal-section" id="connect-title">
                    "Connect an account"
                </h2>
                <p class="muted">
                    "You agree on the platform’s own page. The agency never sees a password, and you can take access back here or there at any time."
                </p>
                <div class="portal-connect-ways">
                    {platforms
                        .into_iter()
                        .map(|platform| {
                            view! {
                                <Connect
                                    client
                                    platform
                                    handle=None
                                    class="button secondary large block"
                                    words=format!("Connect {platform}")
                                />
                            }
                        })
                        .collect_view()}
                </div>
            </section>
        }
    });
    view! {
        <div class="portal-hero">
            <h1 class="portal-title">"Accounts"</h1>
            <p class="portal-lead">"Where posts are published in your name."</p>
        </div>
        <Outcome names />
        <ul class="portal-rows">
            {rows.into_iter().map(|account| row(client, account, may_decide)).collect_view()}
        </ul>
        {nothing}
        {connect}
    }
    .into_any()
}

fn row(client: ClientId, account: AccountRow, may_decide: bool) -> AnyView {
    let name = called(&account);
    let is_lost = matches!(account.health, Health::NeedsReconnecting { .. });
    let acts = may_decide.then(|| {
        let class = if is_lost {
            "button primary"
        } else {
            "button secondary"
        };
        view! {
            <div class="portal-acts">
                <Connect
                    client
                    platform=account.platform
                    handle=account.handle.clone()
                    class
                    words="Reconnect".to_owned()
                />
                <a
                    class="button quiet"
                    href=format!("/portal/clients/{client}/accounts/{}/disconnect", account.id)
                >
                    "Disconnect"
                    <span class="sr-only">{format!(" {name}")}</span>
                </a>
            </div>
        }
    });
    let next = account
        .next_post
        .map(|time| view! { <p class="inbox-fact">{format!("Next post: {time}")}</p> });
    let last = account
        .last_success
        .map(|time| view! { <p class="inbox-fact">{format!("Last post: {time}")}</p> });
    let detail = account.handle.as_ref().map(|handle| format!("@{handle}"));
    view! {
        <li class="portal-account">
            <AccountIdentity
                name=account.nickname
                detail
                platform=account.platform
                url=account.avatar_url
            />
            {health(account.health, account.platform.name())}
            {last}
            {next}
            {acts}
        </li>
    }
    .into_any()
}

/// A button to the platform's own sign-in, or to the page that asks for what that needs.
#[component]
fn Connect(
    client: ClientId,
    platform: Platform,
    /// The handle of the account that is connected again.
    #[prop(optional_no_strip)]
    handle: Option<String>,
    class: &'static str,
    words: String,
) -> impl IntoView {
    let address = format!(
        "/portal/clients/{client}/accounts/connect/{}",
        platform.as_str()
    );
    if asks_first(platform) {
        let href = match handle {
            Some(handle) => format!("{address}?handle={handle}"),
            None => address,
        };
        return view! {
            <a class=class href=href>
                {Icon::from(platform).view()}
                {words}
            </a>
        }
        .into_any();
    }
    view! {
        <form method="post" action=address>
            <button class=class type="submit">
                {Icon::from(platform).view()}
                {words}
            </button>
        </form>
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
        let notice = match (connected, problem) {
            (Some(name), _) => view! {
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
            (None, Some(problem)) => view! {
                <Notice status=Status::Failed alert=true lead="The account was not connected.">
                    {problem}
                </Notice>
            }
            .into_any(),
            (None, None) => return None,
        };
        Some(view! { <div class="portal-body">{notice}</div> })
    }
}
