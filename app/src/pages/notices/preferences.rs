//! How a person wishes to be told: the same at the desk and in the portal.

use leptos::prelude::*;

use crate::api::notices::{PreferenceRow, SavePreferences, preferences};
use crate::components::{BusyButton, Icon, Notice, PanelSkeleton, Status};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// The form. It needs nothing of the frame around it, and is sent and answered without WASM too.
#[component]
pub fn PreferencesForm() -> impl IntoView {
    let save = ServerAction::<SavePreferences>::new();
    let rows = resource(move || save.version().get(), |_| preferences());
    let answer = move || {
        save.value().get().map(|answer| match answer {
            Ok(()) => view! {
                <div role="status">
                    <Notice status=Status::Approved icon=Icon::Check lead="Saved." />
                </div>
            }
            .into_any(),
            Err(error) => view! {
                <Notice status=Status::Failed alert=true lead="Nothing was changed.">
                    {error.to_string()}
                </Notice>
            }
            .into_any(),
        })
    };
    let content = move || {
        rows.get().map(|rows| match rows {
            Ok(rows) => form(rows, save),
            Err(error) => view! { <Trouble error /> }.into_any(),
        })
    };
    view! {
        {answer}
        <Transition fallback=|| view! { <PanelSkeleton lines=6 /> }>{content}</Transition>
    }
    .into_any()
}

fn form(rows: Vec<PreferenceRow>, save: ServerAction<SavePreferences>) -> AnyView {
    view! {
        <ActionForm action=save attr:class="panel">
            <table class="table preferences">
                <thead>
                    <tr>
                        <th scope="col">"When"</th>
                        <th scope="col" class="preferences-choice">
                            "In AutoPost"
                        </th>
                        <th scope="col" class="preferences-choice">
                            "By mail"
                        </th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
            </table>
            <div class="form-foot">
                <p class="muted">"What comes within a short while is gathered into one mail."</p>
                <BusyButton label="Save" busy_label="Saving" busy=save.pending() />
            </div>
        </ActionForm>
    }
    .into_any()
}

fn row(row: PreferenceRow) -> impl IntoView {
    let PreferenceRow {
        kind,
        in_app,
        by_mail,
    } = row;
    let choice = move |name: &'static str, words: &'static str, checked: bool| {
        view! {
            <td class="preferences-choice">
                <label class="preferences-box">
                    <input
                        class="checkbox"
                        type="checkbox"
                        name=format!("{name}[]")
                        value=kind.as_str()
                        checked=checked
                    />
                    <span class="sr-only">{kind.name()} ": " {words}</span>
                </label>
            </td>
        }
    };
    view! {
        <tr>
            <th scope="row">{kind.name()}</th>
            {choice("in_app", "in AutoPost", in_app)}
            {choice("by_mail", "by mail", by_mail)}
        </tr>
    }
}
