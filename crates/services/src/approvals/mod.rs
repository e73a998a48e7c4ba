//! Approvals: versions of posts that are sent to be approved, and what is decided about them.
//!
//! A review names one version of a post: the hash of what it says, of its files, its minute and its accounts.
//! What is changed is another version, and every review of the one before is void. Where a client approves
//! every post, nothing leaves that the client has not approved in exactly that version: the publisher asks
//! once more before the first byte. An approval covers the minute that it names, and the time after it for
//! as long as the client lets posts go out late; it never covers an earlier or another minute.

mod decide;
mod guard;
mod late;
mod notices;
mod read;
mod send;

use chrono::{DateTime, Duration, Utc};
use chrono_tz::Tz;
use db::models::client::{self, Client};
use db::models::delivery::{self, Delivery};
use db::models::event::NewEvent;
use db::models::post::{self, Post};
use db::models::review::Review;
use domain::history::Tone;
use domain::post::caption_title;
use domain::{ClientId, Permission, PostId, ReviewId, UserId};

use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult};

pub use db::models::review::{Decision, Review as ReviewRow};
pub use decide::Note;
pub use read::{ApprovalBoard, BoardPost, ReviewView, WaitingReview};

pub(crate) use guard::{Moment, Over, may_be_scheduled, may_leave_at};
pub(crate) use notices::{desk_href, portal_href};

/// The least time that approvers are given, as long as the post's minute leaves it.
const LEAST_TIME: Duration = Duration::minutes(30);
/// How long before the deadline whoever has not decided is reminded.
const REMINDERS: [Duration; 2] = [Duration::hours(24), Duration::hours(2)];
/// How much of a caption names a post to people.
const TITLE: usize = 60;

/// What came of sending posts to be approved: each was sent, or there is a sentence why not.
#[derive(Debug)]
pub struct SentForApproval {
    /// The posts in the order in which they were named.
    pub posts: Vec<(PostId, ServiceResult<Sent>)>,
}

impl SentForApproval {
    /// How many were sent.
    #[must_use]
    pub fn count(&self) -> usize {
        self.posts.iter().filter(|(_, sent)| sent.is_ok()).count()
    }
}

/// A post that was sent to be approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// The review that waits now.
    pub review: ReviewId,
    /// Whose decision it waits for.
    pub stage: domain::approval::ReviewStage,
    /// Until when a decision is wanted.
    pub deadline: DateTime<Utc>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// What follows.
    pub outcome: Outcome,
    /// The minute of the post.
    pub due_at: DateTime<Utc>,
    /// The client's zone.
    pub zone: Tz,
    /// Until when an approval can be taken back, where it can: a worker may take the post from then on.
    pub withdraw_until: Option<DateTime<Utc>>,
}

/// What follows from a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Others have to agree as well.
    WaitsForOthers(Vec<String>),
    /// The agency agreed; now the client is asked.
    PassedOn,
    /// It goes out at its minute.
    Scheduled,
    /// Its minute had passed, and it goes out at once.
    GoesOutNow,
    /// Its minute had passed; the agency decides what becomes of it.
    Kept,
    /// It went back to be changed.
    ChangesAsked,
}

/// A post with what stands about it, locked in the order in which everybody locks.
pub(crate) struct Locked {
    /// The client, as it is set until the transaction ends.
    pub client: Client,
    /// The client's zone.
    pub zone: Tz,
    /// The post.
    pub post: Post,
    /// Its deliveries.
    pub deliveries: Vec<Delivery>,
}

impl Locked {
    /// Locks a post of a client.
    pub(crate) async fn take(
        conn: &mut db::Connection,
        client: ClientId,
        post: PostId,
    ) -> ServiceResult<Self> {
        let row = client::find_for_share(conn, client).await?;
        let row = row.ok_or(ServiceError::NotFound("client"))?;
        let found = post::find_for_update(conn, client, post).await?;
        Ok(Self {
            zone: zone_of(&row)?,
            client: row,
            post: found.ok_or(ServiceError::NotFound("post"))?,
            deliveries: delivery::of_post_for_update(conn, post).await?,
        })
    }

