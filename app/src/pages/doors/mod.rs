//! What links from mails open for whoever is not signed in. Opening one changes nothing: mail scanners open
//! them all. What it is for happens when the form on it is sent.

mod email;
mod invitation;
mod reset;

use leptos::prelude::*;

use crate::components::Wordmark;
use crate::pages::sign_in::Drawing;

pub use email::{EmailChangePage, EmailHalfPage, EmailMovedPage};
pub use invitation::InvitationPage;
pub use reset::{AskResetPage, ResetPage};

/// The frame of these pages, which is that of the sign-in page.
#[component]
fn Door(
    /// The page's heading.
    title: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="sign-in" id="page">
            <div class="sign-in-side">
                <Wordmark />
                <div class="sign-in-box">
                    <h1 class="sign-in-title">{title}</h1>
                    {children()}
                </div>
                <nav class="sign-in-links" aria-label="About">
                    <a href="/sign-in">"Sign in"</a>
                    <a href="/privacy">"Privacy"</a>
                    <a href="/terms">"Terms"</a>
                </nav>
            </div>
            <Drawing />
        </main>
    }
    .into_any()
}

/// The token in the address.
fn token() -> Memo<String> {
    let params = leptos_router::hooks::use_params_map();
    Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()))
}

/// Why a link opens nothing, and where to go instead.
fn closed(error: &crate::api::ApiError, href: &'static str, words: &'static str) -> AnyView {
    use crate::api::ApiError;
    use crate::components::{Notice, Status};
    #[cfg(feature = "ssr")]
    if matches!(error, ApiError::NotFound(_)) {
        crate::ssr::not_found();
    }
    let lead = match error {
        ApiError::NotFound(_) => {
            "This link opens nothing. Copy the whole address from the mail, or ask for a new one."
                .to_owned()
        }
        error => error.to_string(),
    };
    view! {
        <Notice status=Status::Unknown lead=lead />
        <a class="button secondary large block" href=href>
            {words}
        </a>
    }
    .into_any()
}
