//! An invitation: what it offers, and the form that accepts it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Door, closed, token};
use crate::api::doors::{AcceptInvitation, OfferData, invitation};
use crate::components::{BusyButton, Field, Notice, PasswordField, Status};
use crate::state::resource::resource;

/// `/invitation/:token`
#[component]
pub fn InvitationPage() -> impl IntoView {
    let token = token();
    let accept = ServerAction::<AcceptInvitation>::new();
    let offer = resource(move || token.get(), invitation);
    let refusal = move || {
        let error = accept.value().get()?.err()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        offer.get().map(|offer| match offer {
            Ok(offer) => view! {
                {refusal}
                {form(offer, token.get(), accept)}
            }
            .into_any(),
            Err(error) => closed(&error, "/sign-in", "Sign in"),
        })
    };
    view! {
        <Title text="Invitation" />
        <Door title="You are invited">
            <Suspense fallback=|| view! { <span class="skeleton line"></span> }>{content}</Suspense>
        </Door>
    }
    .into_any()
}

fn form(offer: OfferData, token: String, accept: ServerAction<AcceptInvitation>) -> AnyView {
    let is_staff = offer.role.is_staff();
    let clients = offer.clients.join(", ");
    let lead = match (is_staff, offer.clients.is_empty()) {
        (true, true) => format!("To work at {} as {}.", offer.agency, word(offer.role)),
        (true, false) => format!(
            "To work at {} as {}, for {clients}.",
            offer.agency,
            word(offer.role)
        ),
        (false, _) => format!(
            "To see what {} plans for {clients}, as {}.",
            offer.agency,
            word(offer.role)
        ),
    };
    let (label, help) = if is_staff {
        ("Password", "At least 10 characters.")
    } else {
        (
            "Password, if you want one",
            "At least 10 characters. Without one you come by the links in our mails.",
        )
    };
    view! {
        <p class="sign-in-lead">{lead}</p>
        <ActionForm action=accept attr:class="form">
            <input type="hidden" name="token" value=token />
            <Field id="email" label="Email">
                <input
                    class="input large"
                    id="email"
                    type="email"
                    value=offer.email
                    autocomplete="username"
                    readonly
                />
            </Field>
            <Field id="name" label="Your name">
                <input
                    class="input large"
                    id="name"
                    name="name"
                    value=offer.name
                    autocomplete="name"
                    maxlength="100"
                    required
                />
            </Field>
            <Field id="password" label=label help=Signal::stored(Some(help.to_owned()))>
                <PasswordField
                    id="password"
                    name="password"
                    autocomplete="new-password"
                    required=is_staff
                />
            </Field>
            <BusyButton
                class="button primary large block"
                label="Accept and go in"
                busy_label="Going in"
                busy=accept.pending()
            />
        </ActionForm>
    }
    .into_any()
}

const fn word(role: domain::Role) -> &'static str {
    use domain::Role;
    match role {
        Role::Owner => "an owner",
        Role::Manager => "a manager",
        Role::Editor => "an editor",
        Role::ClientApprover => "somebody who approves",
        Role::ClientViewer => "somebody who looks",
    }
}
