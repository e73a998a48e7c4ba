//! `/portal/clients/{client}/published`: what went out, with the way to it.

use domain::ClientId;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::of_client::of_client;
use super::post_href;
use crate::api::portal::{PortalPublished, PublishedRow, portal_published};
use crate::components::{Empty, Icon, Thumb};

/// The page.
#[component]
pub fn PublishedPage() -> impl IntoView {
    let query = use_query_map();
    let wanted = Memo::new(move |_| query.with(|query| query.get("before")));
    of_client(
        "Published",
        move || wanted.get(),
        portal_published,
        |client, published| view! { <List client published /> }.into_any(),
    )
}

#[component]
fn List(client: ClientId, published: PortalPublished) -> impl IntoView {
    let nothing = published.rows.is_empty().then(|| {
        view! {
            <Empty
                icon=Icon::External
                title="Nothing has gone out yet"
                line="Each post stands here with its public address once it is out."
            />
        }
    });
    let row = move |row: PublishedRow| {
        let open = row.url.map(|url| {
            view! {
                <a
                    class="button secondary small"
                    href=url
                    target="_blank"
                    rel="noopener noreferrer external"
                >
                    {Icon::External.view()}
                    "Open"
                    <span class="sr-only">{format!(" “{}” on {}", row.title, row.platform)}</span>
                </a>
            }
        });
        view! {
            <li class="portal-row">
                <Thumb url=row.poster_url />
                <a class="inbox-text" href=post_href(client, row.post)>
                    <span class="portal-row-title">{row.title}</span>
                    <span class="inbox-fact">
                        {Icon::from(row.platform).view()} {format!("{}, {}", row.account, row.when)}
                    </span>
                </a>
                {open}
            </li>
        }
    };
    let older = published.before.map(|before| {
        // The address of an instant holds a plus and colons.
        let before = before.replace('+', "%2B").replace(':', "%3A");
        view! {
            <p class="portal-body">
                <a
                    class="button secondary"
                    href=format!("/portal/clients/{client}/published?before={before}")
                >
                    "Older"
                </a>
            </p>
        }
    });
    view! {
        <div class="portal-hero">
            <h1 class="portal-title">"Published"</h1>
            <p class="portal-lead">{published.zone_label}</p>
        </div>
        <ul class="portal-rows">{published.rows.into_iter().map(row).collect_view()}</ul>
        {older}
        {nothing}
    }
    .into_any()
}
