//! Disconnecting an account: what goes, what stays, what stops; then the receipt.

use domain::{AccountId, ClientId};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use super::called;
use super::receipt::{AlreadyDisconnected, Receipt};
use crate::api::ApiError;
use crate::api::accounts::{Disconnect, DisconnectPlan, disconnect_plan};
use crate::components::{
    AccountAvatar, AvatarSize, BusyButton, DialogFoot, DialogHead, Field, Icon, Notice,
    PanelSkeleton, Status, TopBar,
};
use crate::pages::layout::use_desk;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The page that disconnects an account. The form is sent and answered without WASM too: the page that
/// comes back then finds the account disconnected.
#[component]
pub fn DisconnectPage() -> impl IntoView {
    let desk = use_desk();
    let params = use_params_map();
    let account =
        Memo::new(move |_| params.with(|params| params.get("account")?.parse::<AccountId>().ok()));
    let ids = move || desk.client_id().zip(account.get());
    let plan = resource(ids, |ids| async move {
        match ids {
            Some((client, account)) => disconnect_plan(client, account).await,
            None => Err(no_such_page()),
        }
    });
    let disconnect = ServerAction::<Disconnect>::new();
    // The dot in the rail may go out.
    Effect::new(move |_| {
        if let Some(Ok(_)) = disconnect.value().get() {
            desk.refetch();
        }
    });

    let back = move || {
        let client = desk.client_id();
        client.map_or_else(
            || "/clients".to_owned(),
            |client| format!("/clients/{client}/accounts"),
        )
    };
    let receipt = Memo::new(move |_| disconnect.value().get().and_then(Result::ok));
    let content = move || {
        let back = back();
        if let Some(receipt) = receipt.get() {
            let client_name = desk.client().map(|client| client.name).unwrap_or_default();
            return Some(view! { <Receipt receipt client_name back /> }.into_any());
        }
        let plan = plan.get()?;
        Some(match (ids(), plan) {
            (Some((client, account)), Ok(plan)) => {
                view! { <Question client account plan disconnect back /> }.into_any()
            }
            (_, Err(ApiError::Conflict(_))) => view! { <AlreadyDisconnected back /> }.into_any(),
            (_, Err(error)) => view! { <Trouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="Disconnect" />
        {move || {
            let detail = Signal::derive(move || desk.client().map(|client| client.name));
            view! { <TopBar title="Disconnect" back=back() back_label="Back to accounts" detail /> }
        }}
        <div class="page-body">
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

/// What a disconnect will do, and the form that does it.
#[component]
fn Question(
    client: ClientId,
    account: AccountId,
    plan: DisconnectPlan,
    disconnect: ServerAction<Disconnect>,
    back: String,
) -> impl IntoView {
    let refusal = move || disconnect.value().get()?.err();
    let is_about_field = |error: &ApiError| matches!(error, ApiError::Invalid(_));
    let field_error = move || {
        refusal()
            .filter(is_about_field)
            .map(|error| error.to_string())
    };
    let notice = move || {
        let error = refusal().filter(|error| !is_about_field(error))?;
        Some(view! {
            <Notice status=Status::Failed alert=true lead="The account is still connected.">
                {error.to_string()}
            </Notice>
        })
    };
    let row = &plan.account;
    let platform = row.platform;
    let title = format!("Disconnect {} from {platform}?", called(row));
    let lead = format!(
        "{}. This cannot be undone, but the account can be connected again.",
        plan.client_name
    );
    let (name, url) = (row.nickname.clone(), row.avatar_url.clone());
    let picture = move || view! { <AccountAvatar name platform url size=AvatarSize::S40 /> };
    let confirmation = plan.confirmation.clone();
    view! {
        <section class="dialog on-page" aria-labelledby="disconnect-title">
            <ActionForm action=disconnect>
                <input type="hidden" name="client" value=client.to_string() />
                <input type="hidden" name="account" value=account.to_string() />
                <div class="dialog-body">
                    <DialogHead
                        id="disconnect-title"
                        title
                        lead
                        picture=picture
                        close_href=back.clone()
                    />
                    {notice}
                    {consequences(&plan)}
                    <Field
                        id="typed"
                        label=format!("Type {confirmation} to confirm")
                        error=Signal::derive(field_error)
                    >
                        <input
                            class="input"
                            id="typed"
                            name="typed"
                            autocomplete="off"
                            autocapitalize="none"
                            spellcheck="false"
                            required
                            aria-invalid=move || field_error().map(|_| "true")
                            aria-describedby=move || field_error().map(|_| "typed-error")
                        />
                    </Field>
                </div>
                <DialogFoot fact="You get a receipt" fact_icon=Icon::Shield>
                    <a class="button secondary" href=back>
                        "Keep connected"
                    </a>
                    <BusyButton
                        class="button danger"
                        label="Disconnect and purge"
                        busy_label="Disconnecting"
                        busy=disconnect.pending()
                        icon=Icon::Trash
                    />
                </DialogFoot>
            </ActionForm>
        </section>
    }
    .into_any()
}

fn consequences(plan: &DisconnectPlan) -> AnyView {
    let platform = plan.account.platform;
    let scopes = count(plan.scopes as i64, "scope", "scopes");
    let published = (plan.published > 0).then(|| {
        let posts = count(plan.published, "published post", "published posts");
        let posts = format!("{posts} on {platform}");
        fact(
            Icon::Check,
            posts,
            Some("Only the client can delete those".to_owned()),
        )
    });
    let stops = match plan.waiting {
        0 => fact(Icon::Check, "Nothing: no post is planned".to_owned(), None),
        waiting => {
            let posts = count(waiting, "post not published yet", "posts not published yet");
            let fate = if plan.account.publishing {
                "Cancelled; what is on its way now is no longer asked about"
            } else {
                "Cancelled"
            };
            fact(Icon::Pause, posts, Some(fate.to_owned()))
        }
    };
    let history = "With its links, without the account’s name".to_owned();
    let media = "Until its retention clock runs out".to_owned();
    let revoked = format!("Revoked at {platform}, then deleted");
    view! {
        <div class="purge">
            <div class="purge-column">
                <div>
                    <h3 class="purge-title goes">"Purged now"</h3>
                    <ul class="purge-list">
                        {fact(Icon::Trash, "Access and refresh tokens".to_owned(), Some(revoked))}
                        {fact(Icon::Trash, "Granted permissions".to_owned(), Some(scopes))}
                        {fact(Icon::Trash, "Unfinished upload steps".to_owned(), None)}
                        {fact(Icon::Trash, "Nickname, handle and avatar".to_owned(), None)}
                    </ul>
                </div>
            </div>
            <div class="purge-column">
                <div>
                    <h3 class="purge-title">"Stays"</h3>
                    <ul class="purge-list">
                        {published}
                        {fact(Icon::Check, "History of what was published".to_owned(), Some(history))}
                        {fact(Icon::Check, "Uploaded videos".to_owned(), Some(media))}
                    </ul>
                </div>
                <div>
                    <h3 class="purge-title stops">"Stops"</h3>
                    <ul class="purge-list">{stops}</ul>
                </div>
            </div>
        </div>
    }
    .into_any()
}

fn fact(icon: Icon, words: String, more: Option<String>) -> AnyView {
    view! {
        <li>
            {icon.view()} <span>{words}</span> {more.map(|more| view! { <small>{more}</small> })}
        </li>
    }
    .into_any()
}

/// "1 post", "3 posts".
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
