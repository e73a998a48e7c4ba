//! A calendar beside the sign-in form: a fixed drawing, never real data.

use leptos::prelude::*;

use crate::components::{Icon, Status};

struct Card {
    time: &'static str,
    status: Status,
    platform: (Icon, &'static str),
    picture: &'static str,
    caption: &'static str,
}

const TIKTOK: (Icon, &str) = (Icon::TikTok, "edge edge-tiktok");
const INSTAGRAM: (Icon, &str) = (Icon::Instagram, "edge edge-instagram");
const YOUTUBE: (Icon, &str) = (Icon::YouTube, "edge edge-youtube");
const BLUESKY: (Icon, &str) = (Icon::Bluesky, "edge edge-bluesky");
const LINKEDIN: (Icon, &str) = (Icon::LinkedIn, "edge edge-linkedin");

const fn card(
    time: &'static str,
    status: Status,
    platform: (Icon, &'static str),
    picture: &'static str,
    caption: &'static str,
) -> Card {
    Card {
        time,
        status,
        platform,
        picture,
        caption,
    }
}

/// Three columns of days, from the top.
const DAYS: [&[Card]; 21] = [
    &[],
    &[],
    &[],
    &[],
    &[card(
        "09:00",
        Status::Published,
        INSTAGRAM,
        "/art/latte.svg",
        "Monday house blend, on repeat",
    )],
    &[],
    &[card(
        "17:30",
        Status::Published,
        TIKTOK,
        "/art/espresso.svg",
        "Espresso, in the dark months",
    )],
    &[
        card(
            "10:00",
            Status::Published,
            INSTAGRAM,
            "/art/wall.svg",
            "New set on the north wall",
        ),
        card(
            "17:30",
            Status::Scheduled,
            INSTAGRAM,
            "/art/ridge.svg",
            "From the ridge above Pitalito",
        ),
    ],
    &[card(
        "12:00",
        Status::Publishing,
        YOUTUBE,
        "/art/lane.svg",
        "Three drills before breakfast",
    )],
    &[card(
        "18:00",
        Status::Scheduled,
        LINKEDIN,
        "/art/sofa.svg",
        "A living room for long evenings",
    )],
    &[card(
        "08:30",
        Status::Approved,
        BLUESKY,
        "/art/bag.svg",
        "Kenya AA is on the bar",
    )],
    &[card(
        "11:00",
        Status::Waiting,
        TIKTOK,
        "/art/tray.svg",
        "Sunday traybake, two pans",
    )],
    &[],
    &[card(
        "08:00",
        Status::Draft,
        YOUTUBE,
        "/art/bike.svg",
        "Commuter tune-up, ten minutes",
    )],
    &[card(
        "17:30",
        Status::Waiting,
        TIKTOK,
        "/art/pour.svg",
        "Swan in a cup, first attempt",
    )],
    &[],
    &[],
    &[],
    &[],
    &[],
    &[],
];

#[component]
pub(in crate::pages) fn Drawing() -> impl IntoView {
    let days = DAYS
        .iter()
        .map(|cards| view! { <div>{cards.iter().map(card_view).collect_view()}</div> })
        .collect_view();
    view! {
        <div class="sign-in-drawing" aria-hidden="true">
            {days}
        </div>
    }
    .into_any()
}

fn card_view(card: &Card) -> impl IntoView {
    let (glyph, edge) = card.platform;
    view! {
        <div class=format!("post-card bare {}", card.status.class())>
            <span class="edges">
                <span class=edge></span>
            </span>
            <img class="thumb" src=card.picture alt="" width="28" height="28" />
            <div class="post-card-body">
                <div class="post-card-line">
                    <span class="post-card-time">{card.time}</span>
                    <span class=format!(
                        "status {}",
                        card.status.class(),
                    )>{card.status.icon().view()} {card.status.word()}</span>
                </div>
                <div class="post-card-line">
                    <span class="glyphs">{glyph.view()}</span>
                    <span class="post-card-text">{card.caption}</span>
                </div>
            </div>
        </div>
    }
}
