//! Giving posts another minute, and making copies of them.

use chrono::{DateTime, Days, NaiveDateTime, Utc};
use db::AsyncConnection;
use db::models::delivery::{self, Delivery};
use db::models::event::{self, NewEvent};
use db::models::post::{self, Post, PostAsset};
use db::models::user;
use domain::account::AccountStatus;
use domain::audit::AuditAction;
use domain::calendar::PostStatus;
use domain::history::Tone;
use domain::rules::{Field, Finding};
use domain::time::{Occurrence, instant_of, local, local_label, occurrence, zone_place};
use domain::version::{VersionParts, version_hash};
use domain::{ClientId, DeliveryState, Permission, PostId};
use serde_json::json;

use super::save::{Intent, PostInput, Target};
use super::{FullPost, locked_sentence};
use crate::approvals::{Locked, Over};
use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services, planning};

/// More posts than anybody selects.
const AT_ONCE: usize = 200;
/// The farthest that posts are moved together.
const DAYS: i32 = 400;

/// The minute that a post is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MoveTo {
    /// What the clocks on the client's wall show then.
    pub time: NaiveDateTime,
    /// Which one is meant, where they show it twice.
    pub which: Option<Occurrence>,
}

/// What came of moving a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// What the clocks on the client's wall show at the minute that it had.
    pub from: NaiveDateTime,
    /// The same of the minute that it has.
    pub to: NaiveDateTime,
    /// Which of two that was, where they show it twice.
    pub from_which: Option<Occurrence>,
    /// Whether its approval begins anew: it waits again.
    pub asks_again: bool,
    /// Whether it is a draft now, because it waited for approval, or had it, and nobody is asked any more.
    pub is_draft_now: bool,
}

/// What moving a post does to its approval.
enum Approval {
    /// Nothing: it stays a draft, or nobody insists on being asked.
    Untouched,
    /// It waits again.
    Again,
}

