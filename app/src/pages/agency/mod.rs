//! What is set for the agency: its name, mail, webhooks.

mod mail;
mod settings;
mod webhooks;

use leptos::prelude::*;

use crate::components::Icon;

pub use mail::OutboxPage;
pub use settings::AgencyPage;
pub use webhooks::WebhooksPage;

/// The ways between these pages.
fn tabs(here: &'static str) -> impl IntoView {
    let tab = move |path: &'static str, icon: Icon, word: &'static str| {
        view! {
            <a class="tab" href=path aria-current=(path == here).then_some("page")>
                {icon.view()}
                {word}
            </a>
        }
    };
    view! {
        <nav class="tabs" aria-label="Of the agency">
            {tab("/settings", Icon::Settings, "Settings")} {tab("/settings/mail", Icon::Mail, "Mail")}
            {tab("/settings/webhooks", Icon::Link, "Webhooks")}
        </nav>
    }
}
