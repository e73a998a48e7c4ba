//! `/clients/:client/library/:asset`: one file, where it is used, and what can be done with it.

use domain::{AssetId, ClientId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::copies::{copies, made_from};
use crate::api::ApiError;
use crate::api::assets::AssetData;
use crate::api::library::{AssetDetail, AssetUse, DescribeAsset, RemoveAsset, asset_detail};
use crate::components::{
    BusyButton, Icon, Notice, PanelSkeleton, Status, StatusInline, TopBar, use_toasts,
};
use crate::pages::live::use_live;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// One file. Its forms are sent and answered without WASM too.
#[component]
pub fn AssetPage() -> impl IntoView {
    let params = use_params_map();
    let wanted = Memo::new(move |_| {
        params.with(|params| {
            let client: ClientId = params.get_str("client")?.parse().ok()?;
            let asset: AssetId = params.get_str("asset")?.parse().ok()?;
            Some((client, asset))
        })
    });
    let describe = ServerAction::<DescribeAsset>::new();
    let remove = ServerAction::<RemoveAsset>::new();
    let data = resource(
        move || (wanted.get(), describe.version().get()),
        |(wanted, _)| async move {
            let (client, asset) = wanted.ok_or_else(no_such_page)?;
            asset_detail(client, asset).await
        },
    );
    use_live(
        Signal::derive(move || data.with(|data| Some(data.as_ref()?.as_ref().ok()?.version))),
        move || data.refetch(),
    );
    let toasts = use_toasts();
    Effect::new(move |_| {
        let said = match (describe.value().get(), remove.value().get()) {
            (_, Some(Ok(()))) => "Deleted",
            (Some(Ok(())), _) => "Description saved",
            _ => return,
        };
        if let Some(toasts) = toasts {
            toasts.say(said);
        }
    });
    let notice = move || {
        let of = |value: Option<Result<(), ApiError>>| value?.err();
        let error = of(describe.value().get()).or_else(|| of(remove.value().get()))?;
        Some(view! {
            <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                {error.to_string()}
            </Notice>
        })
    };
    let content = move || {
        let client = wanted.get().map(|(client, _)| client);
        data.get().map(|data| match (client, data) {
            (Some(client), Ok(data)) => shown(client, data, describe, remove),
            (_, Err(error)) => view! { <Trouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    let back = wanted.get_untracked().map_or_else(
        || "/clients".to_owned(),
        |(client, _)| format!("/clients/{client}/library"),
    );
    view! {
        <Title text="File" />
        <TopBar title="File" back=back back_label="Back to the library" />
        <div class="page-body">
            {notice}
            <Transition fallback=|| view! { <PanelSkeleton lines=8 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn shown(
    client: ClientId,
    data: AssetDetail,
    describe: ServerAction<DescribeAsset>,
    remove: ServerAction<RemoveAsset>,
) -> AnyView {
    let asset = data.row.asset.clone();
    let is_there = asset.file_url.is_some();
    let facts = [
        ("What it is", asset.facts.summary()),
        ("Uploaded", data.brought.clone()),
        ("Kept", data.row.kept.clone()),
        ("SHA-256", asset.sha256.clone()),
    ];
    let download = asset.file_url.clone().map(|url| {
        view! {
            <a class="button secondary small" href=url download=asset.file_name.clone() rel="external">
                {Icon::Download.view()}
                "Download the original"
            </a>
        }
    });
    view! {
        <div class="asset-detail">
            <div class="asset-stage">{stage(&asset)}</div>
            <div class="asset-side">
                <section class="panel">
                    <header class="panel-head">
                        <h2 class="panel-title asset-title">{asset.file_name.clone()}</h2>
                        {download}
                    </header>
                    <dl class="asset-list">
                        {asset.made_from.clone().map(|made| made_from(client, made))}
                        {facts
                            .into_iter()
                            .map(|(name, value)| {
                                view! {
                                    <div>
                                        <dt>{name}</dt>
                                        <dd>{value}</dd>
                                    </div>
                                }
                            })
                            .collect_view()}
                    </dl>
                </section>
                {is_there.then(|| copies(client, asset.clone()))}
                {uses(client, data.uses)}
                {is_there.then(|| description(client, &asset, describe))}
                {is_there.then(|| removal(client, asset.id, remove))}
            </div>
        </div>
    }
    .into_any()
}

fn stage(asset: &AssetData) -> AnyView {
    let name = asset.file_name.clone();
    match (&asset.file_url, asset.facts.video()) {
        (None, _) => view! {
            <p class="muted">"The file is no longer kept. What it was stays for the history."</p>
        }
        .into_any(),
        (Some(url), Some(_)) => view! {
            <video controls preload="metadata" poster=asset.poster_url.clone() src=url.clone() aria-label=name></video>
        }
        .into_any(),
        (Some(url), None) => {
            let alt = if asset.alt.is_empty() { name } else { asset.alt.clone() };
            view! { <img src=url.clone() alt=alt decoding="async" /> }.into_any()
        }
    }
}

fn uses(client: ClientId, uses: Vec<AssetUse>) -> impl IntoView {
    let list = if uses.is_empty() {
        view! { <p class="panel-line muted">"In no post yet."</p> }.into_any()
    } else {
        view! {
            <ul class="asset-uses">
                {uses
                    .into_iter()
                    .map(|one| {
                        view! {
                            <li>
                                <a class="truncate" href=format!("/clients/{client}/posts/{}", one.post)>
                                    {one.title}
                                </a>
                                <span class="asset-due">{one.due}</span>
                                <StatusInline status=one.state />
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        }
        .into_any()
    };
    view! {
        <section class="panel">
            <header class="panel-head">
                <h2 class="panel-title">"Where it is used"</h2>
            </header>
            {list}
        </section>
    }
}

fn description(
    client: ClientId,
    asset: &AssetData,
    describe: ServerAction<DescribeAsset>,
) -> impl IntoView + use<> {
    let (id, alt) = (asset.id, asset.alt.clone());
    view! {
        <ActionForm action=describe attr:class="panel">
            <input type="hidden" name="client" value=client.to_string() />
            <input type="hidden" name="asset" value=id.to_string() />
            <div class="form">
                <div class="field">
                    <label for="asset-alt">"Description for people who cannot see it"</label>
                    <textarea class="input" id="asset-alt" name="alt" rows="3" maxlength="2000">
                        {alt}
                    </textarea>
                    <p class="field-help">"Posts start with it when they take the file."</p>
                </div>
            </div>
            <div class="form-foot">
                <BusyButton label="Save" busy_label="Saving" busy=describe.pending() />
            </div>
        </ActionForm>
    }
}

/// Asked about once more, by a part that opens without WASM too.
fn removal(client: ClientId, asset: AssetId, remove: ServerAction<RemoveAsset>) -> impl IntoView {
    view! {
        <details class="asset-removal">
            <summary class="button secondary small">{Icon::Trash.view()} "Delete…"</summary>
            <ActionForm action=remove attr:class="offer">
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="asset" value=asset.to_string() />
                <div class="offer-text">
                    <p class="offer-title">"Delete this file now?"</p>
                    <p class="offer-line">
                        "It cannot be brought back. Drafts that have it need another one; what was published stays."
                    </p>
                </div>
                <BusyButton
                    class="button danger"
                    label="Delete the file"
                    busy_label="Deleting"
                    busy=remove.pending()
                />
            </ActionForm>
        </details>
    }
}
