//! Versions that were sent to be approved, and what approvers decided about each.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::approval::{ReviewStage, ReviewState, Verdict};
use domain::{ClientId, PostId, ReviewId, UserId};
use uuid::Uuid;

use crate::schema::{decisions, posts, reviews, users};
use crate::{Connection, DbResult};

/// A version that was sent to be approved.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = reviews, check_for_backend(diesel::pg::Pg))]
pub struct Review {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: ReviewId,
    /// Whose post.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// The post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// The version.
    pub version: Vec<u8>,
    /// Whose decision it waits for, or waited for.
    #[diesel(deserialize_as = String)]
    pub stage: ReviewStage,
    /// What became of it.
    #[diesel(deserialize_as = String)]
    pub state: ReviewState,
    /// Who sent it.
    pub sent_by: Option<Uuid>,
    /// When.
    pub sent_at: DateTime<Utc>,
    /// Until when a decision is wanted.
    pub deadline: DateTime<Utc>,
    /// When it was settled.
    pub settled_at: Option<DateTime<Utc>>,
    /// When it is looked at next: to remind somebody, or because its minute comes.
    pub remind_at: Option<DateTime<Utc>>,
}

/// A version that is to be approved.
#[derive(Clone, Debug)]
pub struct NewReview<'a> {
    /// Its id.
    pub id: ReviewId,
    /// Whose post.
    pub client: ClientId,
    /// The post.
    pub post: PostId,
    /// The version.
    pub version: &'a [u8],
    /// Whose decision it waits for.
    pub stage: ReviewStage,
    /// Who sent it.
    pub sent_by: Option<UserId>,
    /// Until when a decision is wanted.
    pub deadline: DateTime<Utc>,
    /// When it is looked at next.
    pub remind_at: Option<DateTime<Utc>>,
}

/// What an approver decided.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Decision {
    /// About which review.
    #[diesel(deserialize_as = Uuid)]
    pub review_id: ReviewId,
    /// Who.
    #[diesel(deserialize_as = Uuid)]
    pub user_id: UserId,
    /// How they are called.
    pub name: String,
    /// What.
    #[diesel(deserialize_as = String)]
    pub verdict: Verdict,
    /// What they said with it.
    pub note: String,
    /// When.
    pub at: DateTime<Utc>,
    /// When they took it back.
    pub withdrawn_at: Option<DateTime<Utc>>,
}

/// Sends a version to be approved. Call it inside a transaction in which the post is locked.
///
/// # Errors
/// A duplicate when another version of the post waits; otherwise when the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewReview<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(reviews::table)
        .values((
            reviews::id.eq(new.id.0),
            reviews::client_id.eq(new.client.0),
            reviews::post_id.eq(new.post.0),
            reviews::version.eq(new.version),
            reviews::stage.eq(new.stage.as_str()),
            reviews::state.eq(ReviewState::Waiting.as_str()),
            reviews::sent_by.eq(new.sent_by.map(|id| id.0)),
            reviews::sent_at.eq(now),
            reviews::deadline.eq(new.deadline),
            reviews::remind_at.eq(new.remind_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The newest review of a post at one stage, or at any.
///
/// # Errors
/// When the query fails.
pub async fn newest(
    conn: &mut Connection,
    post: PostId,
    stage: Option<ReviewStage>,
) -> DbResult<Option<Review>> {
    let mut query = reviews::table
        .filter(reviews::post_id.eq(post.0))
        .order((reviews::sent_at.desc(), reviews::id.desc()))
        .select(Review::as_select())
        .into_boxed();
    if let Some(stage) = stage {
        query = query.filter(reviews::stage.eq(stage.as_str()));
    }
    Ok(query.first(conn).await.optional()?)
}

/// All reviews of these posts, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn of_posts(conn: &mut Connection, posts: &[PostId]) -> DbResult<Vec<Review>> {
    Ok(reviews::table
        .filter(reviews::post_id.eq_any(uuids(posts)))
        .order((reviews::sent_at, reviews::id))
        .select(Review::as_select())
        .load(conn)
        .await?)
}

/// What waits for a decision, the earliest deadline first: of one client, or of all.
///
/// # Errors
/// When the query fails.
pub async fn waiting(conn: &mut Connection, client: Option<ClientId>) -> DbResult<Vec<Review>> {
    let mut query = reviews::table
        .filter(reviews::state.eq(ReviewState::Waiting.as_str()))
        .order((reviews::deadline, reviews::id))
        .select(Review::as_select())
        .into_boxed();
    if let Some(client) = client {
        query = query.filter(reviews::client_id.eq(client.0));
    }
    Ok(query.load(conn).await?)
}

/// Which of these posts the client has approved, in which version, and when; not what was settled
/// otherwise since.
///
/// # Errors
/// When the query fails.
pub async fn approved_by_client(
    conn: &mut Connection,
    posts: &[PostId],
) -> DbResult<Vec<(PostId, Vec<u8>, Option<DateTime<Utc>>)>> {
    let rows: Vec<(Uuid, Vec<u8>, Option<DateTime<Utc>>)> = reviews::table
        .filter(reviews::post_id.eq_any(uuids(posts)))
        .filter(reviews::state.eq(ReviewState::Approved.as_str()))
        .filter(reviews::stage.eq(ReviewStage::Client.as_str()))
        .select((reviews::post_id, reviews::version, reviews::settled_at))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(post, version, at)| (post.into(), version, at))
        .collect())
}

