//! What people see: pages, components, and the server functions that they call.
//!
//! Compiled twice: with `ssr` for the server, which renders every page, and with `hydrate` for the
//! browser, which brings it to life.

// Leptos types nest as deep as the markup does.
#![recursion_limit = "512"]

pub mod api;
pub mod components;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod state;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{ParamSegment, SsrMode, StaticSegment, path};

use pages::accounts::{AccountsPage, ConnectPage, DisconnectPage};
use pages::approvals::ApprovalsPage;
use pages::calendar::CalendarPage;
use pages::clients::{ClientSettingsPage, ClientsPage, NewClientPage};
use pages::composer::ComposerPage;
use pages::history::{ActivityPage, DeliveryPage, HistoryPage};
use pages::home::HomePage;
use pages::layout::StaffLayout;
use pages::not_found::NotFoundPage;
use pages::public::{DataDeletionPage, PrivacyPage, TermsPage};
use pages::sign_in::SignInPage;

/// The document around the app.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                <meta name="color-scheme" content="light dark" />
                <meta name="theme-color" media="(prefers-color-scheme: light)" content="#FFFFFF" />
                <meta name="theme-color" media="(prefers-color-scheme: dark)" content="#1A181C" />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="preload" href="/fonts/inter-latin-opsz-normal.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
                <HashedStylesheet options=options.clone() id="leptos" />
                <HydrationScripts options />
                <MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The app: every address and its page.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "AutoPost".to_owned() } else { format!("{title} · AutoPost") } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=StaticSegment("") view=HomePage ssr=SsrMode::Async />
                <Route path=path!("/sign-in") view=SignInPage ssr=SsrMode::Async />
                <Route path=path!("/privacy") view=PrivacyPage ssr=SsrMode::Async />
                <Route path=path!("/terms") view=TermsPage ssr=SsrMode::Async />
                <Route path=path!("/data-deletion") view=DataDeletionPage ssr=SsrMode::Async />
                <ParentRoute path=StaticSegment("approvals") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view=ApprovalsPage ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("clients") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view=ClientsPage ssr=SsrMode::Async />
                    <Route path=StaticSegment("new") view=NewClientPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("calendar")) view=CalendarPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("posts"), ParamSegment("post")) view=ComposerPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("approvals")) view=ApprovalsPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("accounts")) view=AccountsPage ssr=SsrMode::Async />
                    <Route
                        path=(ParamSegment("client"), StaticSegment("accounts"), StaticSegment("connect"), ParamSegment("platform"))
                        view=ConnectPage
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(ParamSegment("client"), StaticSegment("accounts"), ParamSegment("account"), StaticSegment("disconnect"))
                        view=DisconnectPage
                        ssr=SsrMode::Async
                    />
                    <Route path=(ParamSegment("client"), StaticSegment("settings")) view=ClientSettingsPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("history")) view=HistoryPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("activity")) view=ActivityPage ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("history"), ParamSegment("delivery")) view=DeliveryPage ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
