//! How far the chain goes, and what a look at it found. Nothing here claims more than was looked at.

use leptos::prelude::*;

use super::address;
use crate::api::audit::{AuditQuery, ChainedData, CheckedData};
use crate::components::{Icon, Notice, Status};

/// The line above the list.
pub(super) fn standing(
    asked: &AuditQuery,
    chained: Option<ChainedData>,
    checked: Option<CheckedData>,
) -> AnyView {
    let href = format!("/audit{}", address(asked, &[("check", "newest")]));
    let check = move || {
        view! {
            <a class="button secondary small" href=href>
                "Verify the newest entries"
            </a>
        }
        .into_any()
    };
    match (checked, chained) {
        (Some(checked), _) if !checked.problems.is_empty() => {
            let problems = checked.problems.join(" ");
            view! {
                <Notice
                    status=Status::Failed
                    alert=true
                    lead="The audit is not what was written."
                    action=check
                >
                    {problems}
                    " Keep a copy of the database, and run autopost audit verify on the server."
                </Notice>
            }
            .into_any()
        }
        (Some(checked), chained) => {
            let entries = match checked.entries {
                1 => "The newest entry is".to_owned(),
                count => format!("The newest {count} entries are"),
            };
            let rest = chained.map_or_else(String::new, |chained| {
                format!(
                    "Verified {}. The chain ends with link {}, hash {}.",
                    checked.at, chained.seq, chained.hash
                )
            });
            view! {
                <Notice
                    status=Status::Approved
                    lead=format!("{entries} as they were written.")
                    action=check
                >
                    {rest}
                </Notice>
            }
            .into_any()
        }
        (None, Some(chained)) => {
            let hash: String = chained.hash.chars().take(16).collect();
            view! {
                <Notice icon=Icon::Shield lead="This list is only ever added to." action=check>
                    {format!("Each is chained to all before it; the last link is {}, hash {hash}…", chained.seq)}
                </Notice>
            }
            .into_any()
        }
        (None, None) => view! {
            <Notice icon=Icon::Shield lead="Nothing is chained yet.">
                "Each entry is chained to all before it within seconds."
            </Notice>
        }
        .into_any(),
    }
}
