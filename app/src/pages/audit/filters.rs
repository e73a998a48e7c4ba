//! Whom, where, what and when: a plain form that becomes the address.

use leptos::prelude::*;
use leptos_router::components::Form;

use crate::api::audit::{AuditData, AuditQuery, actions};
use crate::components::Select;

/// The filters as they are set.
pub(super) fn filters(asked: &AuditQuery, page: &AuditData) -> AnyView {
    let people = page
        .people
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect();
    let clients = page
        .clients
        .iter()
        .map(|(id, name)| (id.to_string(), name.clone()))
        .collect();
    let actions = actions()
        .into_iter()
        .map(|(word, phrase)| (word.to_owned(), sentence_case(phrase)))
        .collect();
    let is_set = [
        &asked.person,
        &asked.client,
        &asked.action,
        &asked.from,
        &asked.to,
    ]
    .into_iter()
    .any(|value| !value.is_empty());
    let clear = is_set.then(|| {
        view! {
            <a class="button quiet" href="/audit">
                "Clear"
            </a>
        }
    });
    let fields = [
        choice("person", "Person", "Everybody", people, &asked.person),
        choice("client", "Client", "Every client", clients, &asked.client),
        choice("action", "Action", "Everything", actions, &asked.action),
        day("from", "From", &asked.from),
        day("to", "Until", &asked.to),
    ];
    view! {
        <Form method="GET" action="/audit" attr:class="audit-filters" attr:aria-label="Filters">
            {fields.into_iter().collect_view()}
            <div class="audit-filters-do">
                <button class="button secondary" type="submit">
                    "Show"
                </button>
                {clear}
            </div>
        </Form>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(String, String)>,
    chosen: &str,
) -> AnyView {
    let id = format!("audit-{name}");
    let chosen = chosen.to_owned();
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <Select>
                <select id=id name=name>
                    <option value="">{all}</option>
                    {options
                        .into_iter()
                        .map(|(value, words)| {
                            let is_chosen = value == chosen;
                            view! {
                                <option value=value selected=is_chosen>
                                    {words}
                                </option>
                            }
                        })
                        .collect_view()}
                </select>
            </Select>
        </div>
    }
    .into_any()
}

fn day(name: &'static str, label: &'static str, value: &str) -> AnyView {
    let id = format!("audit-{name}");
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <input class="input" type="date" id=id name=name value=value.to_owned() />
        </div>
    }
    .into_any()
}

/// "signed in" as it stands at the beginning of a line.
fn sentence_case(phrase: &str) -> String {
    let mut letters = phrase.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}
