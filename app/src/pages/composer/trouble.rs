//! A request that failed: what happened, and what to do. Nothing that was written is touched.

use leptos::prelude::*;

use super::editing::Editing;
use crate::api::ApiError;
use crate::components::{Notice, Status};

/// Stands above the fields while the last request has failed.
#[component]
pub(super) fn SaveTrouble(editing: Editing) -> impl IntoView {
    let trouble = editing.saver.trouble;
    move || {
        trouble.get().map(|(intent, error)| {
            let sentence = match &error {
                // Each of them stands in the checks, with the way to its field.
                ApiError::Findings { .. } => "AutoPost did not take it. See the checks.".to_owned(),
                error => error.to_string(),
            };
            let action = move || match error {
                ApiError::SignedOut => view! {
                    <a class="button secondary small" href="/sign-in" target="_blank" rel="noopener">
                        "Sign in"
                    </a>
                }
                .into_any(),
                _ => view! {
                    <button
                        class="button secondary small"
                        type="button"
                        on:click=move |_| editing.send(intent)
                    >
                        "Try again"
                    </button>
                }
                .into_any(),
            };
            view! { <Notice status=Status::Failed alert=true lead=sentence action=action /> }
        })
    }
}
