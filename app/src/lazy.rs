//! Pages that the browser loads when they are first opened, in groups that are visited together: each group is
//! a part of the WASM of its own. What some of the groups share and others do not is cut into parts as well, one for
//! each such set of groups, and small parts compress badly: so there are few groups.
//!
//! The server renders them like any other page, and tells the browser in the head which part to fetch.

use leptos::prelude::*;
use leptos_router::ChooseView;

use crate::pages;

/// Makes a group of pages. One type stands for all of a group, because the router makes code for every type of view.
macro_rules! lazy_pages {
    ($(#[$group_meta:meta])* $group:ident, $load:ident / $preload:ident {
        $($(#[$meta:meta])* $name:ident => $page:path,)+
    }) => {
        $(#[$group_meta])*
        #[derive(Clone, Copy, Debug)]
        pub enum $group {
            $($(#[$meta])* $name,)+
        }

        $(#[$group_meta])*
        #[leptos::lazy]
        fn $load(page: $group) -> AnyView {
            match page {
                $($group::$name => $page().into_any(),)+
            }
        }

        impl ChooseView for $group {
            async fn choose(self) -> AnyView {
                $load(self).await
            }

            async fn preload(&self) {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }
        }
    };
}

lazy_pages! {
    /// The calendar, where staff spend their day.
    Calendar, calendar_part / __preload_calendar_part {
        /// `/clients/:client/calendar`
        Month => pages::calendar::CalendarPage,
    }
}

lazy_pages! {
    /// Where posts are written: by far the largest page.
    Writing, writing_part / __preload_writing_part {
        /// `/clients/:client/posts/:post`
        Composer => pages::composer::ComposerPage,
        /// The same, over the calendar
        Sheet => pages::composer::ComposerSheet,
    }
}

lazy_pages! {
    /// The other pages of staff: of a client, of the agency, and of a person.
    Desk, desk_part / __preload_desk_part {
        /// `/clients/:client/accounts`
        Accounts => pages::accounts::AccountsPage,
        /// `/clients/:client/accounts/links`
        ConnectLinks => pages::accounts::ConnectLinksPage,
        /// `/clients/:client/accounts/connect/:platform`
        Connect => pages::accounts::ConnectPage,
        /// `/clients/:client/accounts/:account/disconnect`
        Disconnect => pages::accounts::DisconnectPage,
        /// `/approvals` and `/clients/:client/approvals`
        Approvals => pages::approvals::ApprovalsPage,
        /// `/audit`
        Audit => pages::audit::AuditPage,
        /// `/clients`
        Clients => pages::clients::ClientsPage,
        /// `/clients/new`
        NewClient => pages::clients::NewClientPage,
        /// `/clients/:client/library`
        Library => pages::library::LibraryPage,
        /// `/clients/:client/library/:asset`
        Asset => pages::library::AssetPage,
        /// `/clients/:client/settings`
        ClientSettings => pages::clients::ClientSettingsPage,
        /// `/clients/:client/import`
        Import => pages::bulk::ImportPage,
        /// `/clients/:client/history`
        History => pages::history::HistoryPage,
        /// `/clients/:client/activity`
        Activity => pages::history::ActivityPage,
        /// `/clients/:client/history/:delivery`
        Delivery => pages::history::DeliveryPage,
        /// `/team`
        Team => pages::team::TeamPage,
        /// `/team/invite`
        Invite => pages::team::InvitePage,
        /// `/team/:user`
        Member => pages::team::MemberPage,
        /// `/me`
        Me => pages::me::MePage,
        /// `/settings`
        Settings => pages::agency::AgencyPage,
        /// `/settings/mail`
        Outbox => pages::agency::OutboxPage,
        /// `/settings/webhooks`
        Webhooks => pages::agency::WebhooksPage,
        /// `/notices`
        Notices => pages::notices::NoticesPage,
        /// `/me/notices`
        Preferences => pages::notices::PreferencesPage,
    }
}

lazy_pages! {
    /// What people without a session open: what anybody may read, and what the links in mails lead to.
    Public, public_part / __preload_public_part {
        /// `/`
        Home => pages::home::HomePage,
        /// `/privacy`
        Privacy => pages::public::PrivacyPage,
        /// `/terms`
        Terms => pages::public::TermsPage,
        /// `/data-deletion`
        DataDeletion => pages::public::DataDeletionPage,
        /// `/invitation/:token`
        Invitation => pages::doors::InvitationPage,
        /// `/reset`
        AskReset => pages::doors::AskResetPage,
        /// `/reset/:token`
        Reset => pages::doors::ResetPage,
        /// `/email/half`
        EmailHalf => pages::doors::EmailHalfPage,
        /// `/email/moved`
        EmailMoved => pages::doors::EmailMovedPage,
        /// `/email/:token`
        EmailChange => pages::doors::EmailChangePage,
        /// `/sign-in`
        SignIn => pages::sign_in::SignInPage,
        /// `/tap/:token`
        Tap => pages::links::TapPage,
        /// `/let-in/:token`
        LetIn => pages::links::LetInPage,
        /// `/connect/:token`
        ConnectLink => pages::links::ConnectLinkPage,
    }
}

lazy_pages! {
    /// What a client's own people see.
    Portal, portal_part / __preload_portal_part {
        /// The frame around the pages of the portal.
        Frame => pages::portal::PortalLayout,
        /// `/portal`
        Inbox => pages::portal::InboxPage,
        /// `/portal/notices`
        Notices => pages::notices::PortalNoticesPage,
        /// `/portal/me`
        Me => pages::me::PortalMePage,
        /// `/portal/clients/:client/posts/:post`
        Review => pages::portal::ReviewPage,
        /// `/portal/clients/:client/posts/:post/decided`
        Decided => pages::portal::DecidedPage,
        /// `/portal/clients/:client/posts/:post/tiktok/:account`
        TikTok => pages::portal::PortalTikTokPage,
        /// `/portal/clients/:client/calendar`
        Calendar => pages::portal::PortalCalendarPage,
        /// `/portal/clients/:client/published`
        Published => pages::portal::PublishedPage,
        /// `/portal/clients/:client/activity`
        Activity => pages::portal::PortalActivityPage,
        /// `/portal/clients/:client/accounts`
        Accounts => pages::portal::PortalAccountsPage,
        /// `/portal/clients/:client/accounts/connect/:platform`
        Connect => pages::portal::PortalConnectPage,
        /// `/portal/clients/:client/accounts/:account/disconnect`
        Disconnect => pages::portal::PortalDisconnectPage,
    }
}

/// The tray of uploads, which belongs to no page and is seldom needed.
#[leptos::lazy]
pub fn upload_tray() -> AnyView {
    view! { <pages::uploads::UploadTray /> }.into_any()
}
