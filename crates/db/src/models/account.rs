//! Linked social accounts.

use chrono::{DateTime, Utc};
use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::account::AccountStatus;
use domain::{AccountId, ClientId, Platform, UserId};
use uuid::Uuid;

use crate::schema::{accounts, connections};
use crate::{Connection, DbResult};

/// An account. After a disconnect the row stays, without any name.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = accounts, check_for_backend(diesel::pg::Pg))]
pub struct Account {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: AccountId,
    /// The client it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// Its platform.
    #[diesel(deserialize_as = String)]
    pub platform: Platform,
    /// Whether it can be used.
    #[diesel(deserialize_as = String)]
    pub status: AccountStatus,
    /// Why not, in a sentence.
    pub status_reason: Option<String>,
    /// The display name.
    pub nickname: Option<String>,
    /// The handle without `@`.
    pub handle: Option<String>,
    /// Where the copy of the avatar is kept.
    pub avatar_key: Option<String>,
    /// When it was last connected.
    pub connected_at: DateTime<Utc>,
    /// When it was disconnected.
    pub disconnected_at: Option<DateTime<Utc>>,
    /// Since when its publishing is paused.
    pub paused_at: Option<DateTime<Utc>>,
    /// Who paused it.
    pub paused_by: Option<Uuid>,
}

/// What the account list shows beside an account.
#[derive(Clone, Debug)]
pub struct AccountHealth {
    /// The account.
    pub account: Account,
    /// When its access ends unless it is renewed before; `None` without a connection.
    pub refresh_expires_at: Option<DateTime<Utc>>,
    /// The scopes that were granted.
    pub scopes: Vec<String>,
    /// The last post that was confirmed.
    pub last_success: Option<DateTime<Utc>>,
    /// When the next post goes out.
    pub next_post: Option<DateTime<Utc>>,
    /// Whether one is on its way now.
    pub publishing: bool,
}

/// What is known of an account when it is connected.
#[derive(Clone, Debug)]
pub struct AccountProfile<'a> {
    /// The display name.
    pub nickname: &'a str,
    /// The handle without `@`.
    pub handle: Option<&'a str>,
    /// Where the copy of the avatar is kept.
    pub avatar_key: Option<&'a str>,
}

