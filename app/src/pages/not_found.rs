//! An address that names nothing.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{Icon, Wordmark};

/// Says so, with status 404, and leads home.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::not_found();
    view! {
        <Title text="Not found" />
        <div class="public">
            <header class="public-head">
                <Wordmark />
            </header>
            <main class="public-main" id="page">
                <div class="empty whole">
                    <span class="empty-tile">{Icon::Search.view()}</span>
                    <h1 class="empty-title">"There is nothing at this address"</h1>
                    <p class="empty-line">
                        "It may have been mistyped, or what was here is gone."
                    </p>
                    <a class="button primary" href="/">
                        "Go home"
                    </a>
                </div>
            </main>
        </div>
    }
    .into_any()
}
