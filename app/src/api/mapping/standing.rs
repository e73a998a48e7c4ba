//! How deliveries stand, what is paused, and what a person has to look at.

use chrono::{DateTime, Utc};
use domain::ClientId;
use domain::post::caption_title;
use domain::rules::Severity;
use domain::time::local;
use services::accounts::{Account, account_name};
use services::clients::ClientView;
use services::controls::{Pause, PauseScope, Pauses};
use services::posts::{Delivery, Post, SentNow, Verdict};
use services::standing::{Standing, findings};
use services::{Actor, ServiceResult, Services};

use super::day_and_time;
use crate::api::accounts::AccountNote;
use crate::api::controls::{Look, PauseData, PauseReach};
use crate::api::deliveries::{Answer, Held, SendAnswer, StandingData};
use crate::api::posts::{AttentionItem, AttentionKind};

pub(in crate::api) async fn look(
    services: &Services,
    actor: &Actor,
    client: Option<ClientId>,
    version: i64,
) -> ServiceResult<Look> {
    let pauses = services.pauses(actor, client).await?;
    let approvals = services.count_waiting(actor, client).await?;
    let approvals = u32::try_from(approvals).unwrap_or(u32::MAX);
    let unread = services.unread_notices(actor).await?;
    let Some(client) = client else {
        return Ok(Look {
            version,
            unread,
            accounts_attention: 0,
            approvals,
            pauses: pauses_data(None, services.clock.now(), pauses, &[]),
        });
    };
    let view = services.client(actor, client).await?;
    let names = if pauses.accounts.is_empty() {
        Vec::new()
    } else {
        services.accounts(actor, client).await?
    };
    let names: Vec<_> = names.into_iter().map(|health| health.account).collect();
    Ok(Look {
        version,
        unread,
        accounts_attention: services.accounts_needing_attention(actor, client).await?,
        approvals,
        pauses: pauses_data(Some(&view), services.clock.now(), pauses, &names),
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

pub(in crate::api) fn attention(
    view: &ClientView,
    now: DateTime<Utc>,
    rows: Vec<(Delivery, Post, Account)>,
) -> Vec<AttentionItem> {
    rows.into_iter()
        .filter_map(|(delivery, post, account)| {
            let (kind, sentence) = trouble(&delivery)?;
            Some(AttentionItem {
                kind,
                sentence,
                title: caption_title(delivery.caption(&post.caption), 60),
                account_name: account_name(account.handle.as_deref(), account.nickname.as_deref()),
                platform: account.platform,
                due: at(view, now, delivery.due_at),
                post: post.id,
                history: (delivery.attempt > 0).then_some(delivery.id),
            })
        })
        .collect()
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

fn trouble(delivery: &Delivery) -> Option<(AttentionKind, String)> {
    use domain::DeliveryState as S;
    let problem = |otherwise: &str| {
        let problem = delivery.last_problem.clone();
        problem.unwrap_or_else(|| otherwise.to_owned())
    };
    if let Some(held) = held(delivery) {
        return Some(match held {
            Held::Paused => (
                AttentionKind::Held(held),
                "Its minute has come; it goes out once publishing is resumed.".to_owned(),
            ),
            Held::Reconnect => (
                AttentionKind::Held(held),
                "It goes out once the account is connected again.".to_owned(),
            ),
        });
    }
    match delivery.state {
        S::Failed => Some((AttentionKind::Failed, problem("It did not go out."))),
        S::Unknown => Some((
            AttentionKind::Unknown,
            problem("Nobody knows yet whether it went out."),
        )),
        _ => {
            let found = findings(delivery);
            let first = found
                .iter()
                .find(|finding| finding.severity == Severity::Error)
                .or_else(|| found.first())?;
            let kind = AttentionKind::Found {
                blocks: first.severity == Severity::Error,
            };
            Some((kind, first.sentence.clone()))
        }
    }
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
