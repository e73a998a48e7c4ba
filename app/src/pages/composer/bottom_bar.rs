//! The bar that decides: whether it is kept, what the checks say, when it goes out, and the buttons.

use domain::DeliveryState;
use domain::approval::ApprovalPolicy;
use domain::rules::{Field, Severity};
use leptos::html;
use leptos::prelude::*;

use super::checks::{look, summary};
use super::declaration::Declaration;
use super::editing::Editing;
use super::slots::NextSlot;
use crate::api::calendar::Which;
use crate::api::posts::Intent;
use crate::components::{BusyButton, Icon, Menu, MenuButton, Select};
use crate::state::saver::Kept;
use crate::state::viewer;

/// The bar at the bottom of the composer.
#[component]
pub(super) fn BottomBar(
    editing: Editing,
    zone_label: String,
    zone: String,
    now_local: String,
) -> impl IntoView {
    view! {
        <footer class="composer-bar">
            <Stamp editing />
            <Summary editing />
            <GoesOut editing zone_label zone now_local />
            <WhichOfTwo editing />
            <NextSlot editing />
            <Declaration editing />
            <Buttons editing />
        </footer>
    }
}

#[component]
fn Stamp(editing: Editing) -> impl IntoView {
    let kept = editing.saver.kept;
    view! {
        <span class="saved" class:is-failed=move || kept.get() == Kept::Failed role="status">
            {move || match kept.get() {
                Kept::Nothing => "Nothing to save yet".into_any(),
                Kept::Saved(label) => view! { {Icon::Check.view()} {label} }.into_any(),
                Kept::Changed if editing.saver.keeps_itself() => "Not saved yet".into_any(),
                Kept::Changed => "Changes not saved".into_any(),
                Kept::Saving => "Saving…".into_any(),
                Kept::Failed => view! { {Icon::Triangle.view()} "Not saved" }.into_any(),
            }}
        </span>
    }
}

/// What the checks say, and the way to them.
#[component]
fn Summary(editing: Editing) -> impl IntoView {
    let words = Memo::new(move |_| editing.findings.with(|findings| summary(findings)));
    let class = move || format!("check-summary {}", look(words.read().0).0);
    let show = move |_| {
        editing.shows_preview.set(true);
        request_animation_frame(|| {
            if let Some(checks) = document().get_element_by_id("checks") {
                checks.scroll_into_view();
            }
        });
    };
    view! {
        <button class=class type="button" title="Show the checks" on:click=show>
            {move || look(words.read().0).1.view()}
            {move || words.get().1}
        </button>
    }
}

/// When it goes out, on the client's wall.
#[component]
fn GoesOut(editing: Editing, zone_label: String, zone: String, now_local: String) -> impl IntoView {
    let local_time = editing.draft.local_time;
    let field = NodeRef::<html::Input>::new();
    let initial = local_time.get_untracked();
    // What was chosen before the page came to life counts; after that what is loaded is shown.
    Effect::new(move |is_alive: Option<bool>| {
        let time = local_time.get();
        let Some(field) = field.get() else {
            return false;
        };
        if field.value() != time {
            if is_alive == Some(true) {
                field.set_value(&time);
            } else {
                local_time.set(field.value());
            }
        }
        true
    });
    // Once the page has come to life: the server has not said it, and what it has said is not said again.
    let at = RwSignal::new(None);
    Effect::new(move |_| {
        at.set(viewer::instant(
            &local_time.read(),
            &zone,
            editing.draft.which(),
        ));
    });
    let is_wrong = move || {
        editing.findings.with(|findings| {
            findings
                .iter()
                .any(|finding| finding.field == Field::Time && finding.severity == Severity::Error)
        })
    };
    view! {
        <label class="input-group time-field">
            {Icon::Clock.view()} <span class="sr-only">"Goes out"</span>
            <input
                type="datetime-local"
                id="goes-out"
                value=initial
                min=now_local
                aria-invalid=move || is_wrong().then_some("true")
                data-wall=move || local_time.get()
                data-at=move || at.get()
                node_ref=field
                on:input:target=move |event| local_time.set(event.target().value())
            /> <span class="input-addition">{zone_label}</span>
        </label>
    }
}

