//! `/portal/clients/{client}/accounts/{account}/disconnect`: what goes and what stays; then the receipt.

use domain::{AccountId, ClientId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::{PortalTrouble, refused, use_client_id};
use crate::api::ApiError;
use crate::api::accounts::DisconnectPlan;
use crate::api::portal_accounts::{PortalDisconnect, portal_disconnect_plan};
use crate::components::{BusyButton, Field, Icon, PanelSkeleton};
use crate::pages::accounts::{AlreadyDisconnected, Receipt, called};
use crate::pages::trouble::no_such_page;
use crate::state::resource::resource;

/// The page. The form is sent and answered without WASM too: the page that comes back then finds the account
/// disconnected.
#[component]
pub fn PortalDisconnectPage() -> impl IntoView {
    let client = use_client_id();
    let params = use_params_map();
    let account =
        Memo::new(move |_| params.with(|params| params.get("account")?.parse::<AccountId>().ok()));
    let ids = move || client.get().zip(account.get());
    let plan = resource(ids, |ids| async move {
        match ids {
            Some((client, account)) => portal_disconnect_plan(client, account).await,
            None => Err(no_such_page()),
        }
    });
    let disconnect = ServerAction::<PortalDisconnect>::new();
    let receipt = Memo::new(move |_| disconnect.value().get().and_then(Result::ok));
    let client_name = Memo::new(move |_| {
        plan.with(|plan| match plan {
            Some(Ok(plan)) => plan.client_name.clone(),
            _ => String::new(),
        })
    });
    let content = move || {
        let back = client.get().map_or_else(
            || "/portal".to_owned(),
            |client| format!("/portal/clients/{client}/accounts"),
        );
        if let Some(receipt) = receipt.get() {
            let client_name = client_name.get_untracked();
            return Some(view! { <Receipt receipt client_name back /> }.into_any());
        }
        let plan = plan.get()?;
        Some(match (ids(), plan) {
            (Some((client, account)), Ok(plan)) => {
                view! { <Question client account plan disconnect back /> }.into_any()
            }
            (_, Err(ApiError::Conflict(_))) => view! { <AlreadyDisconnected back /> }.into_any(),
            (_, Err(error)) => view! { <PortalTrouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="Disconnect" />
        <div class="portal-body">
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Question(
    client: ClientId,
    account: AccountId,
    plan: DisconnectPlan,
    disconnect: ServerAction<PortalDisconnect>,
    back: String,
) -> impl IntoView {
    let refusal = move || disconnect.value().get()?.err().map(refused);
    let platform = plan.account.platform;
    let line = |icon: Icon, what: String| view! { <li>{icon.view()} <span>{what}</span></li> };
    view! {
        <section class="portal-narrow" aria-labelledby="disconnect-title">
            <h1 class="portal-title" id="disconnect-title">
                {format!("Disconnect {} from {platform}?", called(&plan.account))}
            </h1>
            <ul class="portal-card portal-consequences">
                {line(
                    Icon::Trash,
                    "Our access, its permissions, and the account’s name and picture are deleted here."
                        .to_owned(),
                )}
                {line(Icon::Close, "What is planned for it does not go out.".to_owned())}
                {line(
                    Icon::Check,
                    format!("What was published stays on {platform} and in the history."),
                )}
            </ul>
            {refusal}
            <ActionForm action=disconnect attr:class="form">
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                <Field id="typed" label=format!("Type {} to confirm", plan.confirmation)>
                    <input
                        class="input large"
                        id="typed"
                        name="typed"
                        autocomplete="off"
                        autocapitalize="none"
                        spellcheck="false"
                        required
                    />
                </Field>
                <BusyButton
                    class="button danger large block"
                    label="Disconnect"
                    busy_label="Disconnecting"
                    busy=disconnect.pending()
                />
                <a class="button secondary large block" href=back>
                    "Keep it connected"
                </a>
            </ActionForm>
        </section>
    }
    .into_any()
}
