//! What the pages have in common that show one thing of a client's.

use domain::ClientId;
use leptos::prelude::*;
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::{PortalTrouble, use_client_id};
use crate::api::ApiError;
use crate::components::TableSkeleton;
use crate::pages::trouble::no_such_page;
use crate::state::resource::resource;

/// A page that loads what `load` brings of the client in the address and of what `asked` says, and shows it.
pub(super) fn of_client<A, T, F>(
    title: &'static str,
    asked: impl Fn() -> A + Send + Sync + 'static,
    load: impl Fn(ClientId, A) -> F + Copy + Send + Sync + 'static,
    show: impl Fn(ClientId, T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    A: PartialEq + Clone + Send + Sync + 'static,
    T: Clone + Serialize + for<'de> Deserialize<'de> + Send + Sync + 'static,
    F: Future<Output = Result<T, ApiError>> + Send + 'static,
{
    let client = use_client_id();
    let found = resource(
        move || (client.get(), asked()),
        move |(client, asked)| async move {
            match client {
                Some(client) => load(client, asked).await,
                None => Err(no_such_page()),
            }
        },
    );
    let content = move || {
        let client = client.get();
        found.get().map(|found| match (client, found) {
            (Some(client), Ok(found)) => show(client, found),
            (_, Err(error)) => view! { <PortalTrouble error /> }.into_any(),
            (None, _) => ().into_any(),
        })
    };
    page(title, content)
}

/// A page of the portal, while it loads and once it has.
pub(super) fn page(
    title: &'static str,
    content: impl Fn() -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    view! {
        <Title text=title />
        <Transition fallback=|| {
            view! {
                <div class="portal-body">
                    <TableSkeleton />
                </div>
            }
        }>{content}</Transition>
    }
    .into_any()
}
