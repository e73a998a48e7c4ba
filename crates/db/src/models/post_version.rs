//! What each version of a post said that somebody was asked about.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{PostId, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::post_versions;
use crate::{Connection, DbResult};

/// A version of a post.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = post_versions, check_for_backend(diesel::pg::Pg))]
pub struct PostVersion {
    /// Its place in the order of things.
    pub id: i64,
    /// Of which post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// Its hash.
    pub version: Vec<u8>,
    /// What it said.
    pub content: Value,
    /// When it was kept.
    pub created_at: DateTime<Utc>,
}

/// Keeps what a version says.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    post: PostId,
    version: &[u8],
    content: &Value,
    by: Option<UserId>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(post_versions::table)
        .values((
            post_versions::post_id.eq(post.0),
            post_versions::version.eq(version),
            post_versions::content.eq(content),
            post_versions::created_by.eq(by.map(|id| id.0)),
            post_versions::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// The versions of these posts that were kept, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn of_posts(conn: &mut Connection, posts: &[PostId]) -> DbResult<Vec<PostVersion>> {
    let ids: Vec<Uuid> = posts.iter().map(|id| id.0).collect();
    Ok(post_versions::table
        .filter(post_versions::post_id.eq_any(ids))
        .order(post_versions::id)
        .select(PostVersion::as_select())
        .load(conn)
        .await?)
}
