//! Users as those who look after them see them, and what is changed about one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, Role, UserId};
use uuid::Uuid;

use super::user::{User, lower, set_clients};
use crate::schema::{user_clients, users};
use crate::{Connection, DbResult};

/// A user with the clients listed for them.
#[derive(Clone, Debug)]
pub struct Member {
    /// The user.
    pub user: User,
    /// The clients listed, in no order.
    pub clients: Vec<ClientId>,
    /// When they were last here, to the hour.
    pub last_seen_at: Option<DateTime<Utc>>,
}

/// Every user, by name.
///
/// # Errors
/// When a query fails.
pub async fn members(conn: &mut Connection) -> DbResult<Vec<Member>> {
    let rows: Vec<(User, Option<DateTime<Utc>>)> = users::table
        .order((lower(users::name), users::id))
        .select((User::as_select(), users::last_seen_at))
        .load(conn)
        .await?;
    let listed: Vec<(Uuid, Uuid)> = user_clients::table
        .select((user_clients::user_id, user_clients::client_id))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(user, last_seen_at)| Member {
            clients: listed
                .iter()
                .filter(|(of, _)| *of == user.id.0)
                .map(|(_, client)| ClientId::from(*client))
                .collect(),
            user,
            last_seen_at,
        })
        .collect())
}

/// One user with the clients listed for them.
///
/// # Errors
/// When a query fails.
pub async fn member(conn: &mut Connection, id: UserId) -> DbResult<Option<Member>> {
    let found: Option<(User, Option<DateTime<Utc>>)> = users::table
        .find(id.0)
        .select((User::as_select(), users::last_seen_at))
        .first(conn)
        .await
        .optional()?;
    with_clients(conn, found).await
}

/// One user with the clients listed for them, locked until the transaction ends.
///
/// # Errors
/// When a query fails.
pub async fn member_for_update(conn: &mut Connection, id: UserId) -> DbResult<Option<Member>> {
    let found: Option<(User, Option<DateTime<Utc>>)> = users::table
        .find(id.0)
        .select((User::as_select(), users::last_seen_at))
        .for_update()
        .first(conn)
        .await
        .optional()?;
    with_clients(conn, found).await
}

async fn with_clients(
    conn: &mut Connection,
    found: Option<(User, Option<DateTime<Utc>>)>,
) -> DbResult<Option<Member>> {
    let Some((user, last_seen_at)) = found else {
        return Ok(None);
    };
    let clients = super::user::clients_of(conn, user.id).await?;
    Ok(Some(Member {
        user,
        clients,
        last_seen_at,
    }))
}

/// The owners who may sign in.
///
/// # Errors
/// When the query fails.
pub async fn owners(conn: &mut Connection) -> DbResult<Vec<User>> {
    Ok(users::table
        .filter(users::role.eq(Role::Owner.as_str()))
        .filter(users::disabled_at.is_null())
        .order(users::id)
        .select(User::as_select())
        .load(conn)
        .await?)
}

/// The owners who may sign in, locked until the transaction ends: two of them cannot put each other out.
///
/// # Errors
/// When the query fails.
pub async fn owners_for_update(conn: &mut Connection) -> DbResult<Vec<User>> {
    Ok(users::table
        .filter(users::role.eq(Role::Owner.as_str()))
        .filter(users::disabled_at.is_null())
        .order(users::id)
        .select(User::as_select())
        .for_update()
        .load(conn)
        .await?)
}

/// Gives a user another role, and other clients.
///
/// # Errors
/// When a query fails.
pub async fn set_access(
    conn: &mut Connection,
    id: UserId,
    role: Role,
    all_clients: bool,
    clients: &[ClientId],
) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set((
            users::role.eq(role.as_str()),
            users::all_clients.eq(all_clients),
        ))
        .execute(conn)
        .await?;
    set_clients(conn, id, clients).await
}

/// Since when a user may no longer sign in; `None` when they may.
///
/// # Errors
/// When the query fails.
pub async fn set_disabled(
    conn: &mut Connection,
    id: UserId,
    since: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set(users::disabled_at.eq(since))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a user another name.
///
/// # Errors
/// When the query fails.
pub async fn set_name(conn: &mut Connection, id: UserId, name: &str) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set(users::name.eq(name))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a user another address.
///
/// # Errors
/// A duplicate when it is another user's; otherwise when the query fails.
pub async fn set_email(conn: &mut Connection, id: UserId, email: &str) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set(users::email.eq(email))
        .execute(conn)
        .await?;
    Ok(())
}

/// Gives a user another password, by its hash.
///
/// # Errors
/// When the query fails.
pub async fn set_password(conn: &mut Connection, id: UserId, hash: &str) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set(users::password_hash.eq(hash))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes that a user is here.
///
/// # Errors
/// When the query fails.
pub async fn seen(conn: &mut Connection, id: UserId, now: DateTime<Utc>) -> DbResult<()> {
    diesel::update(users::table.find(id.0))
        .set(users::last_seen_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}
