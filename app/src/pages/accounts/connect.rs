//! The buttons that lead to a platform's own sign-in. Plain forms and links: the answer is another site.

use domain::{ClientId, Platform};
use leptos::prelude::*;

use super::{asks_first, connect_address};
use crate::components::{Icon, Menu};

/// One button: it opens the platform's own sign-in, or the page that asks for what that needs. What it
/// shows is the child.
#[component]
pub(super) fn ConnectButton(
    client: ClientId,
    platform: Platform,
    class: &'static str,
    /// The handle of the account that is connected again.
    #[prop(optional_no_strip)]
    handle: Option<String>,
    children: Children,
) -> impl IntoView {
    let address = connect_address(client, platform);
    if asks_first(platform) {
        let href = match handle {
            Some(handle) => format!("{address}?handle={handle}"),
            None => address,
        };
        return view! {
            <a class=class href=href>
                {children()}
            </a>
        }
        .into_any();
    }
    view! {
        <form method="post" action=address>
            <button class=class type="submit">
                {children()}
            </button>
        </form>
    }
    .into_any()
}

/// The top bar's button: one for one platform, a menu for several.
#[component]
pub(super) fn ConnectAccount(client: ClientId, platforms: Vec<Platform>) -> impl IntoView {
    if let [platform] = platforms[..] {
        return view! {
            <ConnectButton client platform handle=None class="button primary small">
                {Icon::Plus.view()}
                <span>{format!("Connect {platform}")}</span>
            </ConnectButton>
        }
        .into_any();
    }
    let item = move |platform: Platform| {
        let what = if asks_first(platform) {
            "Asks for the handle first".to_owned()
        } else {
            format!("Opens {platform}’s own sign-in")
        };
        view! {
            <ConnectButton client platform handle=None class="menu-item">
                {Icon::from(platform).view()}
                <span class="connect-platform">{format!("Connect {platform}")} <small>{what}</small></span>
            </ConnectButton>
        }
    };
    let trigger = || {
        view! {
            {Icon::Plus.view()}
            <span>"Connect account"</span>
        }
    };
    view! {
        <Menu trigger_class="button primary small" trigger=trigger>
            {platforms.into_iter().map(item).collect_view()}
        </Menu>
    }
    .into_any()
}
