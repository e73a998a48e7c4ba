//! The mark, a post with a pennant, and the wordmark.

use leptos::prelude::*;

/// The mark alone. It takes its size from the text around it.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
            <rect class="mark-post" x="3.5" y="2" width="3" height="16" rx="1.5"></rect>
            <path
                class="mark-pennant"
                d="M10.6 2.5 16.8 6.6c.9.6.9 1.8 0 2.4l-6.2 4.1c-.7.5-1.6 0-1.6-.9V3.4c0-.9.9-1.4 1.6-.9z"
            ></path>
        </svg>
    }
}

/// The mark with the name beside it, as a link to the front page.
#[component]
pub fn Wordmark() -> impl IntoView {
    view! {
        <a class="wordmark" href="/">
            <Mark />
            "AutoPost"
        </a>
    }
}
