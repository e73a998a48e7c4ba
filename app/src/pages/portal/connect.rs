//! `/portal/clients/{client}/accounts/connect/{platform}`: what has to be known before an account can be
//! connected. Sent and answered without WASM; what was typed comes back in the address, but never a password.

use domain::Platform;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::layout::use_portal;
use super::{PortalTrouble, use_client_id};
use crate::components::{Field, Icon, Notice, PasswordField, Status};
use crate::pages::accounts::asks_first;
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
        let (handle, problem, by_password) = query.with(|query| {
            (
                query.get("handle").unwrap_or_default(),
                query.get("problem").filter(|problem| !problem.is_empty()),
                query.get_str("way") == Some("password"),
            )
        });
        let (page_problem, password_problem) = if by_password {
            (None, problem)
        } else {
            (problem, None)
        };
        let password_handle = handle.clone();
        view! {
            <div class="portal-hero">
                <a class="link" href=format!("/portal/clients/{client}/accounts")>
                    "Back to accounts"
                </a>
                <h1 class="portal-title">{format!("Connect {platform}")}</h1>
            </div>
            <div class="portal-body portal-narrow">
                <form class="form" method="post" action=address.clone()>
                    {page_problem.map(not_connected)}
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
                    <button class="button primary large block" type="submit">
                        {Icon::from(platform).view()}
                        {format!("Continue to {platform}")}
                    </button>
                </form>
                <details class="link-other" open=by_password>
                    <summary>"Use an app password instead"</summary>
                    <form class="form" method="post" action=format!("{address}/password")>
                        {password_problem.map(not_connected)}
                        <p class="field-help">
                            {format!(
                                "In {platform}, open Settings, then Privacy and security, then App passwords, and make one called AutoPost. It is not the account’s own password.",
                            )}
                        </p>
                        <Field id="password-handle" label="Handle of the account">
                            <HandleInput id="password-handle" value=password_handle />
                        </Field>
                        <Field id="app-password" label="App password">
                            <PasswordField id="app-password" name="password" autocomplete="off" />
                        </Field>
                        <button class="button secondary large block" type="submit">
                            "Connect with the app password"
                        </button>
                    </form>
                </details>
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

#[component]
fn HandleInput(id: &'static str, value: String) -> impl IntoView {
    view! {
        <input
            class="input large"
            id=id
            name="handle"
            value=value
            placeholder="name.bsky.social"
            autocomplete="off"
            autocapitalize="none"
            spellcheck="false"
            inputmode="url"
            required
        />
    }
}

fn not_connected(problem: String) -> impl IntoView {
    view! {
        <Notice status=Status::Failed alert=true lead="The account was not connected.">
            {problem}
        </Notice>
    }
}
