//! The forms that lead to a platform's own sign-in. Plain forms: the answer is another site.

use domain::{ClientId, Platform};
use leptos::prelude::*;

use super::connect_address;
use crate::components::{Icon, Menu};

/// A form with one button; what it shows is the child.
#[component]
pub(super) fn ConnectForm(
    client: ClientId,
    platform: Platform,
    class: &'static str,
    children: Children,
) -> impl IntoView {
    view! {
        <form method="post" action=connect_address(client, platform)>
            <button class=class type="submit">
                {children()}
            </button>
        </form>
    }
    .into_any()
}

/// The top bar's button: one form for one platform, a menu for several.
#[component]
pub(super) fn ConnectAccount(client: ClientId, platforms: Vec<Platform>) -> impl IntoView {
    if let [platform] = platforms[..] {
        return view! {
            <ConnectForm client platform class="button primary small">
                {Icon::Plus.view()}
                <span>{format!("Connect {platform}")}</span>
            </ConnectForm>
        }
        .into_any();
    }
    let item = move |platform: Platform| {
        view! {
            <ConnectForm client platform class="menu-item">
                {Icon::from(platform).view()}
                <span class="connect-platform">
                    {platform.name()} <small>{format!("Opens {platform}’s own sign-in")}</small>
                </span>
            </ConnectForm>
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
