//! What people say about posts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{AssetId, ClientId, CommentId, PostId, Role, UserId};
use uuid::Uuid;

use crate::schema::{comments, users};
use crate::{Connection, DbResult};

/// Something that was said about a post.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Comment {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: CommentId,
    /// About which post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// By whom.
    #[diesel(deserialize_as = Uuid)]
    pub author: UserId,
    /// How they are called.
    pub author_name: String,
    /// What they are.
    #[diesel(deserialize_as = String)]
    pub author_role: Role,
    /// Whether it stays within the agency.
    pub internal: bool,
    /// What.
    pub body: String,
    /// About which file.
    pub asset_id: Option<Uuid>,
    /// At which moment of it, in milliseconds.
    pub at_ms: Option<i64>,
    /// When.
    pub created_at: DateTime<Utc>,
    /// Since when it is settled.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// Something that is said about a post.
#[derive(Clone, Debug)]
pub struct NewComment<'a> {
    /// Its id.
    pub id: CommentId,
    /// Whose post.
    pub client: ClientId,
    /// The post.
    pub post: PostId,
    /// By whom.
    pub author: UserId,
    /// Whether it stays within the agency.
    pub internal: bool,
    /// What.
    pub body: &'a str,
    /// At which moment of which file.
    pub at: Option<(AssetId, i64)>,
}

/// Adds a comment.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewComment<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(comments::table)
        .values((
            comments::id.eq(new.id.0),
            comments::client_id.eq(new.client.0),
            comments::post_id.eq(new.post.0),
            comments::author.eq(new.author.0),
            comments::internal.eq(new.internal),
            comments::body.eq(new.body),
            comments::asset_id.eq(new.at.map(|(asset, _)| asset.0)),
            comments::at_ms.eq(new.at.map(|(_, at)| at)),
            comments::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// What was said about a post, oldest first; with what stays within the agency, or without.
///
/// # Errors
/// When the query fails.
pub async fn of_post(
    conn: &mut Connection,
    post: PostId,
    with_internal: bool,
) -> DbResult<Vec<Comment>> {
    let mut query = comments::table
        .inner_join(users::table)
        .filter(comments::post_id.eq(post.0))
        .order((comments::created_at, comments::id))
        .select((
            comments::id,
            comments::post_id,
            comments::author,
            users::name,
            users::role,
            comments::internal,
            comments::body,
            comments::asset_id,
            comments::at_ms,
            comments::created_at,
            comments::resolved_at,
        ))
        .into_boxed();
    if !with_internal {
        query = query.filter(comments::internal.eq(false));
    }
    Ok(query.load(conn).await?)
}

/// How many comments each of these posts has; with what stays within the agency, or without.
///
/// # Errors
/// When the query fails.
pub async fn counts(
    conn: &mut Connection,
    posts: &[PostId],
    with_internal: bool,
) -> DbResult<Vec<(PostId, i64)>> {
    let ids: Vec<Uuid> = posts.iter().map(|id| id.0).collect();
    let mut query = comments::table
        .filter(comments::post_id.eq_any(ids))
        .group_by(comments::post_id)
        .select((comments::post_id, diesel::dsl::count_star()))
        .into_boxed();
    if !with_internal {
        query = query.filter(comments::internal.eq(false));
    }
    let rows: Vec<(Uuid, i64)> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(post, count)| (post.into(), count))
        .collect())
}

/// Marks a comment of a client as settled, or as open again: which post it is about, and whether it stays within
/// the agency. `None` when there is none, or it stays within the agency and that is not to be seen.
///
/// # Errors
/// When the query fails.
pub async fn set_resolved(
    conn: &mut Connection,
    client: ClientId,
    id: CommentId,
    resolved: Option<(DateTime<Utc>, UserId)>,
    with_internal: bool,
) -> DbResult<Option<(PostId, bool)>> {
    let settled: Option<(Uuid, bool)> = diesel::update(
        comments::table
            .filter(comments::id.eq(id.0))
            .filter(comments::client_id.eq(client.0))
            .filter(
                comments::internal
                    .eq(false)
                    .or(comments::internal.eq(with_internal)),
            ),
    )
    .set((
        comments::resolved_at.eq(resolved.map(|(at, _)| at)),
        comments::resolved_by.eq(resolved.map(|(_, by)| by.0)),
    ))
    .returning((comments::post_id, comments::internal))
    .get_result(conn)
    .await
    .optional()?;
    Ok(settled.map(|(post, internal)| (post.into(), internal)))
}
