//! `/connect/{token}`: a client connects accounts from a browser of their own, without being a user here.

use domain::Platform;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::{EndedLink, LinkLayout, use_token};
use crate::api::connect_links::{
    ConnectVisitData, OpenConnectLink, VisitedAccount, visit_connect_link,
};
use crate::components::{Field, Icon, PanelSkeleton, Status, StatusPill};
use crate::pages::accounts::{Asked, ByAppPassword, HandleInput, asks_first};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// What the address says came of connecting.
struct Outcome {
    connected: Option<String>,
    asked: Asked,
}

/// The page.
#[component]
pub fn ConnectLinkPage() -> impl IntoView {
    let token = use_token();
    let query = use_query_map();
    let visit = resource(move || token.get(), visit_connect_link);
    let content = move || {
        let visit = visit.get();
        let outcome = query.with(|query| Outcome {
            connected: query.get("connected"),
            asked: Asked::of(query),
        });
        Unsuspend::new(move || {
            visit.map(|visit| match visit {
                Ok(visit) => page(token.get_untracked(), visit, outcome),
                Err(error) => view! {
                    <LinkLayout title="Something went wrong" agency="AutoPost">
                        <Trouble error />
                    </LinkLayout>
                }
                .into_any(),
            })
        })
    };
    view! { <Suspense fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Suspense> }
        .into_any()
}

fn page(
    token: String,
    ConnectVisitData { agency, open }: ConnectVisitData,
    outcome: Outcome,
) -> AnyView {
    let sender = agency.clone();
    let card = match open {
        Some(open) => view! { <Open token agency=sender open outcome /> }.into_any(),
        None => view! { <EndedLink agency=sender /> }.into_any(),
    };
    view! {
        <LinkLayout title="Connect accounts" agency>
            {card}
        </LinkLayout>
    }
    .into_any()
}

#[component]
fn Open(token: String, agency: String, open: OpenConnectLink, outcome: Outcome) -> impl IntoView {
    let OpenConnectLink {
        client_name,
        platforms,
        accounts,
        ends_at,
    } = open;
    // A name is believed while such an account is there.
    let receipt = outcome
        .connected
        .as_ref()
        .and_then(|name| accounts.iter().find(|account| account.name == *name))
        .map(|account| receipt(&agency, &client_name, account));
    let problem = outcome.asked.trouble(false);
    let ways = platforms
        .into_iter()
        .map(|platform| {
            let of: Vec<VisitedAccount> = accounts
                .iter()
                .filter(|account| account.platform == platform)
                .cloned()
                .collect();
            view! { <Way token=token.clone() platform accounts=of asked=outcome.asked.clone() /> }
        })
        .collect_view();
    view! {
        <section class="link-card wide" aria-labelledby="connect-title">
            <h1 class="link-title" id="connect-title">
                {format!("Connect accounts of {client_name}")}
            </h1>
            <p class="link-lead">
                {format!(
                    "{agency} publishes for {client_name}. You agree on the platform’s own page; nobody at {agency} sees a password, and access can be taken back there at any time.",
                )}
            </p>
            {receipt}
            {problem}
            <ul class="connect-ways">{ways}</ul>
            <p class="field-help">
                {format!("This link works until {ends_at}, also for several accounts.")}
            </p>
        </section>
    }
    .into_any()
}

/// What was connected, for whom and when.
fn receipt(agency: &str, client: &str, account: &VisitedAccount) -> impl IntoView + use<> {
    let lines = [
        (
            "Account",
            format!("{} on {}", account.name, account.platform),
        ),
        ("For", client.to_owned()),
        ("Who publishes", agency.to_owned()),
        ("When", account.connected_at.clone()),
    ];
    view! {
        <div class="link-receipt" role="status">
            <p class="status is-approved">
                {Icon::Approved.view()} {format!("{} is connected", account.name)}
            </p>
            <dl>
                {lines
                    .map(|(what, value)| {
                        view! {
                            <div>
                                <dt>{what}</dt>
                                <dd>{value}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
        </div>
    }
}

/// One platform: what is connected there, and how to connect.
#[component]
fn Way(
    token: String,
    platform: Platform,
    accounts: Vec<VisitedAccount>,
    mut asked: Asked,
) -> impl IntoView {
    let lost = accounts.iter().find(|account| account.is_lost).cloned();
    let words = match (&lost, accounts.is_empty()) {
        (Some(_), _) => format!("Reconnect {platform}"),
        (None, true) => format!("Connect {platform}"),
        (None, false) => format!("Connect another on {platform}"),
    };
    let known = accounts
        .iter()
        .map(|account| {
            let (status, words) = if account.is_lost {
                (Status::Failed, "Needs reconnecting")
            } else {
                (Status::Approved, "Connected")
            };
            view! {
                <li>
                    <span>{account.name.clone()}</span>
                    <StatusPill status words />
                </li>
            }
        })
        .collect_view();
    let class = if lost.is_some() || accounts.is_empty() {
        "button primary large block"
    } else {
        "button secondary large block"
    };
    let form = if asks_first(platform) {
        if asked.handle.is_empty() {
            asked.handle = lost.and_then(|account| account.handle).unwrap_or_default();
        }
        view! { <HandleForms token platform words class asked /> }.into_any()
    } else {
        view! {
            <form method="post" action=format!("/connect-by-link/{}", platform.as_str())>
                <input type="hidden" name="token" value=token />
                <button class=class type="submit">
                    {Icon::from(platform).view()}
                    {words}
                </button>
            </form>
        }
        .into_any()
    };
    view! {
        <li class="connect-way">
            <h2 class="connect-way-name">{Icon::from(platform).view()} {platform.name()}</h2>
            <ul class="connect-known">{known}</ul>
            {form}
        </li>
    }
    .into_any()
}

/// Where the handle says which server to go to.
#[component]
fn HandleForms(
    token: String,
    platform: Platform,
    words: String,
    class: &'static str,
    asked: Asked,
) -> impl IntoView {
    let address = format!("/connect-by-link/{}", platform.as_str());
    let handle = asked.handle.clone();
    view! {
        <form class="form" method="post" action=address.clone()>
            <input type="hidden" name="token" value=token.clone() />
            <Field id="handle" label="Handle">
                <HandleInput id="handle" value=handle large=true />
            </Field>
            <button class=class type="submit">
                {Icon::from(platform).view()}
                {words}
            </button>
        </form>
        <ByAppPassword platform address asked token large=true />
    }
    .into_any()
}
