//! People who sign in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, Permission, Role, UserId};
use uuid::Uuid;

use crate::schema::{user_clients, users};
use crate::{Connection, DbResult};

/// A user.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = users, check_for_backend(diesel::pg::Pg))]
pub struct User {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: UserId,
    /// The address to sign in with, as it was given.
    pub email: String,
    /// The name shown to colleagues.
    pub name: String,
    /// What the user may do.
    #[diesel(deserialize_as = String)]
    pub role: Role,
    /// argon2id, in PHC string form; none where the person comes by links from mails alone.
    pub password_hash: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it may no longer sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// Whether a member of staff sees every client, or only those listed for them.
    pub all_clients: bool,
}

/// A user that is to be added.
#[derive(Clone, Debug)]
pub struct NewUser<'a> {
    /// Its id.
    pub id: UserId,
    /// The address to sign in with.
    pub email: &'a str,
    /// The name shown to others.
    pub name: &'a str,
    /// What the user may do.
    pub role: Role,
    /// argon2id, in PHC string form.
    pub password_hash: Option<&'a str>,
    /// Whether a member of staff sees every client.
    pub all_clients: bool,
    /// The clients to see otherwise.
    pub clients: &'a [ClientId],
}

/// Adds a user with the clients that it may see.
///
/// # Errors
/// A duplicate when the address is taken; otherwise when a query fails.
pub async fn insert(conn: &mut Connection, new: &NewUser<'_>, now: DateTime<Utc>) -> DbResult<()> {
    diesel::insert_into(users::table)
        .values((
            users::id.eq(new.id.0),
            users::email.eq(new.email),
            users::name.eq(new.name),
            users::role.eq(new.role.as_str()),
            users::password_hash.eq(new.password_hash),
            users::all_clients.eq(new.all_clients),
            users::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    set_clients(conn, new.id, new.clients).await
}

/// Sets which clients a user may see, where that is not every one.
///
/// # Errors
/// When a query fails.
pub async fn set_clients(
    conn: &mut Connection,
    user: UserId,
    clients: &[ClientId],
) -> DbResult<()> {
    diesel::delete(user_clients::table.filter(user_clients::user_id.eq(user.0)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = clients
        .iter()
        .map(|client| {
            (
                user_clients::user_id.eq(user.0),
                user_clients::client_id.eq(client.0),
            )
        })
        .collect();
    diesel::insert_into(user_clients::table)
        .values(rows)
        .on_conflict_do_nothing()
        .execute(conn)
        .await?;
    Ok(())
}

/// The clients listed for a user.
///
/// # Errors
/// When the query fails.
pub async fn clients_of(conn: &mut Connection, user: UserId) -> DbResult<Vec<ClientId>> {
    let ids: Vec<Uuid> = user_clients::table
        .filter(user_clients::user_id.eq(user.0))
        .select(user_clients::client_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(ClientId::from).collect())
}

diesel::define_sql_function! {
    /// PostgreSQL's `lower`.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// The user who may sign in with this address, whatever its capitals.
///
/// # Errors
/// When the query fails.
pub async fn by_email(conn: &mut Connection, email: &str) -> DbResult<Option<User>> {
    Ok(users::table
        .filter(lower(users::email).eq(email.to_lowercase()))
        .filter(users::disabled_at.is_null())
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// A user who may sign in.
///
/// # Errors
/// When the query fails.
pub async fn active(conn: &mut Connection, id: UserId) -> DbResult<Option<User>> {
    Ok(users::table
        .find(id.0)
        .filter(users::disabled_at.is_null())
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The user with this address, whatever its capitals, and whether or not they may sign in.
///
/// # Errors
/// When the query fails.
pub async fn any_by_email(conn: &mut Connection, email: &str) -> DbResult<Option<User>> {
    Ok(users::table
        .filter(lower(users::email).eq(email.to_lowercase()))
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The names of these users, in no order.
///
/// # Errors
/// When the query fails.
pub async fn names(conn: &mut Connection, ids: &[UserId]) -> DbResult<Vec<(UserId, String)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String)> = users::table
        .filter(users::id.eq_any(ids))
        .select((users::id, users::name))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id.into(), name))
        .collect())
}

/// One user, whatever has become of it.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, id: UserId) -> DbResult<Option<User>> {
    Ok(users::table
        .find(id.0)
        .select(User::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Who decides for a client: its approvers who can sign in, by name.
///
/// # Errors
/// When the query fails.
pub async fn approvers_of(
    conn: &mut Connection,
    clients: &[ClientId],
) -> DbResult<Vec<(ClientId, UserId, String)>> {
    let ids: Vec<Uuid> = clients.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Uuid, String)> = users::table
        .inner_join(user_clients::table)
        .filter(user_clients::client_id.eq_any(ids))
        .filter(users::role.eq(Role::ClientApprover.as_str()))
        .filter(users::disabled_at.is_null())
        .order((users::name, users::id))
        .select((user_clients::client_id, users::id, users::name))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(client, user, name)| (client.into(), user.into(), name))
        .collect())
}

/// Who decides for the agency about a client's posts, by name.
///
/// # Errors
/// When the query fails.
pub async fn internal_approvers_of(
    conn: &mut Connection,
    client: ClientId,
) -> DbResult<Vec<(UserId, String)>> {
    let roles: Vec<&str> = Permission::ApproveInternally
        .roles()
        .iter()
        .map(|role| role.as_str())
        .collect();
    let listed = user_clients::table
        .filter(user_clients::client_id.eq(client.0))
        .select(user_clients::user_id);
    let rows: Vec<(Uuid, String)> = users::table
        .filter(users::role.eq_any(roles))
        .filter(users::disabled_at.is_null())
        .filter(users::all_clients.or(users::id.eq_any(listed)))
        .order((users::name, users::id))
        .select((users::id, users::name))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(user, name)| (user.into(), name))
        .collect())
}
