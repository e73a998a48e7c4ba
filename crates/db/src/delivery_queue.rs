//! The queue: claim, lease, checkpoint, outcome.
//!
//! A claim is one short statement. It raises the fencing number, and every later write names the
//! number it was given: a worker that was taken over cannot write any more. No lock and no transaction
//! is held while a worker talks to a platform.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncConnection, RunQueryDsl};
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use crate::models::event::{self, NewEvent};
use crate::schema::deliveries;
use crate::{Connection, DbError, DbResult};

/// A delivery that a worker holds.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which.
    pub id: DeliveryId,
    /// Whose.
    pub client_id: ClientId,
    /// The post.
    pub post_id: PostId,
    /// The account.
    pub account_id: AccountId,
    /// Where it stands now.
    pub state: DeliveryState,
    /// The number that every write must name.
    pub fence: i64,
    /// Which attempt this is, from 1.
    pub attempt: i32,
    /// Whether the attempt begins with this claim.
    pub new_attempt: bool,
    /// Whether the worker before went away without a word.
    pub taken_over: bool,
    /// How often this delivery has been put off since it last got on.
    pub retries: i32,
    /// Where it stands with the platform, sealed.
    pub checkpoint: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
struct ClaimRow {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    client_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    post_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    account_id: Uuid,
    #[diesel(sql_type = Text)]
    state: String,
    #[diesel(sql_type = BigInt)]
    fence: i64,
    #[diesel(sql_type = diesel::sql_types::Int4)]
    attempt: i32,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    new_attempt: bool,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    taken_over: bool,
    #[diesel(sql_type = diesel::sql_types::Int4)]
    retries: i32,
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Bytea>)]
    checkpoint: Option<Vec<u8>>,
}

/// Claims up to `limit` due deliveries, at most one per account, earliest first.
///
/// # Errors
/// When the query fails. Losing a race for an account is not an error: nothing is claimed.
pub async fn claim(
    conn: &mut Connection,
    worker: &str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Claim>> {
    // `due` narrows by the partial index before anything else is looked at. An account is free when no
    // other delivery of it is held; a lease that ran out is taken over through its own delivery.
    let rows: Result<Vec<ClaimRow>, _> = diesel::sql_query(
        "WITH due AS (
             SELECT d.id, d.account_id, d.lease_owner, d.attempt_open
             FROM deliveries d
             WHERE d.next_step_at <= $1
               AND (d.lease_until IS NULL OR d.lease_until <= $1)
               AND NOT EXISTS (SELECT 1 FROM deliveries held
                               WHERE held.account_id = d.account_id AND held.id <> d.id
                                 AND held.lease_owner IS NOT NULL)
             ORDER BY d.next_step_at, d.id
             LIMIT $4 * 4
             FOR UPDATE SKIP LOCKED
         ), chosen AS (
             SELECT DISTINCT ON (account_id) id, lease_owner, attempt_open FROM due ORDER BY account_id, id
         ), first AS (
             SELECT * FROM chosen LIMIT $4
         )
         UPDATE deliveries d
         SET state = CASE d.state WHEN 'scheduled' THEN 'publishing' ELSE d.state END,
             lease_owner = $2, lease_until = $3, fence = d.fence + 1,
             attempt = d.attempt + CASE WHEN first.attempt_open AND first.lease_owner IS NULL THEN 0 ELSE 1 END,
             attempt_open = true, updated_at = $1
         FROM first WHERE d.id = first.id
         RETURNING d.id, d.client_id, d.post_id, d.account_id, d.state, d.fence, d.attempt, d.retries, d.checkpoint,
                   NOT (first.attempt_open AND first.lease_owner IS NULL) AS new_attempt,
                   first.lease_owner IS NOT NULL AS taken_over",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(worker)
    .bind::<Timestamptz, _>(lease_until)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await;
    let rows = match rows.map_err(DbError::from) {
        Ok(rows) => rows,
        Err(error) if error.is_duplicate() => Vec::new(),
        Err(error) => return Err(error),
    };
    rows.into_iter()
        .map(|row| {
            Ok(Claim {
                id: row.id.into(),
                client_id: row.client_id.into(),
                post_id: row.post_id.into(),
                account_id: row.account_id.into(),
                state: row
                    .state
                    .parse()
                    .map_err(|error: domain::state::UnknownState| {
                        diesel::result::Error::DeserializationError(error.into())
                    })?,
                fence: row.fence,
                attempt: row.attempt,
                new_attempt: row.new_attempt,
                taken_over: row.taken_over,
                retries: row.retries,
                checkpoint: row.checkpoint,
            })
        })
        .collect()
}

/// Renews leases. Returns the deliveries that are still held; what is missing has been taken over.
///
/// # Errors
/// When the query fails.
pub async fn renew(
    conn: &mut Connection,
    worker: &str,
    held: &[DeliveryId],
    until: DateTime<Utc>,
) -> DbResult<Vec<DeliveryId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "UPDATE deliveries SET lease_until = $1 WHERE id = ANY($2) AND lease_owner = $3 RETURNING id",
    )
    .bind::<Timestamptz, _>(until)
    .bind::<Array<SqlUuid>, _>(held.iter().map(|id| id.0).collect::<Vec<_>>())
    .bind::<Text, _>(worker)
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}

