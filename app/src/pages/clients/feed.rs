//! The secret address of a client's calendar for other programs, and the ways in and out for many posts.

use leptos::prelude::*;

use crate::api::bulk::{FeedData, MakeCalendarFeed, RevokeCalendarFeed, calendar_feed};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, Status};
use crate::pages::layout::use_desk;
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The address: making it, renewing it, taking it back.
#[component]
pub(super) fn CalendarFeed() -> impl IntoView {
    let desk = use_desk();
    let make = ServerAction::<MakeCalendarFeed>::new();
    let revoke = ServerAction::<RevokeCalendarFeed>::new();
    let feed = resource(
        move || {
            (
                desk.client_id(),
                make.version().get(),
                revoke.version().get(),
            )
        },
        |(client, ..)| async move {
            match client {
                Some(client) => calendar_feed(client).await,
                None => Err(no_such_page()),
            }
        },
    );
    // What was made and then taken back is no longer shown.
    let address = RwSignal::new(None::<String>);
    Effect::new(move |_| {
        if let Some(Ok(made)) = make.value().get() {
            address.set(Some(made));
        }
    });
    Effect::new(move |_| {
        if let Some(Ok(())) = revoke.value().get() {
            address.set(None);
        }
    });
    let refusal = move || {
        let made = make.value().get().and_then(Result::err);
        let revoked = revoke.value().get().and_then(Result::err);
        made.or(revoked).map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let content = move || {
        feed.get().map(|feed| match feed {
            Ok(feed) => shown(feed, make, revoke),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <section class="panel" aria-labelledby="feed-title">
            <div class="panel-head">
                <h2 class="panel-title" id="feed-title">
                    "Calendar address"
                </h2>
            </div>
            <div class="pausing">
                <p>
                    "Google Calendar, Outlook or Apple Calendar can show this client’s posts: what is approved, scheduled or published, two months back and a year ahead. Whoever has the address sees them; drafts and internal notes are never in it."
                </p>
                {refusal}
                <div class="feed-made" role="status">
                    {move || address.get().map(made)}
                </div>
                <Transition fallback=|| {
                    view! { <PanelSkeleton lines=2 /> }
                }>{content}</Transition>
            </div>
        </section>
    }
    .into_any()
}

/// An address that was just made: shown this once.
fn made(address: String) -> AnyView {
    view! {
        <Field
            id="feed-address"
            label="Address"
            help=Signal::stored(
                Some("Copy it now: it is not shown again. Paste it where the calendar asks for an address to subscribe to.".to_owned()),
            )
        >
            <input
                class="input"
                id="feed-address"
                readonly
                value=address
                aria-describedby="feed-address-help"
                on:focus:target=|event| event.target().select()
            />
        </Field>
    }
    .into_any()
}

fn shown(
    feed: FeedData,
    make: ServerAction<MakeCalendarFeed>,
    revoke: ServerAction<RevokeCalendarFeed>,
) -> AnyView {
    let desk = use_desk();
    let client = move || {
        desk.client_id()
            .map(|id| view! { <input type="hidden" name="client" value=id.to_string() /> })
    };
    let is_made = feed.made.is_some();
    let standing = match feed.made {
        Some(made) => format!("There is an address, made by {made}."),
        None => "There is no address.".to_owned(),
    };
    let (label, busy_label) = if is_made {
        ("Make a new address", "Making")
    } else {
        ("Make an address", "Making")
    };
    let acts = feed.may_change.then(|| {
        view! {
            <div class="button-row">
                <ActionForm action=make>
                    {client}
                    <BusyButton class="button secondary" label busy_label busy=make.pending() />
                </ActionForm>
                {is_made
                    .then(|| {
                        view! {
                            <ActionForm action=revoke>
                                {client}
                                <BusyButton
                                    class="button secondary"
                                    label="Take it back"
                                    busy_label="Taking back"
                                    busy=revoke.pending()
                                />
                            </ActionForm>
                        }
                    })}
            </div>
            {is_made
                .then(|| {
                    view! {
                        <p class="muted">
                            "Calendars that have the present address show nothing new once there is another, or none."
                        </p>
                    }
                })}
        }
    });
    view! {
        <p>{standing}</p>
        {acts}
    }
    .into_any()
}

/// The ways in and out for many posts.
#[component]
pub(super) fn ManyPosts() -> impl IntoView {
    let desk = use_desk();
    let content = move || {
        desk.client_id().map(|client| {
            let import = format!("/clients/{client}/import");
            let export = format!("/clients/{client}/import#export");
            view! {
                <div class="button-row">
                    <a class="button secondary" href=import>
                        {Icon::Upload.view()}
                        "Import posts"
                    </a>
                    <a class="button secondary" href=export>
                        {Icon::Download.view()}
                        "Export posts"
                    </a>
                </div>
            }
        })
    };
    view! {
        <section class="panel" aria-labelledby="many-posts">
            <div class="panel-head">
                <h2 class="panel-title" id="many-posts">
                    "Many posts at once"
                </h2>
            </div>
            <div class="pausing">
                <p>"A month of posts out of a spreadsheet, or a range of days into one."</p>
                {content}
            </div>
        </section>
    }
    .into_any()
}
