//! Deciding about a version, and taking a decision back.

use chrono::{DateTime, Utc};
use db::models::review::{self, Review};
use db::models::{comment, delivery, event, user};
use db::{AsyncConnection, delivery_queue};
use domain::approval::{Approvers, LateApproval, ReviewStage, ReviewState, Verdict};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::notice::NoticeKind;
use domain::state::Transition;
use domain::webhook::WebhookEvent;
use domain::{AssetId, ClientId, CommentId, DeliveryState, Permission, PostId};

use super::send::nothing_waits;
use super::{Decided, Line, Locked, Outcome, Side, missing, next_look};
use crate::audit::{self, By, Entry};
use crate::comments::check_moment;
use crate::notify::Audience;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// The longest note that goes with a decision.
const LONGEST_NOTE: usize = 4_000;

/// What is said with a decision.
#[derive(Clone, Copy, Debug, Default)]
pub struct Note<'a> {
    /// What; empty when nothing is.
    pub text: &'a str,
    /// At which moment of which video, in milliseconds.
    pub at: Option<(AssetId, i64)>,
}

impl Services {
    /// Decides about the version of a post that waits, which is named in hex: at the agency's own stage by
    /// whoever approves for the agency, at the client's by its approvers. Deciding the same once more changes
    /// nothing; deciding otherwise replaces what one decided before.
    ///
    /// # Errors
    /// When another version waits by now, none does, or it is not this person's to decide.
    pub async fn decide(
        &self,
        actor: &Actor,
        client: ClientId,
        post: PostId,
        version: &str,
        verdict: Verdict,
        note: &str,
    ) -> ServiceResult<Decided> {
        let said = Note {
            text: note,
            at: None,
        };
        self.decide_about(actor, client, post, version, verdict, said)
            .await
    }

