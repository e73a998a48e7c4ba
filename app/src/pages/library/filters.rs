//! What is looked for: a plain form that becomes the address.

use domain::ClientId;
use leptos::prelude::*;
use leptos_router::components::Form;

use crate::address::query_value;
use crate::api::library::LibraryQuery;
use crate::components::{Icon, Select};

/// The address of what is asked for.
pub(super) fn address(client: ClientId, asked: &LibraryQuery) -> String {
    let pairs = [
        ("name", &asked.name),
        ("kind", &asked.kind),
        ("used", &asked.used),
        ("before", &asked.before),
    ];
    let query: Vec<String> = pairs
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", query_value(value)))
        .collect();
    match query.join("&") {
        query if query.is_empty() => format!("/clients/{client}/library"),
        query => format!("/clients/{client}/library?{query}"),
    }
}

/// The filters as they are set.
pub(super) fn filters(client: ClientId, asked: &LibraryQuery, total: String) -> AnyView {
    let here = format!("/clients/{client}/library");
    let is_set = [&asked.name, &asked.kind, &asked.used]
        .into_iter()
        .any(|value| !value.is_empty());
    let clear = is_set.then(|| {
        view! {
            <a class="button quiet" href=here.clone()>
                "Clear"
            </a>
        }
    });
    let name = asked.name.clone();
    let kind = choice(
        "kind",
        "Kind",
        &[
            ("", "Every kind"),
            ("video", "Videos"),
            ("picture", "Pictures"),
        ],
        &asked.kind,
    );
    let used = choice(
        "used",
        "Use",
        &[("", "Used or not"), ("no", "Not used")],
        &asked.used,
    );
    view! {
        <Form method="GET" action=here.clone() attr:class="library-filters" attr:aria-label="Filters">
            <span class="input-group">
                {Icon::Search.view()}
                <input
                    type="search"
                    name="name"
                    placeholder="Find a file"
                    aria-label="Find a file"
                    value=name
                />
            </span>
            {kind}
            {used}
            <button class="button secondary" type="submit">
                "Show"
            </button>
            {clear}
            <span class="library-total">{total}</span>
        </Form>
    }
    .into_any()
}

fn choice(
    name: &'static str,
    label: &'static str,
    options: &[(&'static str, &'static str)],
    chosen: &str,
) -> AnyView {
    let options: Vec<_> = options
        .iter()
        .map(|(value, words)| {
            let is_chosen = *value == chosen;
            view! {
                <option value=*value selected=is_chosen>
                    {*words}
                </option>
            }
        })
        .collect();
    view! {
        <Select>
            <select name=name aria-label=label>
                {options}
            </select>
        </Select>
    }
    .into_any()
}
