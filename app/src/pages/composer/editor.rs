//! A post that is being written.

use std::time::Duration;

use domain::post::caption_title;
use domain::{ClientId, ComposerId, Platform};
use leptos::ev::{self, DragEvent, KeyboardEvent};
use leptos::prelude::*;
use leptos::wasm_bindgen::{JsCast, JsValue};
use leptos::web_sys::{DataTransfer, Element, Node, js_sys};

use super::accounts::Accounts;
use super::beside::Beside;
use super::bluesky_panel::BlueskyPanel;
use super::bottom_bar::BottomBar;
use super::caption::Caption;
use super::checks::Checks;
use super::editing::Editing;
use super::media::Media;
use super::menu::PostMenu;
use super::notes::Notes;
use super::now_ms;
use super::on_account::OnAccount;
use super::place::{Head, Place, use_place};
use super::preview::Preview;
use super::snippets::Snippets;
use super::tags::Tags;
use super::tiktok_panel::TikTokPanel;
use super::trouble::SaveTrouble;
use super::unsaved::{Overtaken, Unsaved};
use super::versions::Versions;
use crate::api::posts::{ComposerData, Intent};
use crate::components::{StatusPill, use_toasts};
use crate::pages::approvals::ComposerReview;
use crate::pages::layout::use_desk;
use crate::pages::standing::Standing;
use crate::state::saver::{Kept, LOOK_MS, Sent};
use crate::state::upload::dropped::{with_files, with_pasted};
use crate::state::wall;

/// The composer.
#[component]
pub(super) fn Editor(
    client: ClientId,
    data: ComposerData,
    on_change: Callback<()>,
) -> impl IntoView {
    let editing = Editing::open(client, &data);
    let draft = editing.draft;
    for on in editing.all() {
        on.creator.follow();
    }
    keep(editing);
    look_for_newer(editing);
    let place = use_place(client);
    name_in_address(editing, place);
    after_sending(editing, place, wall::place(&data.zone_label).to_owned());

    let post = data.post.as_ref();
    // What is kept is sent, not what stands in the fields: what was changed goes out by the buttons below.
    let blocked = Signal::derive(move || {
        let is_kept = matches!(editing.saver.kept.get(), Kept::Saved(_) | Kept::Nothing);
        (!is_kept)
            .then(|| "You have changed it. Schedule or publish it by the buttons below.".to_owned())
    });
    let standings = post.map_or_else(Vec::new, |post| post.standings.clone());
    let standings = post.map(|post| post.id).map(|id| {
        standings
            .into_iter()
            .map(|standing| {
                view! {
                    <Standing client post=id standing in_composer=true blocked on_change />
                }
            })
            .collect_view()
    });
    let review = data
        .review
        .clone()
        .map(|review| view! { <ComposerReview review /> });
    let history = post
        .and_then(|post| post.history)
        .map(|delivery| format!("/clients/{client}/history/{delivery}"));
    let month = wall::month(&draft.local_time.get_untracked()).to_owned();
    // One that counts its readers: the server writes the head when this part of the page may be gone already.
    let title = ArcMemo::new(move |_| {
        let is_new = draft.id.get().is_none();
        draft.caption.with(|caption| match caption.trim() {
            "" if is_new => "New post".to_owned(),
            _ => caption_title(caption, 60),
        })
    });
    // What is not kept yet would not be there.
    let page = Signal::derive(move || {
        let is_kept = matches!(editing.saver.kept.get(), Kept::Saved(_));
        draft.id.get().filter(|_| is_kept)
    });
    let over = RwSignal::new(false);
    let beside = Beside::from(editing);
    with_pasted(move |files| editing.upload.send_all(files));
    view! {
        <Head place title month page beside=move || move || view! { <StatusPill status=draft.state.get() /> }>
            <PostMenu editing place history />
        </Head>
        <div
            class="composer"
            on:keydown=move |event| shortcut(editing, &event)
            on:dragover=move |event| drag_over(&event, over)
            on:dragleave=move |event| drag_leave(&event, over)
            on:drop=move |event| drop_files(&event, editing, over)
        >
            <Switch editing />
            <div class="composer-main">
                <Unsaved editing />
                <Overtaken editing />
                <SaveTrouble editing />
                {standings} {review}
                <Accounts editing />
                <section class="panel caption">
                    <Caption editing />
                    <Snippets editing />
                    <Media editing over />
                </section>
                <For
                    each=move || editing.chosen()
                    key=|on| on.draft.account
                    children=panel
                />
                <Tags beside />
                <Notes beside />
                <Versions editing />
            </div>
            <aside class="composer-side" aria-label="Preview and checks">
                <Preview editing client_name=data.client_name />
                <Checks editing />
            </aside>
            <BottomBar
                editing
                zone_label=data.zone_label
                zone=data.zone
                now_local=data.now_local
            />
        </div>
    }
}

/// What the platform of an account wants to know.
fn panel(on: OnAccount) -> impl IntoView {
    match on.draft.platform {
        Platform::TikTok => view! { <TikTokPanel editing=on /> }.into_any(),
        Platform::Bluesky => view! { <BlueskyPanel editing=on /> }.into_any(),
    }
}

