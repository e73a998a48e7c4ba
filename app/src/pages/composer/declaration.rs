//! What a person agrees to by sending. It stands directly before the buttons that send, always.

use domain::Platform;
use domain::tiktok::{BRANDED_CONTENT_URL, MUSIC_USAGE_URL};
use leptos::prelude::*;

use crate::components::Show;

use super::editing::Editing;

/// TikTok's declaration, with the Branded Content Policy where the post is branded content.
#[component]
pub(super) fn Declaration(editing: Editing) -> impl IntoView {
    // Whoever finishes a draft agrees in TikTok's app.
    let published = move || {
        let mut on = editing.chosen();
        on.retain(|on| on.draft.platform == Platform::TikTok && !on.draft.tiktok.read().as_draft);
        on
    };
    let is_branded = Memo::new(move |_| {
        published()
            .iter()
            .any(|on| on.draft.tiktok.read().is_branded_content())
    });
    let link = |href: &'static str, words: &'static str| {
        view! {
            <a class="link" href=href target="_blank" rel="noopener noreferrer">
                {words}
            </a>
        }
    };
    let wanted = Memo::new(move |_| !published().is_empty());
    view! {
        <Show when=move || wanted.get()>
        <p class="declaration">
            "By posting, you agree to TikTok's "
            {move || {
                is_branded
                    .get()
                    .then(|| view! { {link(BRANDED_CONTENT_URL, "Branded Content Policy")} " and " })
            }} {link(MUSIC_USAGE_URL, "Music Usage Confirmation")}
        </p>
        </Show>
    }
}
