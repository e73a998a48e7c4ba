//! The calendar.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};
use domain::post::caption_title;
use domain::rules::{Finding, Severity};
use domain::time::{local_input, local_label, zone_place};
use domain::{ClientId, DeliveryState};
use services::accounts::account_name;
use services::clients::ClientView;
use services::posts::{
    Attention, CalendarPart, CalendarWish, Card, CardAccount, CardDelivery, LIST_PAGE, Layout,
    Moved,
};

use super::day_and_time;
use crate::api::calendar::{
    AttentionItem, AttentionKind, CalendarData, CalendarQuery, CardData, DayData, FilterAccount,
    MovedData, View,
};
use crate::api::deliveries::Held;

pub(in crate::api) fn calendar_wish(query: &CalendarQuery) -> CalendarWish {
    CalendarWish {
        layout: match query.view {
            View::Month => Layout::Month,
            View::Week => Layout::Week,
            View::List => Layout::List(query.page),
        },
        at: query.at.as_deref().and_then(day_of),
        opened: query.day.as_deref().and_then(|day| day.parse().ok()),
        accounts: query.accounts.clone(),
        statuses: query.statuses.clone(),
        tags: query.tags.clone(),
    }
}

/// Where another view of the same leads to: today, unless it only stands beside the month that is shown, or the first.
fn focus_of(
    days: &[NaiveDate],
    today: NaiveDate,
    in_month: impl Fn(NaiveDate) -> bool,
) -> Option<NaiveDate> {
    let mut shown = days.iter().copied().filter(|day| in_month(*day));
    let first = shown.next();
    if first == Some(today) || shown.any(|day| day == today) {
        Some(today)
    } else {
        first
    }
}

/// "2026-10" is its first day.
fn day_of(text: &str) -> Option<NaiveDate> {
    text.parse().or_else(|_| format!("{text}-01").parse()).ok()
}

pub(in crate::api) fn calendar(part: CalendarPart, query: &CalendarQuery) -> CalendarData {
    let today = part.now.date();
    let view = query.view;
    let steps = Steps::of(view, part.at, &part.days);
    let in_month = |day: NaiveDate| {
        view == View::Week || (day.year(), day.month()) == (part.at.year(), part.at.month())
    };
    let focus = focus_of(&part.days, today, in_month);
    let mut days: Vec<DayData> = part
        .days
        .iter()
        .map(|day| DayData {
            date: day.to_string(),
            label: if day.day() == 1 {
                day.format("%-d %b").to_string()
            } else {
                day.day().to_string()
            },
            long_label: day.format("%a %-d %b").to_string(),
            in_month: in_month(*day),
            is_today: *day == today,
            is_past: *day < today,
            count: 0,
            cards: Vec::new(),
        })
        .collect();
    let place = |day: i32| usize::try_from(day).unwrap_or(usize::MAX);
    for counted in &part.counts {
        if let Some(day) = days.get_mut(place(counted.day)) {
            day.count = u32::try_from(counted.posts).unwrap_or(u32::MAX);
        }
    }
    for (time, card) in part.cards {
        if let Some(day) = days.get_mut(place(card.day)) {
            day.cards.push(card_data(part.client.id, time, card));
        }
    }
    if view == View::List {
        days.retain(|day| !day.cards.is_empty());
    }
    let total = u32::try_from(part.total).unwrap_or(u32::MAX);
    CalendarData {
        title: steps.title,
        view,
        at: steps.at,
        previous: steps.previous,
        next: steps.next,
        focus: focus.unwrap_or(part.at).to_string(),
        zone_label: part.client.zone_label_with_offset.clone(),
        place: zone_place(part.client.zone),
        zone: part.client.zone.name().to_owned(),
        now: local_input(part.now),
        days,
        total,
        pages: total.div_ceil(u32::try_from(LIST_PAGE).unwrap_or(u32::MAX)),
        accounts: part.accounts.into_iter().map(filter_account).collect(),
        tags: part
            .tags
            .into_iter()
            .map(|tag| (tag.id, tag.name))
            .collect(),
        asks_client: part.client.approval_policy.is_required(),
        asks_nobody: part.client.approval_policy.first_stage().is_none(),
        attention: part
            .attention
            .into_iter()
            .filter_map(|one| attention(&part.client, today, one))
            .collect(),
        version: part.version,
    }
}

/// What is shown, and what lies beside it.
struct Steps {
    title: String,
    at: String,
    previous: String,
    next: String,
}

impl Steps {
    fn of(view: View, at: NaiveDate, days: &[NaiveDate]) -> Self {
        match view {
            View::Month | View::List => {
                let month = |of: Option<NaiveDate>| of.unwrap_or(at).format("%Y-%m").to_string();
                Self {
                    title: at.format("%B %Y").to_string(),
                    at: month(Some(at)),
                    previous: month(at.checked_sub_months(Months::new(1))),
                    next: month(at.checked_add_months(Months::new(1))),
                }
            }
            View::Week => {
                let monday = days.first().copied().unwrap_or(at);
                let sunday = days.last().copied().unwrap_or(at);
                let day = |of: Option<NaiveDate>| of.unwrap_or(monday).to_string();
                let begins = if monday.month() == sunday.month() {
                    monday.day().to_string()
                } else if monday.year() == sunday.year() {
                    monday.format("%-d %b").to_string()
                } else {
                    monday.format("%-d %b %Y").to_string()
                };
                let ends = if monday.month() == sunday.month() {
                    sunday.format("%-d %B %Y")
                } else {
                    sunday.format("%-d %b %Y")
                };
                Self {
                    title: format!("{begins}–{ends}"),
                    at: day(None),
                    previous: day(monday.checked_sub_days(Days::new(7))),
                    next: day(monday.checked_add_days(Days::new(7))),
                }
            }
        }
    }
}

