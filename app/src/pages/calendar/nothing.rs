//! What stands in the place of a calendar that has nothing to show.

use domain::ClientId;
use leptos::prelude::*;

use super::address;
use crate::api::calendar::{CalendarData, CalendarQuery, View};
use crate::components::{Empty, Icon, Notice};

/// The first account comes before the first post.
#[component]
pub(super) fn NoAccounts(client: ClientId) -> impl IntoView {
    view! {
        <Empty
            icon=Icon::Link
            title="No account is connected yet"
            line="Connect the first one, and plan its posts here."
            whole=true
        >
            <a class="button primary" href=format!("/clients/{client}/accounts")>
                "Connect an account"
            </a>
        </Empty>
    }
}

/// A line above the days, which can still be planned into.
#[component]
pub(super) fn NoPosts(client: ClientId, data: CalendarData, query: CalendarQuery) -> impl IntoView {
    let is_filtered =
        !(query.accounts.is_empty() && query.statuses.is_empty() && query.tags.is_empty());
    let span = match data.view {
        View::Week => "this week".to_owned(),
        View::Month | View::List => {
            let name = data.title.split_once(' ').map_or("", |(name, _)| name);
            format!("in {name}")
        }
    };
    // The first day that can still be planned: today, or the first of what is to come.
    let first = data.days.iter().find(|day| day.in_month && !day.is_past);
    let is_ahead = data.now.get(..7).is_some_and(|month| *data.at >= *month);
    let can_plan = first.is_some() || data.view == View::List && is_ahead;
    let (lead, rest, href, words) = if is_filtered {
        let all = CalendarQuery {
            accounts: Vec::new(),
            statuses: Vec::new(),
            tags: Vec::new(),
            ..query
        };
        (
            format!("No post {span} matches the filters."),
            "",
            address::href(client, &all),
            "Show all",
        )
    } else if can_plan {
        let at = first.map_or_else(String::new, |day| format!("?at={}", day.date));
        (
            format!("Nothing is planned {span} yet."),
            "Choose a day, or start with the first post.",
            format!("/clients/{client}/posts/new{at}"),
            "Plan a post",
        )
    } else {
        let today = address::at(&query, query.view, None);
        (
            format!("Nothing went out {span}."),
            "It is over.",
            address::href(client, &today),
            "Back to today",
        )
    };
    let action = move || {
        view! {
            <a class="button secondary small" href=href>
                {words}
            </a>
        }
    };
    view! {
        <div class="calendar-notices">
            <Notice icon=Icon::Calendar lead=lead action=action>
                {rest}
            </Notice>
        </div>
    }
}
