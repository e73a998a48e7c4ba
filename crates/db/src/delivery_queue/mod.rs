//! The queue: claim, lease, checkpoint, outcome.
//!
//! A claim is one short statement. It raises the fencing number, and every later write names the
//! number it was given: a worker that was taken over cannot write any more. No lock and no transaction
//! is held while a worker talks to a platform.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::audit::AuditAction;
use domain::{AccountId, ClientId, DeliveryId, DeliveryState, PostId};
use uuid::Uuid;

use crate::models::audit::PUBLISHER;
use crate::schema::deliveries;
use crate::{Connection, DbError, DbResult};

mod checkpoints;
mod hints;
mod holds;
mod write;

pub use checkpoints::{replace_checkpoint, sealed_checkpoints};
pub use hints::{look_now, of_task};
pub use holds::{Hold, WAKE_CHANNEL, release_holds, wake};
pub use write::{Write, write};

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
    /// Whether somebody has asked for it to be taken back.
    pub cancel_requested: bool,
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
    #[diesel(sql_type = diesel::sql_types::Nullable<Text>)]
    held: Option<String>,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    cancel_requested: bool,
}

impl ClaimRow {
    fn claim(self) -> DbResult<Claim> {
        Ok(Claim {
            id: self.id.into(),
            client_id: self.client_id.into(),
            post_id: self.post_id.into(),
            account_id: self.account_id.into(),
            state: self
                .state
                .parse()
                .map_err(|error: domain::state::UnknownState| {
                    diesel::result::Error::DeserializationError(error.into())
                })?,
            fence: self.fence,
            attempt: self.attempt,
            new_attempt: self.new_attempt,
            taken_over: self.taken_over,
            retries: self.retries,
            checkpoint: self.checkpoint,
            cancel_requested: self.cancel_requested,
        })
    }
}

/// What a look at the queue found.
#[derive(Debug, Default)]
pub struct Claimed {
    /// Held by this worker now.
    pub claims: Vec<Claim>,
    /// Taken out of the queue until somebody acts.
    pub held: Vec<HeldDelivery>,
}

/// A delivery that is due but may not be sent for now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldDelivery {
    /// Which.
    pub id: DeliveryId,
    /// Whose.
    pub client_id: ClientId,
    /// The post.
    pub post_id: PostId,
    /// The account.
    pub account_id: AccountId,
    /// What keeps it.
    pub hold: Hold,
}

/// So many due deliveries are compared with each other at most. Those that wait behind them come up once
/// these are in flight, because an account with one in flight is left out.
const LOOKED_AT: i64 = 5_000;

