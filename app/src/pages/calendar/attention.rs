//! What a person has to look at, above the days: how many of each kind, and each with its way there.

use domain::ClientId;
use leptos::prelude::*;

use crate::api::calendar::{AttentionItem, AttentionKind};
use crate::api::deliveries::Held;
use crate::components::{Icon, Status, StatusInline};

/// How a kind looks, and what so many of it are called.
fn look(kind: AttentionKind) -> (Status, Icon, &'static str) {
    match kind {
        AttentionKind::Unknown => (Status::Unknown, Icon::Unknown, "unknown"),
        AttentionKind::Failed => (Status::Failed, Icon::Failed, "failed"),
        AttentionKind::Held(Held::Paused) => (Status::Waiting, Icon::Pause, "held: paused"),
        AttentionKind::Held(Held::Reconnect) => {
            (Status::Waiting, Icon::Link, "held: needs reconnecting")
        }
        AttentionKind::Found { blocks: true } => {
            (Status::Failed, Icon::Triangle, "will not go out")
        }
        AttentionKind::Found { blocks: false } => (Status::Waiting, Icon::Triangle, "to look at"),
    }
}

/// The kinds, the most urgent first.
const KINDS: [AttentionKind; 6] = [
    AttentionKind::Unknown,
    AttentionKind::Failed,
    AttentionKind::Found { blocks: true },
    AttentionKind::Held(Held::Reconnect),
    AttentionKind::Held(Held::Paused),
    AttentionKind::Found { blocks: false },
];

/// A line with counts that opens a list. Nothing where nobody has to look at anything. A `<details>`: it
/// opens without WASM too.
#[component]
pub(super) fn Attention(client: ClientId, items: Vec<AttentionItem>) -> impl IntoView {
    if items.is_empty() {
        return ().into_any();
    }
    let lead = match items.len() {
        1 => "1 post needs attention".to_owned(),
        count => format!("{count} posts need attention"),
    };
    let counts = KINDS
        .into_iter()
        .filter_map(|kind| {
            let count = items.iter().filter(|item| item.kind == kind).count();
            let (status, icon, words) = look(kind);
            (count > 0).then(|| {
                view! { <StatusInline status words=format!("{count} {words}") icon /> }
            })
        })
        .collect_view();
    let list = KINDS
        .into_iter()
        .flat_map(|kind| items.iter().filter(move |item| item.kind == kind))
        .map(|item| row(client, item.clone()))
        .collect_view();
    view! {
        <details class="attention">
            <summary>
                <b>{lead}</b>
                <span class="attention-counts">{counts}</span>
                {Icon::ChevronDown.view()}
            </summary>
            <ul>{list}</ul>
        </details>
    }
    .into_any()
}

fn row(client: ClientId, item: AttentionItem) -> impl IntoView {
    let (status, icon, _) = look(item.kind);
    let href = match item.history {
        Some(delivery) => format!("/clients/{client}/history/{delivery}"),
        None => format!("/clients/{client}/posts/{}", item.post),
    };
    let title = if item.title.is_empty() {
        "Without a caption".to_owned()
    } else {
        item.title
    };
    view! {
        <li class=format!("attention-item {}", status.class())>
            {icon.view()}
            <div>
                <p>
                    <a class="row-link" href=href>{title}</a>
                    " "
                    <span class="muted">
                        {Icon::from(item.platform).view()} {item.account_name} ", "
                        <time datetime=item.local data-at=item.at>
                            {item.due}
                        </time>
                    </span>
                </p>
                <p>{item.sentence}</p>
            </div>
        </li>
    }
}
