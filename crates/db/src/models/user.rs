//! People who sign in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{Role, UserId};
use uuid::Uuid;

use crate::schema::users;
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
    /// argon2id, in PHC string form.
    pub password_hash: String,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Since when it may no longer sign in.
    pub disabled_at: Option<DateTime<Utc>>,
}

/// Adds a user.
///
/// # Errors
/// A duplicate when the address is taken; otherwise when the query fails.
pub async fn insert(
    conn: &mut Connection,
    id: UserId,
    email: &str,
    name: &str,
    role: Role,
    password_hash: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(users::table)
        .values((
            users::id.eq(id.0),
            users::email.eq(email),
            users::name.eq(name),
            users::role.eq(role.as_str()),
            users::password_hash.eq(password_hash),
            users::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
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
