//! What is paused, who paused it, and the way to go on: a line on every page while anything is.

use domain::{AccountId, ClientId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::layout::Desk;
use crate::api::controls::{PauseData, PauseReach, SetPaused};
use crate::components::Icon;

/// A plain form with one button that pauses or resumes; it works without WASM, too.
#[component]
pub(super) fn PauseForm(
    /// The action, shared by the forms of a page.
    action: ServerAction<SetPaused>,
    /// The client; without one everything is meant.
    #[prop(optional_no_strip)]
    client: Option<ClientId>,
    /// The account of the client; without one all of them are meant.
    #[prop(optional_no_strip)]
    account: Option<AccountId>,
    /// Whether the button pauses; otherwise it resumes.
    pauses: bool,
    /// The button's classes.
    class: &'static str,
    /// What the button shows.
    children: Children,
) -> impl IntoView {
    // Not an `ActionForm`: the frame would then hold, for every page, what reads a form back into its fields.
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        action.dispatch(SetPaused {
            client,
            account,
            paused: pauses,
        });
    };
    view! {
        <form class="pause-form" method="post" action=SetPaused::url() on:submit=on_submit>
            {client.map(|id| view! { <input type="hidden" name="client" value=id.to_string() /> })}
            {account.map(|id| view! { <input type="hidden" name="account" value=id.to_string() /> })}
            <input type="hidden" name="paused" value=if pauses { "true" } else { "false" } />
            <button class=class type="submit" disabled=move || action.pending().get()>
                {children()}
            </button>
        </form>
    }
    .into_any()
}

/// An action for the forms of a page; when it is done, the frame looks at what has changed at once.
pub(super) fn use_pausing(desk: Desk) -> ServerAction<SetPaused> {
    let action = ServerAction::<SetPaused>::new();
    Effect::new(move |_| {
        if action.value().with(Option::is_some) {
            desk.look_now();
        }
    });
    action
}

/// The line at the top of every page while anything is paused. The widest pause is named; what else is
/// paused is counted.
#[component]
pub(super) fn PauseBanner(desk: Desk) -> impl IntoView {
    let action = use_pausing(desk);
    let pauses = Memo::new(move |_| desk.look().pauses);
    let shown = move || {
        let pauses = pauses.get();
        let first = pauses.first().cloned()?;
        Some(line(desk, action, first, pauses.len() - 1))
    };
    view! { {move || shown()} }
}

fn line(desk: Desk, action: ServerAction<SetPaused>, pause: PauseData, others: usize) -> AnyView {
    let client = desk.client_id();
    let (client, account) = match pause.reach {
        PauseReach::Everything => (None, None),
        PauseReach::Client => (client, None),
        PauseReach::Account(id) => (client, Some(id)),
    };
    let lead = format!("{} is paused.", pause.what());
    let by = match &pause.by {
        Some(by) => format!("By {by}, {}.", pause.since),
        None => format!("Since {}.", pause.since),
    };
    let more = match others {
        0 => None,
        1 => Some("1 more pause is in place.".to_owned()),
        others => Some(format!("{others} more pauses are in place.")),
    };
    let words = [Some(by), Some(pause.consequence()), more];
    let words: Vec<String> = words.into_iter().flatten().collect();
    let name = format!("Resume: {}", pause.what());
    view! {
        <section class="pause-banner" aria-label="Paused">
            {Icon::Pause.view()}
            <p>
                <b>{lead}</b>
                " "
                {words.join(" ")}
            </p>
            <PauseForm action client account pauses=false class="button secondary small">
                <span aria-hidden="true">"Resume"</span>
                <span class="sr-only">{name}</span>
            </PauseForm>
        </section>
    }
    .into_any()
}
