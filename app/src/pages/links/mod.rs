//! Pages that a link in a mail opens, for people without a session: into the portal, letting somebody in, and
//! connecting accounts. Each works without WASM, and looking at it changes nothing.

mod connect;
mod let_in;
mod tap;

pub use connect::ConnectLinkPage;
pub use let_in::LetInPage;
pub use tap::TapPage;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::{AgencyAvatar, Empty, Icon, Mark};

/// A page that a link opens: the agency's name, one card, and our mark.
#[component]
fn LinkLayout(
    /// The title of the page.
    #[prop(into)]
    title: String,
    /// Who sent the link.
    #[prop(into)]
    agency: String,
    /// The card.
    children: Children,
) -> impl IntoView {
    view! {
        <Title text=title />
        <div class="link-page">
            <header class="link-head">
                <AgencyAvatar name=agency.clone() />
                <b>{agency}</b>
            </header>
            <main class="link-main" id="page" tabindex="-1">
                {children()}
            </main>
            <footer class="link-foot">
                <Mark />
                <span>"AutoPost"</span>
                <a href="/privacy">"Privacy"</a>
                <a href="/terms">"Terms"</a>
            </footer>
        </div>
    }
    .into_any()
}

/// What is said of a link that opens nothing.
#[component]
fn EndedLink(
    /// Who sent it.
    #[prop(into)]
    agency: String,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    crate::ssr::not_found();
    view! {
        <Empty
            icon=Icon::Link
            title="This link has ended"
            line=format!("It was taken back, its time is over, or it was mistyped. Ask {agency} for a new one.")
            whole=true
        />
    }
    .into_any()
}

/// The token in the address of a page.
fn use_token() -> Memo<String> {
    let params = leptos_router::hooks::use_params_map();
    Memo::new(move |_| params.with(|params| params.get("token").unwrap_or_default()))
}
