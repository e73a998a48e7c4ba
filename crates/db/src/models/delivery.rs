//! Deliveries: one post on one account, as people see and change them. What workers do with them is in
//! [`crate::delivery_queue`].

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::post::PlatformOptions;
use domain::rules::Finding;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use super::account::Account;
use super::post::Post;
use crate::schema::{accounts, clients, deliveries, posts};
use crate::{Connection, DbResult};

/// A delivery.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = deliveries, check_for_backend(diesel::pg::Pg))]
pub struct Delivery {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: DeliveryId,
    /// The client it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// The post.
    #[diesel(deserialize_as = Uuid)]
    pub post_id: PostId,
    /// The account.
    #[diesel(deserialize_as = Uuid)]
    pub account_id: AccountId,
    /// A caption of its own.
    pub caption_override: Option<String>,
    /// The platform's options.
    #[diesel(deserialize_as = serde_json::Value)]
    pub options: PlatformOptions,
    /// Where it stands.
    #[diesel(deserialize_as = String)]
    pub state: DeliveryState,
    /// The version that was scheduled.
    pub scheduled_version: Option<Vec<u8>>,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// When it is looked at next.
    pub next_step_at: Option<DateTime<Utc>>,
    /// How many attempts there were.
    pub attempt: i32,
    /// Bytes that the platform has taken.
    pub bytes_sent: Option<i64>,
    /// What is the matter, in a sentence.
    pub last_problem: Option<String>,
    /// The platform's id of the post.
    pub platform_post_id: Option<String>,
    /// The public address of the post.
    pub post_url: Option<String>,
    /// When the platform confirmed it.
    pub published_at: Option<DateTime<Utc>>,
    /// What keeps it although its minute has come.
    pub held: Option<String>,
    /// Whether somebody has asked for it to be taken back.
    pub cancel_requested: bool,
    /// What was found when it was looked at ahead of its minute.
    #[diesel(deserialize_as = Findings)]
    pub findings: Vec<Finding>,
}

/// Findings as they are stored; what an older version wrote and nobody can read any more is left out.
pub struct Findings(Vec<Finding>);

impl Queryable<diesel::sql_types::Jsonb, diesel::pg::Pg> for Findings {
    type Row = serde_json::Value;

    fn build(row: Self::Row) -> diesel::deserialize::Result<Self> {
        Ok(Self(serde_json::from_value(row).unwrap_or_default()))
    }
}

impl From<Findings> for Vec<Finding> {
    fn from(findings: Findings) -> Self {
        findings.0
    }
}

/// A delivery to be made.
pub struct NewDelivery<'a> {
    /// Its id.
    pub id: DeliveryId,
    /// Whose.
    pub client: ClientId,
    /// Of which post.
    pub post: PostId,
    /// On which account.
    pub account: AccountId,
    /// The platform's options.
    pub options: &'a PlatformOptions,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
}