/// Claims up to `limit` due deliveries: at most one per account, each client in turn, earliest first.
/// What is due but paused, or waits for its account to be connected again, is taken out of the queue by
/// the same statement, so that it costs nothing until it is released. The audit is told by the same statement
/// too.
///
/// # Errors
/// When the query fails. Losing a race for an account is not an error: nothing is claimed.
pub async fn claim(
    conn: &mut Connection,
    worker: &str,
    now: DateTime<Utc>,
    lease_until: DateTime<Utc>,
    limit: i64,
) -> DbResult<Claimed> {
    // `candidates` narrows by the partial index before anything else is looked at. An account is free
    // when no other delivery of it is held; a lease that ran out is taken over through its own delivery.
    // A pause lets what has left come to its end: only what has no checkpoint is kept.
    // Rows are found again by where they are (`ctid`) and not by the index of ids, whose depth grows with what
    // is stored; one that has been changed since is somewhere else, and waits for the next look.
    let rows: Result<Vec<ClaimRow>, _> = diesel::sql_query(
        "WITH candidates AS MATERIALIZED (
             SELECT d.ctid AS place, d.id, d.client_id, d.account_id, d.next_step_at
             FROM deliveries d
             WHERE d.next_step_at <= $1
               AND (d.lease_until IS NULL OR d.lease_until <= $1)
               AND NOT EXISTS (SELECT 1 FROM deliveries held
                               WHERE held.account_id = d.account_id AND held.id <> d.id
                                 AND held.lease_owner IS NOT NULL)
             ORDER BY d.next_step_at
             LIMIT $5
         ), of_account AS (
             SELECT DISTINCT ON (account_id) place, id, client_id, next_step_at
             FROM candidates ORDER BY account_id, next_step_at, id
         ), fair AS (
             SELECT place, id, next_step_at,
                    row_number() OVER (PARTITION BY client_id ORDER BY next_step_at, id) AS turn
             FROM of_account
         ), chosen AS (
             SELECT d.ctid AS place, d.id, d.lease_owner, d.attempt_open, d.state AS was,
                    CASE WHEN d.cancel_requested THEN NULL
                         WHEN d.account_id IN (SELECT id FROM accounts WHERE status = 'needs_reconnecting')
                              THEN 'reconnect'
                         WHEN d.checkpoint IS NULL AND d.state IN ('scheduled', 'publishing')
                              AND ((SELECT paused_at FROM agency) IS NOT NULL
                                   OR d.client_id IN (SELECT id FROM clients WHERE paused_at IS NOT NULL)
                                   OR d.account_id IN (SELECT id FROM accounts WHERE paused_at IS NOT NULL))
                              THEN 'paused'
                    END AS held
             FROM fair
             JOIN deliveries d ON d.ctid = fair.place AND d.id = fair.id
             WHERE d.next_step_at <= $1 AND (d.lease_until IS NULL OR d.lease_until <= $1)
             ORDER BY fair.turn, fair.next_step_at, d.id
             LIMIT $4
             FOR UPDATE OF d SKIP LOCKED
         ), claimed AS (
         UPDATE deliveries d
         SET state = CASE WHEN chosen.held IS NULL AND d.state = 'scheduled' THEN 'publishing' ELSE d.state END,
             held = chosen.held,
             next_step_at = CASE WHEN chosen.held IS NULL THEN d.next_step_at END,
             lease_owner = CASE WHEN chosen.held IS NULL THEN $2 END,
             lease_until = CASE WHEN chosen.held IS NULL THEN $3 END,
             fence = d.fence + 1,
             attempt = d.attempt + CASE WHEN chosen.held IS NOT NULL OR (d.attempt_open AND chosen.lease_owner IS NULL)
                                        THEN 0 ELSE 1 END,
             attempt_open = d.attempt_open OR chosen.held IS NULL,
             updated_at = $1
         FROM chosen WHERE d.ctid = chosen.place AND d.id = chosen.id
         RETURNING d.id, d.client_id, d.post_id, d.account_id, d.state, d.fence, d.attempt, d.retries, d.checkpoint,
                   d.held, d.cancel_requested,
                   NOT (chosen.attempt_open AND chosen.lease_owner IS NULL) AS new_attempt,
                   chosen.lease_owner IS NOT NULL AS taken_over, chosen.was
         ), audited AS (
             INSERT INTO audit_entries (at, actor_name, client_id, action, subject_kind, subject_id, before, after)
             SELECT $1, $6, client_id, $7, 'delivery', id::text, jsonb_build_object('state', was),
                    jsonb_build_object('state', state, 'attempt', attempt)
             FROM claimed WHERE state <> was
         )
         SELECT * FROM claimed",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(worker)
    .bind::<Timestamptz, _>(lease_until)
    .bind::<BigInt, _>(limit)
    .bind::<BigInt, _>(LOOKED_AT)
    .bind::<Text, _>(PUBLISHER)
    .bind::<Text, _>(AuditAction::DeliveryMoved.as_str())
    .load(conn)
    .await;
    let rows = match rows.map_err(DbError::from) {
        Ok(rows) => rows,
        Err(error) if error.is_duplicate() => Vec::new(),
        Err(error) => return Err(error),
    };
    let mut found = Claimed::default();
    for row in rows {
        match row.held.as_deref().map(Hold::from_word) {
            Some(hold) => found.held.push(HeldDelivery {
                id: row.id.into(),
                client_id: row.client_id.into(),
                post_id: row.post_id.into(),
                account_id: row.account_id.into(),
                hold,
            }),
            None => found.claims.push(row.claim()?),
        }
    }
    Ok(found)
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

/// When the next delivery after `now` is to be looked at, if any waits.
///
/// # Errors
/// When the query fails.
pub async fn next_due(
    conn: &mut Connection,
    now: DateTime<Utc>,
) -> DbResult<Option<DateTime<Utc>>> {
    let next: Option<Option<DateTime<Utc>>> = deliveries::table
        .filter(deliveries::next_step_at.gt(now))
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
