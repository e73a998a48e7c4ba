//! Adding a client.

use leptos::html;
use leptos::prelude::*;
use leptos_meta::Title;

use crate::api::ApiError;
use crate::api::clients::{CreateClient, zone_names};
use crate::components::{BusyButton, Field, Notice, Select, Status, TopBar};
use crate::state::resource::resource;

const DEFAULT_ZONE: &str = "Europe/London";

/// The form for a new client. It is sent and answered without WASM too.
#[component]
pub fn NewClientPage() -> impl IntoView {
    let create = ServerAction::<CreateClient>::new();
    let zones = resource(|| (), |()| zone_names());
    let zone = NodeRef::<html::Select>::new();
    choose_own_zone(zone);

    let refusal = move || create.value().get()?.err();
    let is_about_zone = |error: &ApiError| matches!(error, ApiError::Invalid(sentence) if sentence.contains("time zone"));
    let is_about_name = move |error: &ApiError| {
        matches!(error, ApiError::Invalid(_) | ApiError::Conflict(_)) && !is_about_zone(error)
    };
    let name_error = move || {
        refusal()
            .filter(is_about_name)
            .map(|error| error.to_string())
    };
    let zone_error = move || {
        refusal()
            .filter(is_about_zone)
            .map(|error| error.to_string())
    };
    let notice = move || {
        let error = refusal()?;
        let rest = if is_about_name(&error) || is_about_zone(&error) {
            "Mend the field below.".to_owned()
        } else {
            error.to_string()
        };
        Some(view! {
            <Notice status=Status::Failed alert=true lead="The client was not added.">
                {rest}
            </Notice>
        })
    };
    let options = move || {
        let names = match zones.get()? {
            Ok(names) => names,
            // The list did not come: the form still works for the default.
            Err(_) => vec![DEFAULT_ZONE.to_owned()],
        };
        let option = |name: String| {
            let is_default = name == DEFAULT_ZONE;
            let shown = name.replace('_', " ");
            view! {
                <option value=name selected=is_default>
                    {shown}
                </option>
            }
        };
        Some(names.into_iter().map(option).collect_view())
    };
    let zone_select = move || {
        view! {
            <Select>
                <select
                    id="time-zone"
                    name="time_zone"
                    node_ref=zone
                    required
                    aria-invalid=move || zone_error().map(|_| "true")
                    aria-describedby=move || {
                        if zone_error().is_some() { "time-zone-error" } else { "time-zone-help" }
                    }
                >
                    {options}
                </select>
            </Select>
        }
    };
    view! {
        <Title text="Add a client" />
        <TopBar title="Add a client" back="/clients" back_label="Back to clients" />
        <div class="page-body form-page">
            {notice}
            <ActionForm action=create attr:class="panel">
                    <div class="form">
                        <p class="form-lead">
                            "Everything you plan for this client is shown in the client’s own time zone."
                        </p>
                        <Field id="name" label="Name" error=Signal::derive(name_error)>
                            <input
                                class="input"
                                id="name"
                                name="name"
                                autocomplete="off"
                                maxlength="80"
                                required
                                aria-invalid=move || name_error().map(|_| "true")
                                aria-describedby=move || name_error().map(|_| "name-error")
                            />
                        </Field>
                        <Field
                            id="time-zone"
                            label="Time zone"
                            help=Signal::stored(
                                Some("Posts keep their local time when the clocks change.".to_owned()),
                            )
                            error=Signal::derive(zone_error)
                        >
                            <Suspense fallback=|| view! { <span class="skeleton line"></span> }>
                                {zone_select}
                            </Suspense>
                        </Field>
                    </div>
                    <div class="form-foot">
                        <a class="button secondary" href="/clients">
                            "Cancel"
                        </a>
                        <BusyButton label="Add the client" busy_label="Adding" busy=create.pending() />
                    </div>
            </ActionForm>
        </div>
    }
    .into_any()
}

/// In the browser, chooses the zone that this computer is in, unless somebody has chosen already.
fn choose_own_zone(zone: NodeRef<html::Select>) {
    #[cfg(feature = "hydrate")]
    Effect::new(move |_| {
        let (Some(select), Some(own)) = (zone.get(), crate::state::viewer::zone_here()) else {
            return;
        };
        if select.value() == DEFAULT_ZONE {
            select.set_value(&own);
            // A name that is not in the list would leave nothing chosen.
            if select.value() != own {
                select.set_value(DEFAULT_ZONE);
            }
        }
    });
    #[cfg(not(feature = "hydrate"))]
    let _ = zone;
}
