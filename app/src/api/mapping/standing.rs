//! How deliveries stand, what is paused, and what a person has to look at.

use chrono::{DateTime, Utc};
use domain::ClientId;
use domain::time::local;
use services::accounts::{Account, account_name};
use services::clients::ClientView;
use services::controls::{Pause, PauseScope, Pauses};
use services::frame::FrameFacts;
use services::posts::{Delivery, Post, SentNow, Verdict};
use services::standing::{Standing, findings};
use services::{Actor, ServiceResult, Services};

use super::day_and_time;
use crate::api::accounts::AccountNote;
use crate::api::controls::{Look, PauseData, PauseReach};
use crate::api::deliveries::{Answer, Held, SendAnswer, StandingData};

pub(in crate::api) async fn look(
    services: &Services,
    actor: &Actor,
    client: Option<ClientId>,
    facts: &FrameFacts,
) -> ServiceResult<Look> {
    let count = |count: i64| u32::try_from(count).unwrap_or(u32::MAX);
    let view = facts.clients.iter().find(|view| Some(view.id) == client);
    // Only accounts that are paused are called by their names.
    let names = match client {
        Some(client) if !facts.pauses.accounts.is_empty() => {
            let accounts = services.accounts(actor, client).await?;
            accounts.into_iter().map(|health| health.account).collect()
        }
        _ => Vec::new(),
    };
    Ok(Look {
        version: facts.version,
        unread: count(facts.unread),
        accounts_attention: count(facts.accounts_attention),
        approvals: count(facts.waiting),
        pauses: pauses_data(view, services.clock.now(), facts.pauses.clone(), &names),
    })
}

fn pauses_data(
    view: Option<&ClientView>,
    now: DateTime<Utc>,
    pauses: Pauses,
    accounts: &[Account],
) -> Vec<PauseData> {
    let everything = pauses
        .everything
        .map(|pause| pause_data(view, now, PauseReach::Everything, None, pause));
    let client = pauses.client.map(|pause| {
        let name = view.map(|view| view.name.clone());
        pause_data(view, now, PauseReach::Client, name, pause)
    });
    let on_accounts = pauses.accounts.into_iter().map(|(id, pause)| {
        let account = accounts.iter().find(|account| account.id == id);
        let name = account
            .map(|account| account_name(account.handle.as_deref(), account.nickname.as_deref()));
        pause_data(view, now, PauseReach::Account(id), name, pause)
    });
    everything
        .into_iter()
        .chain(client)
        .chain(on_accounts)
        .collect()
}

/// Times are on the client's wall; where no client is meant, in UTC, and say so.
fn pause_data(
    view: Option<&ClientView>,
    now: DateTime<Utc>,
    reach: PauseReach,
    name: Option<String>,
    pause: Pause,
) -> PauseData {
    PauseData {
        reach,
        name,
        since: match view {
            Some(view) => uncapitalised(&at(view, now, pause.since)),
            None => format!("{} UTC", pause.since.format("%a %-d %b, %H:%M")),
        },
        by: pause.by,
        held: u32::try_from(pause.held).unwrap_or(u32::MAX),
    }
}

fn one_pause(
    view: &ClientView,
    now: DateTime<Utc>,
    account: &str,
    (scope, pause): (PauseScope, Pause),
) -> PauseData {
    let (reach, name) = match scope {
        PauseScope::Everything => (PauseReach::Everything, None),
        PauseScope::Client(_) => (PauseReach::Client, Some(view.name.clone())),
        PauseScope::Account(_, id) => (PauseReach::Account(id), Some(account.to_owned())),
    };
    pause_data(Some(view), now, reach, name, pause)
}

pub(in crate::api) fn send_answer(
    view: &ClientView,
    now: DateTime<Utc>,
    sent: SentNow,
) -> SendAnswer {
    SendAnswer {
        pause: sent
            .pause
            .map(|pause| one_pause(view, now, &sent.account_name, pause)),
    }
}

pub(in crate::api) fn verdict(answer: Answer, address: Option<String>) -> Verdict {
    match answer {
        Answer::Found => Verdict::Published(address.unwrap_or_default()),
        Answer::SendAgain => Verdict::SendAgain,
        Answer::GiveUp => Verdict::GiveUp,
    }
}

pub(in crate::api) fn held(delivery: &Delivery) -> Option<Held> {
    match delivery.held.as_deref()? {
        "reconnect" => Some(Held::Reconnect),
        _ => Some(Held::Paused),
    }
}

pub(in crate::api) fn standing(
    view: &ClientView,
    now: DateTime<Utc>,
    standing: Standing,
) -> StandingData {
    let found = standing.findings().to_vec();
    let Standing {
        delivery, account, ..
    } = standing;
    let account_name = account_name(account.handle.as_deref(), account.nickname.as_deref());
    StandingData {
        id: delivery.id,
        state: delivery.state,
        platform: account.platform,
        profile_url: standing.profile,
        due: at(view, now, delivery.due_at),
        latest: at(view, now, standing.latest),
        published: delivery.published_at.map(|time| at(view, now, time)),
        held: held(&delivery),
        next_look: delivery.next_step_at.map(|time| at(view, now, time)),
        post_url: delivery.post_url,
        problem: delivery.last_problem,
        pause: standing
            .pause
            .map(|pause| one_pause(view, now, &account_name, pause)),
        cancel_asked: standing.cancel_asked.map(|(time, by)| {
            let who = by.unwrap_or_else(|| "Somebody".to_owned());
            format!(
                "{who} asked for that {}",
                uncapitalised(&at(view, now, time))
            )
        }),
        cancel_refused: standing.cancel_refused,
        is_unchanged: standing.is_unchanged,
        sends_late: standing.sends_late,
        findings: found,
        account_name,
    }
}

pub(in crate::api) fn account_notes(
    view: &ClientView,
    now: DateTime<Utc>,
    rows: &[(Delivery, Post, Account)],
) -> Vec<AccountNote> {
    let mut notes: Vec<AccountNote> = Vec::new();
    for (delivery, post, account) in rows {
        let place = notes.iter().position(|note| note.account == account.id);
        let place = place.unwrap_or_else(|| {
            notes.push(AccountNote {
                account: account.id,
                held_by_pause: 0,
                held_for_reconnecting: 0,
                findings: Vec::new(),
            });
            notes.len() - 1
        });
        let note = &mut notes[place];
        match held(delivery) {
            Some(Held::Paused) => note.held_by_pause += 1,
            Some(Held::Reconnect) => note.held_for_reconnecting += 1,
            None => {
                let due = at(view, now, delivery.due_at);
                let found = findings(delivery).iter();
                note.findings
                    .extend(found.map(|finding| (post.id, due.clone(), finding.clone())));
            }
        }
    }
    notes
}

/// "Today, 09:00".
fn at(view: &ClientView, now: DateTime<Utc>, time: DateTime<Utc>) -> String {
    day_and_time(local(time, view.zone), local(now, view.zone).date())
}

/// "today, 09:00" within a sentence; the name of a day keeps its capital.
fn uncapitalised(words: &str) -> String {
    for day in ["Today", "Tomorrow", "Yesterday"] {
        if let Some(rest) = words.strip_prefix(day) {
            return format!("{}{rest}", day.to_lowercase());
        }
    }
    words.to_owned()
}