impl Services {
    /// Gives a post another minute; what it says stays. What is scheduled stays scheduled, unless its client
    /// approves every post: an approval covers the minute that it names, so that is asked about again, and so
    /// is what waits for approval.
    ///
    /// # Errors
    /// When the minute is over, does not exist or exists twice; when the post has left, or was tried.
    pub async fn move_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        to: MoveTo,
    ) -> ServiceResult<Moved> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, id).await?;
            self.move_locked(conn, actor, locked, to).await
        })
        .await
    }

    /// Moves posts by so many days, each at its own time on the wall; beside it which one is meant, where that time
    /// comes twice there. Each is moved, or there is a sentence why not.
    ///
    /// # Errors
    /// When the client is not this person's to write for, or there are too many.
    pub async fn move_posts(
        &self,
        actor: &Actor,
        client: ClientId,
        posts: &[(PostId, Option<Occurrence>)],
        days: i32,
    ) -> ServiceResult<Vec<(PostId, ServiceResult<Moved>)>> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        if posts.len() > AT_ONCE {
            return Err(ServiceError::Invalid(format!(
                "At most {AT_ONCE} posts are moved at once. Select fewer."
            )));
        }
        if days == 0 || days.abs() > DAYS {
            return Err(ServiceError::Invalid(format!(
                "Move them by 1 to {DAYS} days."
            )));
        }
        let mut done = Vec::with_capacity(posts.len());
        for (id, which) in posts {
            let which = *which;
            let mut conn = self.conn().await?;
            let moved = conn
                .transaction(async |conn| {
                    let locked = Locked::take(conn, client, *id).await?;
                    let was = local(locked.post.due_at, locked.zone);
                    let by = Days::new(days.unsigned_abs().into());
                    let time = if days > 0 {
                        was.checked_add_days(by)
                    } else {
                        was.checked_sub_days(by)
                    };
                    let time = time.ok_or_else(|| {
                        ServiceError::Invalid("That is out of the calendar’s reach.".to_owned())
                    })?;
                    let to = MoveTo { time, which };
                    self.move_locked(conn, actor, locked, to).await
                })
                .await;
            done.push((*id, moved));
        }
        Ok(done)
    }

    async fn move_locked(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        locked: Locked,
        to: MoveTo,
    ) -> ServiceResult<Moved> {
        let (now, zone) = (self.clock.now(), locked.zone);
        let due_at = instant_of(to.time, zone, to.which)
            .map_err(|error| ServiceError::Invalid(error.to_string()))?;
        let state = DeliveryState::summary(locked.deliveries.iter().map(|held| held.state));
        let tried = locked
            .deliveries
            .iter()
            .find(|held| !PostStatus::of(held.state, false).may_move());
        if let Some(tried) = tried {
            return Err(match tried.state {
                DeliveryState::Failed | DeliveryState::Cancelled => ServiceError::Conflict(
                    "Open this post to plan it anew: it was tried or taken back.".to_owned(),
                ),
                other => locked_sentence(other),
            });
        }
        let moved = Moved {
            from: local(locked.post.due_at, zone),
            to: to.time,
            from_which: occurrence(locked.post.due_at, zone),
            asks_again: false,
            is_draft_now: false,
        };
        if due_at == locked.post.due_at {
            return Ok(moved);
        }
        if due_at <= now {
            return Err(ServiceError::Findings(vec![Finding::error(
                Field::Time,
                format!(
                    "This time has passed. Pick one after {}.",
                    local(now, zone).format("%H:%M")
                ),
            )]));
        }
        let policy = locked.client.approval_policy;
        let approval = match state {
            DeliveryState::InReview | DeliveryState::Approved => Approval::Again,
            DeliveryState::Scheduled if policy.is_required() => Approval::Again,
            _ => Approval::Untouched,
        };
        let files: Vec<PostAsset> = post::assets_of(conn, &[locked.post.id])
            .await?
            .into_iter()
            .map(|(_, file)| file)
            .collect();
        let version = version_at(&locked.post, &locked.deliveries, &files, due_at)
            .map_err(ServiceError::internal)?;
        let (client, id) = (locked.client.id, locked.post.id);
        post::move_to(conn, id, to.time, due_at, &version).await?;
        post::changed_by(conn, id, actor.user_id, now).await?;
        delivery::move_to(conn, id, due_at, now).await?;
        let mut entries = vec![
            Entry::of(AuditAction::PostSaved)
                .at(client)
                .on("post", id)
                .before(json!({
                    "version": hex::encode(&locked.post.version),
                    "due_at": locked.post.due_at,
                }))
                .after(json!({ "version": hex::encode(&version), "due_at": due_at })),
        ];
        let stage = policy
            .first_stage()
            .filter(|_| matches!(approval, Approval::Again));
        let approvers = match stage {
            Some(_) => user::approvers_of(conn, &[client]).await?,
            None => Vec::new(),
        };
        let asks_again = !approvers.is_empty();
        let mut is_draft_now = false;
        for held in &locked.deliveries {
            let stays_scheduled =
                held.state == DeliveryState::Scheduled && matches!(approval, Approval::Untouched);
            if stays_scheduled {
                let ahead = crate::preflight::first_look(due_at, now);
                delivery::schedule(conn, held.id, &version, ahead, now).await?;
            } else if held.state != DeliveryState::Draft && !asks_again {
                // Nobody could approve it any more: somebody has to plan it anew.
                is_draft_now = true;
                delivery::set_aside(conn, held.id, DeliveryState::Draft, None, now).await?;
                entries.push(audit::moved((client, held.id), held.state, "draft", 0));
            }
        }
        let mut detail = format!(
            "From {} to {} {}.",
            local_label(moved.from),
            local_label(moved.to),
            zone_place(zone)
        );
        if is_draft_now {
            detail.push_str(" A draft again: nobody is asked to approve it any more.");
        }
        event::append(conn, &told(actor, &locked, &detail, now)).await?;
        audit::write(conn, By::User(actor), now, &entries).await?;
        let over = match approval {
            Approval::Untouched => Over::NotWaitedFor,
            Approval::Again => Over::Changed,
        };
        self.end_reviews(conn, actor, client, id, over).await?;
        planning::versions::keep(conn, actor, client, id, now).await?;
        if let Some(stage) = stage.filter(|_| asks_again) {
            let locked = Locked::take(conn, client, id).await?;
            self.keep_version(conn, &locked.post, Some(actor)).await?;
            self.begin_review(conn, &locked, stage, By::User(actor))
                .await?;
        }
        Ok(Moved {
            asks_again,
            is_draft_now,
            ..moved
        })
    }

    /// Makes a draft that says the same as a post, at this time on the client's wall; without one at the post's own,
    /// or on the next day at that time where it has passed. What a platform wants a person to decide anew for each
    /// post is left open, and so is what is no longer there: files and accounts.
    ///
    /// # Errors
    /// When there is no such post, or the time does not exist or exists twice.
    pub async fn duplicate_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        at: Option<MoveTo>,
    ) -> ServiceResult<PostId> {
        let view = self.client(actor, client).await?;
        let full = self.post(actor, client, id).await?;
        let now = local(self.clock.now(), view.zone);
        let own = local(full.post.due_at, view.zone);
        let next = || {
            let today = now.date().and_time(own.time());
            if own > now {
                own
            } else if today > now {
                today
            } else {
                today.checked_add_days(Days::new(1)).unwrap_or(today)
            }
        };
        let to = at.unwrap_or_else(|| {
            let time = next();
            let which = occurrence(full.post.due_at, view.zone).filter(|_| time == own);
            MoveTo { time, which }
        });
        let input = copy_of(full, to);
        self.save_post(actor, client, input, Intent::SaveDraft)
            .await
    }
}

