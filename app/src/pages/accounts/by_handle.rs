//! Connecting where the handle says which server to go to: what staff, the portal and a connect link have in common.
//! The forms are sent and answered without WASM; what was typed comes back in the address, but never a password.

use domain::Platform;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use crate::components::{Field, Notice, PasswordField, Status};

/// What the address says: what was typed before, and what came of it.
#[derive(Clone)]
pub(in crate::pages) struct Asked {
    /// The handle.
    pub(in crate::pages) handle: String,
    /// Why the account was not connected.
    problem: Option<String>,
    /// Whether it was tried by an app password.
    by_password: bool,
}

impl Asked {
    /// As it stands in the address.
    pub(in crate::pages) fn of(query: &ParamsMap) -> Self {
        Self {
            handle: query.get("handle").unwrap_or_default(),
            problem: query.get("problem").filter(|problem| !problem.is_empty()),
            by_password: query.get_str("way") == Some("password"),
        }
    }

    /// Why the account was not connected by one of the two ways.
    pub(in crate::pages) fn trouble(&self, by_password: bool) -> Option<impl IntoView + use<>> {
        let problem = { self.problem.clone() }.filter(|_| self.by_password == by_password);
        problem.map(|problem| {
            view! {
                <Notice status=Status::Failed alert=true lead="The account was not connected.">
                    {problem}
                </Notice>
            }
        })
    }
}

/// The field for a handle.
#[component]
pub(in crate::pages) fn HandleInput(
    id: &'static str,
    value: String,
    /// Whether it stands on a page for phones.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    view! {
        <input
            class=if large { "input large" } else { "input" }
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

/// The other way: an app password.
#[component]
pub(in crate::pages) fn ByAppPassword(
    platform: Platform,
    /// Where the platform's other form goes.
    address: String,
    asked: Asked,
    /// The token of the link by which somebody came who is no user here.
    #[prop(optional, into)]
    token: Option<String>,
    /// Whether it stands on a page for phones, which a client sees.
    #[prop(optional)]
    large: bool,
) -> impl IntoView {
    let (other, form, button, secret) = if large {
        let button = "button secondary large block";
        ("link-other", "form", button, ", and staff never see it")
    } else {
        ("connect-other", "connect-form", "button secondary", "")
    };
    let trouble = asked.trouble(true);
    let Asked {
        handle,
        by_password,
        ..
    } = asked;
    view! {
        <details class=other open=by_password>
            <summary>"Use an app password instead"</summary>
            <form class=form method="post" action=format!("{address}/password")>
                {trouble}
                {token.map(|token| view! { <input type="hidden" name="token" value=token /> })}
                <p class="field-help">
                    {format!(
                        "In {platform}, open Settings, then Privacy and security, then App passwords, and make one called AutoPost. It is not the account’s own password{secret}.",
                    )}
                </p>
                <Field id="password-handle" label="Handle of the account">
                    <HandleInput id="password-handle" value=handle large />
                </Field>
                <Field id="app-password" label="App password">
                    <PasswordField id="app-password" name="password" autocomplete="off" />
                </Field>
                <button class=button type="submit">
                    "Connect with the app password"
                </button>
            </form>
        </details>
    }
}
