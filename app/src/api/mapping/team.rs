//! People, their sessions, and whom somebody has invited. None of it belongs to a client's wall, so times are
//! told by how long ago they are.

use chrono::{DateTime, Duration, Utc};
use services::team::{ClientsSeen, Gift, InvitationView, MemberView};
use services::users::{Me, SessionView};

use crate::api::me::{MeData, PendingData, SessionRow};
use crate::api::team::{GiftData, InvitationRow, MemberRow};

pub(in crate::api) fn member(view: MemberView, now: DateTime<Utc>) -> MemberRow {
    MemberRow {
        clients: clients(&view.clients),
        client_ids: view.clients.shown.iter().map(|(id, _)| *id).collect(),
        all_clients: view.clients.every,
        last_seen: view.last_seen_at.map(|at| ago(now, at)),
        id: view.id,
        name: view.name,
        email: view.email,
        role: view.role,
        is_disabled: view.is_disabled,
        is_me: view.is_me,
        may_change: view.may_change,
    }
}

pub(in crate::api) fn invitation(view: InvitationView, now: DateTime<Utc>) -> InvitationRow {
    InvitationRow {
        clients: clients(&view.clients),
        ends: ahead(now, view.expires_at),
        id: view.id,
        name: view.name,
        email: view.email,
        role: view.role,
        by: view.by,
        may_change: view.may_change,
    }
}

pub(in crate::api) fn gift(gift: Gift) -> GiftData {
    GiftData {
        roles: gift.roles,
        all_clients: gift.all_clients,
        clients: gift.clients,
    }
}

pub(in crate::api) fn me(me: Me, sessions: Vec<SessionView>, now: DateTime<Utc>) -> MeData {
    MeData {
        name: me.name,
        email: me.email,
        role: me.role,
        has_password: me.has_password,
        pending: me.pending.map(|pending| PendingData {
            new_email: pending.new_email,
            old_confirmed: pending.old_confirmed,
            new_confirmed: pending.new_confirmed,
            ends: ahead(now, pending.until),
        }),
        sessions: sessions
            .into_iter()
            .map(|session| SessionRow {
                id: session.id,
                device: session.device,
                ip: session.ip,
                by_link: session.by_link,
                opened: ago(now, session.created_at),
                // It is asking right now, although that is written down once an hour only.
                last_seen: if session.is_this {
                    "Just now".to_owned()
                } else {
                    ago(now, session.last_seen_at)
                },
                is_this: session.is_this,
            })
            .collect(),
    }
}

/// "Every client", "Kestrel Coffee, Northlane and 2 others".
fn clients(seen: &ClientsSeen) -> String {
    if seen.every {
        return "Every client".to_owned();
    }
    let mut names: Vec<String> = seen.shown.iter().map(|(_, name)| name.clone()).collect();
    match seen.hidden {
        0 => {}
        1 => names.push("1 other".to_owned()),
        hidden => names.push(format!("{hidden} others")),
    }
    match names.split_last() {
        None => "No client".to_owned(),
        Some((only, [])) => only.clone(),
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
    }
}

/// "Just now", "3 hours ago", "Yesterday", "5 days ago", "12 Oct 2026".
fn ago(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    let past = now - at;
    match (past.num_days(), past.num_hours()) {
        (0, 0) => "Just now".to_owned(),
        (0, 1) => "1 hour ago".to_owned(),
        (0, hours) => format!("{hours} hours ago"),
        (1, _) => "Yesterday".to_owned(),
        (days, _) if days < 30 => format!("{days} days ago"),
        _ => at.format("%-d %b %Y").to_string(),
    }
}

/// "in 6 days", "in 23 hours", "within the hour".
fn ahead(now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    // To the nearest hour: what lasts a week ends in seven days, not in six, a minute after it was made.
    let left = at - now + Duration::minutes(30);
    match (left.num_days(), left.num_hours()) {
        (0, 0) => "within the hour".to_owned(),
        (0, 1) => "in 1 hour".to_owned(),
        (0, hours) => format!("in {hours} hours"),
        (1, _) => "in 1 day".to_owned(),
        (days, _) => format!("in {days} days"),
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use services::team::ClientsSeen;

    use super::{ago, ahead, clients};

    #[test]
    fn times_are_told_by_how_far_away_they_are() {
        let now = DateTime::from_timestamp(1_791_979_200, 0).unwrap();
        for (hours, words) in [
            (0, "Just now"),
            (1, "1 hour ago"),
            (23, "23 hours ago"),
            (30, "Yesterday"),
            (120, "5 days ago"),
            (24 * 60, "15 Aug 2026"),
        ] {
            assert_eq!(ago(now, now - Duration::hours(hours)), words);
        }
        assert_eq!(ahead(now, now + Duration::days(7)), "in 7 days");
        let week = Duration::days(7) - Duration::minutes(1);
        assert_eq!(ahead(now, now + week), "in 7 days");
        assert_eq!(ahead(now, now + Duration::hours(5)), "in 5 hours");
        assert_eq!(ahead(now, now + Duration::minutes(20)), "within the hour");
    }

    #[test]
    fn clients_are_named_as_far_as_they_may_be() {
        let id = domain::ClientId::generate;
        let seen = |shown: &[&str], hidden| ClientsSeen {
            every: false,
            shown: shown
                .iter()
                .map(|name| (id(), (*name).to_owned()))
                .collect(),
            hidden,
        };
        assert_eq!(clients(&seen(&["Kestrel"], 0)), "Kestrel");
        assert_eq!(
            clients(&seen(&["Kestrel", "Northlane"], 0)),
            "Kestrel and Northlane"
        );
        assert_eq!(clients(&seen(&["Kestrel"], 2)), "Kestrel and 2 others");
    }
}
