//! A forgotten password: asking for a link, and choosing a new one by it.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Door, closed, token};
use crate::api::doors::{AskReset, ResetPassword, password_reset};
use crate::components::{BusyButton, Field, Icon, Notice, PasswordField, Status};
use crate::state::resource::resource;

/// `/reset`
#[component]
pub fn AskResetPage() -> impl IntoView {
    let ask = ServerAction::<AskReset>::new();
    let query = use_query_map();
    let is_sent = Memo::new(move |_| query.with(|query| query.get("sent").is_some()));
    let refusal = move || {
        let error = ask.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        if is_sent.get() {
            return view! {
                <div role="status">
                    <Notice
                        status=Status::Approved
                        icon=Icon::Check
                        lead="If there is a user with this address, a mail is on its way."
                    >
                        "Its link can be used once, within an hour."
                    </Notice>
                </div>
                <a class="button secondary large block" href="/sign-in">
                    "Back to sign in"
                </a>
            }
            .into_any();
        }
        view! {
            <p class="sign-in-lead">"A link by which you choose one is sent to your address."</p>
            {refusal}
            <ActionForm action=ask attr:class="form">
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
                <BusyButton
                    class="button primary large block"
                    label="Send the link"
                    busy_label="Sending"
                    busy=ask.pending()
                />
            </ActionForm>
        }
        .into_any()
    };
    view! {
        <Title text="New password" />
        <Door title="A new password">{content}</Door>
    }
    .into_any()
}

/// `/reset/:token`
#[component]
pub fn ResetPage() -> impl IntoView {
    let token = token();
    let reset = ServerAction::<ResetPassword>::new();
    let email = resource(move || token.get(), password_reset);
    let refusal = move || {
        let error = reset.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        email.get().map(|email| match email {
            Ok(email) => view! {
                {refusal}
                {form(email, token.get(), reset)}
            }
            .into_any(),
            Err(error) => closed(&error, "/reset", "Ask for a new link"),
        })
    };
    view! {
        <Title text="New password" />
        <Door title="A new password">
            <Suspense fallback=|| view! { <span class="skeleton line"></span> }>{content}</Suspense>
        </Door>
    }
    .into_any()
}

fn form(email: String, token: String, reset: ServerAction<ResetPassword>) -> AnyView {
    view! {
        <ActionForm action=reset attr:class="form">
            <input type="hidden" name="token" value=token />
            <Field id="email" label="Email">
                <input
                    class="input large"
                    id="email"
                    type="email"
                    value=email
                    autocomplete="username"
                    readonly
                />
            </Field>
            <Field
                id="password"
                label="New password"
                help=Signal::stored(
                    Some("At least 10 characters. You are signed out everywhere else.".to_owned()),
                )
            >
                <PasswordField id="password" name="password" autocomplete="new-password" />
            </Field>
            <BusyButton
                class="button primary large block"
                label="Set it and sign in"
                busy_label="Signing in"
                busy=reset.pending()
            />
        </ActionForm>
    }
    .into_any()
}
