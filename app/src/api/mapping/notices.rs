//! What people were told, mail, and webhooks, as pages show them.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use domain::time::{local, local_label};
use services::clients::ClientView;
use services::notify::NoticeView;
use services::outbox::{MailView, Outbox};
use services::webhooks_out::{EndpointView, MessageView};

use super::day_and_time;
use crate::api::notices::NoticeRow;
use crate::api::outbox::{MailRow, MailState, OutboxData};
use crate::api::webhooks::{EndpointRow, MessageRow, MessageState};

/// A notice, its time on the wall of its client.
pub(in crate::api) fn notice(
    clients: &[ClientView],
    now: DateTime<Utc>,
    view: NoticeView,
) -> NoticeRow {
    let client = clients.iter().find(|client| Some(client.id) == view.client);
    let zone = client.map(|client| client.zone);
    let at = match zone {
        Some(zone) => day_and_time(local(view.at, zone), local(now, zone).date()),
        None => in_utc(view.at),
    };
    NoticeRow {
        id: view.id,
        client: client
            .filter(|_| clients.len() > 1)
            .map(|client| client.name.clone()),
        kind: view.kind.parse().ok(),
        title: view.title,
        body: view.body,
        href: view.href,
        at,
        is_read: view.is_read,
    }
}

/// A page of the outbox.
pub(in crate::api) fn outbox(page: Outbox) -> OutboxData {
    OutboxData {
        has_server: page.has_server,
        waiting: page.waiting,
        next: page.next.map(|before| before.to_rfc3339()),
        rows: page.mails.into_iter().map(mail).collect(),
    }
}

fn mail(view: MailView) -> MailRow {
    let state = match view.state.as_str() {
        "sending" => MailState::Sending,
        "sent" => MailState::Sent,
        "failed" => MailState::Failed,
        "unknown" => MailState::Unknown,
        _ => MailState::Waiting,
    };
    let again = view.next_try_at.filter(|_| view.tries > 0);
    MailRow {
        id: view.id,
        to: view.recipient,
        subject: view.subject,
        at: in_utc(view.created_at),
        then: match (view.sent_at, again) {
            (Some(sent), _) => Some(in_utc(sent)),
            (None, Some(again)) => Some(format!("Tries again {}", in_utc(again))),
            (None, None) => None,
        },
        state,
        problem: view.last_problem,
    }
}

/// An address that is told.
pub(in crate::api) fn endpoint(view: EndpointView) -> EndpointRow {
    EndpointRow {
        id: view.id,
        url: view.url,
        client: view.client,
        disabled: view
            .disabled
            .map(|(since, why)| format!("Since {}. {why}", in_utc(since))),
        last: view.last.into_iter().map(message).collect(),
    }
}

fn message(view: MessageView) -> MessageRow {
    let state = match view.state.as_str() {
        "sent" => MessageState::Sent,
        "failed" => MessageState::Failed,
        _ => MessageState::Waiting,
    };
    let mut parts = Vec::new();
    parts.extend(view.problem.filter(|_| state != MessageState::Sent));
    if let Some(next) = view.next.filter(|_| view.tries > 0) {
        parts.push(format!("Tells it again {}.", in_utc(next)));
    }
    MessageRow {
        kind: view.kind,
        at: in_utc(view.at),
        state,
        detail: parts.join(" "),
    }
}

/// "Wed 25 Nov, 02:40 UTC": the agency itself has no wall.
fn in_utc(at: DateTime<Utc>) -> String {
    format!("{} UTC", local_label(local(at, Tz::UTC)))
}
