//! From what the use cases return to what pages show: times become text on the client's wall.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, Timelike, Utc};
use chrono_tz::Tz;
use domain::DeliveryState;
use domain::account::AccountStatus;
use domain::history::Tone;
use domain::media::{duration_label, size_label};
use domain::post::{PlatformOptions, caption_title};
use domain::tiktok::privacy_label;
use domain::time::{
    local, local_input, local_label, local_label_with_year, parse_local, zone_place,
};
use services::accounts::account_name;
use services::assets::AssetView;
use services::clients::ClientView;
use services::history as use_case;
use services::posts::{self, FullPost, PostInput};
use services::{ServiceError, ServiceResult};

use super::accounts::{AccountRow, Health};
use super::assets::AssetData;
use super::history::{AttemptData, DeliveryData, HistoryData, HistoryRow, StepData};
use super::posts::{CardData, ComposerData, DayData, Intent, MonthData, PostData, PostForm};

/// Access that ends within this many days without having been renewed is worth a warning.
const EXPIRY_WARNING_DAYS: i64 = 14;

pub(super) fn account_row(
    view: &ClientView,
    now: DateTime<Utc>,
    of: services::accounts::AccountHealth,
) -> AccountRow {
    let account = of.account;
    let at =
        |time: DateTime<Utc>| day_and_time(local(time, view.zone), local(now, view.zone).date());
    let days_left = of.refresh_expires_at.map(|end| (end - now).num_days());
    AccountRow {
        health: match (account.status, days_left) {
            (AccountStatus::Working, Some(days)) if days < EXPIRY_WARNING_DAYS => {
                Health::Expiring { days: days.max(0) }
            }
            (AccountStatus::Working, _) => Health::Working,
            _ => Health::NeedsReconnecting {
                reason: account.status_reason.unwrap_or_default(),
            },
        },
        id: account.id,
        platform: account.platform,
        nickname: account.nickname.unwrap_or_default(),
        handle: account.handle,
        avatar_url: account
            .avatar_key
            .map(|key| format!("/clients/{}/avatars/{}?v={key}", view.id, account.id)),
        last_success: of.last_success.map(at),
        next_post: of.next_post.map(at),
        publishing: of.publishing,
    }
}

/// "Today, 09:00", "Tomorrow, 12:30" or "Fri 16 Oct, 09:00".
fn day_and_time(time: NaiveDateTime, today: NaiveDate) -> String {
    match (time.date() - today).num_days() {
        0 => format!("Today, {}", time.format("%H:%M")),
        1 => format!("Tomorrow, {}", time.format("%H:%M")),
        _ if time.year() == today.year() => local_label(time),
        _ => local_label_with_year(time),
    }
}

pub(super) fn time_with_place(view: &ClientView, at: DateTime<Utc>) -> String {
    format!(
        "{} {}",
        local_label_with_year(local(at, view.zone)),
        zone_place(view.zone)
    )
}

pub(super) fn saved_label(view: &ClientView, at: DateTime<Utc>) -> String {
    format!("Saved {}", local(at, view.zone).format("%H:%M"))
}

impl AssetData {
    /// An asset with its addresses.
    #[must_use]
    pub fn new(client: domain::ClientId, view: AssetView) -> Self {
        asset(client, view)
    }
}

fn asset(client: domain::ClientId, view: AssetView) -> AssetData {
    let address = |file: &str| {
        (!view.deleted).then(|| format!("/clients/{client}/assets/{}/{file}", view.id))
    };
    AssetData {
        poster_url: address("poster"),
        video_url: address("file"),
        id: view.id,
        file_name: view.file_name,
        facts: view.facts,
        sha256: view.sha256,
    }
}

