//! One account in the list.

use domain::ClientId;
use domain::rules::Severity;
use leptos::prelude::*;

use super::called;
use super::connect::ConnectButton;
use crate::api::accounts::{AccountNote, AccountRow, Health};
use crate::api::controls::{PauseData, PauseReach, SetPaused};
use crate::api::deliveries::Held;
use crate::components::{
    AccountIdentity, Icon, Menu, MenuDivider, MenuLink, Status, StatusInline, StatusPill,
};
use crate::pages::pause::PauseForm;

/// What the rows need to pause and to resume.
#[derive(Clone, Copy)]
pub(super) struct Pausing {
    pub(super) pausing: ServerAction<SetPaused>,
    pub(super) pauses: Memo<Vec<PauseData>>,
}

pub(super) fn row(
    client: ClientId,
    account: AccountRow,
    note: Option<AccountNote>,
    Pausing { pausing, pauses }: Pausing,
) -> AnyView {
    let id = account.id;
    let is_paused = Memo::new(move |_| {
        pauses.with(|pauses| {
            pauses
                .iter()
                .any(|pause| pause.reach == PauseReach::Account(id))
        })
    });
    let pause_item = move || {
        let paused = is_paused.get();
        let (icon, words) = if paused {
            (Icon::Play, "Resume publishing")
        } else {
            (Icon::Pause, "Pause publishing")
        };
        view! {
            <PauseForm
                action=pausing
                client=Some(client)
                account=Some(id)
                pauses=!paused
                class="menu-item"
            >
                {icon.view()}
                {words}
            </PauseForm>
        }
    };
    let paused = move || {
        is_paused.get().then(|| {
            view! { <StatusPill status=Status::Waiting words="Paused" icon=Icon::Pause /> }
        })
    };
    let is_lost = matches!(account.health, Health::NeedsReconnecting { .. });
    let name = called(&account);
    let platform = account.platform;
    let handle = account.handle.clone();
    let next = match account.next_post {
        _ if account.publishing => {
            view! { <StatusInline status=Status::Publishing words="Publishing now" /> }.into_any()
        }
        Some(time) => time.into_any(),
        None => "None planned".into_any(),
    };
    let reconnect = is_lost.then(|| {
        view! {
            <ConnectButton client platform handle=handle.clone() class="button secondary small">
                {Icon::Refresh.view()}
                "Reconnect"
            </ConnectButton>
        }
    });
    let menu = view! {
        <Menu label=format!("Actions for {name}")>
            <ConnectButton client platform handle class="menu-item">
                {Icon::Refresh.view()}
                "Reconnect"
            </ConnectButton>
            {pause_item}
            <MenuLink href=format!("/clients/{client}/history") icon=Icon::History label="History" />
            <MenuDivider />
            <MenuLink
                href=format!("/clients/{client}/accounts/{}/disconnect", account.id)
                icon=Icon::Trash
                label="Disconnect..."
                danger=true
            />
        </Menu>
    };
    view! {
        <tr>
            <td class="account-who">
                {identity(account.nickname, account.handle, platform, account.avatar_url)}
            </td>
            <td class="account-platform">{platform.name()}</td>
            <td class="account-health">
                {health(account.health, platform.name())} {paused}
                {note.map(|note| waiting(client, note))}
            </td>
            <td class="account-last" data-head="Last success">
                {account.last_success.unwrap_or_else(|| "None yet".to_owned())}
            </td>
            <td class="account-next" data-head="Next post">
                {next}
            </td>
            <td class="account-actions">
                <div class="table-actions">{reconnect} {menu}</div>
            </td>
        </tr>
    }
    .into_any()
}

/// What waits for the account, and what was found about its posts ahead of their minute.
fn waiting(client: ClientId, note: AccountNote) -> AnyView {
    let held = |count: u32, held: Held| {
        (count > 0).then(|| {
            let posts = if count == 1 { "post" } else { "posts" };
            let icon = match held {
                Held::Paused => Icon::Pause,
                Held::Reconnect => Icon::Link,
            };
            let words = format!("{count} {posts} {}", lower_first(held.words()));
            view! { <StatusInline status=Status::Waiting words icon /> }
        })
    };
    let found = note
        .findings
        .into_iter()
        .map(|(post, due, finding)| {
            let status = match finding.severity {
                Severity::Error => Status::Failed,
                _ => Status::Waiting,
            };
            view! {
                <a
                    class=format!("health-found {}", status.class())
                    href=format!("/clients/{client}/posts/{post}")
                >
                    {Icon::Triangle.view()}
                    <span>
                        <b>{due}</b>
                        ": "
                        {finding.sentence}
                    </span>
                </a>
            }
        })
        .collect_view();
    view! {
        <div class="health-waiting">
            {held(note.held_by_pause, Held::Paused)}
            {held(note.held_for_reconnecting, Held::Reconnect)} {found}
        </div>
    }
    .into_any()
}

/// "held: paused" after a number.
fn lower_first(words: &str) -> String {
    let mut chars = words.chars();
    match chars.next() {
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

fn identity(
    nickname: String,
    handle: Option<String>,
    platform: domain::Platform,
    avatar: Option<String>,
) -> impl IntoView {
    let handle = handle.map(|handle| format!("@{handle}"));
    let (name, detail) = match (nickname.is_empty(), handle) {
        (false, handle) => (nickname, handle),
        (true, Some(handle)) => (handle, None),
        (true, None) => (format!("{platform} account"), None),
    };
    view! { <AccountIdentity name detail url=avatar platform /> }
}

/// Whether an account can be used, and why not.
pub(in crate::pages) fn health(health: Health, platform: &'static str) -> AnyView {
    let (status, words, icon, why) = match health {
        Health::Working => (Status::Approved, "Working".to_owned(), Icon::Check, None),
        Health::Expiring { days } => (
            Status::Waiting,
            match days {
                0 => "Expires today".to_owned(),
                1 => "Expires in 1 day".to_owned(),
                days => format!("Expires in {days} days"),
            },
            Icon::Clock,
            Some("Reconnect it before then, and nothing has to wait".to_owned()),
        ),
        Health::NeedsReconnecting { reason } => (
            Status::Failed,
            "Needs reconnecting".to_owned(),
            Icon::Failed,
            Some(if reason.is_empty() {
                format!("{platform} no longer accepts our access")
            } else {
                reason
            }),
        ),
    };
    view! {
        <div class="health">
            <StatusPill status words icon />
            {why.map(|why| view! { <span class="health-why">{why}</span> })}
        </div>
    }
    .into_any()
}
