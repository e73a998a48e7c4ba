//! Which accounts the post goes to.

use leptos::prelude::*;

use super::editing::Editing;
use crate::api::accounts::AccountRow;
use crate::components::{AccountIdentity, AvatarSize, Icon, Notice};
use crate::state::draft::is_usable;

/// The client's accounts as choices, of which any number is taken; one that needs reconnecting says so and cannot be
/// chosen.
#[component]
pub(super) fn Accounts(editing: Editing) -> impl IntoView {
    let accounts = editing.accounts.get_value();
    let link = format!("/clients/{}/accounts", editing.client);
    if accounts.is_empty() {
        let action = move || {
            view! {
                <a class="button secondary small" href=link>
                    "Connect an account"
                </a>
            }
        };
        return view! {
            <div id="accounts" tabindex="-1">
                <Notice lead="No account is connected yet." action=action>
                    "You can write already; sending needs an account."
                </Notice>
            </div>
        }
        .into_any();
    }
    let needs_somebody = accounts.iter().any(|account| !is_usable(account));
    let choices = accounts
        .into_iter()
        .enumerate()
        .map(|(place, account)| choice(editing, place, account))
        .collect_view();
    view! {
        <div>
            <fieldset class="account-choices" id="accounts" tabindex="-1">
                <legend class="sr-only">"Accounts"</legend>
                {choices}
            </fieldset>
            {needs_somebody
                .then(|| {
                    view! {
                        <p class="field-help">
                            "An account that needs reconnecting cannot be chosen. "
                            <a class="link" href=link>
                                "Go to accounts"
                            </a>
                        </p>
                    }
                })}
        </div>
    }
    .into_any()
}

fn choice(editing: Editing, place: usize, account: AccountRow) -> impl IntoView {
    let id = account.id;
    let usable = is_usable(&account);
    let on = editing.on(id);
    let chosen = move || on.is_some_and(|on| on.draft.chosen.get());
    let detail = account.handle.as_ref().map_or_else(
        || account.platform.name().to_owned(),
        |handle| format!("@{handle}"),
    );
    view! {
        <label class="account-choice">
            <input
                class="check"
                type="checkbox"
                id=format!("account-{place}")
                value=id.to_string()
                // What is chosen can be taken out, whatever became of it.
                disabled=move || !usable && !chosen()
                aria-invalid=move || (chosen() && !usable).then_some("true")
                prop:checked=chosen
                on:change:target=move |event| {
                    if let Some(on) = on {
                        on.draft.chosen.set(event.target().checked());
                    }
                }
            />
            <AccountIdentity
                name=account.nickname
                detail=Some(detail)
                platform=account.platform
                url=account.avatar_url
                size=AvatarSize::S26
            />
            {(!usable)
                .then(|| view! { <span class="trouble">{Icon::Triangle.view()} "Needs reconnecting"</span> })}
        </label>
    }
}
