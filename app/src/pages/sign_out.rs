//! The way out, in the menus of the desk and of the portal.

use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use crate::api::session::SignOut;
use crate::components::Icon;

/// The last line of a menu. A plain form: the page is left for good, and what the browser knew of it ends with it.
#[component]
pub(super) fn SignOutForm() -> impl IntoView {
    view! {
        <form method="post" action=SignOut::url()>
            <button class="menu-item" type="submit">
                {Icon::SignOut.view()}
                "Sign out"
            </button>
        </form>
    }
    .into_any()
}
