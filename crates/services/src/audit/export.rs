//! The audit as a file for spreadsheets.

use chrono_tz::Tz;
use domain::time::local;

use super::details::{details, sentence};
use super::read::AuditEntry;

/// The line above all others.
#[must_use]
pub fn head(zone: Tz) -> String {
    line(&[
        "Number",
        &format!("Time ({zone})"),
        "Time (UTC)",
        "Who",
        "Role",
        "Client",
        "What",
        "Action",
        "On",
        "Id",
        "Details",
        "From",
        "Browser",
    ])
}

/// The line of an entry.
#[must_use]
pub fn row(entry: &AuditEntry, zone: Tz) -> String {
    let details: Vec<String> = details(entry)
        .into_iter()
        .map(|detail| match (detail.before, detail.after) {
            (Some(before), Some(after)) => format!("{}: {before} → {after}", detail.name),
            (Some(before), None) => format!("{}: {before} → nothing", detail.name),
            (None, after) => format!("{}: {}", detail.name, after.unwrap_or_default()),
        })
        .collect();
    line(&[
        &entry.id.to_string(),
        &local(entry.at, zone)
            .format("%Y-%m-%d %H:%M:%S")
            .to_string(),
        &entry.at.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string(),
        &entry.actor_name,
        entry.actor_role.as_deref().unwrap_or_default(),
        entry.client_name.as_deref().unwrap_or_default(),
        &sentence(entry),
        &entry.action,
        entry.subject_kind.as_deref().unwrap_or_default(),
        entry.subject_id.as_deref().unwrap_or_default(),
        &details.join("; "),
        entry.ip.as_deref().unwrap_or_default(),
        entry.agent.as_deref().unwrap_or_default(),
    ])
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
    format!("{}\r\n", cells.join(","))
}

/// A cell that no spreadsheet reads as a formula: names and browsers say what anybody typed.
fn quoted(cell: &str) -> String {
    let first = cell.trim_start().chars().next();
    let is_formula = matches!(
        first,
        Some('=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
    ) || cell.starts_with(['\t', '\r', '\n']);
    let guard = if is_formula { "'" } else { "" };
    format!("\"{guard}{}\"", cell.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn nothing_is_read_as_a_formula() {
        for (cell, expected) in [
            ("Zoë", "\"Zoë\""),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=1+1", "\"'=1+1\""),
            (" =1+1", "\"' =1+1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("-2", "\"'-2\""),
            ("＝1", "\"'＝1\""),
            ("\t=1", "\"'\t=1\""),
            ("2026-10-14", "\"2026-10-14\""),
            ("", "\"\""),
        ] {
            assert_eq!(quoted(cell), expected);
        }
    }
}
