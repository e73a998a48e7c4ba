//! The lists of the portal: a month, what went out, and what was done.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveDateTime, Utc};
use domain::DeliveryState;
use domain::post::caption_title;
use domain::time::local;
use services::accounts::account_name;
use services::audit::details::sentence_for_clients;
use services::audit::read::ClientAuditPage;
use services::clients::ClientView;
use services::portal::PublishedPost;
use services::posts::FullPost;

use super::super::day_and_time;
use super::{TITLE, address, platforms_of, poster_of};
use crate::api::portal::{
    PortalActivity, PortalActivityRow, PortalCard, PortalDay, PortalMonth, PortalPublished,
    PortalStanding, PublishedRow,
};

pub(in crate::api) fn portal_month(
    view: &ClientView,
    month: services::portal::PortalMonth,
) -> PortalMonth {
    let step =
        |months: Option<NaiveDate>| months.unwrap_or(month.first).format("%Y-%m").to_string();
    let of_month =
        |day: NaiveDate| (day.year(), day.month()) == (month.first.year(), month.first.month());
    let mut days: Vec<PortalDay> = Vec::new();
    let mut last = None;
    for (at, full) in &month.posts {
        let day = at.date();
        if !of_month(day) {
            continue;
        }
        if last != Some(day) {
            days.push(PortalDay {
                label: day.format("%a %-d %b").to_string(),
                is_today: day == month.today,
                posts: Vec::new(),
            });
            last = Some(day);
        }
        if let Some(of_day) = days.last_mut() {
            of_day.posts.push(card(view, *at, full));
        }
    }
    PortalMonth {
        title: month.first.format("%B %Y").to_string(),
        previous: step(month.first.checked_sub_months(Months::new(1))),
        next: step(month.first.checked_add_months(Months::new(1))),
        zone_label: view.zone_label_with_offset.clone(),
        days,
    }
}

fn card(view: &ClientView, at: NaiveDateTime, full: &FullPost) -> PortalCard {
    PortalCard {
        post: full.post.id,
        time: at.format("%H:%M").to_string(),
        title: caption_title(&full.post.caption, TITLE),
        poster_url: poster_of(view.id, full),
        platforms: platforms_of(full),
        standing: match full.state() {
            DeliveryState::InReview => PortalStanding::Waits {
                decide_by: String::new(),
                left: String::new(),
                is_near: false,
                held_by: Vec::new(),
            },
            DeliveryState::Draft => PortalStanding::ChangesAsked,
            DeliveryState::Approved => PortalStanding::ApprovedLate,
            DeliveryState::Scheduled => PortalStanding::Planned,
            DeliveryState::Publishing | DeliveryState::Processing => PortalStanding::Publishing,
            DeliveryState::Published => PortalStanding::Published,
            DeliveryState::Failed | DeliveryState::Unknown => PortalStanding::Trouble,
            DeliveryState::Cancelled => PortalStanding::Cancelled,
        },
    }
}

pub(in crate::api) fn portal_published(
    view: &ClientView,
    now: DateTime<Utc>,
    rows: Vec<PublishedPost>,
    next: Option<DateTime<Utc>>,
) -> PortalPublished {
    let today = local(now, view.zone).date();
    PortalPublished {
        rows: rows
            .into_iter()
            .map(|row| PublishedRow {
                post: row.post.id,
                title: caption_title(&row.post.caption, TITLE),
                poster_url: row
                    .first
                    .filter(|asset| asset.deleted_at.is_none())
                    .map(|asset| address(view.id, asset.id, "poster")),
                platform: row.account.platform,
                account: account_name(
                    row.account.handle.as_deref(),
                    row.account.nickname.as_deref(),
                ),
                when: day_and_time(
                    local(
                        row.delivery.published_at.unwrap_or(row.delivery.due_at),
                        view.zone,
                    ),
                    today,
                ),
                url: row.delivery.post_url,
            })
            .collect(),
        before: next.map(|next| next.to_rfc3339()),
        zone_label: view.zone_label_with_offset.clone(),
    }
}

pub(in crate::api) fn portal_activity(
    view: &ClientView,
    now: DateTime<Utc>,
    page: ClientAuditPage,
) -> PortalActivity {
    let today = local(now, view.zone).date();
    PortalActivity {
        rows: page
            .entries
            .into_iter()
            .filter_map(|entry| {
                Some(PortalActivityRow {
                    when: day_and_time(local(entry.at, view.zone), today),
                    what: sentence_for_clients(&entry)?,
                    who: entry.actor_name,
                })
            })
            .collect(),
        next: page.next,
        zone_label: page.zone_label,
    }
}
