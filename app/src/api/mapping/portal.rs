//! The portal: posts as a client's own people see them. Here the inbox, and what all of its pages share.

mod lists;
mod moment;
mod post;
mod standing;

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use domain::post::caption_title;
use domain::time::{local, local_label, zone_place};
use domain::{AssetId, ClientId, PostId};
use services::approvals::WaitingReview;
use services::clients::ClientView;
use services::posts::FullPost;

use crate::api::portal::{InboxData, InboxItem};

pub(in crate::api) use lists::{portal_activity, portal_month, portal_published};
pub(in crate::api) use moment::moment;
pub(in crate::api) use post::{decided, portal_post};

/// A deadline within this time is near.
const NEAR: Duration = Duration::hours(36);
/// How much of a caption stands in a list.
const TITLE: usize = 90;

pub(in crate::api) fn inbox(
    now: DateTime<Utc>,
    may_decide: bool,
    waiting: Vec<WaitingReview>,
) -> InboxData {
    let first = waiting.iter().find(|one| one.may_decide || !may_decide);
    let first_due = first.map(|one| first_due(&one.client, now, one.review.deadline));
    let (mine, others): (Vec<_>, Vec<_>) = waiting
        .into_iter()
        .partition(|one| one.may_decide || !may_decide);
    let items = |waiting: Vec<WaitingReview>| {
        waiting
            .into_iter()
            .map(|one| inbox_item(now, one))
            .collect()
    };
    InboxData {
        may_decide,
        mine: items(mine),
        others: items(others),
        first_due,
    }
}

/// "tomorrow, Thu 12:00 London".
fn first_due(view: &ClientView, now: DateTime<Utc>, deadline: DateTime<Utc>) -> String {
    let (at, today) = (local(deadline, view.zone), local(now, view.zone).date());
    let near = match (at.date() - today).num_days() {
        0 => "today, ",
        1 => "tomorrow, ",
        _ => "",
    };
    let place = zone_place(view.zone);
    format!("{near}{} {place}", short_label(at, today))
}

/// "Thu 12:00" within the next days, "Fri 16 Oct, 09:00" otherwise.
fn short_label(at: NaiveDateTime, today: NaiveDate) -> String {
    match (at.date() - today).num_days() {
        0..=6 => at.format("%a %H:%M").to_string(),
        _ => local_label(at),
    }
}

fn inbox_item(now: DateTime<Utc>, one: WaitingReview) -> InboxItem {
    let view = &one.client;
    let today = local(now, view.zone).date();
    let deadline = short_label(local(one.review.deadline, view.zone), today);
    InboxItem {
        client: view.id,
        client_name: view.name.clone(),
        post: one.full.post.id,
        version: hex::encode(&one.review.version),
        title: caption_title(&one.full.post.caption, TITLE),
        poster_url: poster_of(view.id, &one.full),
        decide_by: if one.review.deadline < now {
            format!("A decision was wanted by {deadline}")
        } else {
            format!("Decide by {deadline}")
        },
        is_near: one.review.deadline - now < NEAR,
        goes_out: local_label(local(one.full.post.due_at, view.zone)),
        platforms: platforms_of(&one.full),
        has_changed: one.number > 1,
        held_by: one.held_by,
    }
}

fn poster_of(client: ClientId, full: &FullPost) -> Option<String> {
    let file = full.assets.first()?;
    file.asset
        .deleted_at
        .is_none()
        .then(|| address(client, file.asset.id, "poster"))
}

fn platforms_of(full: &FullPost) -> Vec<domain::Platform> {
    full.deliveries
        .iter()
        .map(|(_, account)| account.platform)
        .collect()
}

fn address(client: ClientId, asset: AssetId, file: &str) -> String {
    format!("/portal/clients/{client}/assets/{asset}/{file}")
}

fn post_href(client: ClientId, post: PostId) -> String {
    format!("/portal/clients/{client}/posts/{post}")
}
