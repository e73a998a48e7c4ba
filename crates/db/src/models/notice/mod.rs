//! What people are told.

mod mail;
mod wishes;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::notice::NoticeKind;
use domain::{ClientId, PostId, Role, UserId};
use uuid::Uuid;

use crate::schema::{notice_preferences, notices, user_clients, users};
use crate::{Connection, DbResult};

pub use mail::{ToMail, WaitingPost, mail_due, still_waiting, take_for_mail};
pub use wishes::{set_wishes, wishes};

/// Something that a person is told.
#[derive(Clone, Debug)]
pub struct NewNotice<'a> {
    /// Who.
    pub user: UserId,
    /// About which client.
    pub client: Option<ClientId>,
    /// About which post.
    pub post: Option<PostId>,
    /// About what.
    pub kind: NoticeKind,
    /// In a few words.
    pub title: &'a str,
    /// What it means.
    pub body: &'a str,
    /// Where to do something about it: a path of ours.
    pub href: &'a str,
    /// Whether it shows inside the application.
    pub in_app: bool,
    /// When it is due in a mail, where it is to be in one.
    pub mail_at: Option<DateTime<Utc>>,
}

/// Tells people.
///
/// # Errors
/// When the query fails.
pub async fn append(
    conn: &mut Connection,
    new: &[NewNotice<'_>],
    now: DateTime<Utc>,
) -> DbResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let rows: Vec<_> = new
        .iter()
        .map(|notice| {
            (
                notices::user_id.eq(notice.user.0),
                notices::client_id.eq(notice.client.map(|id| id.0)),
                notices::post_id.eq(notice.post.map(|id| id.0)),
                notices::kind.eq(notice.kind.as_str()),
                notices::title.eq(notice.title),
                notices::body.eq(notice.body),
                notices::href.eq(notice.href),
                notices::created_at.eq(now),
                notices::in_app.eq(notice.in_app),
                notices::mail_at.eq(notice.mail_at),
            )
        })
        .collect();
    diesel::insert_into(notices::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// A person who may be told of a client.
#[derive(Clone, Debug)]
pub struct Recipient {
    /// Who.
    pub user: UserId,
    /// What they are.
    pub role: Role,
    /// Where mail reaches them.
    pub email: String,
    /// What they wish: in the application and by mail; `None` for the default of their role.
    pub wish: Option<(bool, bool)>,
}

/// Everybody who can sign in and sees a client, or without one sees them all, with what they wish about a
/// kind of notice.
///
/// # Errors
/// When the query fails.
pub async fn recipients(
    conn: &mut Connection,
    client: Option<ClientId>,
    kind: NoticeKind,
) -> DbResult<Vec<Recipient>> {
    /// Id, role, address, and what is wished in the application and by mail.
    type Row = (Uuid, String, String, Option<bool>, Option<bool>);
    let listed = user_clients::table
        .filter(user_clients::client_id.nullable().eq(client.map(|id| id.0)))
        .select(user_clients::user_id);
    let rows: Vec<Row> = users::table
        .left_join(
            notice_preferences::table.on(notice_preferences::user_id
                .eq(users::id)
                .and(notice_preferences::kind.eq(kind.as_str()))),
        )
        .filter(users::disabled_at.is_null())
        .filter(users::all_clients.or(users::id.eq_any(listed)))
        .order(users::id)
        .select((
            users::id,
            users::role,
            users::email,
            notice_preferences::in_app.nullable(),
            notice_preferences::by_mail.nullable(),
        ))
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(id, role, email, in_app, by_mail)| {
            let role = role.parse().map_err(|error: domain::words::UnknownWord| {
                diesel::result::Error::DeserializationError(Box::new(error))
            })?;
            Ok(Recipient {
                user: id.into(),
                role,
                email,
                wish: in_app.zip(by_mail),
            })
        })
        .collect()
}

/// A notice as its person sees it.
#[derive(Clone, Debug, Queryable)]
pub struct Shown {
    /// Its number.
    pub id: i64,
    /// About which client.
    pub client: Option<Uuid>,
    /// About what.
    pub kind: String,
    /// In a few words.
    pub title: String,
    /// What it means.
    pub body: String,
    /// Where to do something about it.
    pub href: String,
    /// When.
    pub created_at: DateTime<Utc>,
    /// When it was read.
    pub read_at: Option<DateTime<Utc>>,
}

/// The newest notices of a person (before `before`), as far as these clients are concerned; `None` for
/// every one. What was only for a mail does not show.
///
/// # Errors
/// When the query fails.
pub async fn of_user(
    conn: &mut Connection,
    user: UserId,
    clients: Option<&[ClientId]>,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Vec<Shown>> {
    let mut query = notices::table
        .filter(notices::user_id.eq(user.0))
        .filter(notices::in_app)
        .order(notices::id.desc())
        .limit(limit)
        .select((
            notices::id,
            notices::client_id,
            notices::kind,
            notices::title,
            notices::body,
            notices::href,
            notices::created_at,
            notices::read_at,
        ))
        .into_boxed();
    if let Some(clients) = clients {
        let clients: Vec<Uuid> = clients.iter().map(|id| id.0).collect();
        query = query.filter(
            notices::client_id
                .is_null()
                .or(notices::client_id.eq_any(clients)),
        );
    }
    if let Some(before) = before {
        query = query.filter(notices::id.lt(before));
    }
    Ok(query.load(conn).await?)
}

/// How many notices of a person are unread, as far as these clients are concerned; `None` for every one.
///
/// # Errors
/// When the query fails.
pub async fn count_unread(
    conn: &mut Connection,
    user: UserId,
    clients: Option<&[ClientId]>,
) -> DbResult<i64> {
    let mut query = notices::table
        .filter(notices::user_id.eq(user.0))
        .filter(notices::in_app)
        .filter(notices::read_at.is_null())
        .select(diesel::dsl::count_star())
        .into_boxed();
    if let Some(clients) = clients {
        let clients: Vec<Uuid> = clients.iter().map(|id| id.0).collect();
        query = query.filter(
            notices::client_id
                .is_null()
                .or(notices::client_id.eq_any(clients)),
        );
    }
    Ok(query.first(conn).await?)
}

/// Marks a notice of a person as read, or all up to a number.
///
/// # Errors
/// When the query fails.
pub async fn mark_read(
    conn: &mut Connection,
    user: UserId,
    which: Which,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    let unread = notices::table
        .filter(notices::user_id.eq(user.0))
        .filter(notices::read_at.is_null())
        .into_boxed();
    let chosen = match which {
        Which::One(id) => unread.filter(notices::id.eq(id)),
        Which::UpTo(id) => unread.filter(notices::id.le(id)),
    };
    let ids: Vec<i64> = chosen.select(notices::id).load(conn).await?;
    Ok(
        diesel::update(notices::table.filter(notices::id.eq_any(ids)))
            .set(notices::read_at.eq(now))
            .execute(conn)
            .await?,
    )
}

/// Which notices.
#[derive(Clone, Copy, Debug)]
pub enum Which {
    /// This one.
    One(i64),
    /// This one and all before it.
    UpTo(i64),
}

/// Forgets what was told before. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_told_before(conn: &mut Connection, before: DateTime<Utc>) -> DbResult<usize> {
    Ok(
        diesel::delete(notices::table.filter(notices::created_at.lt(before)))
            .execute(conn)
            .await?,
    )
}

/// Takes the name of an account out of everything that was told of a client: it was purged, and its name
/// with it.
///
/// # Errors
/// When a query fails.
pub async fn forget_name(
    conn: &mut Connection,
    client: ClientId,
    name: &str,
    instead: &str,
) -> DbResult<()> {
    for statement in [
        "UPDATE notices SET title = replace(title, $2, $3), body = replace(body, $2, $3)
         WHERE client_id = $1 AND (position($2 IN title) > 0 OR position($2 IN body) > 0)",
        "UPDATE contact_notices SET title = replace(title, $2, $3), body = replace(body, $2, $3)
         WHERE client_id = $1",
        "UPDATE outbox SET subject = replace(subject, $2, $3)
         WHERE client_id = $1 AND position($2 IN subject) > 0",
    ] {
        diesel::sql_query(statement)
            .bind::<diesel::sql_types::Uuid, _>(client.0)
            .bind::<diesel::sql_types::Text, _>(name)
            .bind::<diesel::sql_types::Text, _>(instead)
            .execute(conn)
            .await?;
    }
    Ok(())
}

/// Who was told something with an id above this one, each with the newest of it.
///
/// # Errors
/// When the query fails.
pub async fn told_since(conn: &mut Connection, id: i64) -> DbResult<Vec<(UserId, i64)>> {
    let rows: Vec<(Uuid, Option<i64>)> = notices::table
        .filter(notices::id.gt(id))
        .group_by(notices::user_id)
        .select((notices::user_id, diesel::dsl::max(notices::id)))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(user, newest)| Some((user.into(), newest?)))
        .collect())
}

/// The id of what was told last.
///
/// # Errors
/// When the query fails.
pub async fn newest(conn: &mut Connection) -> DbResult<i64> {
    let newest: Option<i64> = notices::table
        .select(diesel::dsl::max(notices::id))
        .first(conn)
        .await?;
    Ok(newest.unwrap_or_default())
}