fn card_data(client: ClientId, time: NaiveDateTime, card: Card) -> CardData {
    let found = worst(card.deliveries.iter().flat_map(found));
    CardData {
        post: card.id,
        local: local_input(time),
        at: card.due_at.timestamp(),
        title: caption_title(&card.caption, 60),
        status: card.status(),
        platforms: card
            .deliveries
            .iter()
            .map(|delivery| delivery.platform)
            .collect(),
        poster_url: card
            .picture
            .map(|id| format!("/clients/{client}/assets/{id}/poster")),
        history: card
            .deliveries
            .iter()
            .find(|delivery| delivery.attempt > 0)
            .map(|delivery| delivery.id),
        held: card.deliveries.iter().find_map(held),
        found,
    }
}

fn filter_account(account: CardAccount) -> FilterAccount {
    FilterAccount {
        id: account.id,
        name: account_name(account.handle.as_deref(), account.nickname.as_deref()),
        platform: account.platform,
    }
}

pub(in crate::api) fn moved(view: &ClientView, moved: &Moved) -> MovedData {
    MovedData {
        from: local_input(moved.from),
        from_which: moved.from_which.map(Into::into),
        label: format!("{} {}", local_label(moved.to), zone_place(view.zone)),
        asks_again: moved.asks_again,
        is_draft_now: moved.is_draft_now,
    }
}

fn held(delivery: &CardDelivery) -> Option<Held> {
    match delivery.held.as_deref() {
        Some("reconnect") => Some(Held::Reconnect),
        Some(_) => Some(Held::Paused),
        None => None,
    }
}

/// What was found about a delivery that is still to go out.
fn found(delivery: &CardDelivery) -> &[Finding] {
    if delivery.state == DeliveryState::Scheduled {
        &delivery.findings
    } else {
        &[]
    }
}

/// The worst of what was found: whether it blocks, and a sentence.
fn worst<'a>(found: impl Iterator<Item = &'a Finding> + Clone) -> Option<(bool, String)> {
    let blocks = |finding: &&Finding| finding.severity == Severity::Error;
    found
        .clone()
        .find(blocks)
        .or_else(|| found.clone().next())
        .map(|finding| (blocks(&finding), finding.sentence.clone()))
}

fn attention(view: &ClientView, today: NaiveDate, of: Attention) -> Option<AttentionItem> {
    let (kind, sentence) = trouble(&of)?;
    let due = domain::time::local(of.due_at, view.zone);
    Some(AttentionItem {
        kind,
        sentence,
        title: caption_title(&of.caption, 60),
        account_name: account_name(of.handle.as_deref(), of.nickname.as_deref()),
        platform: of.delivery.platform,
        due: day_and_time(due, today),
        at: of.due_at.timestamp(),
        local: local_input(due),
        post: of.post,
        history: (of.delivery.attempt > 0).then_some(of.delivery.id),
    })
}

fn trouble(of: &Attention) -> Option<(AttentionKind, String)> {
    let problem = |otherwise: &str| {
        let problem = of.last_problem.clone();
        problem.unwrap_or_else(|| otherwise.to_owned())
    };
    if let Some(held) = held(&of.delivery) {
        let sentence = match held {
            Held::Paused => "Its minute has come; it goes out once publishing is resumed.",
            Held::Reconnect => "It goes out once the account is connected again.",
        };
        return Some((AttentionKind::Held(held), sentence.to_owned()));
    }
    match of.delivery.state {
        DeliveryState::Failed => Some((AttentionKind::Failed, problem("It did not go out."))),
        DeliveryState::Unknown => Some((
            AttentionKind::Unknown,
            problem("Nobody knows yet whether it went out."),
        )),
        _ => {
            let (blocks, sentence) = worst(found(&of.delivery).iter())?;
            Some((AttentionKind::Found { blocks }, sentence))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_view_shows_the_same_month_also_where_today_stands_beside_it() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("a day");
        let days: Vec<NaiveDate> = day("2026-11-30").iter_days().take(35).collect();
        let december = |day: NaiveDate| day.month() == 12;
        let focus = |today| focus_of(&days, day(today), december).map(|day| day.to_string());
        assert_eq!(focus("2026-11-30").as_deref(), Some("2026-12-01"));
        assert_eq!(focus("2026-12-01").as_deref(), Some("2026-12-01"));
        assert_eq!(focus("2026-12-09").as_deref(), Some("2026-12-09"));
        assert_eq!(focus("2027-02-01").as_deref(), Some("2026-12-01"));
    }
}
