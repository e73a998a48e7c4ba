//! Pages that the browser loads when they are first opened, in groups that are visited together: each group is
//! a part of the WASM of its own.
//!
//! The server renders them like any other page, and tells the browser in the head which part to fetch.

use leptos::prelude::*;
use leptos_router::LazyRoute;

use crate::pages;

/// Makes the routes of a group of pages.
macro_rules! lazy_pages {
    ($(#[$group_meta:meta])* $load:ident / $preload:ident, $group:ident {
        $($(#[$meta:meta])* $route:ident => $page:path,)+
    }) => {
        $(#[$group_meta])*
        #[allow(clippy::enum_variant_names, reason = "they are called like the routes that they stand for")]
        #[derive(Clone, Copy, Debug)]
        enum $group {
            $($route,)+
        }

        $(#[$group_meta])*
        #[leptos::lazy]
        fn $load(page: $group) -> AnyView {
            match page {
                $($group::$route => $page().into_any(),)+
            }
        }

        $(
            $(#[$meta])*
            #[derive(Debug)]
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_: Self) -> AnyView {
                    $load($group::$route).await
                }

                async fn preload() {
                    #[cfg(target_arch = "wasm32")]
                    $preload().await;
                }
            }
        )+
    };
}

lazy_pages! {
    /// The calendar, where staff spend their day.
    calendar_part / __preload_calendar_part, CalendarPart {
        /// `/clients/:client/calendar`
        CalendarRoute => pages::calendar::CalendarPage,
    }
}

lazy_pages! {
    /// The composer.
    composer_part / __preload_composer_part, ComposerPart {
        /// `/clients/:client/posts/:post`
        ComposerRoute => pages::composer::ComposerPage,
    }
}

lazy_pages! {
    /// The other pages of a client, and of the agency.
    desk_part / __preload_desk_part, DeskPart {
        /// `/clients/:client/accounts`
        AccountsRoute => pages::accounts::AccountsPage,
        /// `/clients/:client/accounts/links`
        ConnectLinksRoute => pages::accounts::ConnectLinksPage,
        /// `/clients/:client/accounts/connect/:platform`
        ConnectRoute => pages::accounts::ConnectPage,
        /// `/clients/:client/accounts/:account/disconnect`
        DisconnectRoute => pages::accounts::DisconnectPage,
        /// `/approvals` and `/clients/:client/approvals`
        ApprovalsRoute => pages::approvals::ApprovalsPage,
        /// `/audit`
        AuditRoute => pages::audit::AuditPage,
        /// `/clients`
        ClientsRoute => pages::clients::ClientsPage,
        /// `/clients/new`
        NewClientRoute => pages::clients::NewClientPage,
        /// `/clients/:client/settings`
        ClientSettingsRoute => pages::clients::ClientSettingsPage,
        /// `/clients/:client/history`
        HistoryRoute => pages::history::HistoryPage,
        /// `/clients/:client/activity`
        ActivityRoute => pages::history::ActivityPage,
        /// `/clients/:client/history/:delivery`
        DeliveryRoute => pages::history::DeliveryPage,
    }
}

lazy_pages! {
    /// What concerns the agency itself, and what a person was told.
    agency_part / __preload_agency_part, AgencyPart {
        /// `/team`
        TeamRoute => pages::team::TeamPage,
        /// `/team/invite`
        InviteRoute => pages::team::InvitePage,
        /// `/team/:user`
        MemberRoute => pages::team::MemberPage,
        /// `/me`
        MeRoute => pages::me::MePage,
        /// `/settings`
        AgencyRoute => pages::agency::AgencyPage,
        /// `/settings/mail`
        OutboxRoute => pages::agency::OutboxPage,
        /// `/settings/webhooks`
        WebhooksRoute => pages::agency::WebhooksPage,
        /// `/notices`
        NoticesRoute => pages::notices::NoticesPage,
        /// `/me/notices`
        PreferencesRoute => pages::notices::PreferencesPage,
    }
}

lazy_pages! {
    /// What anybody may open.
    public_part / __preload_public_part, PublicPart {
        /// `/privacy`
        PrivacyRoute => pages::public::PrivacyPage,
        /// `/terms`
        TermsRoute => pages::public::TermsPage,
        /// `/data-deletion`
        DataDeletionRoute => pages::public::DataDeletionPage,
        /// `/invitation/:token`
        InvitationRoute => pages::doors::InvitationPage,
        /// `/reset`
        AskResetRoute => pages::doors::AskResetPage,
        /// `/reset/:token`
        ResetRoute => pages::doors::ResetPage,
        /// `/email/half`
        EmailHalfRoute => pages::doors::EmailHalfPage,
        /// `/email/moved`
        EmailMovedRoute => pages::doors::EmailMovedPage,
        /// `/email/:token`
        EmailChangeRoute => pages::doors::EmailChangePage,
        /// `/sign-in`
        SignInRoute => pages::sign_in::SignInPage,
    }
}

lazy_pages! {
    /// What a link in a mail opens, for people without a session.
    links_part / __preload_links_part, LinksPart {
        /// `/tap/:token`
        TapRoute => pages::links::TapPage,
        /// `/let-in/:token`
        LetInRoute => pages::links::LetInPage,
        /// `/connect/:token`
        ConnectLinkRoute => pages::links::ConnectLinkPage,
    }
}

lazy_pages! {
    /// What a client's own people see.
    portal_part / __preload_portal_part, PortalPart {
        /// `/portal`
        InboxRoute => pages::portal::InboxPage,
        /// `/portal/notices`
        PortalNoticesRoute => pages::notices::PortalNoticesPage,
        /// `/portal/me`
        PortalMeRoute => pages::me::PortalMePage,
        /// `/portal/clients/:client/posts/:post`
        ReviewRoute => pages::portal::ReviewPage,
        /// `/portal/clients/:client/posts/:post/decided`
        DecidedRoute => pages::portal::DecidedPage,
        /// `/portal/clients/:client/posts/:post/tiktok/:account`
        PortalTikTokRoute => pages::portal::PortalTikTokPage,
        /// `/portal/clients/:client/calendar`
        PortalCalendarRoute => pages::portal::PortalCalendarPage,
        /// `/portal/clients/:client/published`
        PublishedRoute => pages::portal::PublishedPage,
        /// `/portal/clients/:client/activity`
        PortalActivityRoute => pages::portal::PortalActivityPage,
        /// `/portal/clients/:client/accounts`
        PortalAccountsRoute => pages::portal::PortalAccountsPage,
        /// `/portal/clients/:client/accounts/connect/:platform`
        PortalConnectRoute => pages::portal::PortalConnectPage,
        /// `/portal/clients/:client/accounts/:account/disconnect`
        PortalDisconnectRoute => pages::portal::PortalDisconnectPage,
    }
}
