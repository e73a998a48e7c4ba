//! `/clients/{client}/accounts/connect/{platform}`: what has to be known before an account can be connected.

use domain::{ClientId, Platform};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{Asked, ByAppPassword, HandleInput, asks_first, connect_address};
use crate::components::{Field, Icon, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::trouble::{Trouble, no_such_page};

/// The forms for a platform that needs to be told something first. They are sent and answered without
/// WASM; what was typed comes back in the address, but never a password.
#[component]
pub fn ConnectPage() -> impl IntoView {
    let desk = use_desk();
    let (params, query) = (use_params_map(), use_query_map());
    let platform = Memo::new(move |_| {
        let platform = params.with(|params| params.get_str("platform")?.parse::<Platform>().ok());
        platform.filter(|platform| asks_first(*platform))
    });
    let back = move || match desk.client_id() {
        Some(client) => format!("/clients/{client}/accounts"),
        None => "/clients".to_owned(),
    };
    let content = move || match (desk.client_id(), platform.get()) {
        (Some(client), Some(platform)) => {
            let asked = query.with(Asked::of);
            view! { <Forms client platform asked /> }.into_any()
        }
        _ => view! { <Trouble error=no_such_page() /> }.into_any(),
    };
    view! {
        <Title text="Connect an account" />
        {move || {
            let detail = Signal::derive(move || desk.client().map(|client| client.name));
            view! {
                <TopBar title="Connect an account" back=back() back_label="Back to accounts" detail />
            }
        }}
        <div class="page-body">{content}</div>
    }
    .into_any()
}

#[component]
fn Forms(client: ClientId, platform: Platform, asked: Asked) -> impl IntoView {
    let address = connect_address(client, platform);
    let handle = asked.handle.clone();
    view! {
        <section class="connect-card panel" aria-labelledby="connect-title">
            <div class="panel-head">
                {Icon::from(platform).view()} <h2 class="panel-title" id="connect-title">
                    {format!("Connect {platform}")}
                </h2>
            </div>
            <div class="panel-body">
                <form class="connect-form" method="post" action=address.clone()>
                    {asked.trouble(false)}
                    <Field
                        id="handle"
                        label="Handle"
                        help=Some(
                            "It says which server the account is on; you agree on that server’s own page."
                                .to_owned(),
                        )
                    >
                        <HandleInput id="handle" value=handle />
                    </Field>
                    <button class="button primary" type="submit">
                        {format!("Continue to {platform}")}
                    </button>
                </form>
                <ByAppPassword platform address asked />
            </div>
        </section>
    }
}
