//! The agency's name, its colour, and who is told of failures besides the team.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::tabs;
use crate::api::agency::{AgencyData, SaveAgencySettings, agency_settings};
use crate::components::{BusyButton, Field, Icon, Notice, PanelSkeleton, Status, TopBar};
use crate::pages::layout::use_desk;
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// `/settings`. The form is sent and answered without WASM too.
#[component]
pub fn AgencyPage() -> impl IntoView {
    let desk = use_desk();
    let save = ServerAction::<SaveAgencySettings>::new();
    let settings = resource(|| (), |()| agency_settings());
    // The name stands in the frame, too.
    Effect::new(move |_| {
        if let Some(Ok(())) = save.value().get() {
            desk.refetch();
        }
    });
    let content = move || {
        settings.get().map(|settings| match settings {
            Ok(settings) => form(settings, save),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        <Title text="Agency" />
        <TopBar title="Agency" />
        <div class="page-body form-page">
            {tabs("/settings")}
            <Transition fallback=|| view! { <PanelSkeleton lines=4 /> }>{content}</Transition>
        </div>
    }
    .into_any()
}

fn form(settings: AgencyData, save: ServerAction<SaveAgencySettings>) -> AnyView {
    let query = use_query_map();
    let notice = move || {
        if let Some(error) = save.value().get().and_then(Result::err) {
            return Some(
                view! {
                    <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                        {error.to_string()}
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
    let AgencyData {
        name,
        failure_email,
        brand_color,
    } = settings;
    view! {
        {notice}
        <ActionForm action=save attr:class="panel">
            <div class="form">
                <Field id="name" label="Name" help=words("It stands in the frame, in the portal and in every mail.")>
                    <input
                        class="input"
                        id="name"
                        name="name"
                        value=name
                        autocomplete="organization"
                        maxlength="80"
                        required
                        aria-describedby="name-help"
                    />
                </Field>
                <Field
                    id="failure-email"
                    label="Told of failures besides the team"
                    help=words(
                        "A mail address, for clients that have none of their own. Its mails say what failed and open nothing.",
                    )
                >
                    <input
                        class="input"
                        id="failure-email"
                        name="failure_email"
                        type="email"
                        value=failure_email
                        autocomplete="off"
                        aria-describedby="failure-email-help"
                    />
                </Field>
                <Field
                    id="brand-color"
                    label="Colour"
                    help=words("Of your name in mails, written like #1f4a44. A client can have its own.")
                >
                    <input
                        class="input"
                        id="brand-color"
                        name="brand_color"
                        value=brand_color
                        autocomplete="off"
                        placeholder="#1f4a44"
                        pattern="#?[0-9a-fA-F]{6}"
                        aria-describedby="brand-color-help"
                    />
                </Field>
            </div>
            <div class="form-foot">
                <BusyButton label="Save" busy_label="Saving" busy=save.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

fn words(help: &str) -> Signal<Option<String>> {
    Signal::stored(Some(help.to_owned()))
}