/// Adds a delivery as a draft.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewDelivery<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(deliveries::table)
        .values((
            deliveries::id.eq(new.id.0),
            deliveries::client_id.eq(new.client.0),
            deliveries::post_id.eq(new.post.0),
            deliveries::account_id.eq(new.account.0),
            deliveries::options.eq(to_json(new.options)?),
            deliveries::state.eq(DeliveryState::Draft.as_str()),
            deliveries::due_at.eq(new.due_at),
            deliveries::created_at.eq(now),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Changes what a delivery says and takes it back to draft; whoever schedules it does so anew.
///
/// # Errors
/// When the query fails.
pub async fn rewrite(
    conn: &mut Connection,
    id: DeliveryId,
    options: &PlatformOptions,
    due_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::options.eq(to_json(options)?),
            deliveries::state.eq(DeliveryState::Draft.as_str()),
            deliveries::scheduled_version.eq(None::<Vec<u8>>),
            deliveries::next_step_at.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::last_problem.eq(None::<String>),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::findings.eq(serde_json::json!([])),
            deliveries::due_at.eq(due_at),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Puts a delivery into the queue. `preflight_at` is when it is looked at ahead of its minute.
///
/// # Errors
/// When the query fails.
pub async fn schedule(
    conn: &mut Connection,
    id: DeliveryId,
    version: &[u8],
    preflight_at: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(DeliveryState::Scheduled.as_str()),
            deliveries::scheduled_version.eq(version),
            deliveries::next_step_at.eq(deliveries::due_at.nullable()),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(preflight_at),
            deliveries::findings.eq(serde_json::json!([])),
            deliveries::retries.eq(0),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Sends a delivery that is to go out at once, whatever it was before: from the beginning.
///
/// # Errors
/// When the query fails.
pub async fn send_now(
    conn: &mut Connection,
    id: DeliveryId,
    version: &[u8],
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(DeliveryState::Scheduled.as_str()),
            deliveries::scheduled_version.eq(version),
            deliveries::due_at.eq(now),
            deliveries::next_step_at.eq(now),
            deliveries::fence.eq(deliveries::fence + 1),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::attempt_open.eq(false),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::last_problem.eq(None::<String>),
            deliveries::retries.eq(0),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Marks a delivery whose outcome nobody knew as published, as a person found it.
///
/// # Errors
/// When the query fails.
pub async fn confirm(
    conn: &mut Connection,
    id: DeliveryId,
    address: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    set_aside(conn, id, DeliveryState::Published, None, now).await?;
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::post_url.eq(address),
            deliveries::published_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Asks the worker that is at it, or the next one, to take a delivery back.
///
/// # Errors
/// When the query fails.
pub async fn request_cancel(
    conn: &mut Connection,
    id: DeliveryId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::cancel_requested.eq(true),
            deliveries::next_step_at.eq(now),
            deliveries::held.eq(None::<String>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One delivery of a client, locked until the transaction ends; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find_for_update(
    conn: &mut Connection,
    client: ClientId,
    id: DeliveryId,
) -> DbResult<Option<Delivery>> {
    Ok(deliveries::table
        .find(id.0)
        .filter(deliveries::client_id.eq(client.0))
        .for_update()
        .select(Delivery::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The deliveries whose next look ahead of their minute is due, earliest first.
///
/// # Errors
/// When the query fails.
pub async fn to_preflight(
    conn: &mut Connection,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<(Delivery, Post, Account)>> {
    Ok(deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::preflight_at.le(now))
        .order(deliveries::preflight_at)
        .limit(limit)
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .load(conn)
        .await?)
}

/// Writes what a look ahead found, and when the next one is, unless the delivery has changed since
/// `seen`. `false` when it has.
///
/// # Errors
/// When the query fails.
pub async fn write_preflight(
    conn: &mut Connection,
    seen: &Delivery,
    findings: &[Finding],
    next: Option<DateTime<Utc>>,
) -> DbResult<bool> {
    let findings = serde_json::to_value(findings)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()))?;
    let written = diesel::update(
        deliveries::table
            .find(seen.id.0)
            .filter(deliveries::state.eq(DeliveryState::Scheduled.as_str()))
            .filter(deliveries::scheduled_version.is_not_distinct_from(&seen.scheduled_version))
            .filter(deliveries::due_at.eq(seen.due_at)),
    )
    .set((
        deliveries::findings.eq(findings),
        deliveries::preflight_at.eq(next),
    ))
    .execute(conn)
    .await?;
    Ok(written > 0)
}

/// When a delivery is looked at ahead of its minute next, whatever was planned.
///
/// # Errors
/// When the query fails.
pub async fn preflight_next_at(
    conn: &mut Connection,
    id: DeliveryId,
    at: Option<DateTime<Utc>>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set(deliveries::preflight_at.eq(at))
        .execute(conn)
        .await?;
    Ok(())
}

/// Looks ahead again, at once, at what an account still has scheduled and something was found about.
///
/// # Errors
/// When the query fails.
pub async fn preflight_again(
    conn: &mut Connection,
    account: AccountId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(
        deliveries::table
            .filter(deliveries::account_id.eq(account.0))
            .filter(deliveries::state.eq(DeliveryState::Scheduled.as_str()))
            .filter(deliveries::findings.ne(serde_json::json!([]))),
    )
    .set(deliveries::preflight_at.eq(now))
    .execute(conn)
    .await?;
    Ok(())
}

/// How many deliveries of an account go out, or went out, after `from` and not after `to`.
///
/// # Errors
/// When the query fails.
pub async fn count_between(
    conn: &mut Connection,
    account: AccountId,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> DbResult<i64> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(account.0))
        .filter(deliveries::due_at.gt(from))
        .filter(deliveries::due_at.le(to))
        .filter(deliveries::state.eq_any(["scheduled", "publishing", "processing", "published"]))
        .count()
        .get_result(conn)
        .await?)
}

/// Sets the state of a delivery that no worker holds, and takes it out of the queue.
///
/// # Errors
/// When the query fails.
pub async fn set_aside(
    conn: &mut Connection,
    id: DeliveryId,
    state: DeliveryState,
    problem: Option<&str>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(deliveries::table.find(id.0))
        .set((
            deliveries::state.eq(state.as_str()),
            deliveries::next_step_at.eq(None::<DateTime<Utc>>),
            // Whoever held it is too late from here on.
            deliveries::fence.eq(deliveries::fence + 1),
            deliveries::lease_owner.eq(None::<String>),
            deliveries::lease_until.eq(None::<DateTime<Utc>>),
            deliveries::checkpoint.eq(None::<Vec<u8>>),
            deliveries::held.eq(None::<String>),
            deliveries::cancel_requested.eq(false),
            deliveries::preflight_at.eq(None::<DateTime<Utc>>),
            deliveries::last_problem.eq(problem),
            deliveries::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Removes the deliveries of a post, to be written anew.
///
/// # Errors
/// When the query fails.
pub async fn delete_of_post_except(
    conn: &mut Connection,
    post: PostId,
    keep: &[AccountId],
) -> DbResult<()> {
    let keep: Vec<Uuid> = keep.iter().map(|id| id.0).collect();
    diesel::delete(
        deliveries::table
            .filter(deliveries::post_id.eq(post.0))
            .filter(deliveries::account_id.ne_all(keep)),
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The deliveries of these posts with their accounts.
///
/// # Errors
/// When the query fails.
pub async fn of_posts(
    conn: &mut Connection,
    posts: &[PostId],
) -> DbResult<Vec<(Delivery, Account)>> {
    let posts: Vec<Uuid> = posts.iter().map(|id| id.0).collect();
    Ok(deliveries::table
        .inner_join(accounts::table)
        .filter(deliveries::post_id.eq_any(posts))
        .order((deliveries::post_id, accounts::platform, deliveries::id))
        .select((Delivery::as_select(), Account::as_select()))
        .load(conn)
        .await?)
}

/// The deliveries of a post, locked until the transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn of_post_for_update(conn: &mut Connection, post: PostId) -> DbResult<Vec<Delivery>> {
    Ok(deliveries::table
        .filter(deliveries::post_id.eq(post.0))
        .order(deliveries::id)
        .for_update()
        .select(Delivery::as_select())
        .load(conn)
        .await?)
}

/// The deliveries of an account that are not settled, locked until the transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn unsettled_of_account_for_update(
    conn: &mut Connection,
    account: AccountId,
) -> DbResult<Vec<Delivery>> {
    Ok(deliveries::table
        .filter(deliveries::account_id.eq(account.0))
        .filter(
            deliveries::state
                .ne_all(["published", "failed", "unknown", "cancelled"])
                .or(deliveries::next_step_at.is_not_null()),
        )
        .order(deliveries::id)
        .for_update()
        .select(Delivery::as_select())
        .load(conn)
        .await?)
}

/// How many deliveries of an account stand where: published, and not yet settled.
///
/// # Errors
/// When the query fails.
pub async fn counts_of_account(conn: &mut Connection, account: AccountId) -> DbResult<(i64, i64)> {
    let of = deliveries::table.filter(deliveries::account_id.eq(account.0));
    let published = of
        .filter(deliveries::state.eq("published"))
        .count()
        .get_result(conn)
        .await?;
    let waiting = of
        .filter(deliveries::state.ne_all(["published", "failed", "unknown", "cancelled"]))
        .count()
        .get_result(conn)
        .await?;
    Ok((published, waiting))
}

/// For every client with something scheduled: when the next goes out.
///
/// # Errors
/// When the query fails.
pub async fn next_by_client(conn: &mut Connection) -> DbResult<Vec<(ClientId, DateTime<Utc>)>> {
    let rows: Vec<(Uuid, Option<DateTime<Utc>>)> = deliveries::table
        .filter(deliveries::state.eq("scheduled"))
        .filter(deliveries::next_step_at.is_not_null())
        .group_by(deliveries::client_id)
        .select((deliveries::client_id, diesel::dsl::min(deliveries::due_at)))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(client, at)| Some((client.into(), at?)))
        .collect())
}

/// One delivery of a client with its post and account; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find(
    conn: &mut Connection,
    client: ClientId,
    id: DeliveryId,
) -> DbResult<Option<(Delivery, Post, Account)>> {
    Ok(deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::id.eq(id.0))
        .filter(deliveries::client_id.eq(client.0))
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .first(conn)
        .await
        .optional()?)
}

/// Which delivery of an account became this post of its platform, if any is known to.
///
/// # Errors
/// When the query fails.
pub async fn of_platform_post(
    conn: &mut Connection,
    account: AccountId,
    platform_post_id: &str,
) -> DbResult<Option<DeliveryId>> {
    let found: Option<Uuid> = deliveries::table
        .filter(deliveries::account_id.eq(account.0))
        .filter(deliveries::platform_post_id.eq(platform_post_id))
        .select(deliveries::id)
        .first(conn)
        .await
        .optional()?;
    Ok(found.map(DeliveryId::from))
}

/// Claimed deliveries with all that a worker has to know: post, account, and how many minutes late the
/// client lets it go out.
///
/// # Errors
/// When the query fails.
pub async fn for_publishing(
    conn: &mut Connection,
    ids: &[DeliveryId],
) -> DbResult<Vec<(Delivery, Post, Account, i32)>> {
    // Each table by its own key: joined, the plan would change with what is stored.
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let found: Vec<Delivery> = deliveries::table
        .filter(deliveries::id.eq_any(ids))
        .select(Delivery::as_select())
        .load(conn)
        .await?;
    let keys = |key: fn(&Delivery) -> Uuid| {
        let keys: HashSet<Uuid> = found.iter().map(key).collect();
        keys.into_iter().collect::<Vec<_>>()
    };
    let of_posts: HashMap<PostId, Post> = posts::table
        .filter(posts::id.eq_any(keys(|delivery| delivery.post_id.0)))
        .select(Post::as_select())
        .load(conn)
        .await?
        .into_iter()
        .map(|post| (post.id, post))
        .collect();
    let of_accounts: HashMap<AccountId, Account> = accounts::table
        .filter(accounts::id.eq_any(keys(|delivery| delivery.account_id.0)))
        .select(Account::as_select())
        .load(conn)
        .await?
        .into_iter()
        .map(|account| (account.id, account))
        .collect();
    let lateness: HashMap<Uuid, i32> = clients::table
        .filter(clients::id.eq_any(keys(|delivery| delivery.client_id.0)))
        .select((clients::id, clients::lateness_minutes))
        .load(conn)
        .await?
        .into_iter()
        .collect();
    Ok(found
        .into_iter()
        .filter_map(|delivery| {
            let post = of_posts.get(&delivery.post_id)?.clone();
            let account = of_accounts.get(&delivery.account_id)?.clone();
            let lateness = *lateness.get(&delivery.client_id.0)?;
            Some((delivery, post, account, lateness))
        })
        .collect())
}

/// What a person has to look at, earliest first: what failed, what nobody knows, what is held, and what
/// is scheduled and something was found about.
///
/// # Errors
/// When the query fails.
pub async fn needing_attention(
    conn: &mut Connection,
    client: ClientId,
    limit: i64,
) -> DbResult<Vec<(Delivery, Post, Account)>> {
    let scheduled = DeliveryState::Scheduled.as_str();
    Ok(deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::client_id.eq(client.0))
        .filter(
            deliveries::state
                .eq_any(["failed", "unknown"])
                .or(deliveries::held.is_not_null())
                .or(deliveries::state
                    .eq(scheduled)
                    .and(deliveries::findings.ne(serde_json::json!([])))),
        )
        .order((deliveries::due_at, deliveries::id))
        .limit(limit)
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .load(conn)
        .await?)
}

/// How many deliveries a pause keeps at this moment: of one client, or of all.
///
/// # Errors
/// When the query fails.
pub async fn count_paused(
    conn: &mut Connection,
    client: Option<ClientId>,
) -> DbResult<Vec<(AccountId, i64)>> {
    let mut query = deliveries::table
        .filter(deliveries::held.eq("paused"))
        .group_by(deliveries::account_id)
        .select((deliveries::account_id, diesel::dsl::count_star()))
        .into_boxed();
    if let Some(client) = client {
        query = query.filter(deliveries::client_id.eq(client.0));
    }
    let rows: Vec<(Uuid, i64)> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(account, count)| (account.into(), count))
        .collect())
}

/// The deliveries of a client that have been tried, held or taken back, newest first.
///
/// # Errors
/// When the query fails.
pub async fn history(
    conn: &mut Connection,
    client: ClientId,
    before: Option<DateTime<Utc>>,
    limit: i64,
) -> DbResult<Vec<(Delivery, Post, Account)>> {
    let mut query = deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::client_id.eq(client.0))
        .filter(
            deliveries::attempt
                .gt(0)
                .or(deliveries::held.is_not_null())
                .or(deliveries::state.eq("cancelled")),
        )
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(deliveries::due_at.lt(before));
    }
    Ok(query
        .order((deliveries::due_at.desc(), deliveries::id.desc()))
        .limit(limit)
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .load(conn)
        .await?)
}

fn to_json(options: &PlatformOptions) -> DbResult<serde_json::Value> {
    serde_json::to_value(options)
        .map_err(|error| diesel::result::Error::SerializationError(error.into()).into())
}
