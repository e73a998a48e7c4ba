//! A post on the calendar.

use domain::ClientId;
use leptos::prelude::*;

use crate::api::posts::CardData;
use crate::components::{Edges, Glyphs, Status, StatusInline, Thumb};

/// A card. It leads to what happened once anything did, and to the composer before.
#[component]
pub(super) fn Card(client: ClientId, card: CardData, date: String) -> impl IntoView {
    let status = Status::from(card.state);
    let href = match card.history {
        Some(delivery) => format!("/clients/{client}/history/{delivery}"),
        None => format!("/clients/{client}/posts/{}", card.post),
    };
    view! {
        <article class=format!("post-card {}", status.class())>
            <Edges platforms=card.platforms.clone() />
            <Thumb url=card.poster_url />
            <div class="post-card-body">
                <div class="post-card-line">
                    <time class="post-card-time" datetime=format!("{date}T{}", card.time)>
                        {card.time.clone()}
                    </time>
                    <StatusInline status />
                </div>
                <div class="post-card-line">
                    <Glyphs platforms=card.platforms />
                    <a class="post-card-link post-card-text" href=href>
                        {card.title}
                    </a>
                </div>
            </div>
        </article>
    }
}