    /// The same, with what is said about it at a moment of a video of the post.
    ///
    /// # Errors
    /// As [`Self::decide`], and when that moment is not part of the post's videos.
    pub async fn decide_about(
        &self,
        actor: &Actor,
        client: ClientId,
        post: PostId,
        version: &str,
        verdict: Verdict,
        Note { text: note, at }: Note<'_>,
    ) -> ServiceResult<Decided> {
        let side = Side::of(actor, client)?;
        require_deciding(actor)?;
        let note = check_note(note)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, post).await?;
            let named = hex::decode(version).unwrap_or_default();
            let stage = (side == Side::Portal).then_some(ReviewStage::Client);
            let newest = review::newest(conn, post, stage).await?;
            let newest = newest.ok_or(ServiceError::NotFound("post"))?;
            let permission = permission(newest.stage);
            actor.require(permission)?;
            if newest.version != named || locked.post.version != named {
                return Err(ServiceError::Conflict(
                    "This post has been changed since you opened it. Look at what it says now, then decide."
                        .to_owned(),
                ));
            }
            let decisions = review::decisions_of(conn, &[newest.id]).await?;
            let mine = decisions
                .iter()
                .find(|one| one.user_id == actor.user_id && one.withdrawn_at.is_none());
            let repeats = mine.is_some_and(|mine| mine.verdict == verdict);
            if newest.state != ReviewState::Waiting {
                // A second tap on the same button is answered as the first was.
                return if repeats {
                    Ok(self.standing_outcome(&locked, &newest))
                } else {
                    Err(settled_already(newest.state))
                };
            }
            if !repeats {
                let now = self.clock.now();
                review::withdraw_decision(conn, newest.id, actor.user_id, now).await?;
                review::insert_decision(conn, &newest, actor.user_id, verdict, note, now).await?;
                if !note.is_empty() {
                    if let Some((asset, moment)) = at {
                        check_moment(conn, post, asset, moment).await?;
                    }
                    let said = comment::NewComment {
                        id: CommentId::generate(),
                        client,
                        post,
                        author: actor.user_id,
                        internal: newest.stage == ReviewStage::Internal,
                        body: note,
                        at,
                    };
                    comment::insert(conn, &said, now).await?;
                }
                let entry = Entry::of(AuditAction::Decided)
                    .at(client)
                    .on("post", post)
                    .after(serde_json::json!({
                        "verdict": verdict.as_str(),
                        "stage": newest.stage.as_str(),
                        "version": version,
                    }));
                self.record(conn, By::User(actor), &[entry]).await?;
            }
            match verdict {
                Verdict::Changes => self.ask_changes(conn, actor, &locked, &newest, note).await,
                Verdict::Approved => self.agree(conn, Some(actor), &locked, &newest).await,
            }
        })
        .await
    }

    /// Sends a version back to be changed.
    async fn ask_changes(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        locked: &Locked,
        of: &Review,
        note: &str,
    ) -> ServiceResult<Decided> {
        let now = self.clock.now();
        review::settle(conn, of.id, ReviewState::Changes, Some(now), None).await?;
        for held in &locked.deliveries {
            if held.state.after(Transition::Return).is_some() {
                delivery::set_aside(conn, held.id, DeliveryState::Draft, None, now).await?;
            }
        }
        let who = asker(of.stage, &locked.client.name);
        let detail = if note.is_empty() {
            "It is a draft again.".to_owned()
        } else {
            "It is a draft again. What is to be changed is among its comments.".to_owned()
        };
        let line = Line {
            kind: "changes_asked",
            tone: Tone::Warning,
            title: "Changes asked for",
            detail: &detail,
        };
        audit::note_moves(conn, By::User(actor), now, &locked.deliveries).await?;
        event::append(conn, &locked.events(Some(actor.user_id), now, &line)).await?;
        let title = format!("{who} asks for changes: {}", locked.title());
        let mut told = locked.notice(
            NoticeKind::ChangesAsked,
            Audience::Staff,
            title,
            note.to_owned(),
        );
        told.except = Some(actor.user_id);
        self.tell(conn, &told).await?;
        let event = WebhookEvent::ApprovalChangesAsked;
        self.announce(conn, locked.client.id, event, decision_data(of))
            .await?;
        Ok(Decided {
            outcome: Outcome::ChangesAsked,
            due_at: locked.post.due_at,
            zone: locked.zone,
            withdraw_until: None,
        })
    }

    /// What follows when somebody has agreed, or when nobody is missing any more.
    pub(super) async fn agree(
        &self,
        conn: &mut db::Connection,
        actor: Option<&Actor>,
        locked: &Locked,
        of: &Review,
    ) -> ServiceResult<Decided> {
        let now = self.clock.now();
        if of.stage == ReviewStage::Client && locked.client.approvers == Approvers::All {
            let approvers: Vec<_> = user::approvers_of(conn, &[locked.client.id])
                .await?
                .into_iter()
                .map(|(_, user, name)| (user, name))
                .collect();
            let decisions = review::decisions_of(conn, &[of.id]).await?;
            let others = missing(&approvers, &decisions, of);
            if !others.is_empty() {
                let names = others.into_iter().map(|(_, name)| name.clone()).collect();
                return Ok(self.decided(locked, Outcome::WaitsForOthers(names)));
            }
        }
        review::settle(conn, of.id, ReviewState::Approved, Some(now), None).await?;
        let by = actor.map_or(By::Software("AutoPost"), By::User);
        let who = actor.map(|actor| actor.user_id);
        if let Some(next) = locked.client.approval_policy.stage_after(of.stage) {
            let line = Line {
                kind: "approved",
                tone: Tone::Good,
                title: "Approved by the agency",
                detail: "Now the client is asked.",
            };
            event::append(conn, &locked.events(who, now, &line)).await?;
            self.begin_review(conn, locked, next, by).await?;
            return Ok(self.decided(locked, Outcome::PassedOn));
        }
        let outcome = self.release(conn, locked, now).await?;
        audit::note_moves(conn, by, now, &locked.deliveries).await?;
        let minute = locked.minute();
        let (detail, told) = match outcome {
            Outcome::Scheduled => (
                format!("Goes out {minute}."),
                format!("It goes out {minute}."),
            ),
            Outcome::GoesOutNow => (
                format!("Its minute was {minute}; it goes out at once."),
                "Its minute had passed; it goes out at once.".to_owned(),
            ),
            _ => kept_words(locked, &minute),
        };
        let line = Line {
            kind: "approved",
            tone: Tone::Good,
            title: "Approved",
            detail: &detail,
        };
        event::append(conn, &locked.events(who, now, &line)).await?;
        // What is approved late and waits for staff is not merely good to know.
        let kind = if outcome == Outcome::Kept {
            NoticeKind::ApprovalLate
        } else {
            NoticeKind::Approved
        };
        let title = format!(
            "{} approved: {}",
            asker(of.stage, &locked.client.name),
            locked.title()
        );
        self.tell(conn, &locked.notice(kind, Audience::Staff, title, told))
            .await?;
        let event = WebhookEvent::ApprovalApproved;
        self.announce(conn, locked.client.id, event, decision_data(of))
            .await?;
        Ok(self.decided(locked, outcome))
    }

    /// Lets a version go that was approved: at its minute, or as the client wants it when that has passed.
    async fn release(
        &self,
        conn: &mut db::Connection,
        locked: &Locked,
        now: DateTime<Utc>,
    ) -> ServiceResult<Outcome> {
        let due_at = locked.post.due_at;
        let latest = due_at + chrono::Duration::minutes(locked.client.lateness_minutes.into());
        let outcome = if due_at > now {
            Outcome::Scheduled
        } else if locked.client.late_approval == LateApproval::Publish && now <= latest {
            Outcome::GoesOutNow
        } else {
            Outcome::Kept
        };
        for held in &locked.deliveries {
            let Some(approved) = held.state.after(Transition::Approve) else {
                continue;
            };
            delivery::set_aside(conn, held.id, approved, None, now).await?;
            if outcome != Outcome::Kept {
                let ahead = crate::preflight::first_look(due_at, now);
                delivery::schedule(conn, held.id, &locked.post.version, ahead, now).await?;
            }
        }
        if outcome == Outcome::GoesOutNow {
            delivery_queue::wake(conn).await?;
        }
        Ok(outcome)
    }

    /// Takes back one's own approval, as long as no worker has taken the post: it waits again.
    ///
    /// # Errors
    /// When there is none to take back, or the post has left.
    pub async fn withdraw_decision(
        &self,
        actor: &Actor,
        client: ClientId,
        post: PostId,
    ) -> ServiceResult<()> {
        let side = Side::of(actor, client)?;
        require_deciding(actor)?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, post).await?;
            let stage = (side == Side::Portal).then_some(ReviewStage::Client);
            let newest = review::newest(conn, post, stage).await?;
            let newest = newest.ok_or(ServiceError::NotFound("post"))?;
            actor.require(permission(newest.stage))?;
            let decisions = review::decisions_of(conn, &[newest.id]).await?;
            let mine = decisions.iter().any(|one| {
                one.user_id == actor.user_id
                    && one.withdrawn_at.is_none()
                    && one.verdict == Verdict::Approved
            });
            if !mine {
                return Err(ServiceError::Conflict(
                    "There is no approval of yours to take back.".to_owned(),
                ));
            }
            let now = self.clock.now();
            match newest.state {
                ReviewState::Waiting => {}
                ReviewState::Approved => self.reopen(conn, &locked, &newest, now).await?,
                ReviewState::Changes | ReviewState::Withdrawn | ReviewState::Void => {
                    return Err(settled_already(newest.state));
                }
            }
            review::withdraw_decision(conn, newest.id, actor.user_id, now).await?;
            audit::note_moves(conn, By::User(actor), now, &locked.deliveries).await?;
            let line = Line {
                kind: "approval_withdrawn",
                tone: Tone::Warning,
                title: "Approval taken back",
                detail: "It waits for a decision again, and does not go out without one.",
            };
            event::append(conn, &locked.events(Some(actor.user_id), now, &line)).await?;
            let entry = Entry::of(AuditAction::DecisionWithdrawn)
                .at(client)
                .on("post", post)
                .before(serde_json::json!({
                    "stage": newest.stage.as_str(),
                    "version": hex::encode(&newest.version),
                }));
            self.record(conn, By::User(actor), &[entry]).await?;
            let title = format!(
                "{} took the approval back: {}",
                asker(newest.stage, &locked.client.name),
                locked.title()
            );
            let body = "It waits for a decision again.".to_owned();
            let kind = NoticeKind::ChangesAsked;
            let mut told = locked.notice(kind, Audience::Staff, title, body);
            told.except = Some(actor.user_id);
            self.tell(conn, &told).await
        })
        .await
    }

    /// Has an approved version wait again, unless something of it has left.
    async fn reopen(
        &self,
        conn: &mut db::Connection,
        locked: &Locked,
        of: &Review,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let stays = |state: DeliveryState| state.after(Transition::Reopen).is_none();
        if let Some(gone) = locked.deliveries.iter().find(|held| stays(held.state)) {
            return Err(ServiceError::Conflict(
                match gone.state {
                    DeliveryState::Published => {
                        "It is published: what has left cannot be taken back here."
                    }
                    DeliveryState::Publishing | DeliveryState::Processing => {
                        "It is being published right now: what has left cannot be taken back."
                    }
                    DeliveryState::Unknown => {
                        "It was sent off, and nobody knows yet whether it went out."
                    }
                    DeliveryState::InReview => "Another version waits for a decision already.",
                    _ => "It does not go out as it is, so there is nothing to take back.",
                }
                .to_owned(),
            ));
        }
        for held in &locked.deliveries {
            if let Some(state) = held.state.after(Transition::Reopen) {
                delivery::set_aside(conn, held.id, state, None, now).await?;
            }
        }
        let again = next_look(of.deadline, locked.post.due_at, now);
        review::settle(conn, of.id, ReviewState::Waiting, None, again).await?;
        Ok(())
    }

    fn decided(&self, locked: &Locked, outcome: Outcome) -> Decided {
        let due_at = locked.post.due_at;
        let may_withdraw = matches!(outcome, Outcome::Scheduled | Outcome::WaitsForOthers(_));
        Decided {
            withdraw_until: (may_withdraw && due_at > self.clock.now()).then_some(due_at),
            outcome,
            due_at,
            zone: locked.zone,
        }
    }

    /// What came of a review that was settled before.
    fn standing_outcome(&self, locked: &Locked, of: &Review) -> Decided {
        let state = DeliveryState::summary(locked.deliveries.iter().map(|held| held.state));
        let outcome = match (of.state, state) {
            (ReviewState::Changes, _) => Outcome::ChangesAsked,
            (_, DeliveryState::Scheduled) if locked.post.due_at > self.clock.now() => {
                Outcome::Scheduled
            }
            (_, DeliveryState::InReview) => Outcome::PassedOn,
            (_, DeliveryState::Approved) => Outcome::Kept,
            _ => Outcome::GoesOutNow,
        };
        self.decided(locked, outcome)
    }
}

