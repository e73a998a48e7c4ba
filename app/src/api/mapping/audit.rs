//! The audit, in words and on a wall.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::Role;
use domain::audit::AuditAction;
use domain::time::local;
use services::audit::details::{details, sentence};
use services::audit::read::{AuditEntry, AuditPage};
use services::audit::verify::Verdict;

use crate::api::audit::{AuditData, AuditRow, ChainedData, CheckedData};

pub(in crate::api) fn audit(
    page: AuditPage,
    checked: Option<(Verdict, DateTime<Utc>)>,
) -> AuditData {
    let zone = page.zone;
    AuditData {
        rows: page
            .entries
            .into_iter()
            .map(|entry| row(entry, zone))
            .collect(),
        next: page.next,
        zone_label: page.zone_label,
        people: page.people,
        clients: page.clients,
        chained: page.chained.map(|(seq, hash)| ChainedData {
            seq,
            hash: hex::encode(hash),
        }),
        checked: checked.map(|(verdict, at)| CheckedData {
            entries: verdict.checked,
            at: local(at, zone).format("%a %-d %b %Y, %H:%M:%S").to_string(),
            problems: verdict.problems.iter().map(ToString::to_string).collect(),
        }),
    }
}

fn row(entry: AuditEntry, zone: Tz) -> AuditRow {
    let at = local(entry.at, zone);
    // The sentence names both states of a delivery already.
    let is_move = entry.action == AuditAction::DeliveryMoved.as_str();
    let told = details(&entry)
        .into_iter()
        .filter(|detail| !is_move || detail.name != "state")
        .map(|detail| (detail.name, detail.before, detail.after))
        .collect();
    AuditRow {
        id: entry.id,
        day: at.format("%a %-d %b %Y").to_string(),
        time: at.format("%H:%M:%S").to_string(),
        what: sentence(&entry),
        role: entry
            .actor_role
            .as_deref()
            .map(|role| match role.parse::<Role>() {
                Ok(role) => role.name().to_owned(),
                Err(_) => role.to_owned(),
            }),
        subject: subject(&entry),
        client: entry
            .client
            .map(|id| (id.into(), entry.client_name.unwrap_or_default())),
        details: told,
        who: entry.actor_name,
        ip: entry.ip,
        agent: entry.agent,
    }
}

/// What something was done to, and where it can be seen, if it still is there.
fn subject(entry: &AuditEntry) -> Option<(String, Option<String>)> {
    let kind = entry.subject_kind.as_deref()?;
    let id = entry.subject_id.as_deref()?;
    let client = entry.client.map(domain::ClientId::from);
    let address = client.and_then(|client| match kind {
        "post" => Some(format!("/clients/{client}/posts/{id}")),
        "delivery" => Some(format!("/clients/{client}/history/{id}")),
        "account" => Some(format!("/clients/{client}/accounts")),
        "client" => Some(format!("/clients/{client}/settings")),
        _ => None,
    });
    Some((kind.replace('_', " "), address))
}
