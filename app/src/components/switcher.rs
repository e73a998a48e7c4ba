//! The client switcher: whose desk this is, and the way to the others.

use leptos::prelude::*;

use super::avatar::{AvatarSize, ClientAvatar};
use super::disclosure;
use super::frame::RailClient;
use super::icon::Icon;

/// The switcher at the head of the rail. It opens, leads and closes without WASM; the search
/// narrows the list once the page is live.
#[component]
pub fn Switcher(
    /// The client whose pages are shown.
    client: Signal<Option<RailClient>>,
    /// Every client the user may see.
    clients: Signal<Vec<RailClient>>,
) -> impl IntoView {
    let search = RwSignal::new(String::new());
    let found = move || {
        let wanted = search.get().trim().to_lowercase();
        clients.with(|clients| {
            clients
                .iter()
                .filter(|client| client.name.to_lowercase().contains(&wanted))
                .cloned()
                .collect::<Vec<_>>()
        })
    };
    let nothing_found = move || !clients.with(Vec::is_empty) && found().is_empty();
    let item = move |shown: RailClient| {
        let id = shown.id.clone();
        let href = format!("/clients/{id}/calendar");
        let is_current =
            move || client.with(|client| client.as_ref().is_some_and(|client| client.id == id));
        view! {
            <li>
                <a
                    class="menu-item"
                    href=href
                    aria-current=move || is_current().then_some("true")
                >
                    <ClientLines client=shown />
                </a>
            </li>
        }
        .into_any()
    };
    view! {
        <details
            class="switcher"
            name="menu"
            on:keydown=disclosure::on_keydown
            on:focusout=disclosure::on_focusout
            on:click=disclosure::on_click
        >
            <summary>
                {move || match client.get() {
                    Some(client) => view! { <ClientLines client /> }.into_any(),
                    None => {
                        let words = if clients.with(Vec::is_empty) {
                            "No clients yet"
                        } else {
                            "Choose a client"
                        };
                        view! {
                            <span class="switcher-nobody">{Icon::Users.view()}</span>
                            <span class="switcher-text">{words}</span>
                        }
                            .into_any()
                    }
                }}
                {Icon::Selector.view()}
            </summary>
            <div class="menu-panel">
                <input
                    class="input menu-search"
                    type="search"
                    placeholder="Find a client"
                    aria-label="Find a client"
                    prop:value=move || search.get()
                    on:input:target=move |event| search.set(event.target().value())
                />
                <ul class="switcher-list">
                    {move || found().into_iter().map(item).collect_view()}
                </ul>
                <p class="menu-note" hidden=move || !nothing_found()>
                    "No client has a name like that."
                </p>
                <hr class="menu-divider" />
                <a class="menu-item" href="/clients/new">
                    {Icon::Plus.view()}
                    "Add a client"
                </a>
            </div>
        </details>
    }
    .into_any()
}

#[component]
fn ClientLines(client: RailClient) -> impl IntoView {
    view! {
        <ClientAvatar name=client.name.clone() size=AvatarSize::S24 />
        <span class="switcher-text">
            <span class="switcher-name">{client.name}</span>
            <span class="switcher-zone">{client.zone_label}</span>
        </span>
    }
}
