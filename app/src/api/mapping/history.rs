//! The history, its attempts and their steps.

use chrono_tz::Tz;
use domain::DeliveryState;
use domain::history::Tone;
use domain::media::{duration_label, moment_label, size_label};
use domain::post::{PlatformOptions, caption_title};
use domain::tiktok::privacy_label;
use domain::time::{local, local_label, zone_place};
use services::accounts::account_name;
use services::clients::ClientView;
use services::history::{self as use_case, Event};

use super::asset;
use super::standing::held;
use crate::api::deliveries::StandingData;
use crate::api::history::{
    ActivityData, AttemptData, DeliveryData, HistoryData, HistoryRow, StepData,
};

pub(in crate::api) fn history(view: &ClientView, page: use_case::HistoryPage) -> HistoryData {
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
        title: caption_title(delivery.caption(&post.caption), 80),
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
        held: held(&delivery),
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

pub(in crate::api) fn delivery(
    found: use_case::DeliveryHistory,
    standing: StandingData,
) -> DeliveryData {
    let zone = found.zone;
    let delivery = &found.row.delivery;
    let file = found.row.asset.as_ref();
    let total = file.map(|file| file.size_bytes.unsigned_abs());
    // A list of many shows what is drawn already; here it is what the platform shows.
    let poster_url = file.cloned().and_then(|row| {
        asset(delivery.client_id, row.into()).cover_url(delivery.options.video_cover())
    });
    DeliveryData {
        standing,
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
        row: HistoryRow {
            poster_url,
            ..history_row(found.row, zone)
        },
    }
}

/// "The frame at 0:12.4".
fn cover_words(at_ms: u32) -> String {
    match at_ms {
        0 => "The first frame".to_owned(),
        at_ms => format!("The frame at {}", moment_label(u64::from(at_ms))),
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
        if let Some(duration) = file.duration_ms {
            sent.push(pair("Length", duration_label(duration.unsigned_abs())));
        }
        sent.push(pair("Size", size_label(file.size_bytes.unsigned_abs())));
        sent.push(pair(
            "SHA-256",
            hex::encode(file.sha256.iter().copied().take(6).collect::<Vec<_>>()),
        ));
    }
    match &row.delivery.options {
        PlatformOptions::TikTok(options) => {
            let on = |on: bool| if on { "On" } else { "Off" };
            let is_video = row
                .asset
                .as_ref()
                .is_some_and(|file| file.duration_ms.is_some());
            if let Some(at) = options.video_cover().filter(|_| is_video) {
                sent.push(pair("Cover", cover_words(at)));
            }
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
        PlatformOptions::Bluesky(options) => {
            if !options.langs.is_empty() {
                sent.push(pair("Languages", options.langs.join(", ")));
            }
        }
    }
    sent
}

/// Groups events by attempt, newest first. What belongs to no attempt stands where it happened: with the
/// attempt before it.
fn attempts(found: &use_case::DeliveryHistory, zone: Tz) -> Vec<AttemptData> {
    let mut current = 0;
    let grouped: Vec<(i32, &Event)> = found
        .events
        .iter()
        .map(|event| {
            current = event.attempt.unwrap_or(current);
            (current, event)
        })
        .collect();
    let mut numbers: Vec<i32> = grouped.iter().map(|(number, _)| *number).collect();
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    let latest = numbers.first().copied().unwrap_or(0);
    let attempt = |number: i32| {
        let events: Vec<&Event> = grouped
            .iter()
            .filter(|(of, _)| *of == number)
            .map(|(_, event)| *event)
            .collect();
        let (outcome, tone) = outcome(number, number == latest, found.row.delivery.state);
        // What people did about it afterwards takes no time of the attempt's.
        let own = || events.iter().filter(|event| event.actor_name.is_none());
        let (first, last) = (
            own().next().map(|event| event.at),
            own().next_back().map(|event| event.at),
        );
        let took = first
            .zip(last)
            .map(|(first, last)| words((last - first).num_milliseconds()));
        let steps = steps(events.iter().rev().copied(), zone);
        AttemptData {
            number,
            outcome: outcome.to_owned(),
            tone,
            took: if number == 0 {
                String::new()
            } else {
                took.unwrap_or_default()
            },
            steps,
        }
    };
    numbers.into_iter().map(attempt).collect()
}

/// Newest first.
fn steps<'a>(events: impl Iterator<Item = &'a Event>, zone: Tz) -> Vec<StepData> {
    let mut day = None;
    events
        .map(|event| {
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
                kind: event.kind.clone(),
                tone: event.tone,
                title: event.title.clone(),
                detail: event.detail.clone(),
                platform_words: event.platform_words.clone(),
                // A step that took no time worth telling says nothing.
                took: event.duration_ms.filter(|took| *took >= 100).map(words),
                actor: event.actor_name.clone(),
            }
        })
        .collect()
}

pub(in crate::api) fn activity(found: use_case::Activity) -> ActivityData {
    let mut shown = steps(found.events.iter().map(|(event, _)| event), found.zone);
    for (step, (_, account)) in shown.iter_mut().zip(found.events) {
        if let Some(account) = account {
            step.title = format!("{} ({account})", step.title);
        }
    }
    ActivityData {
        steps: shown,
        version: found.version,
    }
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
