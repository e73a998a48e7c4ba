//! The frame around every staff page, and who may see it.

use domain::ClientId;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::{Outlet, Redirect};
use leptos_router::hooks::use_location;

use super::live;
use super::pause::PauseBanner;
use super::sign_out::SignOutForm;
use super::trouble::Trouble;
use super::uploads::LateTray;
use crate::api::ApiError;
use crate::api::controls::Look;
use crate::api::session::{self, FrameClient, FrameData};
use crate::components::{Frame, RailClient, RailItem, TableSkeleton, TopBar, provide_toasts};
use crate::state::derived::derived;
use crate::state::resource::{Resource, resource};
use crate::state::upload::provide_uploads;

/// What every staff page can ask of the frame around it. Reach it with [`use_desk`].
#[derive(Clone, Copy)]
pub struct Desk {
    client_id: Memo<Option<ClientId>>,
    frame: Resource<Result<FrameData, ApiError>>,
    /// What the last look saw, and of which client.
    seen: RwSignal<Option<(Option<ClientId>, Look)>>,
    /// Up to which version the browser knows what is shown, and how much of it is unread: a resource may be read in an effect, not in
    /// the task that looks.
    known: StoredValue<Option<(Option<ClientId>, i64, u32)>>,
}

impl Desk {
    /// The client that the address names.
    #[must_use]
    pub fn client_id(self) -> Option<ClientId> {
        self.client_id.get()
    }

    /// The client that the address names, with its name and zone; `None` where it is not this person's.
    #[must_use]
    pub fn client(self) -> Option<FrameClient> {
        let id = self.client_id.get()?;
        self.of_frame(|frame| frame.clients.iter().find(|client| client.id == id).cloned())
    }

    /// Asks anew what the frame shows, for example after a client was renamed.
    pub fn refetch(self) {
        self.frame.refetch();
        self.look_now();
    }

    /// Looks at what has changed at once, after something was done.
    pub fn look_now(self) {
        live::look_now(self);
    }

    /// What is paused, and what needs a person: as the last look saw it.
    #[must_use]
    pub fn look(self) -> Look {
        let client = self.client_id.get();
        let seen = self.seen.with(|seen| {
            let of_client = seen.as_ref().filter(|(of, _)| *of == client);
            of_client.map(|(_, look)| look.clone())
        });
        seen.unwrap_or_else(|| self.of_frame(|frame| frame.look.clone()))
    }

    /// The version that the last look saw, once there was one for this client.
    #[must_use]
    pub(super) fn seen_version(self) -> Option<i64> {
        let client = self.client_id.get();
        self.seen.with(|seen| {
            let of_client = seen.as_ref().filter(|(of, _)| *of == client);
            of_client.map(|(_, look)| look.version)
        })
    }

    /// Which client is shown, and up to which version.
    #[cfg(feature = "hydrate")]
    pub(super) fn known(self) -> Option<(Option<ClientId>, i64, u32)> {
        self.known.try_get_value().flatten()
    }

    /// Takes over what a look saw, unless another client is shown by now.
    #[cfg(feature = "hydrate")]
    pub(super) fn saw(self, client: Option<ClientId>, look: Look) {
        if self.known().is_some_and(|(of, ..)| of == client) {
            self.seen.try_set(Some((client, look)));
        }
    }

    fn of_frame<T: Default>(self, read: impl FnOnce(&FrameData) -> T) -> T {
        self.frame.with(|frame| match frame {
            Some(Ok(frame)) => read(frame),
            _ => T::default(),
        })
    }
}

/// The frame around this page.
#[must_use]
pub fn use_desk() -> Desk {
    expect_context()
}

/// Whether the page may be shown.
#[derive(Clone, PartialEq)]
enum Gate {
    Open,
    SignedOut,
    Portal,
    Trouble(ApiError),
}

/// The frame with the page in it; whoever is signed out goes to the sign-in page.
#[component]
pub fn StaffLayout() -> impl IntoView {
    provide_toasts();
    provide_uploads();
    let pathname = use_location().pathname;
    let client_id = Memo::new(move |_| pathname.with(|path| client_in(path)));
    let frame = resource(move || client_id.get(), session::frame);
    let desk = Desk {
        client_id,
        frame,
        seen: RwSignal::new(None),
        known: StoredValue::new(None),
    };
    provide_context(desk);
    Effect::new(move |_| {
        let look = desk.look();
        let known = (desk.client_id.get(), look.version, look.unread);
        desk.known.set_value(Some(known));
    });
    live::watch(desk);

    // While the frame loads anew it stays, and with it the page: only another answer to the question
    // who may come in takes it down.
    let content = move || {
        let gate = derived(move || {
            frame.with(|frame| match frame {
                None => None,
                Some(Ok(_)) => Some(Gate::Open),
                Some(Err(ApiError::SignedOut)) => Some(Gate::SignedOut),
                // The desk is not for a client's own people.
                Some(Err(ApiError::Forbidden(_))) => Some(Gate::Portal),
                Some(Err(error)) => Some(Gate::Trouble(error.clone())),
            })
        });
        move || {
            let gate = gate.get();
            Unsuspend::new(move || {
                match gate {
                None => view! { <Waiting /> }.into_any(),
                Some(Gate::Open) => {
                    view! { <OpenFrame desk active=Signal::derive(move || item_of(&pathname.get())) /> }
                        .into_any()
                }
                Some(Gate::SignedOut) => view! { <Redirect path="/sign-in" /> }.into_any(),
                Some(Gate::Portal) => view! { <Redirect path="/portal" /> }.into_any(),
                Some(Gate::Trouble(error)) => view! { <Broken error /> }.into_any(),
            }
            })
        }
    };
    view! { <Transition fallback=Waiting>{content()}</Transition> }.into_any()
}

