//! Deliveries as the rest of the application reads them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::approval::ApprovalPolicy;
use domain::words::UnknownWord;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use super::Delivery;
use crate::models::account::Account;
use crate::models::post::Post;
use crate::schema::{accounts, clients, deliveries, posts};
use crate::{Connection, DbResult};

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

/// The posts of a client of which something is scheduled, in the order in which they are locked.
///
/// # Errors
/// When the query fails.
pub async fn scheduled_posts(conn: &mut Connection, client: ClientId) -> DbResult<Vec<PostId>> {
    let ids: Vec<Uuid> = deliveries::table
        .filter(deliveries::client_id.eq(client.0))
        .filter(deliveries::state.eq(DeliveryState::Scheduled.as_str()))
        .select(deliveries::post_id)
        .distinct()
        .order(deliveries::post_id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(PostId::from).collect())
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

/// What a worker has to know of a client.
#[derive(Clone, Copy, Debug)]
pub struct ClientRules {
    /// How many minutes after its minute a post still goes out.
    pub lateness_minutes: i32,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
}

/// Claimed deliveries with all that a worker has to know: post, account, and what the client allows.
///
/// # Errors
/// When the query fails.
pub async fn for_publishing(
    conn: &mut Connection,
    ids: &[DeliveryId],
) -> DbResult<Vec<(Delivery, Post, Account, ClientRules)>> {
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
    let rules: Vec<(Uuid, i32, String)> = clients::table
        .filter(clients::id.eq_any(keys(|delivery| delivery.client_id.0)))
        .select((
            clients::id,
            clients::lateness_minutes,
            clients::approval_policy,
        ))
        .load(conn)
        .await?;
    let rules: HashMap<Uuid, ClientRules> = rules
        .into_iter()
        .map(|(client, lateness_minutes, policy)| {
            let approval_policy = policy.parse().map_err(|error: UnknownWord| {
                diesel::result::Error::DeserializationError(Box::new(error))
            })?;
            let rules = ClientRules {
                lateness_minutes,
                approval_policy,
            };
            Ok((client, rules))
        })
        .collect::<DbResult<_>>()?;
    Ok(found
        .into_iter()
        .filter_map(|delivery| {
            let post = of_posts.get(&delivery.post_id)?.clone();
            let account = of_accounts.get(&delivery.account_id)?.clone();
            let rules = *rules.get(&delivery.client_id.0)?;
            Some((delivery, post, account, rules))
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
