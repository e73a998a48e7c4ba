//! The portal: posts as a client's own people see them.

use chrono::{DateTime, Datelike, Duration, Months, NaiveDate, NaiveDateTime, Utc};
use domain::approval::ReviewState;
use domain::media::duration_label;
use domain::post::{PlatformOptions, caption_title};
use domain::time::{local, local_label, zone_place};
use domain::{AssetId, ClientId, DeliveryState, PostId};
use services::accounts::account_name;
use services::approvals::{ReviewView, WaitingReview};
use services::assets::AssetView;
use services::audit::details::sentence_for_clients;
use services::audit::read::ClientAuditPage;
use services::clients::ClientView;
use services::comments::CommentView;
use services::portal::{PortalPost, PortalTarget, PublishedPost};
use services::posts::FullPost;
use services::versions::{CaptionPart, Changes, VersionTarget};
use services::{Actor, ServiceError, ServiceResult, Services};

use super::approvals::cover_of;
use super::day_and_time;
use crate::api::portal::{
    Among, CaptionPiece, DecidedData, InboxData, InboxItem, NextData, PortalActivity,
    PortalActivityRow, PortalCard, PortalChanges, PortalComment, PortalDay, PortalMedia,
    PortalMonth, PortalPostData, PortalPublished, PortalStanding, PortalTargetData, PublishedRow,
};

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

pub(in crate::api) async fn portal_post(
    services: &Services,
    actor: &Actor,
    client: ClientId,
    id: PostId,
) -> ServiceResult<PortalPostData> {
    let post = services.portal_post(actor, client, id).await?;
    let mut waiting = services.portal_waiting(actor).await?;
    waiting.retain(|one| one.may_decide);
    let agency = services.agency_name().await?;
    Ok(post_data(services.clock.now(), agency, post, &waiting))
}

fn post_data(
    now: DateTime<Utc>,
    agency: String,
    post: PortalPost,
    waiting: &[WaitingReview],
) -> PortalPostData {
    let view = &post.client;
    let states: Vec<DeliveryState> = post.goes_to.iter().filter_map(|one| one.state).collect();
    let review = post.review.as_ref();
    let may_decide = review.is_some_and(|review| review.may_decide);
    let cover = cover_of(&post.content.goes_to);
    PortalPostData {
        client: view.id,
        client_name: view.name.clone(),
        agency,
        post: post.id,
        version: review.map(ReviewView::version),
        media: post
            .content
            .files
            .iter()
            .filter_map(|file| {
                let asset = post.files.iter().find(|asset| asset.id == file.asset)?;
                Some(media(view.id, asset, &file.alt, cover))
            })
            .collect(),
        targets: post
            .content
            .goes_to
            .iter()
            .zip(&post.goes_to)
            .map(|(said, target)| target_data(view.id, said, target, may_decide))
            .collect(),
        goes_out: local_label(local(post.content.due_at, view.zone)),
        place: zone_place(view.zone),
        zone_label: view.zone_label.clone(),
        standing: standing(view, now, &states, review),
        may_decide,
        may_withdraw: review.is_some_and(|review| review.may_withdraw),
        changes: review
            .and_then(|review| review.changes.as_ref())
            .map(changes),
        comments: post
            .comments
            .into_iter()
            .map(|comment| comment_data(view, now, comment))
            .collect(),
        among: among(waiting, post.id),
        caption: post.content.caption,
    }
}

fn media(client: ClientId, asset: &AssetView, alt: &str, cover: Option<u32>) -> PortalMedia {
    let link = |file: &str| (!asset.deleted).then(|| address(client, asset.id, file));
    let facts = &asset.facts;
    PortalMedia {
        id: asset.id,
        alt: alt.to_owned(),
        duration_ms: facts.video().map(|video| video.duration_ms),
        is_upright: facts.width() * 16 <= facts.height() * 10,
        poster_url: link("poster").map(|poster| {
            let within = |at_ms: &u32| {
                let video = facts.video();
                video.is_some_and(|video| u64::from(*at_ms) <= video.duration_ms)
            };
            match cover.filter(within) {
                Some(at_ms) => format!("{poster}?at={at_ms}"),
                None => poster,
            }
        }),
        file_url: link("file"),
    }
}

