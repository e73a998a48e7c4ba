//! Connections: sealed tokens and scopes, and nothing else.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::account::AccountStatus;
use domain::{AccountId, ClientId, Platform};
use uuid::Uuid;

use crate::schema::{accounts, connections, deliveries};
use crate::{Connection as Conn, DbResult};

/// A connection. The tokens are ciphertext.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = connections, check_for_backend(diesel::pg::Pg))]
pub struct Connection {
    /// The account.
    #[diesel(deserialize_as = Uuid)]
    pub account_id: AccountId,
    /// The account's id within our app.
    pub platform_user_id: String,
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// Sealed.
    pub access_token: Vec<u8>,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
    /// Sealed.
    pub refresh_token: Option<Vec<u8>>,
    /// When the refresh token ends, where the platform said.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// Whatever else the platform's session needs; sealed.
    pub session: Option<Vec<u8>>,
    /// When the tokens were last written.
    pub refreshed_at: DateTime<Utc>,
}

/// Sealed tokens to be written.
pub struct SealedTokens {
    /// The granted scopes.
    pub scopes: Vec<String>,
    /// Sealed.
    pub access_token: Vec<u8>,
    /// When the access token ends.
    pub access_expires_at: DateTime<Utc>,
    /// Sealed; `None` keeps what is stored.
    pub refresh_token: Option<Vec<u8>>,
    /// When the refresh token ends; `None` keeps what is stored.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// When they are renewed ahead of their end.
    pub renew_at: DateTime<Utc>,
    /// Whatever else the platform's session needs, sealed; `None` keeps what is stored.
    pub session: Option<Vec<u8>>,
}

/// The account that a platform's user is linked to already, and that account's client.
///
/// # Errors
/// When the query fails.
pub async fn owner(
    conn: &mut Conn,
    platform: Platform,
    platform_user_id: &str,
) -> DbResult<Option<(AccountId, ClientId)>> {
    let found: Option<(Uuid, Uuid)> = connections::table
        .inner_join(accounts::table)
        .filter(connections::platform.eq(platform.as_str()))
        .filter(connections::platform_user_id.eq(platform_user_id))
        .select((accounts::id, accounts::client_id))
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(|(account, client)| (account.into(), client.into())))
}

