//! What people see: pages, components, and the server functions that they call.
//!
//! Compiled twice: with `ssr` for the server, which renders every page, and with `hydrate` for the
//! browser, which brings it to life.

// Leptos types nest as deep as the markup does.
#![recursion_limit = "512"]

mod address;
pub mod api;
pub mod components;
mod lazy;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod state;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::SsrMode;
use leptos_router::components::{ParentRoute, Route, Router, Routes};

use address::Address;
use pages::layout::StaffLayout;
use pages::not_found::NotFoundPage;

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
                <link rel="preload" href="/fonts/inter-basic-opsz-400-600.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
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
    // Effects run in the browser only.
    Effect::new(|_| state::focus::keep_focus());
    view! {
        <Title formatter=|title: String| if title.is_empty() { "AutoPost".to_owned() } else { format!("{title} · AutoPost") } />
        <Router>
            <Routes fallback=NotFoundPage>
                <Route path=Address("") view=lazy::Public::Home ssr=SsrMode::Async />
                <Route path=Address("/sign-in") view=lazy::Public::SignIn ssr=SsrMode::Async />
                <Route path=Address("/invitation/:token") view=lazy::Public::Invitation ssr=SsrMode::Async />
                <Route path=Address("/reset") view=lazy::Public::AskReset ssr=SsrMode::Async />
                <Route path=Address("/reset/:token") view=lazy::Public::Reset ssr=SsrMode::Async />
                <Route path=Address("/email/half") view=lazy::Public::EmailHalf ssr=SsrMode::Async />
                <Route path=Address("/email/moved") view=lazy::Public::EmailMoved ssr=SsrMode::Async />
                <Route path=Address("/email/:token") view=lazy::Public::EmailChange ssr=SsrMode::Async />
                <Route path=Address("/privacy") view=lazy::Public::Privacy ssr=SsrMode::Async />
                <Route path=Address("/terms") view=lazy::Public::Terms ssr=SsrMode::Async />
                <Route path=Address("/data-deletion") view=lazy::Public::DataDeletion ssr=SsrMode::Async />
                <Route path=Address("/tap/:token") view=lazy::Public::Tap ssr=SsrMode::Async />
                <Route path=Address("/let-in/:token") view=lazy::Public::LetIn ssr=SsrMode::Async />
                <Route path=Address("/connect/:token") view=lazy::Public::ConnectLink ssr=SsrMode::Async />
                <ParentRoute path=Address("/portal") view=lazy::Portal::Frame ssr=SsrMode::Async>
                    <Route path=Address("") view=lazy::Portal::Inbox ssr=SsrMode::Async />
                    <Route path=Address("/notices") view=lazy::Portal::Notices ssr=SsrMode::Async />
                    <Route path=Address("/me") view=lazy::Portal::Me ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/posts/:post") view=lazy::Portal::Review ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/posts/:post/decided") view=lazy::Portal::Decided ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/posts/:post/tiktok/:account") view=lazy::Portal::TikTok ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/calendar") view=lazy::Portal::Calendar ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/published") view=lazy::Portal::Published ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/activity") view=lazy::Portal::Activity ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts") view=lazy::Portal::Accounts ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts/connect/:platform") view=lazy::Portal::Connect ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts/:account/disconnect") view=lazy::Portal::Disconnect ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=Address("") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=Address("/approvals") view=lazy::Desk::Approvals ssr=SsrMode::Async />
                    <Route path=Address("/audit") view=lazy::Desk::Audit ssr=SsrMode::Async />
                    <Route path=Address("/clients") view=lazy::Desk::Clients ssr=SsrMode::Async />
                    <Route path=Address("/clients/new") view=lazy::Desk::NewClient ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/calendar") view=lazy::Calendar::Month ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/posts/:post") view=lazy::Writing::Composer ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/approvals") view=lazy::Desk::Approvals ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts") view=lazy::Desk::Accounts ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts/links") view=lazy::Desk::ConnectLinks ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts/connect/:platform") view=lazy::Desk::Connect ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/accounts/:account/disconnect") view=lazy::Desk::Disconnect ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/import") view=lazy::Desk::Import ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/settings") view=lazy::Desk::ClientSettings ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/library") view=lazy::Desk::Library ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/library/:asset") view=lazy::Desk::Asset ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/history") view=lazy::Desk::History ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/activity") view=lazy::Desk::Activity ssr=SsrMode::Async />
                    <Route path=Address("/clients/:client/history/:delivery") view=lazy::Desk::Delivery ssr=SsrMode::Async />
                    <Route path=Address("/settings") view=lazy::Desk::Settings ssr=SsrMode::Async />
                    <Route path=Address("/settings/mail") view=lazy::Desk::Outbox ssr=SsrMode::Async />
                    <Route path=Address("/settings/webhooks") view=lazy::Desk::Webhooks ssr=SsrMode::Async />
                    <Route path=Address("/notices") view=lazy::Desk::Notices ssr=SsrMode::Async />
                    <Route path=Address("/team") view=lazy::Desk::Team ssr=SsrMode::Async />
                    <Route path=Address("/team/invite") view=lazy::Desk::Invite ssr=SsrMode::Async />
                    <Route path=Address("/team/:user") view=lazy::Desk::Member ssr=SsrMode::Async />
                    <Route path=Address("/me") view=lazy::Desk::Me ssr=SsrMode::Async />
                    <Route path=Address("/me/notices") view=lazy::Desk::Preferences ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
