//! What happened at a client that belongs to no post: connections, pauses, settings.

use leptos::prelude::*;
use leptos_meta::Title;

use super::attempt::step;
use crate::api::history::{ActivityData, activity};
use crate::components::{Empty, Icon, PanelSkeleton, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::live::use_live;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The page; it moves along by itself.
#[component]
pub fn ActivityPage() -> impl IntoView {
    let desk = use_desk();
    let found = resource(
        move || desk.client_id(),
        |client| async move {
            match client {
                Some(client) => activity(client).await,
                None => Err(no_such_page()),
            }
        },
    );
    use_live(
        Signal::derive(move || found.with(|found| Some(found.as_ref()?.as_ref().ok()?.version))),
        move || found.refetch(),
    );
    let content = move || {
        found.get().map(|found| match found {
            Ok(found) => shown(found),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    let back = move || {
        desk.client_id().map_or_else(
            || "/clients".to_owned(),
            |client| format!("/clients/{client}/history"),
        )
    };
    view! {
        <Title text="Accounts and pauses" />
        {move || {
            let detail = Signal::derive(move || desk.client().map(|client| client.name));
            view! {
                <TopBar title="Accounts and pauses" back=back() back_label="Back to history" detail />
            }
        }}
        <div class="page-body">
            <Transition fallback=|| view! { <PanelSkeleton lines=8 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn shown(found: ActivityData) -> AnyView {
    if found.steps.is_empty() {
        return view! {
            <Empty
                icon=Icon::History
                title="Nothing has happened yet"
                line="Connecting an account, pausing and changed settings show up here, with who did it."
                whole=true
            />
        }
        .into_any();
    }
    view! { <ol class="activity">{found.steps.into_iter().map(step).collect_view()}</ol> }
        .into_any()
}
