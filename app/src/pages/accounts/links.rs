//! `/clients/{client}/accounts/links`: links by which the client connects accounts without being a user here.

use domain::{ClientId, Platform};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::connect_links::{
    ConnectLinkRow, ConnectLinks, MadeConnectLink, MakeConnectLink, RevokeConnectLink,
    connect_links,
};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, Select, Status, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// How long a link can last, in days.
const DAYS: [(u16, &str); 5] = [
    (1, "1 day"),
    (3, "3 days"),
    (7, "7 days"),
    (14, "14 days"),
    (30, "30 days"),
];

/// Making a link, and the links that can still be used.
#[component]
pub fn ConnectLinksPage() -> impl IntoView {
    let desk = use_desk();
    let make = ServerAction::<MakeConnectLink>::new();
    let revoke = ServerAction::<RevokeConnectLink>::new();
    let links = resource(
        move || {
            (
                desk.client_id(),
                make.version().get(),
                revoke.version().get(),
            )
        },
        |(client, ..)| async move {
            match client {
                Some(client) => connect_links(client).await,
                None => Err(no_such_page()),
            }
        },
    );
    // A link that was just made may be the one that was revoked.
    Effect::new(move |_| {
        if let Some(Ok(())) = revoke.value().get() {
            make.clear();
        }
    });
    let back = move || match desk.client_id() {
        Some(client) => format!("/clients/{client}/accounts"),
        None => "/clients".to_owned(),
    };
    let content = move || {
        let client = desk.client_id();
        links.get().map(|links| match (client, links) {
            (Some(client), Ok(links)) => view! { <Body client links make revoke /> }.into_any(),
            (_, Err(error)) => view! { <Trouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    view! {
        <Title text="Connect links" />
        {move || {
            let detail = Signal::derive(move || desk.client().map(|client| client.name));
            view! {
                <TopBar title="Connect links" back=back() back_label="Back to accounts" detail />
            }
        }}
        <div class="page-body form-page">
            <Transition fallback=|| view! { <PanelSkeleton lines=5 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Body(
    client: ClientId,
    links: ConnectLinks,
    make: ServerAction<MakeConnectLink>,
    revoke: ServerAction<RevokeConnectLink>,
) -> impl IntoView {
    let query = use_query_map();
    // Without WASM the page itself knows what was just made.
    let left = links.made;
    let made = move || {
        let made = match make.value().get() {
            Some(made) => made.ok(),
            None => left.clone(),
        };
        made.map(|made| view! { <Made made /> })
    };
    let refusal = move || {
        let error = revoke.value().get()?.err()?;
        Some(view! {
            <Notice status=Status::Failed alert=true lead="The link was not revoked.">
                {error.to_string()}
            </Notice>
        })
    };
    let revoked = move || {
        let is_revoked = query.with(|query| query.get("revoked").is_some());
        (is_revoked && make.value().get().is_none()).then(|| {
            view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead="The link opens nothing any more." />
                </div>
            }
        })
    };
    view! {
        {made}
        {refusal}
        {revoked}
        <Maker client client_name=links.client_name platforms=links.platforms make />
        <OpenLinks client rows=links.open revoke />
    }
    .into_any()
}

/// A link that was just made: its address is shown this once.
#[component]
fn Made(made: MadeConnectLink) -> impl IntoView {
    let rest = match made.mailed_to {
        Some(to) => format!(
            "It is on its way to {to}, and works until {}.",
            made.ends_at
        ),
        None => format!(
            "Send it to the client. It works until {}, and is not shown again.",
            made.ends_at
        ),
    };
    view! {
        <section class="panel" aria-labelledby="made-title" role="status">
            <div class="panel-head">
                {Icon::Link.view()} <h2 class="panel-title" id="made-title">
                    "The link"
                </h2>
            </div>
            <div class="panel-body form">
                <Field id="made-address" label="Address">
                    <input
                        class="input"
                        id="made-address"
                        readonly
                        value=made.address
                        on:focus:target=|event| event.target().select()
                    />
                </Field>
                <p class="field-help">{rest}</p>
            </div>
        </section>
    }
    .into_any()
}

#[component]
fn Maker(
    client: ClientId,
    client_name: String,
    platforms: Vec<Platform>,
    make: ServerAction<MakeConnectLink>,
) -> impl IntoView {
    let refusal = move || {
        let error = make.value().get()?.err()?;
        Some(view! {
            <Notice status=Status::Failed alert=true lead="No link was made.">
                {error.to_string()}
            </Notice>
        })
    };
    let choice = |platform: Platform| {
        view! {
            <label class="choice">
                <input
                    class="check"
                    type="checkbox"
                    name="platforms[]"
                    value=platform.as_str()
                    checked
                />
                {platform.name()}
            </label>
        }
    };
    let days = DAYS
        .into_iter()
        .map(|(days, words)| {
            view! {
                <option value=days.to_string() selected=days == 7>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        <ActionForm action=make attr:class="panel">
            <input type="hidden" name="client" value=client.to_string() />
            <div class="form">
                {refusal}
                <p class="muted">
                    {format!(
                        "Somebody at {client_name} opens the link and connects the accounts on the platforms’ own pages. They need no account here, and you never see a password.",
                    )}
                </p>
                <fieldset class="field">
                    <legend class="field-label">"Platforms"</legend>
                    <div class="option-choices">{platforms.into_iter().map(choice).collect_view()}</div>
                </fieldset>
                <Field id="days" label="It can be used for">
                    <Select>
                        <select id="days" name="days">
                            {days}
                        </select>
                    </Select>
                </Field>
                <Field
                    id="mail-to"
                    label="Mail it to"
                    help=Signal::stored(
                        Some("Leave it empty to copy the address and send it yourself.".to_owned()),
                    )
                >
                    <input
                        class="input"
                        id="mail-to"
                        name="mail_to"
                        type="email"
                        autocomplete="off"
                        placeholder="name@company.com"
                        aria-describedby="mail-to-help"
                    />
                </Field>
            </div>
            <div class="form-foot">
                <BusyButton label="Make the link" busy_label="Making" busy=make.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn OpenLinks(
    client: ClientId,
    rows: Vec<ConnectLinkRow>,
    revoke: ServerAction<RevokeConnectLink>,
) -> impl IntoView {
    if rows.is_empty() {
        return ().into_any();
    }
    let row = move |link: ConnectLinkRow| {
        let names: Vec<&str> = link
            .platforms
            .iter()
            .map(|platform| platform.name())
            .collect();
        let to = link
            .mailed_to
            .map_or_else(|| "Copied".to_owned(), |to| format!("Mailed to {to}"));
        view! {
            <li class="open-link">
                <div class="open-link-text">
                    <b>{names.join(", ")}</b>
                    <span>{to}</span>
                    <span>
                        {format!("Made by {}, {}. Ends {}.", link.made_by, link.made_at, link.ends_at)}
                    </span>
                </div>
                <ActionForm action=revoke>
                    <input type="hidden" name="client" value=client.to_string() />
                    <input type="hidden" name="link" value=link.id.to_string() />
                    <button class="button secondary small" type="submit">
                        "Revoke"
                    </button>
                </ActionForm>
            </li>
        }
    };
    view! {
        <section class="panel" aria-labelledby="open-links">
            <div class="panel-head">
                <h2 class="panel-title" id="open-links">
                    "Links that can be used"
                </h2>
            </div>
            <ul class="panel-body open-links">{rows.into_iter().map(row).collect_view()}</ul>
        </section>
    }
    .into_any()
}