#[component]
fn OpenFrame(desk: Desk, active: Signal<RailItem>) -> impl IntoView {
    let clients = move || {
        desk.of_frame(|frame| {
            frame
                .clients
                .iter()
                .cloned()
                .map(rail_client)
                .collect::<Vec<_>>()
        })
    };
    view! {
        <Frame
            agency=Signal::derive(move || desk.of_frame(|frame| frame.agency.clone()))
            user_name=Signal::derive(move || desk.of_frame(|frame| frame.user_name.clone()))
            user_role=Signal::derive(move || desk.of_frame(|frame| frame.user_role.clone()))
            client=Signal::derive(move || desk.client().map(rail_client))
            clients=Signal::derive(clients)
            active=Signal::derive(move || Some(active.get()))
            accounts_attention=Signal::derive(move || desk.look().accounts_attention)
            approvals=Signal::derive(move || desk.look().approvals)
            sees_audit=Signal::derive(move || desk.of_frame(|frame| frame.sees_audit))
            unread=Signal::derive(move || desk.look().unread)
            may_manage_agency=Signal::derive(move || desk.of_frame(|frame| frame.may_manage_agency))
            may_manage_team=Signal::derive(move || desk.of_frame(|frame| frame.may_manage_team))
            sign_out=|| view! { <SignOutForm /> }
        >
            <PauseBanner desk />
            <Outlet />
            <LateTray />
        </Frame>
    }
    .into_any()
}

/// The frame while nothing is known yet.
#[component]
fn Waiting() -> impl IntoView {
    view! {
        <div class="frame">
            <div class="rail"></div>
            <main class="page" aria-busy="true">
                <div class="page-body">
                    <TableSkeleton />
                </div>
            </main>
        </div>
    }
}

/// The frame when it could not be loaded.
#[component]
fn Broken(error: ApiError) -> impl IntoView {
    view! {
        <Title text="Something went wrong" />
        <div class="frame">
            <div class="rail"></div>
            <main class="page">
                <TopBar title="Something went wrong" />
                <div class="page-body">
                    <Trouble error />
                </div>
            </main>
        </div>
    }
}

fn rail_client(client: FrameClient) -> RailClient {
    RailClient {
        id: client.id.to_string(),
        name: client.name,
        zone_label: client.zone_label,
    }
}

/// The client in `/clients/{client}/…`.
fn client_in(path: &str) -> Option<ClientId> {
    path.strip_prefix("/clients/")?
        .split('/')
        .next()?
        .parse()
        .ok()
}

fn item_of(path: &str) -> RailItem {
    match path.split('/').nth(1) {
        Some("approvals") => return RailItem::Approvals,
        Some("audit") => return RailItem::Audit,
        Some("settings") => return RailItem::Agency,
        Some("team") => return RailItem::Team,
        Some("me") if path.split('/').nth(2).is_none() => return RailItem::You,
        Some("notices" | "me") => return RailItem::Notices,
        _ => {}
    }
    match path.split('/').nth(3) {
        Some("approvals") => RailItem::Approvals,
        Some("calendar" | "posts" | "import") => RailItem::Calendar,
        Some("accounts") => RailItem::Accounts,
        Some("library") => RailItem::Library,
        Some("history" | "activity") => RailItem::History,
        Some("settings") => RailItem::Settings,
        _ => RailItem::Clients,
    }
}

#[cfg(test)]
mod tests {
    use super::{client_in, item_of};
    use crate::components::RailItem;

    #[test]
    fn the_address_names_the_client() {
        let id = "0192f0c1-2b3c-7d4e-8f90-123456789abc";
        let found = client_in(&format!("/clients/{id}/accounts"));
        assert_eq!(found.map(|id| id.to_string()).as_deref(), Some(id));
        assert_eq!(client_in("/clients/new"), None);
        assert_eq!(client_in("/clients"), None);
    }

    #[test]
    fn the_rail_shows_where_one_is() {
        assert_eq!(item_of("/clients"), RailItem::Clients);
        assert_eq!(item_of("/clients/x/posts/new"), RailItem::Calendar);
        assert_eq!(
            item_of("/clients/x/accounts/y/disconnect"),
            RailItem::Accounts
        );
        assert_eq!(item_of("/clients/x/import"), RailItem::Calendar);
        assert_eq!(item_of("/clients/x/history"), RailItem::History);
        assert_eq!(item_of("/clients/x/library/y"), RailItem::Library);
        assert_eq!(item_of("/clients/x/settings"), RailItem::Settings);
        assert_eq!(item_of("/clients/x/approvals"), RailItem::Approvals);
        assert_eq!(item_of("/approvals"), RailItem::Approvals);
        assert_eq!(item_of("/audit"), RailItem::Audit);
        assert_eq!(item_of("/settings/mail"), RailItem::Agency);
        assert_eq!(item_of("/notices"), RailItem::Notices);
        assert_eq!(item_of("/me/notices"), RailItem::Notices);
        assert_eq!(item_of("/me"), RailItem::You);
        assert_eq!(item_of("/team/invite"), RailItem::Team);
    }
}
