//! The frame of the portal: who publishes and for whom, five places to go, and the way out.

use domain::ClientId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use super::super::sign_out::SignOutForm;
use super::PortalTrouble;
use crate::api::ApiError;
use crate::api::portal::{PortalFrameData, portal_frame};
use crate::components::disclosure;
use crate::components::{AgencyAvatar, AvatarSize, Icon, PersonAvatar, TableSkeleton};
use crate::state::derived::derived;
use crate::state::resource::{Resource, resource};

/// What every page of the portal can ask of the frame around it. Reach it with [`use_portal`].
#[derive(Clone, Copy)]
pub(super) struct Portal {
    frame: Resource<Result<PortalFrameData, ApiError>>,
}

impl Portal {
    /// Whether the person decides about posts and accounts, or only looks.
    pub(super) fn may_decide(self) -> bool {
        self.read(|frame| frame.may_decide)
    }

    /// Whether the person belongs to several clients.
    pub(super) fn has_many_clients(self) -> bool {
        self.read(|frame| frame.clients.len() > 1)
    }

    /// Asks anew what the frame shows, after something was decided.
    pub(super) fn refetch(self) {
        self.frame.refetch();
    }

    /// How many posts wait for the person.
    pub(super) fn waiting(self) -> usize {
        self.read(|frame| frame.waiting)
    }

    /// Whether a client is one of the person's.
    pub(super) fn sees(self, client: ClientId) -> bool {
        self.read(|frame| frame.clients.iter().any(|known| known.id == client))
    }

    fn read<T: Default>(self, read: impl FnOnce(&PortalFrameData) -> T) -> T {
        self.frame.with(|frame| match frame {
            Some(Ok(frame)) => read(frame),
            _ => T::default(),
        })
    }
}

/// The frame around this page.
pub(super) fn use_portal() -> Portal {
    expect_context()
}

/// Asks anew what the frame shows while somebody looks at it: on a phone the portal stays open for days.
#[cfg(feature = "hydrate")]
fn watch(portal: Portal) {
    const PAUSE: std::time::Duration = std::time::Duration::from_secs(15);
    let refresh = move || {
        if !document().hidden() {
            portal.refetch();
        }
    };
    let shown = window_event_listener(leptos::ev::visibilitychange, move |_| refresh());
    let ticks = set_interval_with_handle(refresh, PAUSE);
    on_cleanup(move || {
        shown.remove();
        if let Ok(ticks) = ticks {
            ticks.clear();
        }
    });
}

#[cfg(not(feature = "hydrate"))]
fn watch(_: Portal) {}

/// Whether the page may be shown.
#[derive(Clone, PartialEq)]
enum Gate {
    Open,
    SignedOut,
    Staff,
    Trouble(ApiError),
}

/// The frame with the page in it; whoever is signed out goes to the sign-in page, and staff to their desk.
#[component]
pub fn PortalLayout() -> impl IntoView {
    let pathname = use_location().pathname;
    // What waits may be fewer after each step.
    let frame = resource(move || pathname.get(), |_| portal_frame());
    let portal = Portal { frame };
    provide_context(portal);
    watch(portal);
    let content = move || {
        let gate = derived(move || {
            frame.with(|frame| match frame {
                None => None,
                Some(Ok(_)) => Some(Gate::Open),
                Some(Err(ApiError::SignedOut)) => Some(Gate::SignedOut),
                Some(Err(ApiError::Forbidden(_))) => Some(Gate::Staff),
                Some(Err(error)) => Some(Gate::Trouble(error.clone())),
            })
        });
        move || {
            let gate = gate.get();
            Unsuspend::new(move || match gate {
                None => view! { <Waiting /> }.into_any(),
                Some(Gate::Open) => view! { <OpenPortal portal /> }.into_any(),
                Some(Gate::SignedOut) => view! { <Redirect path="/sign-in" /> }.into_any(),
                Some(Gate::Staff) => view! { <Redirect path="/" /> }.into_any(),
                Some(Gate::Trouble(error)) => view! {
                    <Title text="Something went wrong" />
                    <main class="portal-page">
                        <PortalTrouble error />
                    </main>
                }
                .into_any(),
            })
        }
    };
    view! { <Transition fallback=Waiting>{content()}</Transition> }.into_any()
}

#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="portal">
            <main class="portal-page" aria-busy="true">
                <div class="portal-body">
                    <TableSkeleton />
                </div>
            </main>
        </div>
    }
}

/// A place in the portal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Waiting,
    Calendar,
    Published,
    Accounts,
    More,
}

