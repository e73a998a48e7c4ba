//! What people are told inside the application.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::notice::NoticeKind;
use domain::{ClientId, PostId, Role, UserId};
use uuid::Uuid;

use crate::schema::{notice_preferences, notices, user_clients, users};
use crate::{Connection, DbResult};

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

/// Tells people. What is only for a mail counts as read inside the application.
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
                notices::read_at.eq((!notice.in_app).then_some(now)),
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
    /// What they wish: in the application and by mail; `None` for the default of their role.
    pub wish: Option<(bool, bool)>,
}

/// Everybody who can sign in and sees a client, with what they wish about a kind of notice.
///
/// # Errors
/// When the query fails.
pub async fn recipients(
    conn: &mut Connection,
    client: ClientId,
    kind: NoticeKind,
) -> DbResult<Vec<Recipient>> {
    let listed = user_clients::table
        .filter(user_clients::client_id.eq(client.0))
        .select(user_clients::user_id);
    let rows: Vec<(Uuid, String, Option<bool>, Option<bool>)> = users::table
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
            notice_preferences::in_app.nullable(),
            notice_preferences::by_mail.nullable(),
        ))
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(id, role, in_app, by_mail)| {
            let role = role.parse().map_err(|error: domain::words::UnknownWord| {
                diesel::result::Error::DeserializationError(Box::new(error))
            })?;
            Ok(Recipient {
                user: id.into(),
                role,
                wish: in_app.zip(by_mail),
            })
        })
        .collect()
}
