//! Another address: what is to be confirmed, and what came of it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Door, closed, token};
use crate::api::doors::{ConfirmEmail, EmailChangeData, email_change};
use crate::components::{BusyButton, Icon, Notice, Status};
use crate::state::resource::resource;

/// `/email/:token`
#[component]
pub fn EmailChangePage() -> impl IntoView {
    let token = token();
    let confirm = ServerAction::<ConfirmEmail>::new();
    let data = resource(move || token.get(), email_change);
    let refusal = move || {
        let error = confirm.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        data.get().map(|data| match data {
            Ok(data) => view! {
                {refusal}
                {form(data, token.get(), confirm)}
            }
            .into_any(),
            Err(error) => closed(&error, "/", "Go home"),
        })
    };
    view! {
        <Title text="Confirm an address" />
        <Door title="Confirm an address">
            <Suspense fallback=|| view! { <span class="skeleton line"></span> }>{content}</Suspense>
        </Door>
    }
    .into_any()
}

fn form(data: EmailChangeData, token: String, confirm: ServerAction<ConfirmEmail>) -> AnyView {
    let here = if data.is_old {
        "You confirm it as the present address."
    } else {
        "You confirm it as the new address."
    };
    view! {
        <p class="sign-in-lead">
            {format!(
                "{} is to be reached at {} instead of {}. {here}",
                data.name,
                data.new_email,
                data.old_email,
            )}
        </p>
        <ActionForm action=confirm attr:class="form">
            <input type="hidden" name="token" value=token />
            <BusyButton
                class="button primary large block"
                label="Confirm"
                busy_label="Confirming"
                busy=confirm.pending()
            />
        </ActionForm>
        <p class="field-help">"If you do not know anything about it, close this page. Nothing changes then."</p>
    }
    .into_any()
}

/// `/email/half`
#[component]
pub fn EmailHalfPage() -> impl IntoView {
    outcome(
        "Confirmed here.",
        "The other address has to confirm, too: look for the mail there.",
    )
}

/// `/email/moved`
#[component]
pub fn EmailMovedPage() -> impl IntoView {
    outcome(
        "The address was changed.",
        "From now on, sign in with the new one. Mails go there.",
    )
}

fn outcome(lead: &'static str, rest: &'static str) -> impl IntoView {
    view! {
        <Title text="Confirm an address" />
        <Door title="Confirm an address">
            <div role="status">
                <Notice status=Status::Approved icon=Icon::Check lead=lead>
                    {rest}
                </Notice>
            </div>
            <a class="button secondary large block" href="/">
                "Go home"
            </a>
        </Door>
    }
    .into_any()
}
