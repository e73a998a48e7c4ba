//! `/portal/clients/{client}/activity`: who did what, as far as it is the client's.

use domain::ClientId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::of_client::of_client;
use crate::api::portal::{PortalActivity, portal_activity};
use crate::components::{Empty, Icon};

/// The page.
#[component]
pub fn PortalActivityPage() -> impl IntoView {
    let query = use_query_map();
    let wanted =
        Memo::new(move |_| query.with(|query| query.get_str("before")?.parse::<i64>().ok()));
    of_client(
        "Activity",
        move || wanted.get(),
        portal_activity,
        |client, activity| view! { <List client activity /> }.into_any(),
    )
}

#[component]
fn List(client: ClientId, activity: PortalActivity) -> impl IntoView {
    let nothing = activity.rows.is_empty().then(|| {
        view! {
            <Empty
                icon=Icon::History
                title="Nothing has happened yet"
                line="Who approved, connected or changed what stands here."
            />
        }
    });
    let rows = activity
        .rows
        .into_iter()
        .map(|row| {
            view! {
                <li class="portal-row">
                    <span class="inbox-text">
                        <span>
                            <b>{row.who}</b>
                            " "
                            {row.what}
                        </span>
                        <span class="inbox-fact">{row.when}</span>
                    </span>
                </li>
            }
        })
        .collect_view();
    let older = activity.next.map(|before| {
        view! {
            <p class="portal-body">
                <a
                    class="button secondary"
                    href=format!("/portal/clients/{client}/activity?before={before}")
                >
                    "Older"
                </a>
            </p>
        }
    });
    view! {
        <div class="portal-hero">
            <h1 class="portal-title">"Activity"</h1>
            <p class="portal-lead">{activity.zone_label}</p>
        </div>
        <ul class="portal-rows">{rows}</ul>
        {older}
        {nothing}
    }
    .into_any()
}
