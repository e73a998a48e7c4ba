//! Signed-in sessions. Only hashes of their ids are ever stored.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{SessionId, UserId};
use uuid::Uuid;

use super::user::User;
use crate::schema::{sessions, users};
use crate::{Connection, DbResult};

/// A session that is to be opened.
#[derive(Clone, Debug)]
pub struct NewSession<'a> {
    /// The hash of its secret id.
    pub id_hash: &'a [u8],
    /// Its name that is no secret.
    pub id: SessionId,
    /// Whose.
    pub user: UserId,
    /// Whether it was opened by a link in a mail, and not by a password.
    pub by_link: bool,
    /// From where.
    pub ip: Option<&'a str>,
    /// By which browser.
    pub agent: Option<&'a str>,
    /// Its end, unless it is used.
    pub expires_at: DateTime<Utc>,
}

/// Opens a session.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewSession<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(sessions::table)
        .values((
            sessions::id_hash.eq(new.id_hash),
            sessions::id.eq(new.id.0),
            sessions::user_id.eq(new.user.0),
            sessions::opened_by.eq(if new.by_link { "link" } else { "password" }),
            sessions::ip.eq(new.ip),
            sessions::agent.eq(new.agent),
            sessions::created_at.eq(now),
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// A live session as it is looked up.
#[derive(Clone, Debug)]
pub struct LiveSession {
    /// Its name that is no secret.
    pub id: SessionId,
    /// Whose.
    pub user: User,
    /// Whether it was opened by a link in a mail.
    pub by_link: bool,
    /// When it was last seen.
    pub last_seen_at: DateTime<Utc>,
}

/// A live session with its user.
///
/// # Errors
/// When the query fails.
pub async fn find(
    conn: &mut Connection,
    id_hash: &[u8],
    now: DateTime<Utc>,
) -> DbResult<Option<LiveSession>> {
    let found: Option<(Uuid, User, String, DateTime<Utc>)> = sessions::table
        .inner_join(users::table)
        .filter(sessions::id_hash.eq(id_hash))
        .filter(sessions::expires_at.gt(now))
        .filter(users::disabled_at.is_null())
        .select((
            sessions::id,
            User::as_select(),
            sessions::opened_by,
            sessions::last_seen_at,
        ))
        .first(conn)
        .await
        .optional()?;
    Ok(
        found.map(|(id, user, opened_by, last_seen_at)| LiveSession {
            id: id.into(),
            user,
            by_link: opened_by == "link",
            last_seen_at,
        }),
    )
}

/// Notes that a session is in use and moves its end.
///
/// # Errors
/// When the query fails.
pub async fn touch(
    conn: &mut Connection,
    id_hash: &[u8],
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(sessions::table.find(id_hash))
        .set((
            sessions::last_seen_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Ends a session.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, id_hash: &[u8]) -> DbResult<()> {
    diesel::delete(sessions::table.find(id_hash))
        .execute(conn)
        .await?;
    Ok(())
}

/// A session as its owner sees it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions, check_for_backend(diesel::pg::Pg))]
pub struct SessionRow {
    /// Its name that is no secret.
    #[diesel(deserialize_as = Uuid)]
    pub id: SessionId,
    /// "password" or "link".
    pub opened_by: String,
    /// From where it was opened.
    pub ip: Option<String>,
    /// By which browser.
    pub agent: Option<String>,
    /// When it was opened.
    pub created_at: DateTime<Utc>,
    /// When it was last used, to the hour.
    pub last_seen_at: DateTime<Utc>,
}

/// The live sessions of a user, the one that was used last first.
///
/// # Errors
/// When the query fails.
pub async fn of_user(
    conn: &mut Connection,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<Vec<SessionRow>> {
    Ok(sessions::table
        .filter(sessions::user_id.eq(user.0))
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_seen_at.desc(), sessions::created_at.desc()))
        .select(SessionRow::as_select())
        .load(conn)
        .await?)
}

/// Ends one session of a user. `false` when there is none with this name.
///
/// # Errors
/// When the query fails.
pub async fn delete_one(conn: &mut Connection, user: UserId, id: SessionId) -> DbResult<bool> {
    let gone = diesel::delete(
        sessions::table
            .filter(sessions::user_id.eq(user.0))
            .filter(sessions::id.eq(id.0)),
    )
    .execute(conn)
    .await?;
    Ok(gone > 0)
}

/// Ends all sessions of a user, but for one that may go on. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_of_user(
    conn: &mut Connection,
    user: UserId,
    except: Option<SessionId>,
) -> DbResult<usize> {
    let all = sessions::table.filter(sessions::user_id.eq(user.0));
    let gone = match except {
        None => diesel::delete(all).execute(conn).await?,
        Some(kept) => {
            diesel::delete(all.filter(sessions::id.ne(kept.0)))
                .execute(conn)
                .await?
        }
    };
    Ok(gone)
}

/// Removes what has expired. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_expired(conn: &mut Connection, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(
        diesel::delete(sessions::table.filter(sessions::expires_at.le(now)))
            .execute(conn)
            .await?,
    )
}
