//! The note of a post: one text that stands beside it for whoever works on it. Comments are said once and by
//! somebody; this is what everybody of the agency keeps true. It is no part of a version, and never leaves the desk.

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::{note, post};
use domain::audit::AuditAction;
use domain::{ClientId, Permission, PostId};
use serde_json::json;

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::note::Note;

/// The longest note.
const LONGEST: usize = 4_000;

impl Services {
    /// The note of a post, if it has one.
    ///
    /// # Errors
    /// When the post is not this person's to see.
    pub async fn note(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<Option<Note>> {
        actor.require_for(Permission::CommentInternally, client)?;
        let mut conn = self.conn().await?;
        let found = post::find(&mut conn, client, id).await?;
        found.ok_or(ServiceError::NotFound("post"))?;
        Ok(note::of_posts(&mut conn, &[id]).await?.pop())
    }

    /// Writes the note of a post over what its writer has seen: the revision, or 0 where there was none. It may be
    /// written about a post that has left, too.
    ///
    /// # Errors
    /// When it is too long, somebody has changed it since, or the post is not this person's to write.
    pub async fn write_note(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        body: &str,
        over: i32,
    ) -> ServiceResult<Note> {
        actor.require_for(Permission::CommentInternally, client)?;
        let body = check_body(body)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let found = post::find(conn, client, id).await?;
            found.ok_or(ServiceError::NotFound("post"))?;
            let is_written = note::write(conn, id, &body, over, actor.user_id, now).await?;
            let kept = note::of_posts(conn, &[id]).await?.pop();
            let kept = kept.ok_or(ServiceError::NotFound("note"))?;
            if is_written {
                let entry = Entry::of(AuditAction::PostNoted)
                    .at(client)
                    .on("post", id)
                    .before(json!({ "note": over }))
                    .after(json!({ "note": kept.revision }));
                self.record(conn, By::User(actor), &[entry]).await?;
                return Ok(kept);
            }
            // Asked for again after an answer that was lost: it says so already.
            if kept.body == body {
                return Ok(kept);
            }
            Err(ServiceError::Conflict(format!(
                "{} has changed this note while you wrote. Copy what you wrote, and load the page anew to see theirs.",
                kept.updated_by
            )))
        })
        .await
    }
}

/// Writes the first note of a post, whose text was checked.
pub(crate) async fn write_first(
    conn: &mut db::Connection,
    actor: &Actor,
    post: PostId,
    body: &str,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    note::write(conn, post, body, 0, actor.user_id, now).await?;
    Ok(())
}

/// A note as it is kept.
pub(crate) fn check_body(body: &str) -> ServiceResult<String> {
    let body = body.trim_end();
    if body.chars().count() > LONGEST || body.contains('\0') {
        return Err(ServiceError::Invalid(format!(
            "A note has at most {LONGEST} characters. Shorten it."
        )));
    }
    Ok(body.to_owned())
}