fn target_data(
    client: ClientId,
    said: &VersionTarget,
    target: &PortalTarget,
    may_decide: bool,
) -> PortalTargetData {
    let (audience, label, has_settings) = match &said.options {
        PlatformOptions::TikTok(options) if options.as_draft => {
            (Some("as a draft in TikTok’s inbox".to_owned()), None, false)
        }
        PlatformOptions::TikTok(options) => {
            let level = options.privacy_level.as_deref();
            let label = match (options.is_your_brand(), options.is_branded_content()) {
                (_, true) => Some("Paid partnership"),
                (true, false) => Some("Promotional content"),
                (false, false) => None,
            };
            (
                level.map(|level| domain::tiktok::privacy_label(level).to_lowercase()),
                label.map(str::to_owned),
                true,
            )
        }
        PlatformOptions::Bluesky(_) => (None, None, false),
    };
    PortalTargetData {
        account: target.account,
        platform: target.platform,
        name: target.name.clone(),
        nickname: target
            .nickname
            .clone()
            .unwrap_or_else(|| target.name.clone()),
        avatar_url: target.avatar_key.as_ref().map(|key| {
            format!(
                "/portal/clients/{client}/avatars/{}?v={key}",
                target.account
            )
        }),
        caption: said.caption.clone(),
        audience,
        label,
        has_settings: has_settings && may_decide,
        state: target.state,
        url: target.post_url.clone(),
    }
}

/// How a post stands: by how far it has come where it is on its way, else by what was decided.
fn standing(
    view: &ClientView,
    now: DateTime<Utc>,
    states: &[DeliveryState],
    review: Option<&ReviewView>,
) -> PortalStanding {
    let state = DeliveryState::summary(states.iter().copied());
    match state {
        DeliveryState::Publishing | DeliveryState::Processing => return PortalStanding::Publishing,
        DeliveryState::Published => return PortalStanding::Published,
        DeliveryState::Failed | DeliveryState::Unknown => return PortalStanding::Trouble,
        DeliveryState::Cancelled if !states.is_empty() => return PortalStanding::Cancelled,
        _ => {}
    }
    let current = review.filter(|review| review.is_current);
    match (current.map(|review| review.review.state), state) {
        (Some(ReviewState::Waiting), _) => current.map_or(PortalStanding::WithAgency, |review| {
            waits(view, now, review.review.deadline, &review.held_by)
        }),
        (Some(ReviewState::Approved), DeliveryState::Scheduled) => PortalStanding::Approved,
        (Some(ReviewState::Approved), DeliveryState::Approved) => PortalStanding::ApprovedLate,
        (Some(ReviewState::Changes), _) => PortalStanding::ChangesAsked,
        (_, DeliveryState::Scheduled) => PortalStanding::Planned,
        _ => PortalStanding::WithAgency,
    }
}

fn waits(
    view: &ClientView,
    now: DateTime<Utc>,
    deadline: DateTime<Utc>,
    held_by: &[String],
) -> PortalStanding {
    PortalStanding::Waits {
        decide_by: local_label(local(deadline, view.zone)),
        left: left(deadline - now),
        is_near: deadline - now < NEAR,
        held_by: held_by.to_vec(),
    }
}

/// "1 d 4 h left", "3 h 20 min left", "12 min left".
fn left(time: Duration) -> String {
    let minutes = time.num_minutes();
    match minutes {
        ..=0 => "That time has passed".to_owned(),
        1..60 => format!("{minutes} min left"),
        60..1440 => format!("{} h {} min left", minutes / 60, minutes % 60),
        _ => format!("{} d {} h left", minutes / 1440, minutes / 60 % 24),
    }
}

fn changes(changes: &Changes) -> PortalChanges {
    let piece = |part: &CaptionPart| match part {
        CaptionPart::Same(text) => CaptionPiece::Same(text.clone()),
        CaptionPart::Removed(text) => CaptionPiece::Removed(text.clone()),
        CaptionPart::Added(text) => CaptionPiece::Added(text.clone()),
    };
    PortalChanges {
        caption: if changes.is_in_caption() {
            changes.caption.iter().map(piece).collect()
        } else {
            Vec::new()
        },
        others: changes.others.clone(),
    }
}

