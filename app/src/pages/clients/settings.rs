//! What is set for a client: its name, how late a post may still go out, and whether it is paused.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::approval_rules::{ApprovalRules, choices_of};
use super::feed::{CalendarFeed, ManyPosts};
use crate::api::ApiError;
use crate::api::clients::{ClientSettings, SaveClientSettings, client_settings};
use crate::components::{
    BusyButton, Field, Icon, Notice, PanelSkeleton, Select, Status, StatusPill, TopBar,
};
use crate::pages::layout::use_desk;
use crate::pages::pause::{PauseForm, use_pausing};
use crate::pages::trouble::{Trouble, no_such_page};
use crate::state::resource::resource;

/// The form is sent and answered without WASM too.
#[component]
pub fn ClientSettingsPage() -> impl IntoView {
    let desk = use_desk();
    let save = ServerAction::<SaveClientSettings>::new();
    let settings = resource(
        move || desk.client_id(),
        |client| async move {
            match client {
                Some(client) => client_settings(client).await,
                None => Err(no_such_page()),
            }
        },
    );
    // The name stands in the frame, too.
    Effect::new(move |_| {
        if let Some(Ok(())) = save.value().get() {
            desk.refetch();
        }
    });
    let content = move || {
        settings.get().map(|settings| match settings {
            Ok(settings) => view! { <Form settings save /> }.into_any(),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Settings" />
        <TopBar
            title="Settings"
            detail=Signal::derive(move || desk.client().map(|client| client.name))
        />
        <div class="page-body form-page">
            <Transition fallback=|| view! { <PanelSkeleton lines=5 /> }>{content}</Transition>
            <ManyPosts />
            <CalendarFeed />
            <Pausing />
        </div>
    }
    .into_any()
}

#[component]
fn Form(settings: ClientSettings, save: ServerAction<SaveClientSettings>) -> impl IntoView {
    let desk = use_desk();
    let query = use_query_map();
    let refusal = move || save.value().get()?.err();
    let is_about_name = |error: &ApiError| matches!(error, ApiError::Invalid(sentence) | ApiError::Conflict(sentence) if sentence.contains("name"));
    let name_error = move || {
        refusal()
            .filter(is_about_name)
            .map(|error| error.to_string())
    };
    let notice = move || {
        if let Some(error) = refusal() {
            let rest = if is_about_name(&error) {
                "Mend the field below.".to_owned()
            } else {
                error.to_string()
            };
            return Some(
                view! {
                    <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                        {rest}
                    </Notice>
                }
                .into_any(),
            );
        }
        let (saved, sent) = query.with(|query| (query.get("saved"), query.get("sent")));
        saved.map(|_| {
            let rest = sent.and_then(|sent| sent.parse().ok()).map(sent_words);
            view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead="Saved.">
                        {rest}
                    </Notice>
                </div>
            }
            .into_any()
        })
    };
    let rules = settings.clone();
    let may_change = settings.may_change;
    let ClientSettings {
        name,
        time_zone,
        zone_label,
        zones,
        lateness_minutes,
        choices,
        failure_email,
        brand_color,
        media_retention_days,
        usual_retention_days,
        ..
    } = settings;
    let zone_options = zones
        .into_iter()
        .map(|zone| {
            let words = zone.replace('_', " ");
            let selected = zone == time_zone;
            view! {
                <option value=zone selected=selected>
                    {words}
                </option>
            }
        })
        .collect_view();
    view! {
        {notice}
        <ActionForm action=save attr:class="panel">
            {move || {
                desk.client_id()
                    .map(|id| view! { <input type="hidden" name="client" value=id.to_string() /> })
            }}
            <input type="hidden" name="form[whole]" value="true" />
            <fieldset class="form" disabled=!may_change>
                <legend class="sr-only">"Settings of this client"</legend>
                <Field id="name" label="Name" error=Signal::derive(name_error)>
                    <input
                        class="input"
                        id="name"
                        name="form[name]"
                        value=name
                        autocomplete="off"
                        maxlength="80"
                        required
                        aria-invalid=move || name_error().map(|_| "true")
                        aria-describedby=move || name_error().map(|_| "name-error")
                    />
                </Field>
                <Field
                    id="zone"
                    label="Time zone"
                    help=Signal::stored(
                        Some(
                            format!(
                                "Now {zone_label}. All times of this client are shown in it. Another zone moves nothing: what is planned keeps its instant, and is shown on the new clock.",
                            ),
                        ),
                    )
                >
                    <Select>
                        <select id="zone" name="form[time_zone]" aria-describedby="zone-help">
                            {zone_options}
                        </select>
                    </Select>
                </Field>
                <Field
                    id="lateness"
                    label="A post that is late is still sent for"
                    help=Signal::stored(
                        Some(
                            "After a pause, a lost connection or a platform in trouble. Later than this it fails, and you decide."
                                .to_owned(),
                        ),
                    )
                >
                    <Select>
                        <select id="lateness" name="form[lateness_minutes]" aria-describedby="lateness-help">
                            {choices_of(choices, lateness_minutes)}
                        </select>
                    </Select>
                </Field>
                <ApprovalRules settings=rules />
                <Field
                    id="failure-email"
                    label="Also told of failures"
                    help=Signal::stored(
                        Some(
                            "An address besides the team, such as the client’s own desk. Leave it empty for nobody."
                                .to_owned(),
                        ),
                    )
                >
                    <input
                        class="input"
                        id="failure-email"
                        name="form[failure_email]"
                        type="email"
                        autocomplete="off"
                        value=failure_email.unwrap_or_default()
                        aria-describedby="failure-email-help"
                    />
                </Field>
                <Field
                    id="brand-color"
                    label="Colour"
                    help=Signal::stored(
                        Some(
                            "Of the client’s portal and mails, as six hexadecimal digits such as #1f4a44. Leave it empty for the agency’s."
                                .to_owned(),
                        ),
                    )
                >
                    <input
                        class="input"
                        id="brand-color"
                        name="form[brand_color]"
                        autocomplete="off"
                        maxlength="7"
                        placeholder="#1f4a44"
                        value=brand_color.unwrap_or_default()
                        aria-describedby="brand-color-help"
                    />
                </Field>
                <Field
                    id="retention"
                    label="Days that files are kept"
                    help=Signal::stored(
                        Some(
                            format!(
                                "After they were last needed. Leave it empty for {usual_retention_days} days, as for everybody else.",
                            ),
                        ),
                    )
                >
                    <input
                        class="input"
                        id="retention"
                        name="form[media_retention_days]"
                        type="number"
                        min="1"
                        max="3650"
                        inputmode="numeric"
                        value=media_retention_days.map(|days| days.to_string())
                        aria-describedby="retention-help"
                    />
                </Field>
            </fieldset>
            <div class="form-foot">
                {if may_change {
                    view! { <BusyButton label="Save" busy_label="Saving" busy=save.pending() /> }
                        .into_any()
                } else {
                    view! {
                        <p class="muted">"Only managers and owners change what is set here."</p>
                    }
                        .into_any()
                }}
            </div>
        </ActionForm>
    }
    .into_any()
}

/// "2 posts were scheduled without approval, and were sent for approval."
fn sent_words(sent: u32) -> String {
    match sent {
        1 => " 1 post was scheduled without approval, and was sent for approval.".to_owned(),
        sent => {
            format!(" {sent} posts were scheduled without approval, and were sent for approval.")
        }
    }
}

/// Pausing the client, and going on.
#[component]
fn Pausing() -> impl IntoView {
    use crate::api::controls::PauseReach;
    let desk = use_desk();
    let action = use_pausing(desk);
    let pause = Memo::new(move |_| {
        let pauses = desk.look().pauses;
        pauses
            .into_iter()
            .find(|pause| pause.reach == PauseReach::Client)
    });
    let refusal = move || {
        action.value().get()?.err().map(|error| {
            view! { <Notice status=Status::Failed alert=true lead=error.to_string() /> }
        })
    };
    let content = move || {
        let client = desk.client_id();
        match pause.get() {
            Some(pause) => view! {
                <p>
                    <StatusPill status=Status::Waiting words="Paused" icon=Icon::Pause />
                </p>
                <p>{pause.sentence()} " " {pause.consequence()}</p>
                <PauseForm action client pauses=false class="button secondary">
                    {Icon::Play.view()}
                    "Resume publishing"
                </PauseForm>
            }
            .into_any(),
            None => view! {
                <p>
                    "While publishing is paused, posts of this client wait when their minute comes. What is on its way already is followed to its end."
                </p>
                <PauseForm action client pauses=true class="button secondary">
                    {Icon::Pause.view()}
                    "Pause publishing"
                </PauseForm>
            }
            .into_any(),
        }
    };
    view! {
        <section class="panel" aria-labelledby="pausing">
            <div class="panel-head">
                <h2 class="panel-title" id="pausing">
                    "Pause"
                </h2>
            </div>
            <div class="pausing">{refusal} {content}</div>
        </section>
    }
    .into_any()
}
