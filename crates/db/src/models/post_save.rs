//! What a post said after it was saved: one row for all that a person saved within a few minutes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{PostId, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::{post_saves, users};
use crate::{Connection, DbResult};

/// A save of a post.
#[derive(Clone, Debug, Queryable)]
pub struct PostSave {
    /// Its place in the order of things.
    pub id: i64,
    /// Its hash.
    pub version: Vec<u8>,
    /// What the post said.
    pub content: Value,
    /// Who saved it.
    #[diesel(deserialize_as = Uuid)]
    pub saved_by: UserId,
    /// How they are called.
    pub saved_by_name: String,
    /// When the first of what was saved together was.
    pub began_at: DateTime<Utc>,
    /// When the last was.
    pub saved_at: DateTime<Utc>,
}

type Columns = (
    post_saves::id,
    post_saves::version,
    post_saves::content,
    post_saves::saved_by,
    users::name,
    post_saves::began_at,
    post_saves::saved_at,
);

const COLUMNS: Columns = (
    post_saves::id,
    post_saves::version,
    post_saves::content,
    post_saves::saved_by,
    users::name,
    post_saves::began_at,
    post_saves::saved_at,
);

/// The last saves of a post, newest first.
///
/// # Errors
/// When the query fails.
pub async fn of_post(conn: &mut Connection, post: PostId, limit: i64) -> DbResult<Vec<PostSave>> {
    Ok(post_saves::table
        .inner_join(users::table)
        .filter(post_saves::post_id.eq(post.0))
        .order(post_saves::id.desc())
        .limit(limit)
        .select(COLUMNS)
        .load(conn)
        .await?)
}

/// One save of a post.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, post: PostId, id: i64) -> DbResult<Option<PostSave>> {
    Ok(post_saves::table
        .inner_join(users::table)
        .filter(post_saves::post_id.eq(post.0))
        .filter(post_saves::id.eq(id))
        .select(COLUMNS)
        .first(conn)
        .await
        .optional()?)
}

/// Keeps what a post says now.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    post: PostId,
    version: &[u8],
    content: &Value,
    by: UserId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(post_saves::table)
        .values((
            post_saves::post_id.eq(post.0),
            post_saves::version.eq(version),
            post_saves::content.eq(content),
            post_saves::saved_by.eq(by.0),
            post_saves::began_at.eq(now),
            post_saves::saved_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The same, in the place of what the same person saved just before.
///
/// # Errors
/// When the query fails.
pub async fn rewrite(
    conn: &mut Connection,
    id: i64,
    version: &[u8],
    content: &Value,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(post_saves::table.find(id))
        .set((
            post_saves::version.eq(version),
            post_saves::content.eq(content),
            post_saves::saved_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}
