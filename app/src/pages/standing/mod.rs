//! How a delivery stands and what can be done about it: the same on its history and in the composer.

mod ask;
mod situation;

use domain::{ClientId, PostId};
use leptos::prelude::*;

use crate::api::deliveries::StandingData;
use crate::components::Icon;
use crate::components::use_toasts;
use ask::{Ask, AskDialog, act};
use situation::{Situation, situation};

/// What is to be said about a delivery, with the buttons for what can be done. Nothing where nothing is
/// the matter.
#[component]
pub(super) fn Standing(
    /// The client.
    client: ClientId,
    /// The post.
    post: PostId,
    /// How it stands.
    standing: StandingData,
    /// Whether the post's own fields are on this page.
    #[prop(optional)]
    in_composer: bool,
    /// Why nothing can be sent now, if so.
    #[prop(optional, into)]
    blocked: Signal<Option<String>>,
    /// Called when something was done.
    on_change: Callback<()>,
) -> impl IntoView {
    let Some(situation) = situation(client, post, &standing, in_composer) else {
        return ().into_any();
    };
    let Situation {
        status,
        icon,
        lead,
        lines,
        links,
        asks,
    } = situation;
    let standing = StoredValue::new(standing);
    let ask = RwSignal::new(Ask::Cancel);
    let open = RwSignal::new(false);
    let toasts = use_toasts();
    let lines = lines
        .into_iter()
        .map(|line| view! { <p>{line}</p> })
        .collect_view();
    let links = links
        .into_iter()
        .map(|link| {
            let outside = link.outside.then_some("_blank");
            let icon = link.outside.then(|| Icon::External.view());
            view! {
                <a
                    class="button secondary small"
                    href=link.href
                    target=outside
                    rel=outside.map(|_| "noopener external")
                >
                    {icon}
                    {link.words}
                </a>
            }
        })
        .collect_view();
    let buttons = asks
        .into_iter()
        .map(|choice| {
            let is_blocked = move || choice.sends() && blocked.with(Option::is_some);
            let press = move |_| {
                if choice.is_asked_about() {
                    ask.set(choice);
                    open.set(true);
                } else {
                    act(
                        client,
                        post,
                        standing,
                        choice,
                        String::new(),
                        toasts,
                        on_change,
                        |_| {},
                    );
                }
            };
            view! {
                <button
                    class="button secondary small"
                    type="button"
                    disabled=is_blocked
                    on:click=press
                >
                    {choice.icon().view()}
                    {choice.label()}
                </button>
            }
        })
        .collect_view();
    view! {
        <section class=format!("standing {}", status.class()) aria-labelledby="standing-lead">
            {icon.view()}
            <div class="standing-text">
                <h2 id="standing-lead">{lead}</h2>
                {lines}
                {move || blocked.get().map(|why| view! { <p>{why}</p> })}
                <div class="standing-actions">{links} {buttons}</div>
            </div>
        </section>
        <AskDialog client post standing ask open on_change />
    }
    .into_any()
}
