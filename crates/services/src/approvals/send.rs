//! Sending versions to be approved, reminding of them, and taking them back.

use std::collections::HashMap;

use chrono::Duration;
use db::AsyncConnection;
use db::models::{delivery, event, review, user};
use domain::account::AccountFacts;
use domain::approval::{ReviewStage, ReviewState};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::rules::{Field, Finding};
use domain::state::Transition;
use domain::time::{local, local_label, zone_place};
use domain::{AccountId, ClientId, DeliveryState, Permission, PostId, ReviewId, UserId};

use super::{Line, Locked, Sent, SentForApproval, deadline, missing, next_look};
use crate::audit::{self, By, Entry};
use crate::posts::FullPost;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How long nobody is reminded again of the same post by hand.
const BETWEEN_REMINDERS: Duration = Duration::hours(1);
/// More posts than anybody selects.
const AT_ONCE: usize = 200;

impl Services {
    /// Sends posts to be approved, as the client's policy says: each is judged as if it were scheduled, and
    /// is sent, or there is a sentence why not.
    ///
    /// # Errors
    /// When the client is not this person's to write for; what is wrong with a post is in the answer.
    pub async fn send_for_approval(
        &self,
        actor: &Actor,
        client: ClientId,
        posts: &[PostId],
    ) -> ServiceResult<SentForApproval> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        few_enough(posts)?;
        // What a platform says about an account is asked once, however many posts go there.
        let mut known = HashMap::new();
        let mut done = Vec::with_capacity(posts.len());
        for id in posts {
            done.push((*id, self.send_one(actor, client, *id, &mut known).await));
        }
        Ok(SentForApproval { posts: done })
    }

    async fn send_one(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<Sent> {
        let full = self.post(actor, client, id).await?;
        let now = self.clock.now();
        if full.post.due_at <= now {
            return Err(ServiceError::Findings(vec![Finding::error(
                Field::Time,
                "Its minute has passed. Choose another time, then send it for approval.",
            )]));
        }
        self.judge_stored(client, &full, known).await?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, id).await?;
            if locked.post.version != full.post.version {
                return Err(ServiceError::Conflict(
                    "Somebody changed it at this moment. Look at it again, then send it."
                        .to_owned(),
                ));
            }
            let stage = locked.client.approval_policy.first_stage().ok_or_else(|| {
                ServiceError::Conflict(format!(
                    "{} is not asked about posts. Schedule it instead.",
                    locked.client.name
                ))
            })?;
            if let Some(state) = locked
                .deliveries
                .iter()
                .map(|delivery| delivery.state)
                .find(|state| state.after(Transition::Submit).is_none())
            {
                return Err(cannot_be_sent(state));
            }
            let approved = review::approved_by_client(conn, &[id]).await?;
            if approved
                .iter()
                .any(|(_, version, _)| *version == locked.post.version)
            {
                return Err(ServiceError::Conflict(
                    "Exactly this is approved already. Schedule it.".to_owned(),
                ));
            }
            if user::approvers_of(conn, &[client]).await?.is_empty() {
                return Err(nobody_approves(&locked.client.name));
            }
            self.keep_version(conn, &locked.post, Some(actor)).await?;
            self.begin_review(conn, &locked, stage, By::User(actor))
                .await
        })
        .await
    }

    /// Has the present version of a post wait for a decision at a stage. Its deliveries wait with it.
    pub(crate) async fn begin_review(
        &self,
        conn: &mut db::Connection,
        locked: &Locked,
        stage: ReviewStage,
        by: By<'_>,
    ) -> ServiceResult<Sent> {
        let now = self.clock.now();
        let sender = match by {
            By::User(actor) => Some(actor.user_id),
            By::Software(_) | By::Visitor { .. } => None,
        };
        let deadline = deadline(&locked.client, locked.post.due_at, now);
        let new = review::NewReview {
            id: ReviewId::generate(),
            client: locked.client.id,
            post: locked.post.id,
            version: &locked.post.version,
            stage,
            sent_by: sender,
            deadline,
            remind_at: next_look(deadline, locked.post.due_at, now),
        };
        review::insert(conn, &new, now).await?;
        for held in locked
            .deliveries
            .iter()
            .filter(|held| held.state.is_editable())
        {
            delivery::set_aside(conn, held.id, DeliveryState::InReview, None, now).await?;
        }
        let whom = match stage {
            ReviewStage::Internal => "somebody of the agency",
            ReviewStage::Client => locked.client.name.as_str(),
        };
        let detail = format!(
            "Waits for {whom}, who decides by {} {}.",
            local_label(local(deadline, locked.zone)),
            zone_place(locked.zone)
        );
        let line = Line {
            kind: "review_sent",
            tone: Tone::Neutral,
            title: "Sent for approval",
            detail: &detail,
        };
        event::append(conn, &locked.events(sender, now, &line)).await?;
        audit::note_moves(conn, by, now, &locked.deliveries).await?;
        let entry = Entry::of(AuditAction::ReviewSent)
            .at(locked.client.id)
            .on("post", locked.post.id)
            .after(serde_json::json!({
                "stage": stage.as_str(),
                "version": hex::encode(&locked.post.version),
                "deadline": deadline,
            }));
        self.record(conn, by, &[entry]).await?;
        // Whoever sends it decides about it no better for being told.
        self.tell(conn, &locked.waits(stage, deadline, sender))
            .await?;
        Ok(Sent {
            review: new.id,
            stage,
            deadline,
        })
    }

    /// Takes a post back that waits for a decision: it is a draft again.
    ///
    /// # Errors
    /// When none is waited for.
    pub async fn take_back_review(
        &self,
        actor: &Actor,
        client: ClientId,
        post: PostId,
    ) -> ServiceResult<()> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, post).await?;
            let newest = review::newest(conn, post, None).await?;
            let Some(waiting) = newest.filter(|one| one.state == ReviewState::Waiting) else {
                return Err(nothing_waits());
            };
            review::settle(conn, waiting.id, ReviewState::Withdrawn, Some(now), None).await?;
            for held in &locked.deliveries {
                if held.state.after(Transition::Return).is_some() {
                    delivery::set_aside(conn, held.id, DeliveryState::Draft, None, now).await?;
                }
            }
            let line = Line {
                kind: "review_taken_back",
                tone: Tone::Neutral,
                title: "Taken back",
                detail: "Nobody is asked about it any more. It is a draft again.",
            };
            event::append(conn, &locked.events(Some(actor.user_id), now, &line)).await?;
            audit::note_moves(conn, By::User(actor), now, &locked.deliveries).await?;
            let entry = ended(&locked, &waiting, ReviewState::Withdrawn);
            self.record(conn, By::User(actor), &[entry]).await
        })
        .await
    }

    /// Reminds whoever has not decided about these posts. Each is reminded of, or there is a sentence why not.
    ///
    /// # Errors
    /// When the client is not this person's to write for.
    pub async fn remind(
        &self,
        actor: &Actor,
        client: ClientId,
        posts: &[PostId],
    ) -> ServiceResult<Vec<(PostId, ServiceResult<()>)>> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        few_enough(posts)?;
        let mut done = Vec::with_capacity(posts.len());
        for id in posts {
            done.push((*id, self.remind_one(actor, client, *id).await));
        }
        Ok(done)
    }

    async fn remind_one(&self, actor: &Actor, client: ClientId, id: PostId) -> ServiceResult<()> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, id).await?;
            let newest = review::newest(conn, id, None).await?;
            let Some(waiting) = newest.filter(|one| one.state == ReviewState::Waiting) else {
                return Err(nothing_waits());
            };
            let last = event::last_of_post(conn, id, "reminded").await?;
            if last.is_some_and(|last| now - last < BETWEEN_REMINDERS) {
                return Err(ServiceError::Conflict(
                    "They were reminded less than an hour ago.".to_owned(),
                ));
            }
            let missing = self.not_decided(conn, &waiting).await?;
            self.tell(conn, &locked.reminder(waiting.deadline, missing))
                .await?;
            let line = reminded();
            event::append(conn, &locked.events(Some(actor.user_id), now, &line)).await?;
            Ok(())
        })
        .await
    }

    /// Who could decide about a review and has not.
    pub(super) async fn not_decided(
        &self,
        conn: &mut db::Connection,
        of: &review::Review,
    ) -> ServiceResult<Vec<UserId>> {
        let approvers = match of.stage {
            ReviewStage::Internal => user::internal_approvers_of(conn, of.client_id).await?,
            ReviewStage::Client => user::approvers_of(conn, &[of.client_id])
                .await?
                .into_iter()
                .map(|(_, user, name)| (user, name))
                .collect(),
        };
        let decisions = review::decisions_of(conn, &[of.id]).await?;
        Ok(missing(&approvers, &decisions, of)
            .into_iter()
            .map(|(user, _)| *user)
            .collect())
    }

    /// The server's own judgement of a post as it is kept.
    async fn judge_stored(
        &self,
        client: ClientId,
        full: &FullPost,
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<()> {
        if let Some(gone) = full
            .assets
            .iter()
            .find(|file| file.asset.deleted_at.is_some())
        {
            return Err(ServiceError::Invalid(format!(
                "“{}” is no longer kept. Upload it again.",
                gone.asset.file_name
            )));
        }
        let on: Vec<_> = full
            .deliveries
            .iter()
            .map(|(delivery, account)| {
                (
                    account,
                    delivery.caption(&full.post.caption),
                    &delivery.options,
                )
            })
            .collect();
        self.judge_live(client, &full.assets, &on, known).await
    }
}

