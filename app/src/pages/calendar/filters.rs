//! What the calendar is filtered by: it stands in the address.

use domain::calendar::PostStatus;
use leptos::prelude::*;

use super::address::{self, toggled};
use super::moving::Board;
use crate::api::calendar::{CalendarData, CalendarQuery};
use crate::components::{Icon, Menu, MenuDivider, Status};

/// One thing to filter by.
struct Choice {
    label: String,
    icon: Icon,
    is_set: bool,
    href: String,
}

/// The chips of the top bar. Links: they work without WASM.
#[component]
pub(super) fn Filters(
    board: Board,
    data: StoredValue<CalendarData>,
    query: StoredValue<CalendarQuery>,
) -> impl IntoView {
    let client = board.client;
    let with = move |change: &dyn Fn(&mut CalendarQuery)| {
        let mut query = query.get_value();
        query.page = 0;
        change(&mut query);
        address::href(client, &query)
    };
    let accounts: Vec<Choice> = data.with_value(|data| {
        data.accounts
            .iter()
            .map(|account| {
                let id = account.id;
                Choice {
                    label: account.name.clone(),
                    icon: Icon::from(account.platform),
                    is_set: query.with_value(|query| query.accounts.contains(&id)),
                    href: with(&|query| query.accounts = toggled(&query.accounts, &id)),
                }
            })
            .collect()
    });
    let statuses: Vec<Choice> = PostStatus::ALL
        .iter()
        .map(|status| {
            let look = Status::from(*status);
            Choice {
                label: look.word().to_owned(),
                icon: look.icon(),
                is_set: query.with_value(|query| query.statuses.contains(status)),
                href: with(&|query| query.statuses = toggled(&query.statuses, status)),
            }
        })
        .collect();
    let tags: Vec<Choice> = data.with_value(|data| {
        data.tags
            .iter()
            .map(|(id, name)| Choice {
                label: name.clone(),
                icon: Icon::Tag,
                is_set: query.with_value(|query| query.tags.contains(id)),
                href: with(&|query| query.tags = toggled(&query.tags, id)),
            })
            .collect()
    });
    let no_tags = with(&|query| query.tags.clear());
    let no_accounts = with(&|query| query.accounts.clear());
    let no_statuses = with(&|query| query.statuses.clear());
    view! {
        <div class="filters" role="group" aria-label="Filters">
            {(accounts.len() > 1 || accounts.iter().any(|choice| choice.is_set))
                .then(|| chip("Account", Icon::Link, accounts, no_accounts))}
            {chip("Status", Icon::Draft, statuses, no_statuses)}
            {(!tags.is_empty()).then(|| chip("Tag", Icon::Tag, tags, no_tags))}
        </div>
    }
}

/// A chip that opens its choices. Dashed until one is set.
fn chip(
    name: &'static str,
    icon: Icon,
    choices: Vec<Choice>,
    none: String,
) -> impl IntoView + use<> {
    let set: Vec<&Choice> = choices.iter().filter(|choice| choice.is_set).collect();
    let words = match set.as_slice() {
        [] => name.to_owned(),
        [one] => one.label.clone(),
        [first, rest @ ..] => format!("{} +{}", first.label, rest.len()),
    };
    let is_set = !set.is_empty();
    let label = if is_set {
        let all: Vec<_> = set.iter().map(|choice| choice.label.as_str()).collect();
        format!("{name}: {}", all.join(", "))
    } else {
        format!("Filter by {}", name.to_lowercase())
    };
    let trigger_class = if is_set {
        "chip filter set"
    } else {
        "chip filter"
    };
    let items = choices
        .into_iter()
        .map(|choice| {
            let check = choice
                .is_set
                .then(|| Icon::Check.view_as("icon menu-check"));
            view! {
                <a
                    class="menu-item"
                    href=choice.href
                    data-noscroll="true"
                    aria-current=choice.is_set.then_some("true")
                >
                    {choice.icon.view()}
                    {choice.label}
                    {check}
                </a>
            }
        })
        .collect_view();
    let clear = is_set.then(|| {
        view! {
            <MenuDivider />
            <a class="menu-item" href=none data-noscroll="true">
                {Icon::Close.view()}
                "Show all"
            </a>
        }
    });
    view! {
        <Menu
            trigger_class
            trigger=move || {
                view! {
                    {icon.view()}
                    <span>{words}</span>
                }
                    .into_any()
            }
            label=label
        >
            {items}
            {clear}
        </Menu>
    }
}
