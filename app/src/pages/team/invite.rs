//! Inviting somebody.

use domain::Role;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::access::AccessFields;
use crate::api::ApiError;
use crate::api::team::{Invite, gift};
use crate::components::{BusyButton, Field, Notice, PanelSkeleton, Status, TopBar};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// `/team/invite`; `?client=…` chooses a client and the role of its approver. The form is sent and answered
/// without WASM too.
#[component]
pub fn InvitePage() -> impl IntoView {
    let invite = ServerAction::<Invite>::new();
    let data = resource(|| (), |()| gift());
    let query = use_query_map();
    let client = Memo::new(move |_| query.with(|query| query.get("client")?.parse().ok()));

    let refusal = move || invite.value().get()?.err();
    let is_about_clients = |error: &ApiError| matches!(error, ApiError::Invalid(sentence) if sentence.contains("client"));
    let is_about_address = move |error: &ApiError| {
        matches!(error, ApiError::Invalid(_) | ApiError::Conflict(_)) && !is_about_clients(error)
    };
    let email_error = move || {
        refusal()
            .filter(is_about_address)
            .map(|error| error.to_string())
    };
    let clients_error = move || {
        refusal()
            .filter(is_about_clients)
            .map(|error| error.to_string())
    };
    let notice = move || {
        let error = refusal()?;
        let rest = if is_about_address(&error) || is_about_clients(&error) {
            "Mend what is marked below.".to_owned()
        } else {
            error.to_string()
        };
        Some(view! {
            <Notice status=Status::Failed alert=true lead="Nobody was invited.">
                {rest}
            </Notice>
        })
    };
    let fields = move || {
        data.get().map(|data| match data {
            Ok(gift) => {
                let chosen = client.get();
                let role = if chosen.is_some() {
                    Role::ClientApprover
                } else {
                    Role::Editor
                };
                let clients: Vec<_> = chosen.into_iter().collect();
                view! {
                    <AccessFields
                        gift
                        role
                        all_clients=false
                        clients
                        error=Signal::derive(clients_error)
                    />
                }
                .into_any()
            }
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Invite" />
        <TopBar title="Invite" back="/team" back_label="Back to the team" />
        <div class="page-body form-page">
            {notice} <ActionForm action=invite attr:class="panel">
                <div class="form">
                    <p class="form-lead">
                        "A mail goes to this address with a link that can be used once, within seven days."
                    </p>
                    <Field id="email" label="Email" error=Signal::derive(email_error)>
                        <input
                            class="input"
                            id="email"
                            name="email"
                            type="email"
                            autocomplete="off"
                            required
                            aria-invalid=move || email_error().map(|_| "true")
                            aria-describedby=move || email_error().map(|_| "email-error")
                        />
                    </Field>
                    <Field
                        id="name"
                        label="Name"
                        help=Signal::stored(
                            Some("For the mail; they can change it. May stay empty.".to_owned()),
                        )
                    >
                        <input
                            class="input"
                            id="name"
                            name="name"
                            autocomplete="off"
                            maxlength="100"
                            aria-describedby="name-help"
                        />
                    </Field>
                    <Suspense fallback=|| view! { <PanelSkeleton lines=5 /> }>{fields}</Suspense>
                </div>
                <div class="form-foot">
                    <a class="button secondary" href="/team">
                        "Cancel"
                    </a>
                    <BusyButton label="Send the invitation" busy_label="Sending" busy=invite.pending() />
                </div>
            </ActionForm>
        </div>
    }
    .into_any()
}
