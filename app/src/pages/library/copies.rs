//! The copies of a file: those that are there, and asking for more.

use domain::copy::CopyState;
use domain::rules::{copy_for, limits};
use domain::{ClientId, Platform};
use leptos::prelude::*;

use crate::api::assets::{AssetData, MadeFrom};
use crate::api::copies::{CopyData, CopyWish};
use crate::components::{Icon, use_toasts};
use crate::pages::copies::{CopyRows, CropDialog};
use crate::state::copies::Copies;

/// The panel of a file that is there.
pub(super) fn copies(client: ClientId, asset: AssetData) -> AnyView {
    let toasts = use_toasts();
    let copies = Copies::new(
        client,
        Callback::new(move |copy: CopyData| {
            if let Some(toasts) = toasts {
                toasts.say(format!("The copy {} is there", copy.how));
            }
        }),
    );
    let id = asset.id;
    Effect::new(move |_| copies.look(vec![id]));
    let done = Memo::new(move |_| {
        let mut rows = copies.of(id);
        rows.retain(|row| row.state == CopyState::Done && row.asset.is_some());
        rows
    });
    let under_way = Memo::new(move |_| copies.is_under_way(id));
    // Only where the file breaks a rule that a copy would keep.
    let mends = Platform::ALL.into_iter().filter(|platform| {
        let recipe = copy_for(&asset.facts, limits(*platform), None);
        matches!(recipe, Ok(Some(_)))
    });
    let mends = mends
        .map(|platform| {
            view! {
                <button
                    class="button secondary small"
                    type="button"
                    aria-disabled=move || under_way.get().then_some("true")
                    on:click=move |_| {
                        if !under_way.get_untracked() {
                            copies.ask(id, CopyWish::For(platform));
                        }
                    }
                >
                    {Icon::Copy.view()}
                    {format!("Make a copy that fits {platform}")}
                </button>
            }
        })
        .collect_view();
    let list = move || {
        let rows = done.get();
        (!rows.is_empty()).then(|| {
            let rows = rows.into_iter().filter_map(|row| Some((row.how, row.asset?)));
            view! {
                <ul class="asset-uses">
                    {rows
                        .map(|(how, made)| {
                            let gone = made.file_url.is_none();
                            view! {
                                <li>
                                    <a class="truncate" href=format!("/clients/{client}/library/{}", made.id)>
                                        {made.file_name}
                                    </a>
                                    <span class="asset-due">
                                        {if gone { format!("{how}, no longer kept") } else { how }}
                                    </span>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="copies">
            <header class="panel-head">
                <h2 class="panel-title" id="copies">"Copies"</h2>
            </header>
            {list}
            <div class="copy-list">
                <CopyRows copies original=id />
                <div class="copy-acts">
                    {mends}
                    <button
                        class="button secondary small"
                        type="button"
                        on:click=move |_| copies.crop(asset.clone())
                    >
                        {Icon::Crop.view()}
                        "Crop"
                    </button>
                </div>
            </div>
            <CropDialog copies />
        </section>
    }
    .into_any()
}

/// What a copy was made from, as one of its facts.
pub(super) fn made_from(client: ClientId, made: MadeFrom) -> impl IntoView {
    let name = match made.asset {
        Some(original) => view! {
            <a class="link" href=format!("/clients/{client}/library/{original}")>
                {made.file_name}
            </a>
        }
        .into_any(),
        None => made.file_name.into_any(),
    };
    view! {
        <div>
            <dt>"Made from"</dt>
            <dd>{name} " " {made.how}</dd>
        </div>
    }
}
