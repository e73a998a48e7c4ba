//! What is set for a client: its name, how late a post may still go out, and whether it is paused.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::api::ApiError;
use crate::api::clients::{ClientSettings, SaveClientSettings, client_settings};
use crate::components::{
    BusyButton, Field, Icon, Notice, PanelSkeleton, Select, Status, StatusPill, TopBar,
};
use crate::pages::layout::use_desk;
use crate::pages::pause::{PauseForm, use_pausing};
use crate::pages::trouble::{Trouble, no_such_page};

/// The form is sent and answered without WASM too.
#[component]
pub fn ClientSettingsPage() -> impl IntoView {
    let desk = use_desk();
    let save = ServerAction::<SaveClientSettings>::new();
    let settings = Resource::new_blocking(
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
        query.with(|query| query.get("saved")).map(|_| {
            view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead="Saved." />
                </div>
            }
            .into_any()
        })
    };
    let ClientSettings {
        name,
        time_zone,
        zone_label,
        lateness_minutes,
        choices,
        ..
    } = settings;
    let options = choices
        .into_iter()
        .map(|(minutes, words)| {
            view! {
                <option value=minutes.to_string() selected=minutes == lateness_minutes>
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
            <div class="form">
                <Field id="name" label="Name" error=Signal::derive(name_error)>
                    <input
                        class="input"
                        id="name"
                        name="name"
                        value=name
                        autocomplete="off"
                        maxlength="80"
                        required
                        aria-invalid=move || name_error().map(|_| "true")
                        aria-describedby=move || name_error().map(|_| "name-error")
                    />
                </Field>
                <div class="field">
                    <span class="field-name">"Time zone"</span>
                    <p class="field-fixed">
                        {Icon::Globe.view()} {zone_label} <span class="muted">{time_zone}</span>
                    </p>
                    <p class="field-help">
                        "All times of this client are shown in it. It stays, because posts are planned on this clock."
                    </p>
                </div>
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
                        <select id="lateness" name="lateness_minutes" aria-describedby="lateness-help">
                            {options}
                        </select>
                    </Select>
                </Field>
            </div>
            <div class="form-foot">
                <BusyButton label="Save" busy_label="Saving" busy=save.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
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