/// Text or preview, on a page that is too narrow for both.
#[component]
fn Switch(editing: Editing) -> impl IntoView {
    let shows_preview = editing.shows_preview;
    view! {
        <div class="composer-switch segmented tall" role="group" aria-label="Show">
            <label>
                <input
                    class="sr-only"
                    type="radio"
                    name="show"
                    checked
                    prop:checked=move || !shows_preview.get()
                    on:change=move |_| shows_preview.set(false)
                />
                "Write"
            </label>
            <label>
                <input
                    class="sr-only show-preview"
                    type="radio"
                    name="show"
                    prop:checked=move || shows_preview.get()
                    on:change=move |_| shows_preview.set(true)
                />
                "Preview and checks"
            </label>
        </div>
    }
}

/// Looks regularly whether there is something to keep, and once more when the page is left.
fn keep(editing: Editing) {
    let saver = editing.saver;
    Effect::new(move |_| {
        if let Some(composer) = new_composer() {
            saver.begin(composer, now_ms());
        }
        Effect::new(move |_| saver.back_up(editing.draft.form(), now_ms()));
        let look = move || saver.look();
        if let Ok(handle) = set_interval_with_handle(look, Duration::from_millis(LOOK_MS)) {
            on_cleanup(move || handle.clear());
        }
        let leaving = window_event_listener(ev::beforeunload, move |event| {
            saver.leave();
            if saver.is_changed() || untrack(|| editing.upload.is_under_way()) {
                event.prevent_default();
            }
        });
        let hiding = window_event_listener_untyped("pagehide", move |_| saver.leave());
        on_cleanup(move || {
            leaving.remove();
            hiding.remove();
        });
    });
    on_cleanup(move || saver.leave());
}

/// A name for this composer that no other has.
fn new_composer() -> Option<ComposerId> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a random part of a name"
    )]
    let part = || (js_sys::Math::random() * f64::from(u32::MAX)) as u32;
    let name = format!("{:08x}{:08x}{:08x}{:08x}", part(), part(), part(), part());
    name.parse().ok()
}

/// Whenever something of this client has changed, looks whether somebody else has saved this post.
fn look_for_newer(editing: Editing) {
    let desk = use_desk();
    Effect::new(move |before: Option<Option<i64>>| {
        let seen = desk.seen_version();
        if before.is_some_and(|before| before != seen) {
            editing.saver.look_for_newer();
        }
        seen
    });
}

/// Once a new post is kept it has an address of its own. The router is not told: the page stays.
fn name_in_address(editing: Editing, place: Place) {
    let id = editing.draft.id;
    let was_new = id.get_untracked().is_none();
    Effect::new(move |_| {
        if let Some(id) = id.get().filter(|_| was_new) {
            let address = place.address(id);
            if let Ok(history) = window().history() {
                let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&address));
            }
        }
    });
}

/// Goes back to the calendar and says what happened; `zone` is the place that the client's clocks are named by.
fn after_sending(editing: Editing, place: Place, zone: String) {
    let toasts = use_toasts();
    Effect::new(move |_| {
        let Some(Sent { intent, local_time }) = editing.saver.sent.get() else {
            return;
        };
        let takes_a_while = untrack(|| takes_a_while(editing));
        let sentence = match (intent, wall::words(&local_time)) {
            (Intent::PublishNow, _) => format!("On its way. {takes_a_while}"),
            (Intent::SendForApproval, _) => {
                "Sent for approval. You are told once somebody has decided.".to_owned()
            }
            (_, Some(words)) => format!("Scheduled for {words} {zone}. {takes_a_while}"),
            (_, None) => format!("Scheduled. {takes_a_while}"),
        };
        let sentence = sentence.trim_end().to_owned();
        // Said outside of this page, which the toast outlives.
        set_timeout(
            move || {
                if let Some(toasts) = toasts {
                    toasts.say(sentence);
                }
            },
            Duration::ZERO,
        );
        place.leave(match intent {
            Intent::PublishNow => "",
            _ => wall::month(&local_time),
        });
    });
}

/// What TikTok wants people to be told when they have sent something to a profile there.
fn takes_a_while(editing: Editing) -> &'static str {
    let mut chosen = editing.chosen().into_iter();
    let goes_to_profile =
        chosen.any(|on| on.draft.platform == Platform::TikTok && !on.draft.tiktok.read().as_draft);
    if goes_to_profile {
        "TikTok may take a few minutes to process it and show it on the profile."
    } else {
        ""
    }
}

fn shortcut(editing: Editing, event: &KeyboardEvent) {
    if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
        event.prevent_default();
        editing.send(untrack(|| editing.main_intent()));
    }
}

/// The files of a drag; text that is dragged about is none of ours.
fn files_of(event: &DragEvent) -> Option<DataTransfer> {
    let transfer = event.data_transfer()?;
    transfer
        .types()
        .iter()
        .any(|kind| kind.as_string().as_deref() == Some("Files"))
        .then_some(transfer)
}

fn drag_over(event: &DragEvent, over: RwSignal<bool>) {
    if files_of(event).is_some() {
        event.prevent_default();
        if !over.get_untracked() {
            over.set(true);
        }
    }
}

fn drag_leave(event: &DragEvent, over: RwSignal<bool>) {
    let area = event
        .current_target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    let into = event
        .related_target()
        .and_then(|target| target.dyn_into::<Node>().ok());
    let stays = area.is_some_and(|area| into.is_some() && area.contains(into.as_ref()));
    if !stays {
        over.set(false);
    }
}

fn drop_files(event: &DragEvent, editing: Editing, over: RwSignal<bool>) {
    over.set(false);
    let Some(transfer) = files_of(event) else {
        return;
    };
    event.prevent_default();
    with_files(&transfer, move |files| editing.upload.send_all(files));
}