#[component]
fn OpenPortal(portal: Portal) -> impl IntoView {
    let pathname = use_location().pathname;
    let client = Memo::new(move |_| {
        let named = pathname.with(|path| client_in(path));
        named.or_else(|| portal.read(|frame| frame.clients.first().map(|client| client.id)))
    });
    let place = Memo::new(move |_| pathname.with(|path| place_of(path)));
    let agency = move || portal.read(|frame| frame.agency.clone());
    let for_whom = move || {
        let named = pathname.with(|path| client_in(path));
        portal.read(|frame| match named {
            Some(id) => frame
                .clients
                .iter()
                .find(|client| client.id == id)
                .map(|client| client.name.clone())
                .unwrap_or_default(),
            None => frame
                .clients
                .iter()
                .map(|client| client.name.as_str())
                .collect::<Vec<_>>()
                .join(", "),
        })
    };
    view! {
        <a class="skip-link" href="#page" rel="external">
            "Skip to the page"
        </a>
        <div class="portal">
            {move || {
                portal
                    .read(|frame| frame.color.clone())
                    .map(|color| {
                        // An attribute of the drawing: the page's policy allows no inline style.
                        view! {
                            <svg class="portal-brand" aria-hidden="true">
                                <rect width="100%" height="100%" fill=color />
                            </svg>
                        }
                    })
            }}
            <header class="portal-head">
                <a class="portal-who" href="/portal">
                    {move || view! { <AgencyAvatar name=agency() /> }}
                    <span class="portal-who-text">
                        <b>{agency}</b>
                        <span>{move || format!("for {}", for_whom())}</span>
                    </span>
                </a>
                <Nav portal client place />
                <span class="portal-me">
                    {move || {
                        let name = portal.read(|frame| frame.user_name.clone());
                        view! { <PersonAvatar name size=AvatarSize::S32 /> }
                    }}
                </span>
            </header>
            <main class="portal-page" id="page" tabindex="-1">
                <Outlet />
            </main>
        </div>
    }
    .into_any()
}

/// Five places: a bar at the bottom of a phone, a row in the head of a wider window.
#[component]
fn Nav(portal: Portal, client: Memo<Option<ClientId>>, place: Memo<Place>) -> impl IntoView {
    let current = move |here: Place| move || (place.get() == here).then_some("page");
    let waiting = move || {
        let count = portal.read(|frame| frame.waiting);
        (count > 0).then(|| {
            view! {
                <span class="portal-count">
                    {count} <span class="sr-only">" waiting for you"</span>
                </span>
            }
        })
    };
    let href = move |page: &'static str| {
        move || {
            client.get().map_or_else(
                || "/portal".to_owned(),
                |id| format!("/portal/clients/{id}/{page}"),
            )
        }
    };
    view! {
        <nav class="portal-nav" aria-label="Portal">
            <a class="portal-item" href="/portal" aria-current=current(Place::Waiting)>
                {Icon::Approved.view()}
                <span>"Waiting"</span>
                {waiting}
            </a>
            <a class="portal-item" href=href("calendar") aria-current=current(Place::Calendar)>
                {Icon::Calendar.view()}
                <span>"Calendar"</span>
            </a>
            <a class="portal-item" href=href("published") aria-current=current(Place::Published)>
                {Icon::External.view()}
                <span>"Published"</span>
            </a>
            <a class="portal-item" href=href("accounts") aria-current=current(Place::Accounts)>
                {Icon::Link.view()}
                <span>"Accounts"</span>
            </a>
            <More portal client place />
        </nav>
    }
    .into_any()
}

#[component]
fn More(portal: Portal, client: Memo<Option<ClientId>>, place: Memo<Place>) -> impl IntoView {
    let others = move || {
        let here = client.get();
        let clients = portal.read(|frame| frame.clients.clone());
        let is_one = clients.len() < 2;
        clients
            .into_iter()
            .filter(move |client| !is_one && Some(client.id) != here)
            .map(|client| {
                view! {
                    <a class="menu-item" href=format!("/portal/clients/{}/calendar", client.id)>
                        {Icon::Users.view()}
                        {client.name}
                    </a>
                }
            })
            .collect_view()
    };
    view! {
        <details
            class="menu portal-more"
            name="menu"
            on:keydown=disclosure::on_keydown
            on:focusout=disclosure::on_focusout
            on:click=disclosure::on_click
        >
            <summary class="portal-item" aria-current=move || (place.get() == Place::More).then_some("page")>
                {Icon::Menu.view()}
                <span>"More"</span>
            </summary>
            <div class="menu-panel">
                <div class="menu-head">
                    <div>{move || portal.read(|frame| frame.user_name.clone())}</div>
                    <div>
                        {move || if portal.may_decide() { "You approve what goes out" } else { "You see what goes out" }}
                    </div>
                </div>
                {move || {
                    client
                        .get()
                        .map(|id| {
                            view! {
                                <a class="menu-item" href=format!("/portal/clients/{id}/activity")>
                                    {Icon::History.view()}
                                    "Activity"
                                </a>
                            }
                        })
                }}
                {others}
                <a class="menu-item" href="/portal/notices">
                    {Icon::Bell.view()}
                    "Notices"
                </a>
                <a class="menu-item" href="/portal/me">
                    {Icon::Person.view()}
                    "You"
                </a>
                <SignOutForm />
            </div>
        </details>
    }
    .into_any()
}

/// The client in `/portal/clients/{client}/…`.
fn client_in(path: &str) -> Option<ClientId> {
    path.strip_prefix("/portal/clients/")?
        .split('/')
        .next()?
        .parse()
        .ok()
}

fn place_of(path: &str) -> Place {
    match path.split('/').nth(4) {
        None if path == "/portal/notices" || path == "/portal/me" => Place::More,
        Some("calendar") => Place::Calendar,
        Some("published") => Place::Published,
        Some("accounts") => Place::Accounts,
        Some("activity") => Place::More,
        _ => Place::Waiting,
    }
}

#[cfg(test)]
mod tests {
    use super::client_in;

    #[test]
    fn the_address_names_the_client() {
        let id = "0192f0c1-2b3c-7d4e-8f90-123456789abc";
        let found = client_in(&format!("/portal/clients/{id}/posts/x"));
        assert_eq!(found.map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(client_in("/portal"), None);
    }
}
