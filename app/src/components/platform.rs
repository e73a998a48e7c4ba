//! Platforms and media on cards and rows: edges, glyphs and the small picture.

use domain::Platform;
use leptos::prelude::*;

use super::icon::Icon;

/// The platforms' colours as equal parts of one thin edge, in the order of the glyphs.
#[component]
pub fn Edges(
    /// Where the post goes.
    platforms: Vec<Platform>,
) -> impl IntoView {
    view! {
        <span class="edges" aria-hidden="true">
            {platforms
                .into_iter()
                .map(|platform| view! { <span class=format!("edge edge-{}", platform.as_str())></span> })
                .collect_view()}
        </span>
    }
}

/// The platforms' glyphs, with their names for screen readers.
#[component]
pub fn Glyphs(
    /// Where the post goes.
    platforms: Vec<Platform>,
) -> impl IntoView {
    let names = platforms
        .iter()
        .map(|platform| platform.name())
        .collect::<Vec<_>>()
        .join(", ");
    view! {
        <span class="glyphs">
            {platforms.into_iter().map(|platform| Icon::from(platform).view()).collect_view()}
            <span class="sr-only">{names}</span>
        </span>
    }
}

/// A still of what is posted, or a strip of film where there is none. Decoration beside its words.
#[component]
pub fn Thumb(
    /// Where the still is.
    #[prop(optional_no_strip, into)]
    url: Option<String>,
) -> impl IntoView {
    match url {
        Some(url) => view! {
            <img class="thumb" src=url alt="" width="28" height="28" loading="lazy" decoding="async" />
        }
        .into_any(),
        None => view! {
            <span class="thumb" aria-hidden="true">
                {Icon::Film.view_as("icon icon-14")}
            </span>
        }
        .into_any(),
    }
}
