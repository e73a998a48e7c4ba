//! `/portal/clients/{client}/accounts/connect/{platform}`: what has to be known before an account can be
//! connected. Sent and answered without WASM; what was typed comes back in the address, but never a password.

use domain::Platform;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::layout::use_portal;
use super::{PortalTrouble, use_client_id};
use crate::components::{Field, Icon};
use crate::pages::accounts::{Asked, ByAppPassword, HandleInput, asks_first};
use crate::pages::trouble::no_such_page;

/// The page.
#[component]
pub fn PortalConnectPage() -> impl IntoView {
    let portal = use_portal();
    let client = use_client_id();
    let (params, query) = (use_params_map(), use_query_map());
    let platform = Memo::new(move |_| {
        let platform = params.with(|params| params.get_str("platform")?.parse::<Platform>().ok());
        platform.filter(|platform| asks_first(*platform))
    });
    let content = move || {
        let known = client
            .get()
            .filter(|client| portal.sees(*client) && portal.may_decide());
        let (Some(client), Some(platform)) = (known, platform.get()) else {
            return view! { <PortalTrouble error=no_such_page() /> }.into_any();
        };
        let address = format!(
            "/portal/clients/{client}/accounts/connect/{}",
            platform.as_str()
        );
        let asked = query.with(Asked::of);
        let handle = asked.handle.clone();
        view! {
            <div class="portal-hero">
                <a class="link" href=format!("/portal/clients/{client}/accounts")>
                    "Back to accounts"
                </a>
                <h1 class="portal-title">{format!("Connect {platform}")}</h1>
            </div>
            <div class="portal-body portal-narrow">
                <form class="form" method="post" action=address.clone()>
                    {asked.trouble(false)}
                    <Field
                        id="handle"
                        label="Handle"
                        help=Some(
                            "It says which server the account is on; you agree on that server’s own page."
                                .to_owned(),
                        )
                    >
                        <HandleInput id="handle" value=handle large=true />
                    </Field>
                    <button class="button primary large block" type="submit">
                        {Icon::from(platform).view()}
                        {format!("Continue to {platform}")}
                    </button>
                </form>
                <ByAppPassword platform address asked large=true />
            </div>
        }
        .into_any()
    };
    view! {
        <Title text="Connect an account" />
        {content}
    }
    .into_any()
}
