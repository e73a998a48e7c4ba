//! `/clients/:client/library`: the files of a client, and bringing in more.

mod card;
mod copies;
mod detail;
mod filters;
mod picker;

use domain::{AssetId, ClientId};
use leptos::ev::DragEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::{ev, html};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::layout::use_desk;
use super::live::use_live;
use super::trouble::{Trouble, no_such_page};
use crate::api::library::{LibraryData, LibraryQuery, LibraryRow, library};
use crate::components::{Empty, Icon, TableSkeleton, TopBar};
use crate::state::copies::Copies;
use crate::state::resource::resource;
use crate::state::upload::dropped::{files_in, with_files, with_pasted};
use crate::state::upload::{Uploads, use_uploads};
use card::card;
pub use detail::AssetPage;
use filters::filters;
pub use picker::LibraryPicker;

/// The files of a client.
#[component]
pub fn LibraryPage() -> impl IntoView {
    let desk = use_desk();
    let uploads = use_uploads();
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        let value = |name: &str| query.with(|query| query.get(name)).unwrap_or_default();
        LibraryQuery {
            name: value("name"),
            kind: value("kind"),
            used: value("used"),
            before: value("before"),
        }
    });
    let page = resource(
        move || (desk.client_id(), asked.get()),
        |(client, asked)| async move {
            match client {
                Some(client) => library(client, asked).await,
                None => Err(no_such_page()),
            }
        },
    );
    use_live(
        Signal::derive(move || page.with(|page| Some(page.as_ref()?.as_ref().ok()?.version))),
        move || page.refetch(),
    );
    Effect::new(move |before: Option<u32>| {
        let arrived = uploads.arrived();
        if before.is_some_and(|before| before != arrived) {
            page.refetch();
        }
        arrived
    });
    with_pasted(move |files| {
        if let Some(client) = untrack(|| desk.client_id()) {
            uploads.add(client, files);
        }
    });
    let over = RwSignal::new(false);
    let input = NodeRef::<html::Input>::new();
    let content = move || {
        let client = desk.client_id();
        page.get().map(|found| match (client, found) {
            (Some(client), Ok(found)) => {
                let copies = Copies::new(client, Callback::new(move |_| page.refetch()));
                let under_way = found.copies.clone();
                Effect::new(move |_| copies.follow(under_way.clone()));
                files(client, &asked.get(), found)
            }
            (_, Err(error)) => view! { <Trouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="Library" />
        <TopBar title="Library">
            <button
                class="button primary small"
                type="button"
                on:click=move |_| {
                    if let Some(input) = input.get_untracked() {
                        input.click();
                    }
                }
            >
                {Icon::Upload.view()}
                <span>"Upload"</span>
            </button>
        </TopBar>
        <div
            class="page-body library"
            on:dragover=move |event| drag_over(&event, over)
            on:dragleave=move |event: DragEvent| {
                if event.related_target().is_none() {
                    over.set(false);
                }
            }
            on:drop=move |event| {
                over.set(false);
                if let Some(client) = desk.client_id() {
                    dropped(&event, uploads, client);
                }
            }
        >
            <label class="drop-zone" class:is-over=move || over.get()>
                {Icon::Upload.view()}
                <span>
                    "Drop files or folders anywhere on this page, paste a picture, or "
                    <span class="link">"choose files"</span>
                    ". Uploads go on if you change page, and resume after a break."
                </span>
                <span class="drop-limits">"MP4, MOV, WebM, JPEG, PNG or WebP up to 4 GB"</span>
                <input
                    class="sr-only"
                    type="file"
                    multiple
                    id="choose-file"
                    accept="video/*,image/jpeg,image/png,image/webp"
                    aria-label="Videos or pictures"
                    node_ref=input
                    on:change=move |_| {
                        let Some(input) = input.get_untracked() else { return };
                        if let (Some(client), Some(files)) = (desk.client_id(), input.files()) {
                            uploads.add(client, files_in(&files));
                        }
                        input.set_value("");
                    }
                />
            </label>
            <Transition fallback=|| view! { <TableSkeleton /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn drag_over(event: &DragEvent, over: RwSignal<bool>) {
    let has_files = event.data_transfer().is_some_and(|transfer| {
        let mut kinds = transfer
            .types()
            .into_iter()
            .filter_map(|kind| kind.as_string());
        kinds.any(|kind| kind == "Files")
    });
    if has_files {
        event.prevent_default();
        over.set(true);
    }
}

fn dropped(event: &DragEvent, uploads: Uploads, client: ClientId) {
    if let Some(transfer) = event.data_transfer() {
        event.prevent_default();
        with_files(&transfer, move |files| uploads.add(client, files));
    }
}

/// What is there, and what was loaded behind it.
fn files(client: ClientId, asked: &LibraryQuery, page: LibraryData) -> AnyView {
    if page.is_empty {
        return view! {
            <Empty
                icon=Icon::Image
                title="No files yet"
                line="What you upload here or in a post is kept for the posts to come."
                whole=true
            >
                <label class="button primary" for="choose-file">
                    "Choose files"
                </label>
            </Empty>
        }
        .into_any();
    }
    let is_found = !page.rows.is_empty();
    let more = RwSignal::new(Vec::<LibraryRow>::new());
    let next = RwSignal::new(page.next);
    let first = page.rows;
    let none = (!is_found)
        .then(|| view! { <p class="muted">"No file is like that. Change what you look for."</p> });
    view! {
        {filters(client, asked, page.total)}
        {none}
        <ul class="asset-grid">
            {first.into_iter().map(|row| card(client, row)).collect_view()}
            <For
                each=move || more.get()
                key=|row| row.asset.id
                children=move |row| card(client, row)
            />
        </ul>
        {more_button(client, asked.clone(), more, next)}
    }
    .into_any()
}

/// A link to what is older; the page that is alive adds it below instead.
fn more_button(
    client: ClientId,
    asked: LibraryQuery,
    more: RwSignal<Vec<LibraryRow>>,
    next: RwSignal<Option<AssetId>>,
) -> impl IntoView {
    let is_busy = RwSignal::new(false);
    move || {
        let before = next.get()?;
        let asked = LibraryQuery {
            before: before.to_string(),
            ..asked.clone()
        };
        let href = filters::address(client, &asked);
        let load = move |event: ev::MouseEvent| {
            event.prevent_default();
            if is_busy.get_untracked() {
                return;
            }
            is_busy.set(true);
            let asked = asked.clone();
            spawn_local(async move {
                if let Ok(page) = library(client, asked).await {
                    more.try_update(|more| more.extend(page.rows));
                    next.try_set(page.next);
                }
                is_busy.try_set(false);
            });
        };
        Some(view! {
            <nav class="library-more" aria-label="More files">
                <a class="button secondary" href=href on:click=load>
                    {move || if is_busy.get() { "Loading" } else { "Load more" }}
                </a>
            </nav>
        })
    }
}