    /// How people call the post.
    fn title(&self) -> String {
        caption_title(&self.post.caption, TITLE)
    }

    /// A line for the history of each delivery.
    fn events(&self, actor: Option<UserId>, now: DateTime<Utc>, line: &Line<'_>) -> Vec<NewEvent> {
        events_of(&self.post, &self.deliveries, actor, now, line)
    }
}

/// A line for the history.
struct Line<'a> {
    kind: &'static str,
    tone: Tone,
    title: &'a str,
    detail: &'a str,
}

fn events_of(
    post: &Post,
    deliveries: &[Delivery],
    actor: Option<UserId>,
    now: DateTime<Utc>,
    line: &Line<'_>,
) -> Vec<NewEvent> {
    deliveries
        .iter()
        .map(|delivery| NewEvent {
            client: post.client_id,
            account: Some(delivery.account_id),
            post: Some(post.id),
            delivery: Some(delivery.id),
            attempt: (delivery.attempt > 0).then_some(delivery.attempt),
            at: now,
            actor,
            kind: line.kind,
            tone: line.tone,
            title: line.title.to_owned(),
            detail: line.detail.to_owned(),
            platform_words: None,
            duration_ms: None,
        })
        .collect()
}

/// Whether somebody asks as one of the agency, or as one of the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// The agency: sees everything about a post.
    Desk,
    /// The client: sees what was sent to the client.
    Portal,
}

impl Side {
    /// From where somebody looks at a client.
    pub(crate) fn of(actor: &Actor, client: ClientId) -> ServiceResult<Self> {
        actor.require_for(Permission::Comment, client)?;
        Ok(Self::of_role(actor))
    }

    fn of_role(actor: &Actor) -> Self {
        if actor.role.may(Permission::SeeDesk) {
            Self::Desk
        } else {
            Self::Portal
        }
    }
}

/// Until when a decision about a post is wanted: as long before its minute as the client is asked ahead, but
/// never at once.
fn deadline(client: &Client, due_at: DateTime<Utc>, now: DateTime<Utc>) -> DateTime<Utc> {
    let soonest = now + LEAST_TIME;
    let soonest = if due_at > now {
        soonest.min(due_at)
    } else {
        soonest
    };
    let wanted = due_at - Duration::minutes(client.decide_ahead_minutes.into());
    wanted.max(soonest)
}

/// When a waiting review is looked at next: to remind, or because the post's minute has come.
fn next_look(
    deadline: DateTime<Utc>,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    REMINDERS
        .into_iter()
        .map(|ahead| deadline - ahead)
        .chain([due_at])
        .filter(|at| *at > now)
        .min()
}

/// Who approves, beside those who have.
fn missing<'a>(
    approvers: &'a [(UserId, String)],
    decisions: &[Decision],
    review: &Review,
) -> Vec<&'a (UserId, String)> {
    let has_decided = |user: UserId| {
        decisions.iter().any(|one| {
            one.review_id == review.id && one.user_id == user && one.withdrawn_at.is_none()
        })
    };
    approvers
        .iter()
        .filter(|(user, _)| !has_decided(*user))
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration, Utc};

    use super::next_look;

    fn at(hours: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_800_000_000, 0).expect("an instant") + Duration::hours(hours)
    }

    #[test]
    fn a_review_is_looked_at_a_day_and_two_hours_before_its_deadline_and_at_its_minute() {
        let (deadline, due) = (at(48), at(72));
        let mut looks = Vec::new();
        let mut now = at(0);
        while let Some(next) = next_look(deadline, due, now) {
            looks.push((next - at(0)).num_hours());
            now = next;
        }
        assert_eq!(looks, [24, 46, 72]);
    }

    #[test]
    fn what_is_sent_late_is_reminded_of_less_often() {
        assert_eq!(next_look(at(3), at(4), at(0)), Some(at(1)));
        assert_eq!(next_look(at(1), at(4), at(0)), Some(at(4)));
        assert_eq!(next_look(at(1), at(-1), at(0)), None);
    }
}
