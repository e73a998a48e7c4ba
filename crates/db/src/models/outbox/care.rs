//! Mail as people look after it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::MailId;
use uuid::Uuid;

use crate::schema::outbox;
use crate::{Connection, DbResult};

/// A mail as it is shown.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox, check_for_backend(diesel::pg::Pg))]
pub struct Shown {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: MailId,
    /// A word for what it is about.
    pub kind: String,
    /// To which address.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// "waiting", "sending", "sent", "failed" or "unknown".
    pub state: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// What went wrong last.
    pub last_problem: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When the mail server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// The newest mails, those before `before` where that is given; only those in trouble when asked for.
///
/// # Errors
/// When the query fails.
pub async fn list(
    conn: &mut Connection,
    in_trouble: bool,
    before: Option<DateTime<Utc>>,
    limit: i64,
) -> DbResult<Vec<Shown>> {
    let mut query = outbox::table
        .order((outbox::created_at.desc(), outbox::id.desc()))
        .limit(limit)
        .select(Shown::as_select())
        .into_boxed();
    if in_trouble {
        query = query.filter(outbox::state.eq_any(["failed", "unknown"]));
    }
    if let Some(before) = before {
        query = query.filter(outbox::created_at.lt(before));
    }
    Ok(query.load(conn).await?)
}

/// How many wait to be sent.
///
/// # Errors
/// When the query fails.
pub async fn count_waiting(conn: &mut Connection) -> DbResult<i64> {
    Ok(outbox::table
        .filter(outbox::next_try_at.is_not_null())
        .count()
        .get_result(conn)
        .await?)
}

/// Has a mail sent again that failed, or of which nobody knows. `None` when there is none such, or its
/// text is gone; otherwise to whom it goes.
///
/// # Errors
/// When the query fails.
pub async fn send_again(
    conn: &mut Connection,
    id: MailId,
    now: DateTime<Utc>,
) -> DbResult<Option<String>> {
    Ok(diesel::update(
        outbox::table
            .find(id.0)
            .filter(outbox::state.eq_any(["failed", "unknown"]))
            .filter(outbox::sealed.is_not_null()),
    )
    .set((
        outbox::state.eq("waiting"),
        outbox::next_try_at.eq(now),
        outbox::give_up_at.eq(None::<DateTime<Utc>>),
        // Whoever held it before holds it no more.
        outbox::tries.eq(outbox::tries + 1),
    ))
    .returning(outbox::recipient)
    .get_result(conn)
    .await
    .optional()?)
}

/// Erases the texts of what was written before and will not be sent by itself. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn erase_written_before(conn: &mut Connection, before: DateTime<Utc>) -> DbResult<usize> {
    Ok(diesel::update(
        outbox::table
            .filter(outbox::created_at.lt(before))
            .filter(outbox::state.eq_any(["failed", "unknown"]))
            .filter(outbox::sealed.is_not_null()),
    )
    .set(outbox::sealed.eq(None::<Vec<u8>>))
    .execute(conn)
    .await?)
}

/// Every text that is kept, to be sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn all_sealed(conn: &mut Connection) -> DbResult<Vec<(MailId, Vec<u8>)>> {
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = outbox::table
        .filter(outbox::sealed.is_not_null())
        .select((outbox::id, outbox::sealed))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, sealed)| Some((id.into(), sealed?)))
        .collect())
}

/// Replaces a text by the same one sealed anew, unless it was erased in the meantime.
///
/// # Errors
/// When the query fails.
pub async fn replace_sealed(
    conn: &mut Connection,
    id: MailId,
    old: &[u8],
    new: &[u8],
) -> DbResult<()> {
    diesel::update(outbox::table.find(id.0).filter(outbox::sealed.eq(old)))
        .set(outbox::sealed.eq(new))
        .execute(conn)
        .await?;
    Ok(())
}