/// Settles a review, or has it wait again.
///
/// # Errors
/// When the query fails.
pub async fn settle(
    conn: &mut Connection,
    id: ReviewId,
    state: ReviewState,
    settled_at: Option<DateTime<Utc>>,
    remind_at: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(reviews::table.find(id.0))
        .set((
            reviews::state.eq(state.as_str()),
            reviews::settled_at.eq(settled_at),
            reviews::remind_at.eq(remind_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The reviews of a post that wait for, or have agreed to, another version than this.
///
/// # Errors
/// When the query fails.
pub async fn standing_except(
    conn: &mut Connection,
    post: PostId,
    version: &[u8],
) -> DbResult<Vec<Review>> {
    Ok(reviews::table
        .filter(reviews::post_id.eq(post.0))
        .filter(reviews::version.ne(version))
        .filter(reviews::state.eq_any([
            ReviewState::Waiting.as_str(),
            ReviewState::Approved.as_str(),
        ]))
        .order((reviews::sent_at, reviews::id))
        .select(Review::as_select())
        .load(conn)
        .await?)
}

/// Ends what waits for a decision about these posts, because nothing of them goes out any more.
///
/// # Errors
/// When the query fails.
pub async fn withdraw_waiting(
    conn: &mut Connection,
    posts: &[PostId],
    now: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(diesel::update(
        reviews::table
            .filter(reviews::post_id.eq_any(uuids(posts)))
            .filter(reviews::state.eq(ReviewState::Waiting.as_str())),
    )
    .set((
        reviews::state.eq(ReviewState::Withdrawn.as_str()),
        reviews::settled_at.eq(now),
        reviews::remind_at.eq(None::<DateTime<Utc>>),
    ))
    .execute(conn)
    .await?)
}

/// When a review is looked at next.
///
/// # Errors
/// When the query fails.
pub async fn look_next_at(
    conn: &mut Connection,
    id: ReviewId,
    at: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(reviews::table.find(id.0))
        .set(reviews::remind_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// The posts whose reviews are due to be looked at, earliest first.
///
/// # Errors
/// When the query fails.
pub async fn due(
    conn: &mut Connection,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<(ClientId, PostId)>> {
    let rows: Vec<(Uuid, Uuid)> = reviews::table
        .filter(reviews::remind_at.le(now))
        .order(reviews::remind_at)
        .limit(limit)
        .select((reviews::client_id, reviews::post_id))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(client, post)| (client.into(), post.into()))
        .collect())
}

/// The posts that wait although somebody has decided so.
///
/// # Errors
/// When the query fails.
pub async fn waiting_with_decision(
    conn: &mut Connection,
    verdict: Verdict,
) -> DbResult<Vec<(ClientId, PostId)>> {
    let rows: Vec<(Uuid, Uuid)> = reviews::table
        .inner_join(decisions::table)
        .filter(reviews::state.eq(ReviewState::Waiting.as_str()))
        .filter(decisions::verdict.eq(verdict.as_str()))
        .filter(decisions::withdrawn_at.is_null())
        .select((reviews::client_id, reviews::post_id))
        .distinct()
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(client, post)| (client.into(), post.into()))
        .collect())
}

/// Writes down what an approver decided.
///
/// # Errors
/// A duplicate when a decision of theirs stands; otherwise when the query fails.
pub async fn insert_decision(
    conn: &mut Connection,
    review: &Review,
    user: UserId,
    verdict: Verdict,
    note: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(decisions::table)
        .values((
            decisions::review_id.eq(review.id.0),
            decisions::version.eq(&review.version),
            decisions::user_id.eq(user.0),
            decisions::verdict.eq(verdict.as_str()),
            decisions::note.eq(note),
            decisions::at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes back the decision of an approver that stands. `false` when none does.
///
/// # Errors
/// When the query fails.
pub async fn withdraw_decision(
    conn: &mut Connection,
    review: ReviewId,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let changed = diesel::update(
        decisions::table
            .filter(decisions::review_id.eq(review.0))
            .filter(decisions::user_id.eq(user.0))
            .filter(decisions::withdrawn_at.is_null()),
    )
    .set(decisions::withdrawn_at.eq(now))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Every decision about these reviews, oldest first, also those that were taken back.
///
/// # Errors
/// When the query fails.
pub async fn decisions_of(conn: &mut Connection, ids: &[ReviewId]) -> DbResult<Vec<Decision>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(decisions::table
        .inner_join(users::table)
        .filter(decisions::review_id.eq_any(ids))
        .order(decisions::id)
        .select((
            decisions::review_id,
            decisions::user_id,
            users::name,
            decisions::verdict,
            decisions::note,
            decisions::at,
            decisions::withdrawn_at,
        ))
        .load(conn)
        .await?)
}

/// The newest review of every post of a client (or of all) whose newest review is in one of these states
/// and whose minute is not before `since`.
///
/// # Errors
/// When the query fails.
pub async fn newest_in(
    conn: &mut Connection,
    client: Option<ClientId>,
    states: &[ReviewState],
    since: DateTime<Utc>,
) -> DbResult<Vec<Review>> {
    let mut query = reviews::table
        .inner_join(posts::table)
        .filter(posts::due_at.ge(since))
        .distinct_on(reviews::post_id)
        .order((
            reviews::post_id,
            reviews::sent_at.desc(),
            reviews::id.desc(),
        ))
        .select(Review::as_select())
        .into_boxed();
    if let Some(client) = client {
        query = query.filter(reviews::client_id.eq(client.0));
    }
    let mut newest: Vec<Review> = query.load(conn).await?;
    newest.retain(|review| states.contains(&review.state));
    Ok(newest)
}

fn uuids(posts: &[PostId]) -> Vec<Uuid> {
    posts.iter().map(|id| id.0).collect()
}
