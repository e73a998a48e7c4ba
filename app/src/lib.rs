//! What people see: pages, components, and the server functions that they call.
//!
//! Compiled twice: with `ssr` for the server, which renders every page, and with `hydrate` for the
//! browser, which brings it to life.

// Leptos types nest as deep as the markup does.
#![recursion_limit = "512"]

pub mod api;
pub mod components;
mod lazy;
pub mod pages;
#[cfg(feature = "ssr")]
pub mod ssr;
pub mod state;

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::components::{ParentRoute, Route, Router, Routes};
use leptos_router::{Lazy, ParamSegment, SsrMode, StaticSegment, path};

use pages::home::HomePage;
use pages::layout::StaffLayout;
use pages::not_found::NotFoundPage;
use pages::portal::PortalLayout;

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
                <link rel="preload" href="/fonts/inter-latin-opsz-400-600.woff2" r#as="font" type="font/woff2" crossorigin="anonymous" />
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
                <Route path=path!("/sign-in") view={Lazy::<lazy::SignInRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/invitation/:token") view={Lazy::<lazy::InvitationRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/reset") view={Lazy::<lazy::AskResetRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/reset/:token") view={Lazy::<lazy::ResetRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/email/half") view={Lazy::<lazy::EmailHalfRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/email/moved") view={Lazy::<lazy::EmailMovedRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/email/:token") view={Lazy::<lazy::EmailChangeRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/privacy") view={Lazy::<lazy::PrivacyRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/terms") view={Lazy::<lazy::TermsRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/data-deletion") view={Lazy::<lazy::DataDeletionRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/tap/:token") view={Lazy::<lazy::TapRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/let-in/:token") view={Lazy::<lazy::LetInRoute>::new()} ssr=SsrMode::Async />
                <Route path=path!("/connect/:token") view={Lazy::<lazy::ConnectLinkRoute>::new()} ssr=SsrMode::Async />
                <ParentRoute path=StaticSegment("portal") view=PortalLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::InboxRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/posts/:post") view={Lazy::<lazy::ReviewRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/posts/:post/decided") view={Lazy::<lazy::DecidedRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/posts/:post/tiktok/:account") view={Lazy::<lazy::PortalTikTokRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("notices") view={Lazy::<lazy::PortalNoticesRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("me") view={Lazy::<lazy::PortalMeRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/calendar") view={Lazy::<lazy::PortalCalendarRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/published") view={Lazy::<lazy::PublishedRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/activity") view={Lazy::<lazy::PortalActivityRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/accounts") view={Lazy::<lazy::PortalAccountsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/accounts/connect/:platform") view={Lazy::<lazy::PortalConnectRoute>::new()} ssr=SsrMode::Async />
                    <Route path=path!("clients/:client/accounts/:account/disconnect") view={Lazy::<lazy::PortalDisconnectRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("approvals") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::ApprovalsRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("audit") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::AuditRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("clients") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::ClientsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("new") view={Lazy::<lazy::NewClientRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("calendar")) view={Lazy::<lazy::CalendarRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("posts"), ParamSegment("post")) view={Lazy::<lazy::ComposerRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("approvals")) view={Lazy::<lazy::ApprovalsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("accounts")) view={Lazy::<lazy::AccountsRoute>::new()} ssr=SsrMode::Async />
                    <Route
                        path=(ParamSegment("client"), StaticSegment("accounts"), StaticSegment("links"))
                        view={Lazy::<lazy::ConnectLinksRoute>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(ParamSegment("client"), StaticSegment("accounts"), StaticSegment("connect"), ParamSegment("platform"))
                        view={Lazy::<lazy::ConnectRoute>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route
                        path=(ParamSegment("client"), StaticSegment("accounts"), ParamSegment("account"), StaticSegment("disconnect"))
                        view={Lazy::<lazy::DisconnectRoute>::new()}
                        ssr=SsrMode::Async
                    />
                    <Route path=(ParamSegment("client"), StaticSegment("settings")) view={Lazy::<lazy::ClientSettingsRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("history")) view={Lazy::<lazy::HistoryRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("activity")) view={Lazy::<lazy::ActivityRoute>::new()} ssr=SsrMode::Async />
                    <Route path=(ParamSegment("client"), StaticSegment("history"), ParamSegment("delivery")) view={Lazy::<lazy::DeliveryRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("settings") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::AgencyRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("mail") view={Lazy::<lazy::OutboxRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("webhooks") view={Lazy::<lazy::WebhooksRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("notices") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::NoticesRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("team") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::TeamRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("invite") view={Lazy::<lazy::InviteRoute>::new()} ssr=SsrMode::Async />
                    <Route path=ParamSegment("user") view={Lazy::<lazy::MemberRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
                <ParentRoute path=StaticSegment("me") view=StaffLayout ssr=SsrMode::Async>
                    <Route path=StaticSegment("") view={Lazy::<lazy::MeRoute>::new()} ssr=SsrMode::Async />
                    <Route path=StaticSegment("notices") view={Lazy::<lazy::PreferencesRoute>::new()} ssr=SsrMode::Async />
                </ParentRoute>
            </Routes>
        </Router>
    }
}
