//! `/portal`: what waits, the earliest deadline first. Several can be approved at once.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use super::layout::use_portal;
use super::of_client::page;
use super::{PortalTrouble, post_href, refused};
use crate::api::decisions::PortalApprove;
use crate::api::portal::{InboxData, InboxItem, portal_inbox};
use crate::components::{BusyButton, Empty, Glyphs, Icon, Notice, Status};
use crate::state::resource::resource;

/// The page.
#[component]
pub fn InboxPage() -> impl IntoView {
    let portal = use_portal();
    let approve = ServerAction::<PortalApprove>::new();
    let inbox = resource(move || approve.version().get(), |_| portal_inbox());
    // How many wait stands in the frame, too.
    Effect::new(move |_| {
        if approve.version().get() > 0 {
            portal.refetch();
        }
    });
    // What came in or went meanwhile, seen by the frame.
    let waiting = Memo::new(move |_| portal.waiting());
    Effect::new(move |before: Option<usize>| {
        let now = waiting.get();
        if before.is_some_and(|before| before != now) {
            inbox.refetch();
        }
        now
    });
    let content = move || {
        inbox.get().map(|inbox| match inbox {
            Ok(inbox) => view! { <Inbox inbox approve /> }.into_any(),
            Err(error) => view! { <PortalTrouble error /> }.into_any(),
        })
    };
    page("Waiting for you", content)
}

#[component]
fn Inbox(inbox: InboxData, approve: ServerAction<PortalApprove>) -> impl IntoView {
    let InboxData {
        may_decide,
        mine,
        others,
        first_due,
    } = inbox;
    let title = match (mine.len(), may_decide) {
        (0, _) => "Nothing waits for you".to_owned(),
        (count, true) => format!("{count} waiting for you"),
        (count, false) => format!("{count} waiting for approval"),
    };
    let lead =
        first_due.map(|due| view! { <p class="portal-lead">{format!("First due {due}")}</p> });
    let is_empty = mine.is_empty() && others.is_empty();
    let nothing = is_empty.then(|| {
        view! {
            <Empty
                icon=Icon::Check
                title="All is decided"
                line="You get a mail when something waits for you."
            />
        }
    });
    let list = (!mine.is_empty()).then(|| {
        if may_decide {
            view! { <Choices items=mine approve /> }.into_any()
        } else {
            view! { <Rows items=mine choosable=false /> }.into_any()
        }
    });
    let of_others = (!others.is_empty()).then(|| {
        view! {
            <h2 class="portal-section">"Waiting for others"</h2>
            <Rows items=others choosable=false />
        }
    });
    view! {
        <div class="portal-hero">
            <h1 class="portal-title">{title}</h1>
            {lead}
        </div>
        <Outcome />
        {list}
        {of_others}
        {nothing}
    }
    .into_any()
}

/// What came of approving several at once.
#[component]
fn Outcome() -> impl IntoView {
    let query = use_query_map();
    move || {
        let number = |name: &str| -> usize {
            let text = query.with(|query| query.get(name));
            text.and_then(|text| text.parse().ok()).unwrap_or_default()
        };
        let (approved, kept) = (number("approved"), number("refused"));
        let done = (approved > 0).then(|| {
            let lead = if approved == 1 {
                "One post is approved.".to_owned()
            } else {
                format!("{approved} posts are approved.")
            };
            view! {
                <div role="status">
                    <Notice status=Status::Approved lead>
                        "They go out by themselves. There is nothing else to do."
                    </Notice>
                </div>
            }
        });
        let not_done = (kept > 0).then(|| {
            let lead = if kept == 1 {
                "One post was not approved.".to_owned()
            } else {
                format!("{kept} posts were not approved.")
            };
            view! {
                <Notice status=Status::Waiting alert=true lead>
                    "They were changed or decided about meanwhile. Look at them as they are now."
                </Notice>
            }
        });
        (approved + kept > 0).then(|| {
            view! {
                <div class="portal-body">
                    {done}
                    {not_done}
                </div>
            }
        })
    }
}