/// Adds an account.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    id: AccountId,
    client: ClientId,
    platform: Platform,
    profile: &AccountProfile<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(accounts::table)
        .values((
            accounts::id.eq(id.0),
            accounts::client_id.eq(client.0),
            accounts::platform.eq(platform.as_str()),
            accounts::status.eq(AccountStatus::Working.as_str()),
            accounts::nickname.eq(profile.nickname),
            accounts::handle.eq(profile.handle),
            accounts::avatar_key.eq(profile.avatar_key),
            accounts::connected_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Renews what is known of an account and marks it as working.
///
/// # Errors
/// When the query fails.
pub async fn reconnect(
    conn: &mut Connection,
    id: AccountId,
    profile: &AccountProfile<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(accounts::table.find(id.0))
        .set((
            accounts::status.eq(AccountStatus::Working.as_str()),
            accounts::status_reason.eq(None::<String>),
            accounts::nickname.eq(profile.nickname),
            accounts::handle.eq(profile.handle),
            accounts::avatar_key.eq(profile.avatar_key),
            accounts::connected_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks that the platform refuses our access, unless the account is disconnected already. Returns whether
/// it was accepted until now.
///
/// # Errors
/// When a query fails.
pub async fn needs_reconnecting(
    conn: &mut Connection,
    id: AccountId,
    reason: &str,
) -> DbResult<bool> {
    let marked = diesel::update(
        accounts::table
            .find(id.0)
            .filter(accounts::status.eq(AccountStatus::Working.as_str())),
    )
    .set((
        accounts::status.eq(AccountStatus::NeedsReconnecting.as_str()),
        accounts::status_reason.eq(reason),
    ))
    .execute(conn)
    .await?;
    if marked > 0 {
        return Ok(true);
    }
    diesel::update(
        accounts::table
            .find(id.0)
            .filter(accounts::status.eq(AccountStatus::NeedsReconnecting.as_str())),
    )
    .set(accounts::status_reason.eq(reason))
    .execute(conn)
    .await?;
    Ok(false)
}

/// Pauses the publishing on an account (since when, and who did it), or resumes it. `false` when it was
/// so already.
///
/// # Errors
/// When the query fails.
pub async fn set_paused(
    conn: &mut Connection,
    id: AccountId,
    pause: Option<(DateTime<Utc>, UserId)>,
) -> DbResult<bool> {
    let changed = diesel::update(
        accounts::table
            .find(id.0)
            .filter(accounts::paused_at.is_null().eq(pause.is_some())),
    )
    .set((
        accounts::paused_at.eq(pause.map(|(since, _)| since)),
        accounts::paused_by.eq(pause.map(|(_, by)| by.0)),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Removes everything that names the account.
///
/// # Errors
/// When the query fails.
pub async fn purge(conn: &mut Connection, id: AccountId, now: DateTime<Utc>) -> DbResult<()> {
    diesel::update(accounts::table.find(id.0))
        .set((
            accounts::status.eq(AccountStatus::Disconnected.as_str()),
            accounts::status_reason.eq(None::<String>),
            accounts::nickname.eq(None::<String>),
            accounts::handle.eq(None::<String>),
            accounts::avatar_key.eq(None::<String>),
            accounts::disconnected_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One account of a client; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find(
    conn: &mut Connection,
    client: ClientId,
    id: AccountId,
) -> DbResult<Option<Account>> {
    Ok(accounts::table
        .find(id.0)
        .filter(accounts::client_id.eq(client.0))
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The accounts that any client has linked, not the disconnected ones.
///
/// # Errors
/// When the query fails.
pub async fn linked(conn: &mut Connection, client: ClientId) -> DbResult<Vec<Account>> {
    Ok(accounts::table
        .filter(accounts::client_id.eq(client.0))
        .filter(accounts::status.ne(AccountStatus::Disconnected.as_str()))
        .order((accounts::platform.asc(), accounts::connected_at.asc()))
        .select(Account::as_select())
        .load(conn)
        .await?)
}

/// For every client with linked accounts: how many, and how many of them need a person.
///
/// # Errors
/// When the query fails.
pub async fn counts_by_client(conn: &mut Connection) -> DbResult<Vec<(ClientId, i64, i64)>> {
    let rows: Vec<(Uuid, String, i64)> = accounts::table
        .filter(accounts::status.ne(AccountStatus::Disconnected.as_str()))
        .group_by((accounts::client_id, accounts::status))
        .select((accounts::client_id, accounts::status, count_star()))
        .load(conn)
        .await?;
    let mut counts: Vec<(ClientId, i64, i64)> = Vec::new();
    for (client, status, count) in rows {
        let attention = if status == AccountStatus::NeedsReconnecting.as_str() {
            count
        } else {
            0
        };
        match counts.iter_mut().find(|(known, ..)| known.0 == client) {
            Some((_, all, trouble)) => {
                *all += count;
                *trouble += attention;
            }
            None => counts.push((client.into(), count, attention)),
        }
    }
    Ok(counts)
}

/// What an account has behind it and before it. Each is one place of an index, whatever else is stored.
const PLANNED: &str = "
    SELECT account,
           (SELECT max(published_at) FROM deliveries WHERE account_id = account AND state = 'published') AS last_success,
           (SELECT min(due_at) FROM deliveries WHERE account_id = account AND state = 'scheduled') AS next_post,
           EXISTS (SELECT FROM deliveries
                   WHERE account_id = account AND state IN ('publishing', 'processing')) AS publishing
    FROM unnest($1) AS account";

#[derive(Default, QueryableByName)]
struct Planned {
    #[diesel(sql_type = SqlUuid)]
    account: Uuid,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    last_success: Option<DateTime<Utc>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    next_post: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    publishing: bool,
}

/// The linked accounts of a client with their health.
///
/// # Errors
/// When a query fails.
pub async fn health(conn: &mut Connection, client: ClientId) -> DbResult<Vec<AccountHealth>> {
    type Row = (Account, Option<(Vec<String>, Option<DateTime<Utc>>)>);
    let rows: Vec<Row> = accounts::table
        .left_join(connections::table)
        .filter(accounts::client_id.eq(client.0))
        .filter(accounts::status.ne(AccountStatus::Disconnected.as_str()))
        .order((accounts::platform.asc(), accounts::connected_at.asc()))
        .select((
            Account::as_select(),
            (connections::scopes, connections::refresh_expires_at).nullable(),
        ))
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = rows.iter().map(|(account, _)| account.id.0).collect();
    let mut planned: Vec<Planned> = diesel::sql_query(PLANNED)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(account, connection)| {
            let (scopes, refresh_expires_at) = connection.unwrap_or_default();
            let place = planned.iter().position(|of| of.account == account.id.0);
            let planned = place.map(|place| planned.swap_remove(place));
            let planned = planned.unwrap_or_default();
            AccountHealth {
                last_success: planned.last_success,
                next_post: planned.next_post,
                publishing: planned.publishing,
                scopes,
                refresh_expires_at,
                account,
            }
        })
        .collect())
}

/// One account, whosever it is.
///
/// # Errors
/// When the query fails.
pub async fn find_any(conn: &mut Connection, id: AccountId) -> DbResult<Option<Account>> {
    Ok(accounts::table
        .find(id.0)
        .select(Account::as_select())
        .first(conn)
        .await
        .optional()?)
}
