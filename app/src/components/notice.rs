//! A sentence in a tinted box, with at most one thing to do.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::icon::Icon;
use super::status::Status;

/// A notice. With a status it has that status's tint and icon; without one it is a quiet fact.
#[component]
pub fn Notice(
    /// What kind of news it is.
    #[prop(optional, into)]
    status: Option<Status>,
    /// The first sentence, in bold: what happened.
    #[prop(optional, into)]
    lead: Option<String>,
    /// An icon instead of the status's own.
    #[prop(optional)]
    icon: Option<Icon>,
    /// Whether it interrupts a screen reader, for trouble that has just arisen.
    #[prop(optional)]
    alert: bool,
    /// One button, at the end.
    #[prop(optional, into)]
    action: Option<ViewFnOnce>,
    /// The rest: what it means, and what to do.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let class = match status {
        Some(status) => format!("notice {}", status.class()),
        None => "notice".to_owned(),
    };
    let icon = icon.unwrap_or(status.map_or(Icon::Info, Status::icon));
    view! {
        <div class=class role=alert.then_some("alert")>
            {icon.view()}
            <p class="notice-text">
                {lead.map(|lead| view! { <b>{lead}</b> })} " " {children.map(|children| children())}
            </p>
            {action.map(|action| action.run())}
        </div>
    }
}
