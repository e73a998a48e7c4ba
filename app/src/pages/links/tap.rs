//! `/tap/{token}`: from a mail into the portal. A person says "Continue"; looking changes nothing.

use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::{EndedLink, LinkLayout, use_token};
use crate::api::ApiError;
use crate::api::tap::{AskToBeLetIn, ContinueByTap, SendNewTap, TapData, TapState, visit_tap};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, PersonAvatar, Status};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// What the page can do.
#[derive(Clone, Copy)]
struct Acts {
    token: Memo<String>,
    go_on: ServerAction<ContinueByTap>,
    send: ServerAction<SendNewTap>,
    ask: ServerAction<AskToBeLetIn>,
}

/// The page.
#[component]
pub fn TapPage() -> impl IntoView {
    let acts = Acts {
        token: use_token(),
        go_on: ServerAction::new(),
        send: ServerAction::new(),
        ask: ServerAction::new(),
    };
    let visit = resource(move || acts.token.get(), visit_tap);
    let content = move || {
        let visit = visit.get();
        Unsuspend::new(move || visit.map(|visit| page(acts, visit)))
    };
    view! { <Suspense fallback=|| view! { <PanelSkeleton lines=4 /> }>{content}</Suspense> }
        .into_any()
}

fn page(acts: Acts, visit: Result<TapData, ApiError>) -> AnyView {
    let TapData { agency, state } = match visit {
        Ok(visit) => visit,
        Err(error) => {
            return view! {
                <LinkLayout title="Something went wrong" agency="AutoPost">
                    <Trouble error />
                </LinkLayout>
            }
            .into_any();
        }
    };
    let sender = agency.clone();
    let card = match state {
        TapState::Here(path) => {
            // "Back" must not lead here again.
            let options = NavigateOptions {
                replace: true,
                ..NavigateOptions::default()
            };
            return view! { <Redirect path options /> }.into_any();
        }
        TapState::Open { name, clients } => view! { <Open acts name clients /> }.into_any(),
        TapState::Used { sent_to } => view! {
            <Closed
                acts
                title="This link was used on another device"
                lead="A link opens the portal in the browser where it is used first."
                sent_to
            />
        }
        .into_any(),
        TapState::Expired { sent_to } => view! {
            <Closed
                acts
                title="This link is too old"
                lead="Links work for two weeks. A new one takes a moment."
                sent_to
            />
        }
        .into_any(),
        TapState::Closed => view! { <EndedLink agency=sender /> }.into_any(),
    };
    view! {
        <LinkLayout title="Open the portal" agency>
            {card}
        </LinkLayout>
    }
    .into_any()
}

#[component]
fn Open(acts: Acts, name: String, clients: Vec<String>) -> impl IntoView {
    let label = format!("Continue as {name}");
    let refusal = move || acts.go_on.value().get()?.err().map(refused);
    let of = clients.join(", ");
    view! {
        <section class="link-card" aria-labelledby="tap-title">
            <PersonAvatar name=name.clone() size=crate::components::AvatarSize::S40 />
            <h1 class="link-title" id="tap-title">
                {format!("Hello {name}")}
            </h1>
            <p class="link-lead">
                {format!("Open what is planned for {of}, without a password. This browser stays signed in for 30 days.")}
            </p>
            {refusal}
            <ActionForm action=acts.go_on>
                <TokenInput token=acts.token />
                <BusyButton
                    class="button primary large block"
                    label=label
                    busy_label="Opening"
                    busy=acts.go_on.pending()
                />
            </ActionForm>
            <Somebody acts />
        </section>
    }
    .into_any()
}

/// The link opens nothing in this browser any more: a new one goes to whom it was sent.
#[component]
fn Closed(acts: Acts, title: &'static str, lead: &'static str, sent_to: String) -> impl IntoView {
    let query = use_query_map();
    let refusal = move || acts.send.value().get()?.err().map(refused);
    let was_sent = move || query.with(|query| query.get_str("sent") == Some("link"));
    let to = sent_to.clone();
    let sent = move || {
        was_sent().then(|| {
            view! {
                <div role="status">
                    <Notice
                        status=Status::Approved
                        icon=Icon::Mail
                        lead=format!("A new link is on its way to {to}.")
                    >
                        "Open it in the browser that you want to use."
                    </Notice>
                </div>
            }
        })
    };
    view! {
        <section class="link-card" aria-labelledby="tap-title">
            <span class="tile is-waiting">{Icon::Link.view()}</span>
            <h1 class="link-title" id="tap-title">
                {title}
            </h1>
            <p class="link-lead">{lead}</p>
            {sent}
            {refusal}
            <ActionForm action=acts.send>
                <TokenInput token=acts.token />
                <BusyButton
                    class="button primary large block"
                    label=format!("Send a new link to {sent_to}")
                    busy_label="Sending"
                    busy=acts.send.pending()
                />
            </ActionForm>
            <Somebody acts />
        </section>
    }
    .into_any()
}

/// For whom the link was passed on to.
#[component]
fn Somebody(acts: Acts) -> impl IntoView {
    let query = use_query_map();
    let was_asked = move || query.with(|query| query.get_str("sent") == Some("question"));
    let refusal = move || acts.ask.value().get()?.err();
    let notice = move || refusal().map(refused);
    let content = move || {
        if was_asked() {
            return view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Mail lead="Your question is on its way.">
                        "Once it is answered with yes, you get a link of your own by mail."
                    </Notice>
                </div>
            }
            .into_any();
        }
        view! {
            <details class="link-other" open=refusal().is_some()>
                <summary>"I am somebody else"</summary>
                <ActionForm action=acts.ask attr:class="form">
                    <p class="field-help">
                        "Whoever the link was sent to is asked by mail whether you may look or approve too."
                    </p>
                    {notice}
                    <TokenInput token=acts.token />
                    <Field id="name" label="Your name">
                        <input
                            class="input large"
                            id="name"
                            name="name"
                            autocomplete="name"
                            maxlength="100"
                            required
                        />
                    </Field>
                    <Field id="email" label="Your email">
                        <input
                            class="input large"
                            id="email"
                            name="email"
                            type="email"
                            autocomplete="email"
                            required
                        />
                    </Field>
                    <BusyButton
                        class="button secondary large block"
                        label="Ask to be let in"
                        busy_label="Asking"
                        busy=acts.ask.pending()
                    />
                </ActionForm>
            </details>
        }
        .into_any()
    };
    view! { {content} }.into_any()
}

#[component]
fn TokenInput(token: Memo<String>) -> impl IntoView {
    view! { <input type="hidden" name="token" value=move || token.get() /> }
}

fn refused(error: ApiError) -> impl IntoView {
    view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
}
