//! The post that is looked at: beside the list, and on a phone in its place.

use leptos::prelude::*;

use super::review::ReviewPanel;
use crate::api::approvals::{ApprovalRow, review};
use crate::components::{Icon, PanelSkeleton};
use crate::pages::trouble::Trouble;

#[component]
pub(super) fn Inspector(row: ApprovalRow, back: String, on_change: Callback<()>) -> impl IntoView {
    let (client, post) = (row.client, row.post);
    let data = Resource::new_blocking(|| (), move |()| review(client, post));
    let changed = Callback::new(move |()| {
        data.refetch();
        on_change.run(());
    });
    let content = move || {
        data.get().map(|data| match data {
            Ok(Some(review)) => view! { <ReviewPanel review on_change=changed /> }.into_any(),
            Ok(None) => view! { <p class="muted">"It was never sent for approval."</p> }.into_any(),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <aside class="inspector" aria-label="The post that is chosen">
            <a class="button quiet small inspector-back" href=back>
                {Icon::ChevronLeft.view()}
                "Back to the list"
            </a>
            <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
        </aside>
    }
    .into_any()
}
