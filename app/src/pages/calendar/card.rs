//! A post on the calendar.

use domain::ClientId;
use leptos::prelude::*;

use crate::api::deliveries::Held;
use crate::api::posts::CardData;
use crate::components::{Edges, Glyphs, Icon, Status, StatusInline, Thumb};

/// A card. It leads to what happened once anything did, and to the composer before.
#[component]
pub(super) fn Card(client: ClientId, card: CardData, date: String) -> impl IntoView {
    let status = if card.changes_asked {
        Status::Changes
    } else {
        Status::from(card.state)
    };
    let href = match card.history {
        Some(delivery) => format!("/clients/{client}/history/{delivery}"),
        None => format!("/clients/{client}/posts/{}", card.post),
    };
    let shown = match card.held {
        Some(held) => {
            let icon = match held {
                Held::Paused => Icon::Pause,
                Held::Reconnect => Icon::Link,
            };
            view! {
                <StatusInline status=Status::Waiting words=held.short_words() icon />
            }
            .into_any()
        }
        None => view! { <StatusInline status /> }.into_any(),
    };
    let mark = card.found.map(|(blocks, sentence)| {
        let class = if blocks {
            "card-mark is-failed"
        } else {
            "card-mark is-waiting"
        };
        view! {
            <span class=class title=sentence.clone()>
                {Icon::Triangle.view()}
                <span class="sr-only">{sentence.clone()}</span>
            </span>
        }
    });
    view! {
        <article class=format!("post-card {}", status.class())>
            <Edges platforms=card.platforms.clone() />
            <Thumb url=card.poster_url />
            <div class="post-card-body">
                <div class="post-card-line">
                    <time class="post-card-time" datetime=format!("{date}T{}", card.time)>
                        {card.time.clone()}
                    </time>
                    {mark}
                    {shown}
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