pub(super) fn month(view: &ClientView, month: posts::Month, has_accounts: bool) -> MonthData {
    let step =
        |months: Option<NaiveDate>| months.unwrap_or(month.first).format("%Y-%m").to_string();
    let mut cards: Vec<(NaiveDate, CardData)> = month
        .posts
        .into_iter()
        .map(|(local, post)| (local.date(), card(view, local, post)))
        .collect();
    let days = month.days.iter().map(|day| DayData {
        date: day.to_string(),
        label: if day.day() == 1 {
            day.format("%-d %b").to_string()
        } else {
            day.day().to_string()
        },
        long_label: day.format("%a %-d %b").to_string(),
        in_month: (day.year(), day.month()) == (month.first.year(), month.first.month()),
        is_today: *day == month.today,
        is_past: *day < month.today,
        cards: cards
            .extract_if(.., |(of, _)| of == day)
            .map(|(_, card)| card)
            .collect(),
    });
    MonthData {
        title: month.first.format("%B %Y").to_string(),
        month: month.first.format("%Y-%m").to_string(),
        days: days.collect(),
        previous: step(month.first.checked_sub_months(Months::new(1))),
        next: step(month.first.checked_add_months(Months::new(1))),
        zone_label: view.zone_label_with_offset.clone(),
        has_accounts,
        version: month.version,
    }
}

fn card(view: &ClientView, local: NaiveDateTime, post: FullPost) -> CardData {
    CardData {
        post: post.post.id,
        time: local.format("%H:%M").to_string(),
        title: caption_title(&post.post.caption, 60),
        state: post.state(),
        platforms: post
            .deliveries
            .iter()
            .map(|(_, account)| account.platform)
            .collect(),
        poster_url: post
            .assets
            .first()
            .and_then(|row| asset(view.id, row.clone().into()).poster_url),
        history: history_of(&post),
        is_editable: post.is_editable(),
    }
}

/// The delivery whose history tells what happened, once any was tried.
fn history_of(post: &FullPost) -> Option<domain::DeliveryId> {
    post.deliveries
        .iter()
        .find(|(delivery, _)| delivery.attempt > 0)
        .map(|(delivery, _)| delivery.id)
}

pub(super) fn composer(
    view: &ClientView,
    now: DateTime<Utc>,
    accounts: Vec<services::accounts::AccountHealth>,
    post: Option<FullPost>,
    at: Option<&str>,
) -> ServiceResult<ComposerData> {
    let now_local = local(now, view.zone);
    Ok(ComposerData {
        client_name: view.name.clone(),
        zone_label: view.zone_label.clone(),
        now_local: local_input(now_local),
        suggested_local: local_input(suggested(now_local, at)),
        accounts: accounts
            .into_iter()
            .map(|account| account_row(view, now, account))
            .collect(),
        post: post.map(|post| post_data(view, post)),
    })
}

/// The time a new post starts with: what was pointed at, or that day at nine, or the next full hour.
fn suggested(now: NaiveDateTime, at: Option<&str>) -> NaiveDateTime {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or(NaiveTime::MIN);
    let pointed_at = at.and_then(|at| {
        parse_local(at).or_else(|| Some(at.parse::<NaiveDate>().ok()?.and_time(nine)))
    });
    let full_hour = now
        .with_minute(0)
        .and_then(|time| time.with_second(0))
        .and_then(|time| time.with_nanosecond(0));
    let next_hour = full_hour.unwrap_or(now) + chrono::Duration::hours(1);
    pointed_at.filter(|time| *time > now).unwrap_or(next_hour)
}

fn post_data(view: &ClientView, post: FullPost) -> PostData {
    let first = post.deliveries.first().map(|(delivery, _)| delivery);
    PostData {
        id: post.post.id,
        state: post.state(),
        is_editable: post.is_editable(),
        is_deletable: post.deliveries.iter().all(|(delivery, _)| {
            delivery.attempt == 0
                && matches!(
                    delivery.state,
                    DeliveryState::Draft | DeliveryState::Cancelled
                )
        }),
        problem: first.and_then(|delivery| delivery.last_problem.clone()),
        post_url: first.and_then(|delivery| delivery.post_url.clone()),
        history: history_of(&post),
        target: post
            .deliveries
            .iter()
            // A disconnected account cannot be chosen again.
            .find(|(_, account)| account.status != AccountStatus::Disconnected)
            .map(|(delivery, account)| (account.id, delivery.options.clone())),
        local_time: local_input(local(post.post.due_at, view.zone)),
        saved_label: saved_label(view, post.post.updated_at),
        asset: post
            .assets
            .into_iter()
            .next()
            .map(|row| asset(view.id, row.into())),
        caption: post.post.caption,
    }
}

