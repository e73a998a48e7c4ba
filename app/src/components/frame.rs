//! The frame of every staff page: the rail, and the page beside it. On a phone the rail is taken
//! apart: the switcher becomes the first line, the items a bar at the bottom.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::avatar::{AgencyAvatar, PersonAvatar};
use super::disclosure;
use super::icon::Icon;
use super::mark::Mark;
use super::show::Show;
use super::switcher::Switcher;
use super::toast::ToastRegion;

/// A client as the rail shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RailClient {
    /// Its id, as it stands in addresses.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its place and zone, such as "London, BST".
    pub zone_label: String,
}

/// An item of the rail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RailItem {
    /// The client's calendar and its posts.
    Calendar,
    /// What waits to be approved.
    Approvals,
    /// The client's linked accounts.
    Accounts,
    /// The client's files.
    Library,
    /// What was published, and how.
    History,
    /// The client's name and rules.
    Settings,
    /// All clients.
    Clients,
    /// The users and whom somebody has invited.
    Team,
    /// Oneself.
    You,
    /// Who did what.
    Audit,
    /// What the user was told, and how they wish to be told.
    Notices,
    /// What is set for the whole agency.
    Agency,
}

/// The frame. Call `provide_toasts` above it; it holds the region where toasts appear.
#[component]
pub fn Frame(
    /// The agency's name.
    #[prop(into)]
    agency: Signal<String>,
    /// The user's name.
    #[prop(into)]
    user_name: Signal<String>,
    /// The user's role, in a word.
    #[prop(into)]
    user_role: Signal<String>,
    /// The client whose pages are shown, if the page belongs to one.
    #[prop(into)]
    client: Signal<Option<RailClient>>,
    /// Every client the user may see.
    #[prop(into)]
    clients: Signal<Vec<RailClient>>,
    /// Where the user is.
    #[prop(into)]
    active: Signal<Option<RailItem>>,
    /// How many of the client's accounts need somebody.
    #[prop(optional, into)]
    accounts_attention: Signal<u32>,
    /// How many posts wait to be approved.
    #[prop(optional, into)]
    approvals: Signal<u32>,
    /// Whether the user may read who did what.
    #[prop(optional, into)]
    sees_audit: Signal<bool>,
    /// How much the user was told and has not read.
    #[prop(optional, into)]
    unread: Signal<u32>,
    /// Whether the user sets what concerns the whole agency.
    #[prop(optional, into)]
    may_manage_agency: Signal<bool>,
    /// Whether the user looks after users.
    #[prop(optional, into)]
    may_manage_team: Signal<bool>,
    /// A form with one `<button class="menu-item">` that signs out.
    #[prop(into)]
    sign_out: ViewFnOnce,
    /// The page.
    children: Children,
) -> impl IntoView {
    let id =
        Memo::new(move |_| client.with(|client| client.as_ref().map(|client| client.id.clone())));
    let is_active = move |item| move || (active.get() == Some(item)).then_some("page");
    let of_client = move || {
        id.get().map(|id| {
            view! {
                <a
                    class="rail-item"
                    href=format!("/clients/{id}/calendar")
                    aria-current=is_active(RailItem::Calendar)
                >
                    {Icon::Calendar.view()}
                    <span class="rail-item-word">"Calendar"</span>
                </a>
                <a
                    class="rail-item"
                    href=format!("/clients/{id}/approvals")
                    aria-current=is_active(RailItem::Approvals)
                >
                    {Icon::Approved.view()}
                    <span class="rail-item-word">"Approvals"</span>
                    {move || waiting(approvals.get())}
                </a>
                <a
                    class="rail-item"
                    href=format!("/clients/{id}/accounts")
                    aria-current=is_active(RailItem::Accounts)
                >
                    {Icon::Link.view()}
                    <span class="rail-item-word">"Accounts"</span>
                    {move || attention(accounts_attention.get())}
                </a>
                <a
                    class="rail-item rail-secondary"
                    href=format!("/clients/{id}/library")
                    aria-current=is_active(RailItem::Library)
                >
                    {Icon::Image.view()}
                    <span class="rail-item-word">"Library"</span>
                </a>
                <a
                    class="rail-item"
                    href=format!("/clients/{id}/history")
                    aria-current=is_active(RailItem::History)
                >
                    {Icon::History.view()}
                    <span class="rail-item-word">"History"</span>
                </a>
                <a
                    class="rail-item rail-secondary"
                    href=format!("/clients/{id}/settings")
                    aria-current=is_active(RailItem::Settings)
                >
                    {Icon::Settings.view()}
                    <span class="rail-item-word">"Settings"</span>
                </a>
                <hr class="rail-divider" />
            }
            .into_any()
        })
    };
    view! {
        <a class="skip-link" href="#page" rel="external">
            "Skip to the page"
        </a>
        <div class="frame">
            <aside class="rail" aria-label="Clients and pages">
                <div class="rail-agency">
                    {move || view! { <AgencyAvatar name=agency.get() /> }}
                    <span class="rail-agency-name truncate">{move || agency.get()}</span>
                </div>
                <a
                    class="button quiet small icon-only bell"
                    href="/notices"
                    aria-current=is_active(RailItem::Notices)
                >
                    {Icon::Bell.view()}
                    <span class="sr-only">"Notices"</span>
                    {move || unread_count(unread.get())}
                </a>
                <Switcher client clients />
                <nav class="rail-nav" aria-label="Main">
                    {of_client}
                    {move || {
                        id.with(Option::is_none)
                            .then(|| {
                                view! {
                                    <a
                                        class="rail-item"
                                        href="/approvals"
                                        aria-current=is_active(RailItem::Approvals)
                                    >
                                        {Icon::Approved.view()}
                                        <span class="rail-item-word">"Approvals"</span>
                                        {move || waiting(approvals.get())}
                                    </a>
                                }
                                    .into_any()
                            })
                    }}
                    <a
                        class="rail-item"
                        class:rail-secondary=move || id.with(Option::is_some)
                        href="/clients"
                        aria-current=is_active(RailItem::Clients)
                    >
                        {Icon::Users.view()}
                        <span class="rail-item-word">"Clients"</span>
                    </a>
                    <Show when=move || may_manage_team.get()>
                        <a
                            class="rail-item rail-secondary"
                            href="/team"
                            aria-current=is_active(RailItem::Team)
                        >
                            {Icon::Team.view()}
                            <span class="rail-item-word">"Team"</span>
                        </a>
                    </Show>
                    <Show when=move || sees_audit.get()>
                        <a
                            class="rail-item rail-secondary"
                            href="/audit"
                            aria-current=is_active(RailItem::Audit)
                        >
                            {Icon::Shield.view()}
                            <span class="rail-item-word">"Audit"</span>
                        </a>
                    </Show>
                    <Show when=move || may_manage_agency.get()>
                        <a
                            class="rail-item rail-secondary"
                            href="/settings"
                            aria-current=is_active(RailItem::Agency)
                        >
                            {Icon::Settings.view()}
                            <span class="rail-item-word">"Agency"</span>
                        </a>
                    </Show>
                </nav>
                <div class="rail-foot">
                    <UserMenu client=id user_name user_role sees_audit may_manage_agency may_manage_team sign_out />
                    <Mark />
                </div>
            </aside>
            <main class="page" id="page" tabindex="-1">
                {children()}
            </main>
        </div>
        <ToastRegion />
    }
    .into_any()
}