/// Which one is meant of a time that the clocks show twice. Nothing where they show it once.
#[component]
fn WhichOfTwo(editing: Editing) -> impl IntoView {
    let draft = editing.draft;
    let shows = Memo::new(move |_| draft.comes_twice());
    let choice = move |value: &'static str, which: Option<Which>, words: &'static str| {
        view! {
            <option value=value prop:selected=move || draft.which.get() == which>
                {words}
            </option>
        }
    };
    view! {
        <Show when=move || shows.get()>
            <Select>
                <select
                    id="goes-out-which"
                    title="The clocks go back over this time: the first is before they do, the second after."
                    aria-label="Which of the two: the clocks show this time twice"
                    aria-invalid=move || draft.which.get().is_none().then_some("true")
                    on:change:target=move |event| {
                        draft
                            .which
                            .set(
                                match event.target().value().as_str() {
                                    "first" => Some(Which::First),
                                    "second" => Some(Which::Second),
                                    _ => None,
                                },
                            );
                    }
                >
                    {choice("", None, "Which of the two?")}
                    {choice("first", Some(Which::First), "The first of two")}
                    {choice("second", Some(Which::Second), "The second of two")}
                </select>
            </Select>
        </Show>
    }
}

#[component]
fn Buttons(editing: Editing) -> impl IntoView {
    let is_scheduled = Memo::new(move |_| editing.draft.state.get() == DeliveryState::Scheduled);
    let main = Memo::new(move |_| editing.main_intent());
    let blocker = Memo::new(move |_| {
        let stands = main.get() == Intent::SendForApproval && editing.stands_as_kept();
        if stands {
            return Some("There is nothing new to send for approval.".to_owned());
        }
        editing.blocker(main.get())
    });
    let blocks_now = Memo::new(move |_| editing.blocker(Intent::PublishNow).is_some());
    let blocks_asking = Memo::new(move |_| {
        editing.stands_as_kept() || editing.blocker(Intent::SendForApproval).is_some()
    });
    let running = editing.saver.running;
    let is_busy = move || running.get().is_some_and(Intent::sends_off);
    let label = move || {
        match main.get() {
            Intent::SendForApproval => "Send for approval",
            _ if is_scheduled.get() => "Save changes",
            _ => "Schedule",
        }
        .to_owned()
    };
    let is_required = editing.approval.is_required();
    let may_ask = editing.approval == ApprovalPolicy::Optional;
    view! {
        <span class="split-button" title=move || blocker.get()>
            <BusyButton
                label=Signal::derive(label)
                busy_label="Sending"
                busy=Signal::derive(is_busy)
                disabled=Signal::derive(move || blocker.with(Option::is_some))
                icon=Icon::Send
                on:click=move |_| editing.send(main.get_untracked())
            />
            <Menu
                placement="up"
                trigger_class="button primary"
                trigger=|| Icon::ChevronDown.view()
                label="Other ways to send"
            >
                {(!is_required)
                    .then(|| {
                        view! {
                            <MenuButton
                                icon=Icon::Send
                                label="Publish now"
                                disabled=Signal::derive(move || blocks_now.get() || is_busy())
                                on:click=move |_| editing.send(Intent::PublishNow)
                            />
                        }
                    })}
                {may_ask
                    .then(|| {
                        view! {
                            <MenuButton
                                icon=Icon::Approved
                                label="Send for approval"
                                disabled=Signal::derive(move || blocks_asking.get() || is_busy())
                                on:click=move |_| editing.send(Intent::SendForApproval)
                            />
                        }
                    })}
                {move || {
                    let words = if is_scheduled.get() { "Take back to draft" } else { "Save as draft" };
                    view! {
                        <MenuButton
                            icon=Icon::Draft
                            label=words
                            disabled=Signal::derive(is_busy)
                            on:click=move |_| editing.send(Intent::SaveDraft)
                        />
                    }
                }}
            </Menu>
        </span>
    }
}
