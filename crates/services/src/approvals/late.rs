//! What happens by itself while nobody decides: reminders ahead of the deadline, and the post's minute.

use chrono::{DateTime, Duration, Utc};
use db::models::review::{self, Review};
use db::models::{delivery, event};
use db::{AsyncConnection, delivery_queue};
use domain::approval::{ApprovalPolicy, LateApproval, ReviewStage, ReviewState, Verdict};
use domain::history::Tone;
use domain::notice::NoticeKind;
use domain::state::Transition;
use domain::{ClientId, PostId};

use super::send::{ended, reminded};
use super::{Line, Locked, next_look};
use crate::audit::{self, By};
use crate::notify::Audience;
use crate::{ServiceResult, Services};

/// How many are looked at in one round.
const AT_A_TIME: i64 = 100;
/// In whose name things happen by themselves.
const SOFTWARE: By<'static> = By::Software("AutoPost");

impl Services {
    /// Reminds approvers whose deadline is near, and acts where a post's minute has come without a decision.
    /// Safe to run on any number of servers. Returns how many reviews were looked at.
    ///
    /// # Errors
    /// When the database cannot be reached; the next round goes on.
    pub async fn look_at_reviews(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let due = review::due(&mut *self.conn().await?, now, AT_A_TIME).await?;
        for (client, post) in &due {
            if let Err(error) = self.look_at_review(*client, *post).await {
                tracing::warn!(%post, %error, "a review could not be looked at; tries again");
            }
        }
        Ok(due.len())
    }

    async fn look_at_review(&self, client: ClientId, post: PostId) -> ServiceResult<()> {
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, post).await?;
            let now = self.clock.now();
            let newest = review::newest(conn, post, None).await?;
            let is_due = |of: &Review| {
                of.state == ReviewState::Waiting && of.remind_at.is_some_and(|at| at <= now)
            };
            // Somebody has decided, or another server has looked, in the meantime.
            let Some(waiting) = newest.filter(is_due) else {
                return Ok(());
            };
            if locked.post.due_at <= now {
                return self.minute_came(conn, &locked, &waiting, now).await;
            }
            let next = next_look(waiting.deadline, locked.post.due_at, now);
            review::look_next_at(conn, waiting.id, next).await?;
            let missing = self.not_decided(conn, &waiting).await?;
            self.tell(conn, &locked.reminder(waiting.deadline, missing))
                .await?;
            event::append(conn, &locked.events(None, now, &reminded())).await?;
            Ok(())
        })
        .await
    }

    /// A post's minute has come, and nobody has decided about it.
    async fn minute_came(
        &self,
        conn: &mut db::Connection,
        locked: &Locked,
        of: &Review,
        now: DateTime<Utc>,
    ) -> ServiceResult<()> {
        let client = &locked.client;
        let latest = locked.post.due_at + Duration::minutes(client.lateness_minutes.into());
        let goes_without = client.approval_policy == ApprovalPolicy::Optional
            && client.late_approval == LateApproval::Publish
            && of.stage == ReviewStage::Client
            && now <= latest;
        let (line, body) = if goes_without {
            for held in &locked.deliveries {
                if held.state.after(Transition::GoWithout).is_some() {
                    delivery::schedule(conn, held.id, &locked.post.version, None, now).await?;
                }
            }
            delivery_queue::wake(conn).await?;
            review::settle(conn, of.id, ReviewState::Withdrawn, Some(now), None).await?;
            audit::note_moves(conn, SOFTWARE, now, &locked.deliveries).await?;
            let entry = ended(locked, of, ReviewState::Withdrawn);
            self.record(conn, SOFTWARE, &[entry]).await?;
            let line = Line {
                kind: "went_without",
                tone: Tone::Warning,
                title: "Goes out without an answer",
                detail: "Nobody had decided by its minute, and this client does not insist on approving.",
            };
            (
                line,
                "It goes out without an answer, as set for this client.",
            )
        } else {
            review::look_next_at(conn, of.id, None).await?;
            let line = Line {
                kind: "approval_late",
                tone: Tone::Bad,
                title: "Its minute passed without a decision",
                detail: "It has not gone out, and does not before somebody decides.",
            };
            (line, "Nobody has decided about it, so it has not gone out.")
        };
        event::append(conn, &locked.events(None, now, &line)).await?;
        let title = format!("{}: {}", line.title, locked.title());
        let kind = NoticeKind::ApprovalLate;
        let staff = locked.notice(kind, Audience::Staff, title.clone(), body.to_owned());
        self.tell(conn, &staff).await?;
        if of.stage == ReviewStage::Client {
            let approvers = Audience::ClientApprovers;
            self.tell(
                conn,
                &locked.notice(kind, approvers, title, body.to_owned()),
            )
            .await?;
        }
        Ok(())
    }

    /// Settles reviews to which everybody who is left has agreed: an approver has gone, or fewer have to
    /// agree than when they did. Returns how many.
    ///
    /// # Errors
    /// When the database cannot be reached; the next round goes on.
    pub async fn settle_agreed_reviews(&self) -> ServiceResult<usize> {
        let mut conn = self.conn().await?;
        let agreed = review::waiting_with_decision(&mut conn, Verdict::Approved).await?;
        let mut settled = 0;
        for (client, post) in agreed {
            settled += conn
                .transaction(async |conn| {
                    let locked = Locked::take(conn, client, post).await?;
                    let newest = review::newest(conn, post, None).await?;
                    let Some(waiting) = newest.filter(|one| one.state == ReviewState::Waiting)
                    else {
                        return Ok(0);
                    };
                    let agreed = review::decisions_of(conn, &[waiting.id])
                        .await?
                        .iter()
                        .any(|one| one.withdrawn_at.is_none() && one.verdict == Verdict::Approved);
                    if !agreed || waiting.version != locked.post.version {
                        return Ok(0);
                    }
                    let decided = self.agree(conn, None, &locked, &waiting).await?;
                    let waits = matches!(decided.outcome, super::Outcome::WaitsForOthers(_));
                    Ok::<_, crate::ServiceError>(usize::from(!waits))
                })
                .await?;
        }
        Ok(settled)
    }
}
