//! Webhooks: the addresses of other systems that are told of posts and accounts.

use leptos::prelude::*;
use leptos_meta::Title;

use super::tabs;
use crate::api::webhooks::{
    AddEndpoint, AddedEndpoint, EndpointRow, MessageRow, MessageState, RemoveEndpoint, SetEndpoint,
    TestEndpoint, WebhooksData, webhooks,
};
use crate::components::{
    BusyButton, Empty, Field, Icon, Notice, PanelSkeleton, Select, Status, StatusInline,
    StatusPill, TopBar,
};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// What can be done about an address.
#[derive(Clone, Copy)]
struct Actions {
    add: ServerAction<AddEndpoint>,
    set: ServerAction<SetEndpoint>,
    remove: ServerAction<RemoveEndpoint>,
    test: ServerAction<TestEndpoint>,
}

/// `/settings/webhooks`
#[component]
pub fn WebhooksPage() -> impl IntoView {
    let actions = Actions {
        add: ServerAction::new(),
        set: ServerAction::new(),
        remove: ServerAction::new(),
        test: ServerAction::new(),
    };
    let data = resource(
        move || {
            (
                actions.add.version().get(),
                actions.set.version().get(),
                actions.remove.version().get(),
                actions.test.version().get(),
            )
        },
        |_| webhooks(),
    );
    let refusal = move || {
        let error = [
            actions.set.value().get().and_then(Result::err),
            actions.remove.value().get().and_then(Result::err),
            actions.test.value().get().and_then(Result::err),
            actions.add.value().get().and_then(Result::err),
        ]
        .into_iter()
        .flatten()
        .next()?;
        Some(view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> })
    };
    let content = move || {
        data.get().map(|data| match data {
            Ok(data) => shown(data, actions),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Webhooks" />
        <TopBar title="Agency" />
        <div class="page-body webhooks">
            {tabs("/settings/webhooks")}
            {refusal} <Secret add=actions.add />
            <Transition fallback=|| view! { <PanelSkeleton lines=4 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

/// The secret of an address that was just added: shown once, now.
#[component]
fn Secret(add: ServerAction<AddEndpoint>) -> impl IntoView {
    move || {
        let AddedEndpoint { url, secret } = add.value().get()?.ok()?;
        Some(view! {
            <section class="panel webhooks-secret" role="status" aria-labelledby="secret">
                <div class="panel-head">
                    <h2 class="panel-title" id="secret">
                        "The secret of " {url}
                    </h2>
                </div>
                <div class="pausing">
                    <p>
                        "Every call is signed with it, as Standard Webhooks has it. It is shown once, now: keep it where the address is answered."
                    </p>
                    <code class="webhooks-code">{secret}</code>
                </div>
            </section>
        })
    }
}

fn shown(data: WebhooksData, actions: Actions) -> AnyView {
    let WebhooksData { endpoints, clients } = data;
    let list = if endpoints.is_empty() {
        view! {
            <Empty
                icon=Icon::Link
                title="No address is told yet"
                line="Other systems can hear of posts that went out, failed or are unknown, of accounts, and of approvals."
            />
        }
        .into_any()
    } else {
        endpoints
            .into_iter()
            .map(|endpoint| one(endpoint, actions))
            .collect_view()
            .into_any()
    };
    let options = clients
        .into_iter()
        .map(|(id, name)| view! { <option value=id.to_string()>{name}</option> })
        .collect_view();
    view! {
        {list}
        <ActionForm action=actions.add attr:class="panel">
            <div class="panel-head">
                <h2 class="panel-title">"Add an address"</h2>
            </div>
            <div class="form">
                <Field
                    id="url"
                    label="Address"
                    help=Signal::stored(Some("A public one, reached by https.".to_owned()))
                >
                    <input
                        class="input"
                        id="url"
                        name="url"
                        type="url"
                        placeholder="https://example.com/autopost"
                        autocomplete="off"
                        required
                        aria-describedby="url-help"
                    />
                </Field>
                <Field id="client" label="Is told of">
                    <Select>
                        <select id="client" name="client">
                            <option value="">"Every client"</option>
                            {options}
                        </select>
                    </Select>
                </Field>
            </div>
            <div class="form-foot">
                <BusyButton label="Add" busy_label="Adding" busy=actions.add.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

fn one(endpoint: EndpointRow, actions: Actions) -> AnyView {
    let EndpointRow {
        id,
        url,
        client,
        disabled,
        last,
    } = endpoint;
    let is_on = disabled.is_none();
    let button = |word: &'static str| {
        let label = format!("{word}: {url}");
        view! {
            <button class="button secondary small" type="submit" aria-label=label>
                {word}
            </button>
        }
    };
    let hidden = move || view! { <input type="hidden" name="endpoint" value=id.to_string() /> };
    let (on_or_off, test, remove) = (
        button(if is_on { "Switch off" } else { "Switch on" }),
        is_on.then(|| button("Send a test")),
        button("Remove"),
    );
    let switch = view! {
        <ActionForm action=actions.set>
            {hidden()} <input type="hidden" name="enabled" value=(!is_on).to_string() /> {on_or_off}
        </ActionForm>
    };
    let test =
        test.map(|test| view! { <ActionForm action=actions.test>{hidden()} {test}</ActionForm> });
    let remove = view! { <ActionForm action=actions.remove>{hidden()} {remove}</ActionForm> };
    let off = disabled.map(|why| {
        view! {
            <p>
                <StatusPill status=Status::Failed words="Switched off" /> " " {why}
            </p>
        }
    });
    let of = client.map_or_else(
        || "Told of every client".to_owned(),
        |client| format!("Told of {client}"),
    );
    view! {
        <section class="panel">
            <div class="panel-head">
                <h2 class="panel-title webhooks-url">{url}</h2>
                <div class="button-row">{test} {switch} {remove}</div>
            </div>
            <div class="pausing">
                <p class="muted">{of}</p>
                {off} {messages(last)}
            </div>
        </section>
    }
    .into_any()
}

fn messages(last: Vec<MessageRow>) -> AnyView {
    if last.is_empty() {
        return view! { <p class="muted">"Nothing was told yet."</p> }.into_any();
    }
    let rows = last
        .into_iter()
        .map(|message| {
            let (status, word) = match message.state {
                MessageState::Waiting => (Status::Waiting, "Waiting"),
                MessageState::Sent => (Status::Published, "Taken"),
                MessageState::Failed => (Status::Failed, "Not taken"),
            };
            view! {
                <tr>
                    <td>
                        <code>{message.kind}</code>
                    </td>
                    <td class="soft">
                        <time>{message.at}</time>
                    </td>
                    <td>
                        <div class="outcome">
                            <StatusInline status=status words=word />
                            {(!message.detail.is_empty())
                                .then(|| view! { <small>{message.detail}</small> })}
                        </div>
                    </td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <table class="table">
            <thead>
                <tr>
                    <th scope="col">"Event"</th>
                    <th scope="col">"When"</th>
                    <th scope="col">"What became of it"</th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </table>
    }
    .into_any()
}
