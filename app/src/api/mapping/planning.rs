//! What surrounds a post.

use chrono::{DateTime, Utc};
use domain::time::{local, local_label};
use services::bulk::import::{self, ImportReport};
use services::clients::ClientView;
use services::planning::notes::Note;

use crate::api::bulk::{ImportData, ImportRow, RowStanding};
use crate::api::notes::NoteData;

/// "Maja, Fri 16 Oct, 09:00".
pub(in crate::api) fn by_and_when(view: &ClientView, by: &str, at: DateTime<Utc>) -> String {
    format!("{by}, {}", local_label(local(at, view.zone)))
}

pub(in crate::api) fn note(view: &ClientView, note: Note) -> NoteData {
    NoteData {
        changed: by_and_when(view, &note.updated_by, note.updated_at),
        body: note.body,
        revision: note.revision,
    }
}

pub(in crate::api) fn import(report: ImportReport) -> ImportData {
    let first = report.rows.iter().filter_map(|row| row.day).min();
    ImportData {
        told: report.told,
        rows: report.rows.into_iter().map(import_row).collect(),
        zone_label: report.zone_label,
        imported: report
            .imported
            .map(|count| u32::try_from(count).unwrap_or(u32::MAX)),
        month: first.map(|day| day.format("%Y-%m").to_string()),
    }
}

fn import_row(row: import::ImportRow) -> ImportRow {
    let mut facts = row.accounts;
    match row.files {
        0 => {}
        1 => facts.push("1 file".to_owned()),
        many => facts.push(format!("{many} files")),
    }
    ImportRow {
        line: row.line,
        when: row.when,
        title: row.title,
        facts: facts.join(", "),
        standing: match row.standing {
            import::RowStanding::Fine => RowStanding::Fine,
            import::RowStanding::Doubtful => RowStanding::Doubtful,
            import::RowStanding::Known => RowStanding::Known,
            import::RowStanding::Wrong => RowStanding::Wrong,
        },
        told: row.told,
    }
}
