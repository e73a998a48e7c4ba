//! What keeps from leaving what was not approved: when a post is saved, when it is sent at another moment
//! than planned, and when a client's policy is tightened.

use chrono::{DateTime, Duration, Utc};
use db::models::client::Client;
use db::models::post::Post;
use db::models::review::{self, Review};
use db::models::{delivery, event, post, post_version, user};
use domain::approval::{ApprovalPolicy, LateApproval, ReviewState};
use domain::history::Tone;
use domain::time::{local, local_label, zone_place};
use domain::{ClientId, DeliveryState, PostId};

use super::send::{ended, nobody_approves};
use super::{Line, Locked};
use crate::audit::By;
use crate::versions::VersionContent;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How a post leaves at another moment than the one it was planned for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Moment {
    /// It is moved to that moment, which makes another version of it.
    Free,
    /// It stays where it was planned and approved, and only goes out later.
    AsApproved,
}

/// Whether a post may leave now, although its minute is another one. What was approved for a minute may
/// leave from that minute on, or from the approval on where that came later, for as long as the client lets
/// posts go out late. At any other moment it is another version, which the client would have to approve.
pub(crate) async fn may_leave_at(
    conn: &mut db::Connection,
    locked: &Locked,
    state: DeliveryState,
    now: DateTime<Utc>,
) -> ServiceResult<Moment> {
    let (client, post) = (&locked.client, &locked.post);
    let approved = review::approved_by_client(conn, &[post.id]).await?;
    let approved_at = approved
        .into_iter()
        .find(|(_, version, _)| *version == post.version)
        .map(|(.., at)| at.unwrap_or(post.due_at));
    let is_required = client.approval_policy.is_required();
    let again = "Choose another time and send it for approval again.";
    let Some(approved_at) = approved_at else {
        return if is_required {
            Err(ServiceError::Conflict(format!(
                "{} has not approved this version. Send it for approval.",
                client.name
            )))
        } else {
            Ok(Moment::Free)
        };
    };
    let minute = || {
        format!(
            "{} {}",
            local_label(local(post.due_at, locked.zone)),
            zone_place(locked.zone)
        )
    };
    if now < post.due_at {
        return if is_required {
            Err(ServiceError::Conflict(format!(
                "{} approved this for {}, and not for now. {again}",
                client.name,
                minute()
            )))
        } else {
            Ok(Moment::Free)
        };
    }
    let waits_for_staff = state == DeliveryState::Approved;
    if is_required && waits_for_staff && client.late_approval == LateApproval::Hold {
        return Err(ServiceError::Conflict(format!(
            "Its minute, {}, had passed when it was approved, and {} wants nothing sent late. {again}",
            minute(),
            client.name
        )));
    }
    let latest = post.due_at.max(approved_at) + Duration::minutes(client.lateness_minutes.into());
    if now <= latest {
        Ok(Moment::AsApproved)
    } else if is_required {
        Err(ServiceError::Conflict(format!(
            "{} approved this for {}. That is longer ago than posts may be late. {again}",
            client.name,
            minute()
        )))
    } else {
        Ok(Moment::Free)
    }
}

/// Lets pass what may be scheduled: where the client approves every post, exactly this version was approved.
pub(crate) async fn may_be_scheduled(
    conn: &mut db::Connection,
    client: &Client,
    post: PostId,
    version: &[u8],
) -> ServiceResult<()> {
    if !client.approval_policy.is_required() {
        return Ok(());
    }
    let approved = review::approved_by_client(conn, &[post]).await?;
    if approved.iter().any(|(_, approved, _)| approved == version) {
        return Ok(());
    }
    Err(ServiceError::Conflict(format!(
        "{} approves every post before it goes out. Send it for approval instead.",
        client.name
    )))
}

/// Why what stood about a post is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    /// It says something else now.
    Changed,
    /// It is sent, or planned to be, without waiting.
    NotWaitedFor,
    /// It does not go out any more.
    Cancelled,
}

