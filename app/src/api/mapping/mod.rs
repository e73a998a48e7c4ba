//! From what the use cases return to what pages show: times become text on the client's wall.

mod approvals;
mod audit;
mod calendar;
mod connect_links;
mod copies;
mod history;
mod library;
mod notices;
mod planning;
mod portal;
mod posts;
mod standing;
mod team;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, Utc};
use domain::account::AccountStatus;
use domain::time::{local, local_label, local_label_with_year, zone_place};
use services::assets::AssetView;
use services::clients::ClientView;

use super::accounts::{AccountRow, Health};
use super::assets::{AssetData, MadeFrom};

pub(super) use approvals::{board, by_client, changes, review_of};
pub(super) use audit::audit;
pub(super) use calendar::{calendar, calendar_wish, moved};
pub(super) use connect_links::{connect_visit, made_connect_link};
pub(super) use copies::{copy, copy_wish};
pub(super) use history::{activity, delivery, history};
pub(super) use library::{asset_detail, library, library_filter};
pub(super) use notices::{endpoint, notice, outbox};
pub(super) use planning::{by_and_when, import, note, save, slots, wall_time};
pub(super) use portal::{
    decided, inbox, moment, portal_activity, portal_month, portal_post, portal_published,
};
pub(super) use posts::{composer, intent, newer_post, post_input, refuse_save};
pub(super) use standing::{account_notes, look, send_answer, standing, verdict};
pub(super) use team::{gift, invitation, me, member};

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

/// The same for the client's own people, who have addresses of their own.
pub(super) fn portal_account_row(
    view: &ClientView,
    now: DateTime<Utc>,
    of: services::accounts::AccountHealth,
) -> AccountRow {
    let row = account_row(view, now, of);
    AccountRow {
        avatar_url: row.avatar_url.map(|address| format!("/portal{address}")),
        ..row
    }
}

/// A time on the client's wall, as near as it is.
pub(super) fn near_time(view: &ClientView, now: DateTime<Utc>, at: DateTime<Utc>) -> String {
    day_and_time(local(at, view.zone), local(now, view.zone).date())
}

/// "Today, 09:00", "Tomorrow, 12:30" or "Fri 16 Oct, 09:00".
fn day_and_time(time: NaiveDateTime, today: NaiveDate) -> String {
    match (time.date() - today).num_days() {
        0 => format!("Today, {}", time.format("%H:%M")),
        1 => format!("Tomorrow, {}", time.format("%H:%M")),
        -1 => format!("Yesterday, {}", time.format("%H:%M")),
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
        file_url: address("file"),
        made_from: view.made_from.map(|made| MadeFrom {
            asset: made.asset,
            file_name: made.file_name,
            how: made.how,
        }),
        id: view.id,
        file_name: view.file_name,
        alt: view.alt,
        facts: view.facts,
        sha256: view.sha256,
    }
}