pub(super) fn post_input(form: PostForm) -> ServiceResult<PostInput> {
    let local_time = parse_local(&form.local_time).ok_or_else(|| {
        ServiceError::Invalid("Choose the day and time when this goes out.".to_owned())
    })?;
    Ok(PostInput {
        id: form.id,
        caption: form.caption,
        asset: form.asset,
        target: form.target,
        local_time,
    })
}

pub(super) fn intent(intent: Intent) -> posts::Intent {
    match intent {
        Intent::SaveDraft => posts::Intent::SaveDraft,
        Intent::Schedule => posts::Intent::Schedule,
        Intent::PublishNow => posts::Intent::PublishNow,
    }
}

pub(super) fn history(view: &ClientView, page: use_case::HistoryPage) -> HistoryData {
    HistoryData {
        client_name: view.name.clone(),
        next: page.next_before.map(|time| time.to_rfc3339()),
        version: page.version,
        rows: page
            .rows
            .into_iter()
            .map(|row| history_row(row, page.zone))
            .collect(),
    }
}

fn history_row(row: use_case::HistoryRow, zone: Tz) -> HistoryRow {
    let use_case::HistoryRow {
        delivery,
        post,
        account,
        asset: file,
    } = row;
    HistoryRow {
        id: delivery.id,
        title: caption_title(&post.caption, 80),
        poster_url: file.and_then(|row| asset(delivery.client_id, row.into()).poster_url),
        platform: account.platform,
        account_name: account_name(account.handle.as_deref(), account.nickname.as_deref()),
        state: delivery.state,
        due: local_label(local(delivery.due_at, zone)),
        published: delivery.published_at.map(|at| local_label(local(at, zone))),
        punctuality: delivery
            .published_at
            .map(|at| punctuality((at - delivery.due_at).num_seconds())),
        attempts: delivery.attempt,
        problem: delivery.last_problem,
        post_url: delivery.post_url,
    }
}

/// Within a minute is on time: nobody can tell the difference in a feed.
fn punctuality(late_seconds: i64) -> String {
    if late_seconds < 60 {
        "On time".to_owned()
    } else {
        format!("{} late", words(late_seconds * 1000))
    }
}

