//! Pages for anybody: the privacy policy, the terms, and how to have data deleted.

mod data_deletion;
mod privacy;
mod terms;

pub use data_deletion::DataDeletionPage;
pub use privacy::PrivacyPage;
pub use terms::TermsPage;

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::Wordmark;

/// Who runs AutoPost and answers for it.
const OPERATOR: &str = "Innovative Media Agency";
/// Where to write.
const CONTACT: &str = "hello@autopost.com";
/// When the texts were last changed.
const UPDATED: &str = "April 1, 2026";

/// The public pages, as their footer lists them.
#[derive(Clone, Copy, PartialEq, Eq)]
enum PublicPage {
    Privacy,
    Terms,
    DataDeletion,
}

impl PublicPage {
    const ALL: [Self; 3] = [Self::Privacy, Self::Terms, Self::DataDeletion];

    const fn address(self) -> &'static str {
        match self {
            Self::Privacy => "/privacy",
            Self::Terms => "/terms",
            Self::DataDeletion => "/data-deletion",
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Privacy => "Privacy",
            Self::Terms => "Terms",
            Self::DataDeletion => "Data deletion",
        }
    }

    const fn title(self) -> &'static str {
        match self {
            Self::Privacy => "Privacy policy",
            Self::Terms => "Terms of service",
            Self::DataDeletion => "Data deletion",
        }
    }
}

/// A public page: the wordmark, one long text, and the way to the other pages.
#[component]
fn PublicLayout(page: PublicPage, children: Children) -> impl IntoView {
    let link = |other: PublicPage| {
        view! {
            <a href=other.address() aria-current=(other == page).then_some("page")>
                {other.word()}
            </a>
        }
    };
    view! {
        <Title text=page.title() />
        <a class="skip-link" href="#page" rel="external">
            "Skip to the page"
        </a>
        <div class="public">
            <header class="public-head">
                <Wordmark />
                <a class="button secondary small" href="/sign-in">
                    "Sign in"
                </a>
            </header>
            <main class="public-main" id="page" tabindex="-1">
                <article class="prose">
                    <h1>{page.title()}</h1>
                    <p class="prose-dates">"Last updated " {UPDATED}</p>
                    {children()}
                </article>
            </main>
            <footer class="public-foot">
                <nav class="public-links" aria-label="About AutoPost">
                    {PublicPage::ALL.map(link).collect_view()} <a href="/sign-in">"Sign in"</a>
                </nav>
                <span>"Operated by " {OPERATOR}</span>
            </footer>
        </div>
    }
    .into_any()
}

/// Where to write, as a link.
#[component]
fn Contact() -> impl IntoView {
    view! {
        <a class="link" href=format!("mailto:{CONTACT}")>
            {CONTACT}
        </a>
    }
}
