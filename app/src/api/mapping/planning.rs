//! What surrounds a post.

use chrono::{DateTime, NaiveTime, Utc};
use domain::time::{local, local_label};
use services::accounts::{AccountHealth, account_name};
use services::bulk::import::{self, ImportReport};
use services::clients::ClientView;
use services::planning::notes::Note;
use services::planning::slots::Slot;
use services::planning::versions::SaveView;
use services::{ServiceError, ServiceResult};

use crate::api::bulk::{ImportData, ImportRow, RowStanding};
use crate::api::notes::NoteData;
use crate::api::slots::{AccountSlots, SlotData, SlotsData};
use crate::api::versions::SaveData;

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

pub(in crate::api) fn save(view: &ClientView, save: SaveView) -> SaveData {
    let is_first = save.changes.is_none();
    let (caption, others) = save.changes.map_or_else(Default::default, |of| {
        let data = super::approvals::changes(of);
        (data.caption, data.others)
    });
    SaveData {
        id: save.id,
        saved: by_and_when(view, &save.by, save.at),
        is_now: save.is_now,
        is_first,
        caption,
        others,
    }
}

pub(in crate::api) fn slots(
    view: &ClientView,
    accounts: Vec<AccountHealth>,
    slots: &[Slot],
    may_change: bool,
) -> SlotsData {
    let accounts = accounts.into_iter().map(|AccountHealth { account, .. }| {
        let name = account_name(account.handle.as_deref(), account.nickname.as_deref());
        AccountSlots {
            name: format!("{name} on {}", account.platform),
            slots: slots
                .iter()
                .filter(|slot| slot.account_id == account.id)
                .map(slot)
                .collect(),
            account: account.id,
        }
    });
    SlotsData {
        zone_label: view.zone_label_with_offset.clone(),
        accounts: accounts.collect(),
        may_change,
    }
}

fn slot(of: &Slot) -> SlotData {
    const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    let day = usize::try_from(of.weekday)
        .ok()
        .and_then(|day| DAYS.get(day));
    let time = of.wall_time.format("%H:%M").to_string();
    SlotData {
        weekday: of.weekday,
        label: format!("{} {time}", day.copied().unwrap_or_default()),
        time,
    }
}

/// "09:00", as `<input type="time">` writes it, with or without seconds.
pub(in crate::api) fn wall_time(text: &str) -> ServiceResult<NaiveTime> {
    ["%H:%M", "%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveTime::parse_from_str(text.trim(), format).ok())
        .ok_or_else(|| ServiceError::Invalid("Choose a time of the day.".to_owned()))
}
