//! Who did what: one list for all that was written down, with filters in the address.

mod filters;
mod list;
mod standing;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::address::query_value;
use crate::api::audit::{AuditData, AuditQuery, audit};
use crate::components::{Empty, Icon, TableSkeleton, TopBar};
use crate::pages::trouble::Trouble;
use crate::state::resource::resource;

/// The page.
#[component]
pub fn AuditPage() -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| {
        query.with(|query| {
            let get = |name| query.get(name).unwrap_or_default();
            let asked = AuditQuery {
                person: get("person"),
                client: get("client"),
                action: get("action"),
                from: get("from"),
                to: get("to"),
                before: get("before"),
            };
            (asked, !get("check").is_empty())
        })
    });
    let page = resource(
        move || asked.get(),
        |(asked, check)| async move {
            let AuditQuery {
                person,
                client,
                action,
                from,
                to,
                before,
            } = asked;
            audit(person, client, action, from, to, before, check).await
        },
    );
    let content = move || {
        let (asked, _) = asked.get();
        page.get().map(|page| match page {
            Ok(page) => shown(&asked, page),
            Err(error) => bare(view! { <Trouble error /> }.into_any()),
        })
    };
    view! {
        <Title text="Audit" />
        <Transition fallback=|| {
            bare(view! { <TableSkeleton rows=10 /> }.into_any())
        }>{content}</Transition>
    }
    .into_any()
}

fn bare(body: AnyView) -> AnyView {
    view! {
        <TopBar title="Audit" />
        <div class="page-body">{body}</div>
    }
    .into_any()
}

fn shown(asked: &AuditQuery, page: AuditData) -> AnyView {
    let export = format!("/audit.csv{}", address(asked, &[("before", "")]));
    let filters = filters::filters(asked, &page);
    let AuditData {
        rows,
        next,
        zone_label,
        chained,
        checked,
        ..
    } = page;
    let standing = standing::standing(asked, chained, checked);
    let body = if rows.is_empty() {
        view! {
            <Empty
                icon=Icon::Shield
                title="Nothing was written down that fits"
                line="Choose another person, client, action or period."
            >
                <a class="button secondary" href="/audit">
                    "Show everything"
                </a>
            </Empty>
        }
        .into_any()
    } else {
        list::table(rows)
    };
    view! {
        <TopBar title="Audit">
            <span class="chip">
                {Icon::Globe.view()} <span class="sr-only">"Times in "</span> {zone_label}
            </span>
            // Not a page: the router must leave it alone.
            <a class="button secondary small" href=export rel="external" download="">
                {Icon::Download.view()}
                <span>"Export CSV"</span>
            </a>
        </TopBar>
        <div class="page-body">{standing} {filters} {body} {pager(asked, next)}</div>
    }
    .into_any()
}

fn pager(asked: &AuditQuery, next: Option<i64>) -> impl IntoView + use<> {
    let newest = (!asked.before.is_empty()).then(|| {
        let href = format!("/audit{}", address(asked, &[("before", "")]));
        view! {
            <a class="button secondary small" href=href>
                "Newest"
            </a>
        }
    });
    let older = next.map(|next| {
        let href = format!("/audit{}", address(asked, &[("before", &next.to_string())]));
        view! {
            <a class="button secondary small" href=href>
                "Show older"
            </a>
        }
    });
    (newest.is_some() || older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                <span></span>
                <span class="button-row">{newest} {older}</span>
            </nav>
        }
    })
}

/// The query of an address that asks for the same, but for these.
fn address(asked: &AuditQuery, but: &[(&str, &str)]) -> String {
    let same = [
        ("person", asked.person.as_str()),
        ("client", asked.client.as_str()),
        ("action", asked.action.as_str()),
        ("from", asked.from.as_str()),
        ("to", asked.to.as_str()),
        ("before", asked.before.as_str()),
    ];
    let kept = same
        .into_iter()
        .filter(|(name, _)| !but.iter().any(|(other, _)| other == name));
    let pairs: Vec<String> = kept
        .chain(but.iter().copied())
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| format!("{name}={}", query_value(value)))
        .collect();
    if pairs.is_empty() {
        String::new()
    } else {
        format!("?{}", pairs.join("&"))
    }
}

#[cfg(test)]
mod tests {
    use super::address;
    use crate::api::audit::AuditQuery;

    #[test]
    fn an_address_keeps_what_was_asked_for() {
        let asked = AuditQuery {
            action: "signed_in".to_owned(),
            from: "2026-10-14".to_owned(),
            before: "70".to_owned(),
            ..AuditQuery::default()
        };
        assert_eq!(
            address(&asked, &[("before", "7")]),
            "?action=signed_in&from=2026-10-14&before=7"
        );
        assert_eq!(
            address(&asked, &[("before", ""), ("check", "a&b")]),
            "?action=signed_in&from=2026-10-14&check=a%26b"
        );
        assert_eq!(address(&AuditQuery::default(), &[]), "");
    }
}
