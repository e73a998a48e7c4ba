//! What is set for the agency: its name, mail, webhooks.

mod mail;
mod settings;
mod webhooks;

use leptos::prelude::*;

use crate::components::{Icon, TopBar};

pub use mail::OutboxPage;
pub use settings::AgencyPage;
pub use webhooks::WebhooksPage;

/// The top bar of these pages: where one is, and the ways to the others.
fn bar(here: &'static str) -> impl IntoView {
    let link = move |path: &'static str, icon: Icon, word: &'static str| {
        view! {
            <a class="button secondary small" href=path aria-current=(path == here).then_some("page")>
                {icon.view()}
                <span>{word}</span>
            </a>
        }
    };
    view! {
        <TopBar title="Agency">
            {link("/settings", Icon::Settings, "Settings")} {link("/settings/mail", Icon::Mail, "Mail")}
            {link("/settings/webhooks", Icon::Link, "Webhooks")}
        </TopBar>
    }
}
