//! The fields for what somebody may do, and where. Which of them matter follows from the role: the style
//! sheet hides the others, so that it works without WASM, and the server does not look at them.

use domain::{ClientId, Role};
use leptos::prelude::*;

use crate::api::team::GiftData;
use crate::components::FieldError;

/// The fields of a form that is sent as `role`, `all_clients` and `clients[]`.
#[component]
pub fn AccessFields(
    /// What can be given.
    gift: GiftData,
    /// What is chosen at first.
    role: Role,
    /// Whether every client is chosen at first.
    all_clients: bool,
    /// The clients that are chosen at first.
    clients: Vec<ClientId>,
    /// What is wrong with the clients that were chosen.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
) -> impl IntoView {
    let roles = gift
        .roles
        .into_iter()
        .map(|one| role_choice(one, one == role))
        .collect_view();
    let every = gift.all_clients.then(|| {
        view! {
            <label class="choice access-every">
                <input class="check" type="checkbox" name="all_clients" value="true" checked=all_clients />
                <span>"Every client, also those to come"</span>
            </label>
        }
    });
    let list = gift
        .clients
        .into_iter()
        .map(|(id, name)| {
            let chosen = clients.contains(&id);
            view! {
                <label class="choice">
                    <input
                        class="check"
                        type="checkbox"
                        name="clients[]"
                        value=id.to_string()
                        checked=chosen
                    />
                    <span>{name}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <div class="access">
            <fieldset class="choices">
                <legend class="field-label">"Role"</legend>
                {roles}
            </fieldset>
            <fieldset class="choices access-clients">
                <legend class="field-label">"Clients"</legend>
                {every}
                <div class="choices access-list">{list}</div>
                {move || {
                    error.get().map(|message| view! { <FieldError id="clients-error" message /> })
                }}
            </fieldset>
            <p class="field-help access-owner">"An owner sees every client."</p>
        </div>
    }
    .into_any()
}

fn role_choice(role: Role, chosen: bool) -> impl IntoView {
    view! {
        <label class="choice">
            <input class="radio" type="radio" name="role" value=role.as_str() checked=chosen required />
            <span>
                {role.name()} <span class="choice-note access-note">{may(role)}</span>
            </span>
        </label>
    }
}

/// What a role may do, in one sentence.
const fn may(role: Role) -> &'static str {
    match role {
        Role::Owner => "Of the agency. Everything, also owners and the agency’s own settings.",
        Role::Manager => "Of the agency. Clients, accounts, approvals and the team.",
        Role::Editor => "Of the agency. Plans, writes and sends posts.",
        Role::ClientApprover => {
            "Of a client. Decides about posts in the portal, and connects accounts there."
        }
        Role::ClientViewer => "Of a client. Looks at posts in the portal, and comments.",
    }
}
