//! `/clients/{client}/accounts/connect/{platform}`: what has to be known before an account can be connected.

use domain::{ClientId, Platform};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{asks_first, connect_address};
use crate::components::{Field, Icon, Notice, PasswordField, Status, TopBar};
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
            let asked = query.with(|query| Asked {
                handle: query.get("handle").unwrap_or_default(),
                problem: query.get("problem").filter(|problem| !problem.is_empty()),
                by_password: query.get_str("way") == Some("password"),
            });
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

/// What the address says: what was typed before, and what came of it.
struct Asked {
    handle: String,
    problem: Option<String>,
    by_password: bool,
}

#[component]
fn Forms(client: ClientId, platform: Platform, asked: Asked) -> impl IntoView {
    let Asked {
        handle,
        problem,
        by_password,
    } = asked;
    let address = connect_address(client, platform);
    let password_handle = handle.clone();
    let (page_problem, password_problem) = match (problem, by_password) {
        (Some(problem), true) => (None, Some(problem)),
        (problem, _) => (problem, None),
    };
    view! {
        <section class="connect-card panel" aria-labelledby="connect-title">
            <div class="panel-head">
                {Icon::from(platform).view()} <h2 class="panel-title" id="connect-title">
                    {format!("Connect {platform}")}
                </h2>
            </div>
            <div class="panel-body">
                <form class="connect-form" method="post" action=address.clone()>
                    {page_problem.map(refused)}
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
                <details class="connect-other" open=by_password>
                    <summary>"Use an app password instead"</summary>
                    <form class="connect-form" method="post" action=format!("{address}/password")>
                        {password_problem.map(refused)}
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
                        <button class="button secondary" type="submit">
                            "Connect with the app password"
                        </button>
                    </form>
                </details>
            </div>
        </section>
    }
}

#[component]
fn HandleInput(id: &'static str, value: String) -> impl IntoView {
    view! {
        <input
            class="input"
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

fn refused(problem: String) -> impl IntoView {
    view! {
        <Notice status=Status::Failed alert=true lead="The account was not connected.">
            {problem}
        </Notice>
    }
}