/// What the audit is told when nobody is asked about a version any more.
pub(super) fn ended(locked: &Locked, of: &review::Review, state: ReviewState) -> Entry {
    Entry::of(AuditAction::ReviewEnded)
        .at(locked.client.id)
        .on("post", locked.post.id)
        .before(serde_json::json!({
            "state": of.state.as_str(),
            "stage": of.stage.as_str(),
            "version": hex::encode(&of.version),
        }))
        .after(serde_json::json!({ "state": state.as_str() }))
}

/// What the history is told when approvers are reminded.
pub(super) const fn reminded() -> Line<'static> {
    Line {
        kind: "reminded",
        tone: Tone::Neutral,
        title: "Reminded",
        detail: "Whoever has not decided was told once more.",
    }
}

pub(super) fn nothing_waits() -> ServiceError {
    ServiceError::Conflict("Nobody is asked about this post at the moment.".to_owned())
}

pub(super) fn nobody_approves(client: &str) -> ServiceError {
    ServiceError::Conflict(format!(
        "Nobody can approve for {client} yet. Invite an approver, then send it."
    ))
}

fn few_enough(posts: &[PostId]) -> ServiceResult<()> {
    if posts.len() > AT_ONCE {
        return Err(ServiceError::Invalid(format!(
            "Choose at most {AT_ONCE} posts at a time."
        )));
    }
    Ok(())
}

fn cannot_be_sent(state: DeliveryState) -> ServiceError {
    ServiceError::Conflict(
        match state {
            DeliveryState::InReview => "It waits for approval already.",
            DeliveryState::Approved => {
                "It is approved. Open it and choose another time, or send it now."
            }
            DeliveryState::Scheduled => {
                "It is scheduled already. Keep it as a draft first, then send it for approval."
            }
            DeliveryState::Published => "It is published.",
            DeliveryState::Unknown => {
                "Nobody knows yet whether this post went out. Look at the profile first."
            }
            DeliveryState::Failed => "It failed. Open it, choose another time, and send it then.",
            DeliveryState::Cancelled => "It is cancelled. Open it and keep it as a draft first.",
            DeliveryState::Draft | DeliveryState::Publishing | DeliveryState::Processing => {
                "It is being published right now."
            }
        }
        .to_owned(),
    )
}