/// What one must be allowed to decide at a stage.
pub(super) const fn permission(stage: ReviewStage) -> Permission {
    match stage {
        ReviewStage::Internal => Permission::ApproveInternally,
        ReviewStage::Client => Permission::ApproveForClient,
    }
}

/// Lets pass whoever decides at any stage.
fn require_deciding(actor: &Actor) -> ServiceResult<()> {
    actor
        .require(Permission::ApproveInternally)
        .or_else(|_| actor.require(Permission::ApproveForClient))
}

/// What a webhook says of a decision.
fn decision_data(of: &Review) -> serde_json::Value {
    serde_json::json!({
        "post_id": of.post_id,
        "version": hex::encode(&of.version),
        "stage": of.stage.as_str(),
    })
}

/// In whose name a decision is told to staff.
fn asker(stage: ReviewStage, client: &str) -> String {
    match stage {
        ReviewStage::Internal => "The agency".to_owned(),
        ReviewStage::Client => client.to_owned(),
    }
}

/// What is said of a version whose approval came after its minute, and that waits for staff.
fn kept_words(locked: &Locked, minute: &str) -> (String, String) {
    let asks_again = locked.client.approval_policy.is_required();
    let next = match (locked.client.late_approval, asks_again) {
        (LateApproval::Ask, _) => "Send it now, or choose another time.",
        (_, true) => "Choose another time; the client is asked about that.",
        (_, false) => "Choose another time.",
    };
    (
        format!("Its minute, {minute}, had passed. {next}"),
        format!("Its minute, {minute}, had passed, so it has not gone out. {next}"),
    )
}

fn settled_already(state: ReviewState) -> ServiceError {
    ServiceError::Conflict(
        match state {
            ReviewState::Approved => "This version is approved already.",
            ReviewState::Changes => "Changes are asked for already.",
            ReviewState::Withdrawn => "The agency has taken it back: nobody is asked about it now.",
            ReviewState::Void => "It is being changed: this version is no more.",
            ReviewState::Waiting => return nothing_waits(),
        }
        .to_owned(),
    )
}

fn check_note(note: &str) -> ServiceResult<&str> {
    let note = note.trim();
    if note.chars().count() > LONGEST_NOTE || note.contains('\0') {
        return Err(ServiceError::Invalid(format!(
            "Say it in at most {LONGEST_NOTE} characters."
        )));
    }
    Ok(note)
}
