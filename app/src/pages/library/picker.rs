//! Choosing files of the library for a post.

use domain::media::duration_label;
use domain::{AssetId, ClientId};
use leptos::prelude::*;

use crate::api::assets::AssetData;
use crate::api::library::{LibraryQuery, library};
use crate::components::{Dialog, DialogFoot, DialogHead, Icon, Show, Thumb};
use crate::pages::trouble::Trouble;

/// A dialog with the files of a client; `on_pick` gets each that is chosen.
#[component]
pub fn LibraryPicker(
    /// Whose library.
    client: ClientId,
    /// Whether it is open.
    open: RwSignal<bool>,
    /// What the post has already.
    #[prop(into)]
    chosen: Signal<Vec<AssetId>>,
    /// Gets each file that is chosen.
    on_pick: Callback<AssetData>,
) -> impl IntoView {
    let name = RwSignal::new(String::new());
    // Asked for by an open dialog alone.
    let page = LocalResource::new(move || {
        let (is_open, name) = (open.get(), name.get());
        async move {
            if !is_open {
                return None;
            }
            let query = LibraryQuery {
                name,
                ..LibraryQuery::default()
            };
            Some(library(client, query).await)
        }
    });
    let close = Callback::new(move |()| open.set(false));
    let found = move || {
        let page = page.get().flatten();
        page.map(|page| match page {
            Err(error) => view! { <Trouble error /> }.into_any(),
            Ok(page) if page.rows.is_empty() => {
                view! { <p class="muted">"No file is like that."</p> }.into_any()
            }
            Ok(page) => view! {
                <ul class="asset-grid is-small">
                    {page
                        .rows
                        .into_iter()
                        .map(|row| choice(row.asset, chosen, on_pick))
                        .collect_view()}
                </ul>
            }
            .into_any(),
        })
    };
    view! {
        <Dialog open labelled_by="picker-title">
            <div class="dialog-body">
                <DialogHead
                    id="picker-title"
                    title="From the library"
                    lead="Choose what the post shows."
                    on_close=close
                />
                <span class="input-group picker-search">
                    {Icon::Search.view()}
                    <input
                        type="search"
                        placeholder="Find a file"
                        aria-label="Find a file"
                        prop:value=move || name.get()
                        on:change=move |event| name.set(event_target_value(&event))
                    />
                </span>
                <div class="picker-files">{found}</div>
            </div>
            <DialogFoot>
                <button class="button primary" type="button" on:click=move |_| close.run(())>
                    "Done"
                </button>
            </DialogFoot>
        </Dialog>
    }
    .into_any()
}

fn choice(
    asset: AssetData,
    chosen: Signal<Vec<AssetId>>,
    on_pick: Callback<AssetData>,
) -> impl IntoView {
    let id = asset.id;
    let length = asset
        .facts
        .video()
        .map(|video| duration_label(video.duration_ms));
    let is_chosen = Memo::new(move |_| chosen.with(|chosen| chosen.contains(&id)));
    let name = asset.file_name.clone();
    let poster = asset.poster_url.clone();
    view! {
        <li class="asset" class:is-chosen=move || is_chosen.get()>
            <button
                class="asset-choice"
                type="button"
                aria-pressed=move || is_chosen.get().to_string()
                on:click=move |_| {
                    if !is_chosen.get_untracked() {
                        on_pick.run(asset.clone());
                    }
                }
            >
                <span class="asset-picture">
                    <Thumb url=poster />
                    {length.map(|length| view! { <span class="media-length">{length}</span> })}
                    <Show when=move || is_chosen.get()>
                        <span class="asset-tick">{Icon::Check.view()}</span>
                    </Show>
                </span>
                <span class="asset-name truncate">{name}</span>
            </button>
        </li>
    }
}
