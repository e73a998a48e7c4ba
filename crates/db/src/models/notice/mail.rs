//! What was told and is gathered into mails.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::approval::{ReviewStage, ReviewState};
use domain::notice::NoticeKind;
use domain::{ClientId, PostId, UserId};
use uuid::Uuid;

use crate::schema::{decisions, notices, posts, reviews};
use crate::{Connection, DbResult};

/// People to whom a mail is due.
///
/// # Errors
/// When the query fails.
pub async fn mail_due(
    conn: &mut Connection,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<UserId>> {
    let ids: Vec<Uuid> = notices::table
        .filter(notices::mail_at.le(now))
        .select(notices::user_id)
        .distinct()
        .limit(limit)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UserId::from).collect())
}

/// Something that was told, for the mail that tells it again.
#[derive(Clone, Debug)]
pub struct ToMail {
    /// Its number.
    pub id: i64,
    /// About which client.
    pub client: Option<ClientId>,
    /// About which post.
    pub post: Option<PostId>,
    /// About what.
    pub kind: NoticeKind,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where to do something about it.
    pub href: String,
    /// Whether the person has read it inside the application.
    pub was_read: bool,
}

/// Takes all that waits to be mailed to a person, oldest first. Of several that ask at once, one gets it.
///
/// # Errors
/// When the query fails.
pub async fn take_for_mail(conn: &mut Connection, user: UserId) -> DbResult<Vec<ToMail>> {
    type Row = (
        i64,
        Option<Uuid>,
        Option<Uuid>,
        String,
        String,
        String,
        String,
        Option<DateTime<Utc>>,
    );
    let rows: Vec<Row> = diesel::update(
        notices::table
            .filter(notices::user_id.eq(user.0))
            .filter(notices::mail_at.is_not_null()),
    )
    .set(notices::mail_at.eq(None::<DateTime<Utc>>))
    .returning((
        notices::id,
        notices::client_id,
        notices::post_id,
        notices::kind,
        notices::title,
        notices::body,
        notices::href,
        notices::read_at,
    ))
    .get_results(conn)
    .await?;
    let mut taken: Vec<ToMail> = rows
        .into_iter()
        .filter_map(|(id, client, post, kind, title, body, href, read_at)| {
            Some(ToMail {
                id,
                client: client.map(ClientId::from),
                post: post.map(PostId::from),
                // A kind that a newer version has made: that version tells of it.
                kind: kind.parse().ok()?,
                title,
                body,
                href,
                was_read: read_at.is_some(),
            })
        })
        .collect();
    taken.sort_by_key(|one| one.id);
    Ok(taken)
}

/// A post that waits for a decision.
#[derive(Clone, Debug, Queryable)]
pub struct WaitingPost {
    /// Which.
    #[diesel(deserialize_as = Uuid)]
    pub id: PostId,
    /// Whose.
    #[diesel(deserialize_as = Uuid)]
    pub client: ClientId,
    /// What it says.
    pub caption: String,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// By when a decision is wanted.
    pub deadline: DateTime<Utc>,
}

/// Of these posts, those that still wait at a stage for the decision of a person, by their minute.
///
/// # Errors
/// When the query fails.
pub async fn still_waiting(
    conn: &mut Connection,
    ids: &[PostId],
    stage: ReviewStage,
    user: UserId,
) -> DbResult<Vec<WaitingPost>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let decided = decisions::table
        .filter(decisions::user_id.eq(user.0))
        .filter(decisions::withdrawn_at.is_null())
        .select(decisions::review_id);
    Ok(reviews::table
        .inner_join(posts::table)
        .filter(posts::id.eq_any(ids))
        .filter(reviews::state.eq(ReviewState::Waiting.as_str()))
        .filter(reviews::stage.eq(stage.as_str()))
        .filter(reviews::id.ne_all(decided))
        .order((posts::due_at, posts::id))
        .select((
            posts::id,
            posts::client_id,
            posts::caption,
            posts::due_at,
            reviews::deadline,
        ))
        .load(conn)
        .await?)
}
