//! The next time at which a post of the chosen account usually goes out, and none does yet.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlInputElement;

use super::editing::Editing;
use super::snippets::was_typed;
use crate::api::slots::next_slot;
use crate::components::{Icon, use_toasts};

/// The button beside the time. Pressed again, it goes on to the slot after that.
#[component]
pub(super) fn NextSlot(editing: Editing) -> impl IntoView {
    let running = RwSignal::new(false);
    let offered = StoredValue::new(None::<String>);
    let toasts = use_toasts();
    let find = move |_| {
        let accounts = chosen(editing);
        if running.get_untracked() {
            return;
        }
        if accounts.is_empty() {
            if let Some(toasts) = toasts {
                toasts.say("Choose the account first.");
            }
            return;
        }
        running.set(true);
        let present = editing.draft.local_time.get_untracked();
        let after = offered.get_value().filter(|offered| *offered == present);
        let post = editing.draft.id.get_untracked();
        spawn_local(async move {
            let answer = next_slot(editing.client, accounts, post, after).await;
            running.try_set(false);
            let said = match answer {
                Ok(found) => {
                    offered.try_set_value(Some(found.local_time.clone()));
                    fill(editing, &found.local_time);
                    let told = found.told.join(" ");
                    format!("{}. {told}", found.label).trim_end().to_owned()
                }
                Err(error) => error.to_string(),
            };
            if let Some(toasts) = toasts {
                toasts.say(said);
            }
        });
    };
    view! {
        <button
            class="button quiet small next-slot"
            type="button"
            title="The next free posting time of the chosen accounts"
            aria-label="Next free slot"
            aria-busy=move || running.get().then_some("true")
            on:click=find
        >
            {Icon::Clock.view()}
            <span>"Next free slot"</span>
        </button>
    }
    .into_any()
}

/// The accounts that are chosen.
fn chosen(editing: Editing) -> Vec<domain::AccountId> {
    untrack(|| editing.chosen())
        .into_iter()
        .map(|on| on.draft.account)
        .collect()
}

/// Writes the time into its field, as if a person had.
fn fill(editing: Editing, local_time: &str) {
    let field = document()
        .get_element_by_id("goes-out")
        .and_then(|found| found.dyn_into::<HtmlInputElement>().ok());
    let Some(field) = field else {
        editing.draft.local_time.try_set(local_time.to_owned());
        return;
    };
    field.set_value(local_time);
    was_typed(&field);
}
