//! What a person agrees to by sending. It stands directly before the buttons that send, always.

use domain::Platform;
use domain::tiktok::{BRANDED_CONTENT_URL, MUSIC_USAGE_URL};
use leptos::prelude::*;

use super::editing::Editing;

/// TikTok's declaration, with the Branded Content Policy where the post is branded content.
#[component]
pub(super) fn Declaration(editing: Editing) -> impl IntoView {
    let is_branded = Memo::new(move |_| editing.draft.tiktok.read().is_branded_content());
    let link = |href: &'static str, words: &'static str| {
        view! {
            <a class="link" href=href target="_blank" rel="noopener noreferrer">
                {words}
            </a>
        }
    };
    // Whoever finishes a draft agrees in TikTok's app.
    let wanted = Memo::new(move |_| {
        editing.draft.platform() == Some(Platform::TikTok) && !editing.draft.tiktok.read().as_draft
    });
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
