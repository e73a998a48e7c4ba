//! The post that is looked at: beside the list, and on a phone in its place.

use domain::{ClientId, PostId};
use leptos::prelude::*;

use super::review::ReviewPanel;
use crate::api::approvals::{ReviewData, review};
use crate::components::{Icon, PanelSkeleton};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// What there is to be shown, so that what is written stays while the rest is loaded anew.
#[derive(Clone, PartialEq)]
enum Shown {
    Nothing,
    Review,
    NeverSent,
    Trouble(crate::api::ApiError),
}

#[component]
pub(super) fn Inspector(
    client: ClientId,
    post: PostId,
    /// Where the way back to the list leads.
    back: Signal<String>,
    /// Moves when something has changed.
    #[prop(into)]
    moved: Signal<u32>,
    on_change: Callback<()>,
) -> impl IntoView {
    let data = resource(move || moved.get(), move |_| review(client, post));
    let content = move || {
        let shown = Memo::new(move |_| {
            data.with(|data| match data {
                None => Shown::Nothing,
                Some(Ok(Some(_))) => Shown::Review,
                Some(Ok(None)) => Shown::NeverSent,
                Some(Err(error)) => Shown::Trouble(error.clone()),
            })
        });
        let of = Memo::new(move |_| -> Option<ReviewData> { data.get()?.ok()? });
        move || match shown.get() {
            Shown::Nothing => view! { <PanelSkeleton lines=6 /> }.into_any(),
            Shown::Review => view! { <ReviewPanel client post review=of on_change /> }.into_any(),
            Shown::NeverSent => {
                view! { <p class="muted">"It was never sent for approval."</p> }.into_any()
            }
            Shown::Trouble(error) => view! { <Trouble error /> }.into_any(),
        }
    };
    view! {
        <aside class="inspector" aria-label="The post that is chosen">
            <a class="button quiet small inspector-back" href=move || back.get()>
                {Icon::ChevronLeft.view()}
                "Back to the list"
            </a>
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content()}</Transition>
        </aside>
    }
    .into_any()
}
