//! Signing in.

mod drawing;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;

use crate::api::session::{SignIn, agency_name, is_signed_in};
use crate::components::{BusyButton, Field, Notice, PasswordField, Status, Wordmark};
use crate::state::resource::resource;
pub(in crate::pages) use drawing::Drawing;

/// The sign-in form. It is sent and answered without WASM too.
#[component]
pub fn SignInPage() -> impl IntoView {
    let sign_in = ServerAction::<SignIn>::new();
    let agency = resource(|| (), |()| agency_name());
    let signed_in = resource(|| (), |()| is_signed_in());

    let lead = move || {
        agency.get().map(|name| match name {
            Ok(name) => format!("To the {name} publishing desk."),
            Err(_) => "To your publishing desk.".to_owned(),
        })
    };
    let leave = move || {
        let inside = matches!(signed_in.get(), Some(Ok(true)));
        Unsuspend::new(move || {
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            inside.then(|| view! { <Redirect path="/" options /> })
        })
    };
    let refusal = move || {
        let error = sign_in.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    view! {
        <Title text="Sign in" />
        <Suspense>{leave}</Suspense>
        <main class="sign-in">
            <div class="sign-in-side">
                <Wordmark />
                <div class="sign-in-box">
                    <div>
                        <h1 class="sign-in-title">"Sign in"</h1>
                        <p class="sign-in-lead">
                            <Suspense fallback=|| "To your publishing desk.">{lead}</Suspense>
                        </p>
                    </div>
                    {refusal}
                    <ActionForm action=sign_in attr:class="form">
                            <Field id="email" label="Email">
                                <input
                                    class="input large"
                                    id="email"
                                    name="email"
                                    type="email"
                                    autocomplete="username"
                                    required
                                />
                            </Field>
                            <Field id="password" label="Password">
                                <PasswordField id="password" name="password" />
                            </Field>
                            <BusyButton
                                class="button primary large block"
                                label="Sign in"
                                busy_label="Signing in"
                                busy=sign_in.pending()
                            />
                    </ActionForm>
                    <p>
                        <a class="link" href="/reset">
                            "Forgotten your password?"
                        </a>
                    </p>
                </div>
                <nav class="sign-in-links" aria-label="About">
                    <a href="/privacy">"Privacy"</a>
                    <a href="/terms">"Terms"</a>
                    <a href="/data-deletion">"Data deletion"</a>
                </nav>
            </div>
            <Drawing />
        </main>
    }
    .into_any()
}