fn comment_data(view: &ClientView, now: DateTime<Utc>, comment: CommentView) -> PortalComment {
    PortalComment {
        id: comment.id.to_string(),
        author: comment.author,
        is_mine: comment.is_mine,
        by_agency: comment.by_agency,
        body: comment.body,
        resolved: comment.resolved,
        at: comment.at.map(|(asset, at)| {
            let label = duration_label(at.unsigned_abs());
            (asset, at, label)
        }),
        when: day_and_time(
            local(comment.created_at, view.zone),
            local(now, view.zone).date(),
        ),
    }
}

fn among(waiting: &[WaitingReview], id: PostId) -> Option<Among> {
    let here = waiting.iter().position(|one| one.full.post.id == id)?;
    let href = |one: &WaitingReview| post_href(one.client.id, one.full.post.id);
    Some(Among {
        place: here + 1,
        count: waiting.len(),
        previous: here
            .checked_sub(1)
            .and_then(|before| waiting.get(before))
            .map(href),
        next: waiting.get(here + 1).map(href),
    })
}

pub(in crate::api) async fn decided(
    services: &Services,
    actor: &Actor,
    client: ClientId,
    id: PostId,
) -> ServiceResult<DecidedData> {
    let post = services.portal_post(actor, client, id).await?;
    let mut waiting = services.portal_waiting(actor).await?;
    waiting.retain(|one| one.may_decide);
    let now = services.clock.now();
    let (due_at, view) = (post.content.due_at, post.client.clone());
    let next = waiting.first().map(|one| NextData {
        href: post_href(one.client.id, one.full.post.id),
        poster_url: poster_of(one.client.id, &one.full),
        left: waiting.len(),
        due: short_label(
            local(one.review.deadline, one.client.zone),
            local(now, one.client.zone).date(),
        ),
    });
    let agency = services.agency_name().await?;
    let post = post_data(now, agency, post, &waiting);
    Ok(DecidedData {
        withdraw_until: (post.may_withdraw && due_at > now)
            .then(|| local_label(local(due_at, view.zone))),
        post,
        next,
    })
}

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

/// A moment of a video as a form says it; both fields empty is none.
pub(in crate::api) fn moment(
    asset: Option<AssetId>,
    minute: &str,
    second: &str,
) -> ServiceResult<Option<(AssetId, i64)>> {
    let (minute, second) = (minute.trim(), second.trim());
    let Some(asset) = asset.filter(|_| !minute.is_empty() || !second.is_empty()) else {
        return Ok(None);
    };
    let read = |text: &str| match text {
        "" => Some(0),
        text => text
            .parse::<i64>()
            .ok()
            .filter(|number| (0..600).contains(number)),
    };
    let (Some(minute), Some(second)) = (read(minute), read(second).filter(|second| *second < 60))
    else {
        return Err(ServiceError::Invalid(
            "Give the moment in minutes and seconds, such as 0 and 14.".to_owned(),
        ));
    };
    Ok(Some((asset, (minute * 60 + second) * 1_000)))
}

#[cfg(test)]
mod tests {
    use chrono::Duration;
    use domain::AssetId;

    use super::{left, moment};

    #[test]
    fn a_moment_is_read_as_people_write_it() {
        let asset = AssetId::generate();
        let at =
            |minute, second| moment(Some(asset), minute, second).map(|at| at.map(|(_, at)| at));
        assert_eq!(at("", "").expect("none"), None);
        assert_eq!(at("0", "14").expect("a moment"), Some(14_000));
        assert_eq!(at("1", "").expect("a moment"), Some(60_000));
        assert_eq!(at(" ", " 3 ").expect("a moment"), Some(3_000));
        for (minute, second) in [("x", "1"), ("-1", "0"), ("0", "60"), ("0", "1.5")] {
            assert!(at(minute, second).is_err(), "{minute}:{second}");
        }
        assert_eq!(moment(None, "0", "3").expect("no video"), None);
    }

    #[test]
    fn what_is_left_is_told_in_two_units() {
        for (minutes, words) in [
            (1_680, "1 d 4 h left"),
            (200, "3 h 20 min left"),
            (12, "12 min left"),
            (-5, "That time has passed"),
        ] {
            assert_eq!(left(Duration::minutes(minutes)), words);
        }
    }
}