fn copy_of(full: FullPost, to: MoveTo) -> PostInput {
    PostInput {
        id: None,
        caption: full.post.caption,
        assets: full
            .assets
            .into_iter()
            .filter(|file| file.asset.deleted_at.is_none())
            .map(|file| (file.asset.id, file.alt))
            .collect(),
        targets: full
            .deliveries
            .into_iter()
            .filter(|(_, account)| account.status != AccountStatus::Disconnected)
            .map(|(delivery, account)| Target {
                account: account.id,
                options: delivery.options.for_another_post(),
                caption: delivery.caption_override,
            })
            .collect(),
        local_time: to.time,
        which: to.which,
        revision: None,
        composer: None,
    }
}

/// The version that a post is at another minute.
pub(super) fn version_at(
    post: &Post,
    deliveries: &[Delivery],
    files: &[PostAsset],
    due_at: DateTime<Utc>,
) -> Result<Vec<u8>, serde_json::Error> {
    let files: Vec<(Vec<u8>, &str)> = files
        .iter()
        .map(|file| (file.asset.sha256.clone(), file.alt.as_str()))
        .collect();
    let deliveries: Vec<_> = deliveries
        .iter()
        .map(|held| {
            (
                held.account_id,
                held.caption_override.as_deref(),
                &held.options,
            )
        })
        .collect();
    let parts = VersionParts {
        caption: &post.caption,
        assets: &files,
        due_at,
        deliveries: &deliveries,
    };
    Ok(version_hash(&parts)?.to_vec())
}

/// A line for the history of each delivery, or of the post where it has none.
fn told(actor: &Actor, locked: &Locked, detail: &str, now: DateTime<Utc>) -> Vec<NewEvent> {
    let line = |held: Option<&Delivery>| NewEvent {
        client: locked.client.id,
        account: held.map(|held| held.account_id),
        post: Some(locked.post.id),
        delivery: held.map(|held| held.id),
        attempt: None,
        at: now,
        actor: Some(actor.user_id),
        kind: "moved",
        tone: Tone::Neutral,
        title: "Moved".to_owned(),
        detail: detail.to_owned(),
        platform_words: None,
        duration_ms: None,
    };
    if locked.deliveries.is_empty() {
        vec![line(None)]
    } else {
        locked
            .deliveries
            .iter()
            .map(|held| line(Some(held)))
            .collect()
    }
}