/// "0.4 s", "15 s", "1 min 17 s", "2 h 5 min".
fn words(milliseconds: i64) -> String {
    let seconds = milliseconds / 1000;
    match seconds {
        ..10 => format!("{}.{} s", seconds, milliseconds % 1000 / 100),
        10..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

pub(super) fn delivery(found: use_case::DeliveryHistory) -> DeliveryData {
    let zone = found.zone;
    let delivery = &found.row.delivery;
    let file = found.row.asset.as_ref();
    let total = file.map(|file| file.size_bytes.unsigned_abs());
    DeliveryData {
        post: found.row.post.id,
        due_exact: local(delivery.due_at, zone)
            .format("%a %-d %b %Y, %H:%M:%S")
            .to_string(),
        published_exact: delivery
            .published_at
            .map(|at| local(at, zone).format("%H:%M:%S").to_string()),
        place: zone_place(zone),
        progress: delivery.bytes_sent.map(i64::unsigned_abs).zip(total),
        sent: sent(&found.row),
        attempts: attempts(&found, zone),
        version: found.version,
        row: history_row(found.row, zone),
    }
}

fn sent(row: &use_case::HistoryRow) -> Vec<(String, String)> {
    let pair = |name: &str, value: String| (name.to_owned(), value);
    let mut sent = vec![pair(
        "Version",
        hex::encode(row.post.version.iter().copied().take(4).collect::<Vec<_>>()),
    )];
    if let Some(file) = &row.asset {
        sent.push(pair("File", file.file_name.clone()));
        sent.push(pair(
            "Length",
            duration_label(file.duration_ms.unsigned_abs()),
        ));
        sent.push(pair("Size", size_label(file.size_bytes.unsigned_abs())));
        sent.push(pair(
            "SHA-256",
            hex::encode(file.sha256.iter().copied().take(6).collect::<Vec<_>>()),
        ));
    }
    match &row.delivery.options {
        PlatformOptions::TikTok(options) => {
            let on = |on: bool| if on { "On" } else { "Off" };
            if let Some(level) = &options.privacy_level {
                sent.push(pair("Who can see it", privacy_label(level).to_owned()));
            }
            sent.push(pair(
                "Comment, Duet, Stitch",
                [
                    options.allow_comment,
                    options.allow_duet,
                    options.allow_stitch,
                ]
                .map(on)
                .join(", "),
            ));
            let disclosure = match (options.is_your_brand(), options.is_branded_content()) {
                (false, false) => "None",
                (true, false) => "Promotional content",
                (_, true) => "Paid partnership",
            };
            sent.push(pair("Disclosure", disclosure.to_owned()));
            sent.push(pair(
                "Made with AI",
                if options.ai_generated {
                    "Labelled"
                } else {
                    "Not labelled"
                }
                .to_owned(),
            ));
        }
    }
    sent
}

/// Groups events by attempt, newest first.
fn attempts(found: &use_case::DeliveryHistory, zone: Tz) -> Vec<AttemptData> {
    let mut numbers: Vec<i32> = found
        .events
        .iter()
        .map(|event| event.attempt.unwrap_or(0))
        .collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    let latest = numbers.first().copied().unwrap_or(0);
    let attempt = |number: i32| {
        let events: Vec<_> = found
            .events
            .iter()
            .filter(|event| event.attempt.unwrap_or(0) == number)
            .collect();
        let (outcome, tone) = outcome(number, number == latest, found.row.delivery.state);
        let (first, last) = (
            events.first().map(|event| event.at),
            events.last().map(|event| event.at),
        );
        let took = first
            .zip(last)
            .map(|(first, last)| words((last - first).num_milliseconds()));
        let mut day = None;
        let steps = events.iter().rev().map(|event| {
            let at = local(event.at, zone);
            let another_day = day.replace(at.date()) != Some(at.date());
            StepData {
                id: event.id,
                time: at.format("%H:%M:%S").to_string(),
                day: if another_day {
                    at.format("%a %-d %b").to_string()
                } else {
                    String::new()
                },
                tone: event.tone,
                title: event.title.clone(),
                detail: event.detail.clone(),
                platform_words: event.platform_words.clone(),
                // A step that took no time worth telling says nothing.
                took: event.duration_ms.filter(|took| *took >= 100).map(words),
                actor: event.actor_name.clone(),
            }
        });
        AttemptData {
            number,
            outcome: outcome.to_owned(),
            tone,
            took: if number == 0 {
                String::new()
            } else {
                took.unwrap_or_default()
            },
            steps: steps.collect(),
        }
    };
    numbers.into_iter().map(attempt).collect()
}

fn outcome(number: i32, is_latest: bool, state: DeliveryState) -> (&'static str, Tone) {
    if number == 0 {
        return ("Planned", Tone::Neutral);
    }
    match state {
        _ if !is_latest => ("Stopped, tried again", Tone::Warning),
        DeliveryState::Published => ("Published", Tone::Good),
        DeliveryState::Failed => ("Failed", Tone::Bad),
        DeliveryState::Unknown => ("Unknown", Tone::Bad),
        DeliveryState::Cancelled => ("Cancelled", Tone::Neutral),
        _ => ("Under way", Tone::Neutral),
    }
}
