//! What a page shows when its data did not come: what happened, and one thing to do.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::api::ApiError;
use crate::components::{Notice, Status};

/// A page that could not be loaded. It stands in the body of a page that has its heading already.
#[component]
pub fn Trouble(
    /// Why it could not be loaded.
    error: ApiError,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let ApiError::NotFound(_) = error {
        crate::ssr::not_found();
    }
    let (href, words, reload) = match &error {
        ApiError::SignedOut => ("/sign-in".to_owned(), "Sign in", false),
        ApiError::NotFound(_) | ApiError::Forbidden(_) => {
            ("/clients".to_owned(), "All clients", false)
        }
        _ => {
            let location = use_location();
            let query = location.search.get_untracked();
            let path = location.pathname.get_untracked();
            let here = if query.is_empty() {
                path
            } else {
                format!("{path}?{query}")
            };
            (here, "Try again", true)
        }
    };
    let action = move || {
        view! {
            // A link to another site, to the router: it loads the page anew.
            <a class="button secondary small" href=href rel=reload.then_some("external")>
                {words}
            </a>
        }
    };
    view! { <Notice status=Status::Failed alert=true lead=error.to_string() action=action /> }
        .into_any()
}

/// What a page answers whose address names nothing.
#[must_use]
pub fn no_such_page() -> ApiError {
    ApiError::NotFound("There is no such page, or it is not yours to see.".to_owned())
}