/// The posts with a box each, and one button for what is chosen.
#[component]
fn Choices(items: Vec<InboxItem>, approve: ServerAction<PortalApprove>) -> impl IntoView {
    let refusal = move || approve.value().get()?.err().map(refused);
    let query = use_query_map();
    let all = move || query.with(|query| query.get_str("select") == Some("all"));
    let select = (items.len() > 1).then_some(move || {
        if all() {
            view! {
                <a class="link" href="/portal">
                    "Select none"
                </a>
            }
        } else {
            view! {
                <a class="link" href="/portal?select=all">
                    "Select all"
                </a>
            }
        }
    });
    view! {
        <ActionForm action=approve attr:class="inbox-form">
            {refusal}
            <div class="inbox-select">{select}</div>
            <Rows items choosable=true />
            <div class="inbox-bar">
                <BusyButton
                    class="button primary large block"
                    label="Approve what is selected"
                    busy_label="Approving"
                    busy=approve.pending()
                    icon=Icon::Check
                />
            </div>
        </ActionForm>
    }
    .into_any()
}

#[component]
fn Rows(items: Vec<InboxItem>, choosable: bool) -> impl IntoView {
    let has_many = use_portal().has_many_clients();
    // By client where there are several, in the order of the first deadline of each.
    let mut groups: Vec<(String, Vec<InboxItem>)> = Vec::new();
    for item in items {
        let of_client = groups
            .iter()
            .position(|(name, _)| !has_many || *name == item.client_name);
        match of_client.and_then(|place| groups.get_mut(place)) {
            Some((_, items)) => items.push(item),
            None => groups.push((item.client_name.clone(), vec![item])),
        }
    }
    groups
        .into_iter()
        .map(|(name, items)| {
            view! {
                {has_many.then(|| view! { <h2 class="portal-section">{name}</h2> })}
                <ul class="inbox">
                    {items.into_iter().map(|item| row(item, choosable)).collect_view()}
                </ul>
            }
        })
        .collect_view()
}

fn row(item: InboxItem, choosable: bool) -> AnyView {
    let query = use_query_map();
    let checked = move || query.with(|query| query.get_str("select") == Some("all"));
    let named = format!("{}/{}/{}", item.client, item.post, item.version);
    let choice = choosable.then(|| {
        view! {
            <label class="inbox-choice">
                <input
                    class="check"
                    type="checkbox"
                    name="chosen[]"
                    value=named
                    checked=checked
                    prop:checked=checked
                />
                <span class="sr-only">{format!("Select {}", item.title)}</span>
            </label>
        }
    });
    let picture = match item.poster_url {
        Some(url) => {
            view! { <img class="inbox-picture" src=url alt="" loading="lazy" decoding="async" /> }
                .into_any()
        }
        None => view! { <span class="inbox-picture">{Icon::Film.view()}</span> }.into_any(),
    };
    let due_class = if item.is_near {
        "inbox-due is-waiting"
    } else {
        "inbox-due"
    };
    let changed = item.has_changed.then(|| {
        view! {
            <span class="inbox-fact">{Icon::Undo.view()} "Changed since you were asked"</span>
        }
    });
    let held_by = (!choosable && !item.held_by.is_empty()).then(|| {
        view! {
            <span class="inbox-fact">
                {Icon::Waiting.view()} {format!("Waits for {}", item.held_by.join(", "))}
            </span>
        }
    });
    view! {
        <li class="inbox-row" class:choosable=choosable>
            {choice}
            <a class="inbox-link" href=post_href(item.client, item.post)>
                {picture}
                <span class="inbox-text">
                    <span class=due_class>{Icon::Clock.view()} {item.decide_by}</span>
                    <span class="inbox-title">{item.title}</span>
                    <span class="inbox-fact">
                        <Glyphs platforms=item.platforms />
                        {format!("Goes out {}", item.goes_out)}
                    </span>
                    {changed}
                    {held_by}
                </span>
                {Icon::ChevronRight.view_as("icon inbox-go")}
            </a>
        </li>
    }
    .into_any()
}
