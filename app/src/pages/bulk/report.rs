//! What becomes of each row of a file.

use domain::ClientId;
use domain::rules::Severity;
use leptos::prelude::*;

use crate::api::bulk::{ImportData, ImportRow, RowStanding};
use crate::components::{Icon, Notice, Status, StatusInline};

/// The whole in one sentence, with the one thing to do about it.
pub(super) fn head(client: ClientId, data: &ImportData) -> AnyView {
    let (wrong, known) = (
        data.count(RowStanding::Wrong),
        data.count(RowStanding::Known),
    );
    let skipped = match known {
        0 => String::new(),
        1 => " 1 row is there already, and is skipped.".to_owned(),
        many => format!(" {many} rows are there already, and are skipped."),
    };
    if let Some(kept) = data.imported {
        let lead = match kept {
            0 => "Nothing new was imported.".to_owned(),
            1 => "1 draft is kept.".to_owned(),
            many => format!("{many} drafts are kept."),
        };
        let month = data
            .month
            .as_ref()
            .map_or_else(String::new, |month| format!("?month={month}"));
        let href = format!("/clients/{client}/calendar{month}");
        let action = move || {
            view! {
                <a class="button secondary small" href=href>
                    {Icon::Calendar.view()}
                    "Show the calendar"
                </a>
            }
        };
        return view! {
            <Notice status=Status::Approved icon=Icon::Check lead action=action>
                {skipped}
            </Notice>
        }
        .into_any();
    }
    if wrong > 0 {
        let lead = match wrong {
            1 => "1 row has to be mended first.".to_owned(),
            many => format!("{many} rows have to be mended first."),
        };
        return view! {
            <Notice status=Status::Failed lead>
                "Mend them in your file and choose it again, or in the field above. Nothing is imported until every row can be."
            </Notice>
        }
        .into_any();
    }
    let ready = data.rows.len() - known;
    let lead = match ready {
        0 => "There is nothing new in it.".to_owned(),
        1 => "1 row can be imported.".to_owned(),
        many => format!("{many} rows can be imported."),
    };
    view! {
        <Notice status=Status::Scheduled icon=Icon::Info lead>
            {skipped}
        </Notice>
    }
    .into_any()
}

/// The rows.
#[component]
pub(super) fn Report(rows: Vec<ImportRow>) -> impl IntoView {
    view! {
        <table class="table stacks bulk-report">
            <thead>
                <tr>
                    <th scope="col" class="number">
                        "Line"
                    </th>
                    <th scope="col">"Goes out"</th>
                    <th scope="col">"Post"</th>
                    <th scope="col">"What becomes of it"</th>
                </tr>
            </thead>
            <tbody>{rows.into_iter().map(row).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn row(row: ImportRow) -> AnyView {
    let (status, words, icon) = match row.standing {
        RowStanding::Fine => (Status::Approved, "Becomes a draft", Icon::Check),
        RowStanding::Doubtful => (Status::Waiting, "Becomes a draft", Icon::Triangle),
        RowStanding::Known => (Status::Draft, "Skipped", Icon::Info),
        RowStanding::Wrong => (Status::Failed, "Mend it", Icon::Failed),
    };
    let told = row
        .told
        .into_iter()
        .map(|(severity, sentence)| {
            let class = if severity == Severity::Error {
                "bulk-wrong"
            } else {
                "muted"
            };
            view! { <li class=class>{sentence}</li> }
        })
        .collect_view();
    view! {
        <tr>
            <td class="number bulk-line">{row.line}</td>
            <td class="bulk-when">{row.when}</td>
            <td class="bulk-post">
                <div>{row.title}</div>
                <small class="muted">{row.facts}</small>
            </td>
            <td class="bulk-becomes">
                <StatusInline status words icon />
                <ul>{told}</ul>
            </td>
        </tr>
    }
    .into_any()
}
