//! What the agency notes about a post for itself: one text for each.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{PostId, UserId};
use uuid::Uuid;

use crate::schema::{post_notes, users};
use crate::{Connection, DbResult};

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct Note {
    /// About which post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// What it says.
    pub body: String,
    /// Moves with every change.
    pub revision: i32,
    /// Who changed it last.
    pub updated_by: String,
    /// When.
    pub updated_at: DateTime<Utc>,
}

/// The notes about these posts.
///
/// # Errors
/// When the query fails.
pub async fn of_posts(conn: &mut Connection, posts: &[PostId]) -> DbResult<Vec<Note>> {
    let ids: Vec<Uuid> = posts.iter().map(|id| id.0).collect();
    Ok(post_notes::table
        .inner_join(users::table)
        .filter(post_notes::post_id.eq_any(ids))
        .select((
            post_notes::post_id,
            post_notes::body,
            post_notes::revision,
            users::name,
            post_notes::updated_at,
        ))
        .load(conn)
        .await?)
}

/// Writes a note over the one of this revision (0 is none yet). `false` when it has been changed since, and
/// then nothing is written.
///
/// # Errors
/// When the query fails.
pub async fn write(
    conn: &mut Connection,
    post: PostId,
    body: &str,
    over: i32,
    by: UserId,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let written = if over == 0 {
        diesel::insert_into(post_notes::table)
            .values((
                post_notes::post_id.eq(post.0),
                post_notes::body.eq(body),
                post_notes::revision.eq(1),
                post_notes::updated_by.eq(by.0),
                post_notes::updated_at.eq(now),
            ))
            .on_conflict_do_nothing()
            .execute(conn)
            .await?
    } else {
        diesel::update(
            post_notes::table
                .find(post.0)
                .filter(post_notes::revision.eq(over)),
        )
        .set((
            post_notes::body.eq(body),
            post_notes::revision.eq(over.wrapping_add(1).max(1)),
            post_notes::updated_by.eq(by.0),
            post_notes::updated_at.eq(now),
        ))
        .execute(conn)
        .await?
    };
    Ok(written > 0)
}