/// Gives a claim back untouched, so that any worker may take it at once.
///
/// # Errors
/// When the query fails.
pub async fn release(conn: &mut Connection, id: DeliveryId, fence: i64) -> DbResult<()> {
    diesel::update(
        deliveries::table
            .find(id.0)
            .filter(deliveries::fence.eq(fence)),
    )
    .set((
        deliveries::lease_owner.eq(None::<String>),
        deliveries::lease_until.eq(None::<DateTime<Utc>>),
    ))
    .execute(conn)
    .await?;
    Ok(())
}

/// What a worker writes about a delivery it holds. `None` leaves a column as it is.
#[derive(Debug, Default, AsChangeset)]
#[diesel(table_name = deliveries)]
pub struct Write {
    /// The new state.
    pub state: Option<&'static str>,
    /// The sealed checkpoint; `Some(None)` removes it.
    pub checkpoint: Option<Option<Vec<u8>>>,
    /// When to look again; `Some(None)` takes it out of the queue.
    pub next_step_at: Option<Option<DateTime<Utc>>>,
    /// `Some(None)` lets go of it.
    pub lease_owner: Option<Option<String>>,
    /// `Some(None)` together with `lease_owner`.
    pub lease_until: Option<Option<DateTime<Utc>>>,
    /// Whether the attempt goes on with the next claim.
    pub attempt_open: Option<bool>,
    /// How often it has been put off.
    pub retries: Option<i32>,
    /// Bytes that the platform has taken.
    pub bytes_sent: Option<Option<i64>>,
    /// What is the matter.
    pub last_problem: Option<Option<String>>,
    /// The platform's id of the post.
    pub platform_post_id: Option<String>,
    /// The public address.
    pub post_url: Option<String>,
    /// When the platform confirmed it.
    pub published_at: Option<DateTime<Utc>>,
    /// Now.
    pub updated_at: Option<DateTime<Utc>>,
}

impl Write {
    /// Lets go of the delivery with this write.
    #[must_use]
    pub fn releasing(mut self) -> Self {
        self.lease_owner = Some(None);
        self.lease_until = Some(None);
        self
    }
}

/// Writes what became of a step, with its events, in one transaction, if the claim still holds.
///
/// # Errors
/// [`DbError::FenceLost`] when somebody else has taken it over; otherwise when a query fails.
pub async fn write(
    conn: &mut Connection,
    id: DeliveryId,
    fence: i64,
    write: &Write,
    events: &[NewEvent],
) -> DbResult<()> {
    conn.transaction(async |conn| {
        let written = diesel::update(
            deliveries::table
                .find(id.0)
                .filter(deliveries::fence.eq(fence)),
        )
        .set(write)
        .execute(conn)
        .await?;
        if written == 0 {
            return Err(DbError::FenceLost);
        }
        event::append(conn, events).await
    })
    .await
}

/// When the next delivery is to be looked at, if any waits.
///
/// # Errors
/// When the query fails.
pub async fn next_due(conn: &mut Connection) -> DbResult<Option<DateTime<Utc>>> {
    let next: Option<Option<DateTime<Utc>>> = deliveries::table
        .filter(deliveries::next_step_at.is_not_null())
        .order(deliveries::next_step_at.asc())
        .select(deliveries::next_step_at)
        .first(conn)
        .await
        .optional()?;
    Ok(next.flatten())
}

/// How many deliveries have been due since `since` without anybody having claimed them: what a health
/// check looks at.
///
/// # Errors
/// When the query fails.
pub async fn overdue(conn: &mut Connection, since: DateTime<Utc>) -> DbResult<i64> {
    Ok(deliveries::table
        .filter(deliveries::next_step_at.le(since))
        .filter(
            deliveries::lease_until
                .is_null()
                .or(deliveries::lease_until.le(since)),
        )
        .count()
        .get_result(conn)
        .await?)
}

/// Gives back everything that a worker holds. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn release_all(conn: &mut Connection, worker: &str) -> DbResult<usize> {
    Ok(
        diesel::update(deliveries::table.filter(deliveries::lease_owner.eq(worker)))
            .set((
                deliveries::lease_owner.eq(None::<String>),
                deliveries::lease_until.eq(None::<DateTime<Utc>>),
                deliveries::fence.eq(deliveries::fence + 1),
            ))
            .execute(conn)
            .await?,
    )
}

/// Every sealed checkpoint, to be sealed anew.
///
/// # Errors
/// When the query fails.
pub async fn sealed_checkpoints(conn: &mut Connection) -> DbResult<Vec<(DeliveryId, Vec<u8>)>> {
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = deliveries::table
        .filter(deliveries::checkpoint.is_not_null())
        .select((deliveries::id, deliveries::checkpoint))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id, checkpoint)| Some((id.into(), checkpoint?)))
        .collect())
}

/// Replaces a checkpoint by the same one sealed anew, unless a worker wrote another in between.
///
/// # Errors
/// When the query fails.
pub async fn replace_checkpoint(
    conn: &mut Connection,
    id: DeliveryId,
    was: &[u8],
    sealed: &[u8],
) -> DbResult<()> {
    diesel::update(
        deliveries::table
            .find(id.0)
            .filter(deliveries::checkpoint.eq(was)),
    )
    .set(deliveries::checkpoint.eq(sealed))
    .execute(conn)
    .await?;
    Ok(())
}
