//! The portal: the pages of a client's own people, for phones first. Whatever decides is a plain form.

mod accounts;
mod activity;
mod calendar;
mod captions;
mod comments;
mod connect;
mod decided;
mod disconnect;
mod inbox;
mod layout;
mod of_client;
mod preview;
mod published;
mod review;
mod sheet;
mod standing;
mod tiktok;
mod video;

pub use accounts::PortalAccountsPage;
pub use activity::PortalActivityPage;
pub use calendar::PortalCalendarPage;
pub use connect::PortalConnectPage;
pub use decided::DecidedPage;
pub use disconnect::PortalDisconnectPage;
pub use inbox::InboxPage;
pub use layout::PortalLayout;
pub use published::PublishedPage;
pub use review::ReviewPage;
pub use tiktok::PortalTikTokPage;

use domain::{ClientId, PostId};
use leptos::prelude::*;

use crate::api::ApiError;
use crate::components::{Notice, Status};

/// A page that could not be loaded, or an address that names nothing here.
#[component]
fn PortalTrouble(
    /// Why.
    error: ApiError,
) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let ApiError::NotFound(_) = error {
        crate::ssr::not_found();
    }
    let (href, words) = match &error {
        ApiError::SignedOut => ("/sign-in", "Sign in"),
        _ => ("/portal", "See what waits"),
    };
    let action = move || {
        view! {
            <a class="button secondary small" href=href>
                {words}
            </a>
        }
    };
    view! {
        <div class="portal-body">
            <Notice status=Status::Failed alert=true lead=error.to_string() action=action />
        </div>
    }
    .into_any()
}

/// What a person is told when something was refused.
fn refused(error: ApiError) -> AnyView {
    view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }.into_any()
}

/// The client and the post in the address of a page.
fn use_post_ids() -> Memo<Option<(ClientId, PostId)>> {
    let params = leptos_router::hooks::use_params_map();
    Memo::new(move |_| {
        params.with(|params| {
            let client = params.get("client")?.parse().ok()?;
            let post = params.get("post")?.parse().ok()?;
            Some((client, post))
        })
    })
}

/// The client in the address of a page.
fn use_client_id() -> Memo<Option<ClientId>> {
    let params = leptos_router::hooks::use_params_map();
    Memo::new(move |_| params.with(|params| params.get("client")?.parse().ok()))
}

/// Where a post is.
fn post_href(client: ClientId, post: PostId) -> String {
    format!("/portal/clients/{client}/posts/{post}")
}