impl Services {
    /// Ends what stands about other versions of a post than the present one, and, where nobody waits for it
    /// any more, what waits about the present one. Call it after the post was written.
    pub(crate) async fn end_reviews(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        client: ClientId,
        post: PostId,
        over: Over,
    ) -> ServiceResult<()> {
        let locked = Locked::take(conn, client, post).await?;
        let now = self.clock.now();
        let mut settled: Vec<(Review, ReviewState)> =
            review::standing_except(conn, post, &locked.post.version)
                .await?
                .into_iter()
                .map(|of| (of, ReviewState::Void))
                .collect();
        if over != Over::Changed
            && let Some(waiting) = review::newest(conn, post, None).await?
            && waiting.state == ReviewState::Waiting
            && waiting.version == locked.post.version
        {
            settled.push((waiting, ReviewState::Withdrawn));
        }
        if settled.is_empty() {
            return Ok(());
        }
        let mut entries = Vec::with_capacity(settled.len());
        for (of, state) in &settled {
            review::settle(conn, of.id, *state, Some(now), None).await?;
            entries.push(ended(&locked, of, *state));
        }
        let was_approved = settled
            .iter()
            .any(|(of, _)| of.state == ReviewState::Approved);
        let (title, detail) = match over {
            Over::Changed if was_approved => (
                "Approval void",
                "It was changed after it was approved, so it has to be approved again.",
            ),
            Over::Changed => (
                "No longer waits for approval",
                "It was changed while it waited, so it has to be sent again.",
            ),
            Over::NotWaitedFor => (
                "No longer waits for approval",
                "It was planned without waiting for a decision.",
            ),
            Over::Cancelled => (
                "No longer waits for approval",
                "It was taken back before it went out.",
            ),
        };
        let line = Line {
            kind: "review_void",
            tone: Tone::Warning,
            title,
            detail,
        };
        event::append(conn, &locked.events(Some(actor.user_id), now, &line)).await?;
        self.record(conn, By::User(actor), &entries).await
    }

    /// Keeps what the present version of a post says, so that a later one can be compared with it.
    pub(crate) async fn keep_version(
        &self,
        conn: &mut db::Connection,
        post: &Post,
        by: Option<&Actor>,
    ) -> ServiceResult<()> {
        let kept = post_version::of_posts(conn, &[post.id]).await?;
        if kept.iter().any(|kept| kept.version == post.version) {
            return Ok(());
        }
        let deliveries = delivery::of_posts(conn, &[post.id]).await?;
        let files: Vec<_> = post::assets_of(conn, &[post.id])
            .await?
            .into_iter()
            .map(|(_, file)| file)
            .collect();
        let content = VersionContent::of(post, &deliveries, &files);
        let content = serde_json::to_value(&content).map_err(ServiceError::internal)?;
        let by = by.map(|actor| actor.user_id);
        let now = self.clock.now();
        post_version::insert(conn, post.id, &post.version, &content, by, now).await?;
        Ok(())
    }

    /// Where a client approves every post from now on, sends for approval whatever is scheduled and was not
    /// approved. Call it in the transaction that has changed the policy. Returns how many that were.
    ///
    /// # Errors
    /// When something is scheduled that nobody could approve: then the policy must not change.
    pub(crate) async fn ask_about_scheduled(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        client: ClientId,
        policy: ApprovalPolicy,
    ) -> ServiceResult<usize> {
        let Some(stage) = policy.first_stage().filter(|_| policy.is_required()) else {
            return Ok(0);
        };
        let mut asked = 0;
        for id in delivery::scheduled_posts(conn, client).await? {
            let locked = Locked::take(conn, client, id).await?;
            let scheduled = |state: DeliveryState| state == DeliveryState::Scheduled;
            // A worker may have taken it while we waited for the lock.
            if !locked.deliveries.iter().any(|held| scheduled(held.state)) {
                continue;
            }
            let approved = review::approved_by_client(conn, &[id]).await?;
            if approved
                .iter()
                .any(|(_, version, _)| *version == locked.post.version)
            {
                continue;
            }
            if user::approvers_of(conn, &[client]).await?.is_empty() {
                return Err(nobody_approves(&locked.client.name));
            }
            self.keep_version(conn, &locked.post, Some(actor)).await?;
            self.begin_review(conn, &locked, stage, By::User(actor))
                .await?;
            asked += 1;
        }
        Ok(asked)
    }
}