/// Who is signed in, and the way out; on a phone the "More" of the bar at the bottom.
#[component]
fn UserMenu(
    client: Memo<Option<String>>,
    user_name: Signal<String>,
    user_role: Signal<String>,
    sees_audit: Signal<bool>,
    may_manage_agency: Signal<bool>,
    may_manage_team: Signal<bool>,
    sign_out: ViewFnOnce,
) -> impl IntoView {
    view! {
        <details
            class="menu rail-user"
            name="menu"
            on:keydown=disclosure::on_keydown
            on:focusout=disclosure::on_focusout
            on:click=disclosure::on_click
        >
            <summary>
                {move || view! { <PersonAvatar name=user_name.get() /> }}
                <span class="rail-user-text">
                    <span>{move || user_name.get()}</span>
                    <span>{move || user_role.get()}</span>
                </span>
                <span class="only-phone">{Icon::Menu.view()}</span>
                <span class="only-phone">"More"</span>
            </summary>
            <div class="menu-panel">
                <div class="menu-head">
                    <div>{move || user_name.get()}</div>
                    <div>{move || user_role.get()}</div>
                </div>
                {move || {
                    client
                        .get()
                        .map(|client| {
                            view! {
                                <a
                                    class="menu-item only-phone"
                                    href=format!("/clients/{client}/library")
                                >
                                    {Icon::Image.view()}
                                    "Library"
                                </a>
                                <a
                                    class="menu-item only-phone"
                                    href=format!("/clients/{client}/settings")
                                >
                                    {Icon::Settings.view()}
                                    "Client settings"
                                </a>
                            }
                                .into_any()
                        })
                }}
                <a class="menu-item only-phone" href="/clients">
                    {Icon::Users.view()}
                    "Clients"
                </a>
                <Show when=move || may_manage_team.get()>
                    <a class="menu-item only-phone" href="/team">
                        {Icon::Team.view()}
                        "Team"
                    </a>
                </Show>
                <Show when=move || sees_audit.get()>
                    <a class="menu-item only-phone" href="/audit">
                        {Icon::Shield.view()}
                        "Audit"
                    </a>
                </Show>
                <Show when=move || may_manage_agency.get()>
                    <a class="menu-item only-phone" href="/settings">
                        {Icon::Settings.view()}
                        "Agency"
                    </a>
                </Show>
                <a class="menu-item" href="/me">
                    {Icon::Person.view()}
                    "You"
                </a>
                <a class="menu-item" href="/me/notices">
                    {Icon::Bell.view()}
                    "What you are told"
                </a>
                {sign_out.run()}
            </div>
        </details>
    }
    .into_any()
}

fn waiting(count: u32) -> Option<AnyView> {
    (count > 0).then(|| {
        view! {
            <span class="count">{count} <span class="sr-only">" waiting"</span></span>
        }
        .into_any()
    })
}

fn unread_count(count: u32) -> Option<AnyView> {
    (count > 0).then(|| {
        let shown = if count > 99 {
            "99+".to_owned()
        } else {
            count.to_string()
        };
        view! {
            <span class="bell-count">
                {shown} <span class="sr-only">" unread"</span>
            </span>
        }
        .into_any()
    })
}

fn attention(count: u32) -> Option<AnyView> {
    (count > 0).then(|| {
        let words = if count == 1 {
            " needs attention"
        } else {
            " need attention"
        };
        view! {
            <span class="count trouble">
                {Icon::Triangle.view()} {count} <span class="sr-only">{words}</span>
            </span>
        }
        .into_any()
    })
}
