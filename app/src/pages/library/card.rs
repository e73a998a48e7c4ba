//! A file in the grid.

use domain::ClientId;
use domain::media::duration_label;
use leptos::prelude::*;

use crate::api::library::LibraryRow;
use crate::components::{Icon, Thumb};

/// A file: its picture, its facts, its use and its clock.
pub(super) fn card(client: ClientId, row: LibraryRow) -> AnyView {
    let asset = row.asset;
    let length = asset
        .facts
        .video()
        .map(|video| duration_label(video.duration_ms));
    view! {
        <li class="asset">
            <span class="asset-picture">
                <Thumb url=asset.poster_url />
                {length.map(|length| view! { <span class="media-length">{length}</span> })}
            </span>
            <div class="asset-text">
                <a class="asset-name truncate" href=format!("/clients/{client}/library/{}", asset.id)>
                    {asset.file_name}
                </a>
                <span class="asset-facts truncate">{asset.facts.summary()}</span>
                {asset
                    .made_from
                    .map(|made| view! { <span class="asset-facts truncate">{made.sentence()}</span> })}
                <span class="asset-foot">
                    <span>{row.used}</span>
                    <span class="asset-kept" class:is-ending=row.is_ending>
                        {Icon::Clock.view()}
                        {row.kept}
                    </span>
                </span>
            </div>
        </li>
    }
    .into_any()
}