/// Adds a connection.
///
/// # Errors
/// A duplicate when the platform's user is linked already; otherwise when the query fails.
pub async fn insert(
    conn: &mut Conn,
    account: AccountId,
    platform: Platform,
    platform_user_id: &str,
    tokens: &SealedTokens,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(connections::table)
        .values((
            connections::account_id.eq(account.0),
            connections::platform.eq(platform.as_str()),
            connections::platform_user_id.eq(platform_user_id),
            connections::scopes.eq(&tokens.scopes),
            connections::access_token.eq(&tokens.access_token),
            connections::access_expires_at.eq(tokens.access_expires_at),
            connections::refresh_token.eq(&tokens.refresh_token),
            connections::refresh_expires_at.eq(tokens.refresh_expires_at),
            connections::session.eq(&tokens.session),
            connections::refreshed_at.eq(now),
            connections::renew_at.eq(tokens.renew_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes renewed tokens and lets go of the refresh lock. A missing refresh token never overwrites one.
///
/// # Errors
/// When the query fails.
pub async fn store(
    conn: &mut Conn,
    account: AccountId,
    tokens: &SealedTokens,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let written = diesel::update(connections::table.find(account.0))
        .set((
            connections::scopes.eq(&tokens.scopes),
            connections::access_token.eq(&tokens.access_token),
            connections::access_expires_at.eq(tokens.access_expires_at),
            tokens
                .refresh_token
                .as_ref()
                .map(|token| connections::refresh_token.eq(token)),
            tokens
                .refresh_expires_at
                .map(|at| connections::refresh_expires_at.eq(at)),
            tokens
                .session
                .as_ref()
                .map(|session| connections::session.eq(session)),
            connections::refreshed_at.eq(now),
            connections::renew_at.eq(tokens.renew_at),
            connections::refresh_locked_until.eq(None::<DateTime<Utc>>),
        ))
        .execute(conn)
        .await?;
    Ok(written == 1)
}

/// The connection of an account.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Conn, account: AccountId) -> DbResult<Option<Connection>> {
    Ok(connections::table
        .find(account.0)
        .select(Connection::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The connections of these accounts.
///
/// # Errors
/// When the query fails.
pub async fn of_accounts(conn: &mut Conn, accounts: &[AccountId]) -> DbResult<Vec<Connection>> {
    let ids: Vec<Uuid> = accounts.iter().map(|id| id.0).collect();
    Ok(connections::table
        .filter(connections::account_id.eq_any(ids))
        .select(Connection::as_select())
        .load(conn)
        .await?)
}

/// Deletes the connection: the purge.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Conn, account: AccountId) -> DbResult<usize> {
    Ok(diesel::delete(connections::table.find(account.0))
        .execute(conn)
        .await?)
}

/// Takes the right to renew, so that two workers never spend one refresh token. `false` when somebody
/// else has it.
///
/// # Errors
/// When the query fails.
pub async fn lock_refresh(
    conn: &mut Conn,
    account: AccountId,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> DbResult<bool> {
    let taken = diesel::update(
        connections::table.find(account.0).filter(
            connections::refresh_locked_until
                .is_null()
                .or(connections::refresh_locked_until.le(now)),
        ),
    )
    .set(connections::refresh_locked_until.eq(until))
    .execute(conn)
    .await?;
    Ok(taken == 1)
}

/// Gives the right to renew back.
///
/// # Errors
/// When the query fails.
pub async fn unlock_refresh(conn: &mut Conn, account: AccountId) -> DbResult<()> {
    diesel::update(connections::table.find(account.0))
        .set(connections::refresh_locked_until.eq(None::<DateTime<Utc>>))
        .execute(conn)
        .await?;
    Ok(())
}

/// The connections to be renewed ahead of their end: those that a post will need soon, and those that
/// nobody has touched since `untouched_since`, so that access that was taken away is noticed early.
///
/// # Errors
/// When the query fails.
pub async fn to_renew(
    conn: &mut Conn,
    now: DateTime<Utc>,
    needed_before: DateTime<Utc>,
    untouched_since: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<(AccountId, ClientId, Platform)>> {
    let needed = deliveries::table
        .filter(deliveries::account_id.eq(connections::account_id))
        .filter(deliveries::due_at.le(needed_before))
        .filter(deliveries::next_step_at.is_not_null());
    let rows: Vec<(Uuid, Uuid, String)> = connections::table
        .inner_join(accounts::table)
        .filter(connections::renew_at.le(now))
        .filter(accounts::status.eq(AccountStatus::Working.as_str()))
        .filter(
            connections::refreshed_at
                .lt(untouched_since)
                .or(diesel::dsl::exists(needed)),
        )
        .order(connections::renew_at)
        .limit(limit)
        .select((accounts::id, accounts::client_id, accounts::platform))
        .load(conn)
        .await?;
    rows.into_iter()
        .map(|(account, client, platform)| {
            let platform =
                platform
                    .parse()
                    .map_err(|error: domain::platform::UnknownPlatform| {
                        diesel::result::Error::DeserializationError(error.into())
                    })?;
            Ok((account.into(), client.into(), platform))
        })
        .collect()
}

/// When the tokens are renewed ahead next; `None` where a person has to connect the account again.
///
/// # Errors
/// When the query fails.
pub async fn renew_next_at(
    conn: &mut Conn,
    account: AccountId,
    at: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(connections::table.find(account.0))
        .set(connections::renew_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Every connection, to be sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn all_sealed(conn: &mut Conn) -> DbResult<Vec<Connection>> {
    Ok(connections::table
        .select(Connection::as_select())
        .load(conn)
        .await?)
}

/// Replaces sealed tokens by the same ones sealed anew, unless they were renewed in between.
///
/// # Errors
/// When the query fails.
pub async fn replace_sealed(
    conn: &mut Conn,
    was: &Connection,
    access_token: Option<&[u8]>,
    refresh_token: Option<&[u8]>,
    session: Option<&[u8]>,
) -> DbResult<()> {
    if access_token.is_none() && refresh_token.is_none() && session.is_none() {
        return Ok(());
    }
    let unchanged = connections::table
        .find(was.account_id.0)
        .filter(connections::access_token.eq(&was.access_token));
    diesel::update(unchanged)
        .set((
            access_token.map(|token| connections::access_token.eq(token)),
            refresh_token.map(|token| connections::refresh_token.eq(token)),
            session.map(|session| connections::session.eq(session)),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Connections that end before `ends_before` and of which nobody was told since `told_since`: marks them
/// as told at `now`.
///
/// # Errors
/// When the query fails.
pub async fn take_expiring(
    conn: &mut Conn,
    now: DateTime<Utc>,
    ends_before: DateTime<Utc>,
    told_since: DateTime<Utc>,
) -> DbResult<Vec<(AccountId, DateTime<Utc>)>> {
    let working = accounts::table
        .filter(accounts::id.eq(connections::account_id))
        .filter(accounts::status.eq(AccountStatus::Working.as_str()));
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = diesel::update(
        connections::table
            .filter(connections::refresh_expires_at.gt(now))
            .filter(connections::refresh_expires_at.le(ends_before))
            .filter(
                connections::expiry_told_at
                    .is_null()
                    .or(connections::expiry_told_at.lt(told_since)),
            )
            .filter(diesel::dsl::exists(working)),
    )
    .set(connections::expiry_told_at.eq(now))
    .returning((connections::account_id, connections::refresh_expires_at))
    .get_results(conn)
    .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(account, ends)| Some((account.into(), ends?)))
        .collect())
}
