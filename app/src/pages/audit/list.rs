//! The entries, under the day on which they were made.

use leptos::prelude::*;

use crate::api::audit::AuditRow;
use crate::components::{Icon, PersonAvatar};

/// The table.
pub(super) fn table(rows: Vec<AuditRow>) -> AnyView {
    view! {
        <table class="table stacks audit-table">
            <thead>
                <tr>
                    <th scope="col">"Time"</th>
                    <th scope="col">"Who"</th>
                    <th scope="col">"What"</th>
                    <th scope="col">"Client"</th>
                    <th scope="col">"From"</th>
                </tr>
            </thead>
            <tbody>{with_days(rows)}</tbody>
        </table>
    }
    .into_any()
}

fn with_days(rows: Vec<AuditRow>) -> Vec<AnyView> {
    let mut day = String::new();
    let mut views = Vec::with_capacity(rows.len() + 8);
    for entry in rows {
        if entry.day != day {
            day.clone_from(&entry.day);
            let head = view! {
                <tr class="group">
                    <th colspan="5" scope="rowgroup">
                        {entry.day.clone()}
                    </th>
                </tr>
            };
            views.push(head.into_any());
        }
        views.push(row(entry));
    }
    views
}

fn row(entry: AuditRow) -> AnyView {
    let picture = match entry.role {
        Some(_) => view! { <PersonAvatar name=entry.who.clone() /> }.into_any(),
        None => view! { <span class="audit-software">{Icon::Settings.view()}</span> }.into_any(),
    };
    let client = entry.client.map(|(id, name)| {
        view! { <a href=format!("/clients/{id}/calendar")>{name}</a> }
    });
    view! {
        <tr>
            <td class="audit-time">
                <time>{entry.time}</time>
            </td>
            <td class="audit-who">
                <span class="identity">
                    {picture}
                    <span class="identity-text">
                        <span class="identity-name">{entry.who}</span>
                        {entry.role.map(|role| view! { <small>{role}</small> })}
                    </span>
                </span>
            </td>
            <td class="audit-what">
                <span>{entry.what} {subject(entry.subject)}</span>
                {details(entry.details)}
            </td>
            <td class="audit-client">{client}</td>
            <td class="audit-from">
                {entry.ip} {entry.agent.map(|agent| view! { <small class="truncate">{agent}</small> })}
            </td>
        </tr>
    }
    .into_any()
}

fn subject(subject: Option<(String, Option<String>)>) -> Option<AnyView> {
    let (noun, address) = subject?;
    let href = address?;
    Some(
        view! {
            " "
            <a href=href>{format!("Open the {noun}")}</a>
        }
        .into_any(),
    )
}

fn details(details: Vec<(String, Option<String>, Option<String>)>) -> Option<AnyView> {
    if details.is_empty() {
        return None;
    }
    let one = |(name, before, after): (String, Option<String>, Option<String>)| {
        let after = after.unwrap_or_else(|| "nothing".to_owned());
        view! {
            <li>
                <b>{name}</b>
                " "
                {before
                    .map(|before| {
                        view! {
                            <span>{before}</span>
                            <span aria-hidden="true">" → "</span>
                            <span class="sr-only">" became "</span>
                        }
                    })}
                <span>{after}</span>
            </li>
        }
    };
    Some(
        view! { <ul class="audit-details">{details.into_iter().map(one).collect_view()}</ul> }
            .into_any(),
    )
}
