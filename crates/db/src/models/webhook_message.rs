//! What the addresses of others are told, until they have taken it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Int4, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::EndpointId;
use uuid::Uuid;

use crate::schema::webhook_messages;
use crate::{Connection, DbResult};

/// A message that is to be delivered, with where it goes.
#[derive(Clone, Debug, QueryableByName)]
pub struct Waiting {
    /// Its id, the same with every try.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// Which address it is for.
    #[diesel(sql_type = SqlUuid)]
    pub endpoint_id: Uuid,
    /// Where that is.
    #[diesel(sql_type = Text)]
    pub url: String,
    /// The key that signs.
    #[diesel(sql_type = Bytea)]
    pub sealed_secret: Vec<u8>,
    /// What is told, byte for byte as it is signed.
    #[diesel(sql_type = Text)]
    pub body: String,
    /// How often it was tried, this time included: who holds it proves it by this number.
    #[diesel(sql_type = Int4)]
    pub tries: i32,
    /// Since when it waits.
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
}

/// A message as it is shown.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = webhook_messages, check_for_backend(diesel::pg::Pg))]
pub struct Message {
    /// Its id.
    pub id: Uuid,
    /// What it tells of.
    pub kind: String,
    /// "waiting", "sent" or "failed".
    pub state: String,
    /// How often it was tried.
    pub tries: i32,
    /// When it is tried next.
    pub next_try_at: Option<DateTime<Utc>>,
    /// What the address answered last.
    pub last_status: Option<i32>,
    /// What went wrong last.
    pub last_problem: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What became of a try.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The address took it.
    Sent,
    /// It did not, and is asked again then.
    Again(DateTime<Utc>),
    /// It did not, and is not asked again.
    Failed,
}

/// Keeps a message for each of these addresses.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    endpoints: &[EndpointId],
    kind: &str,
    body: &str,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let rows: Vec<_> = endpoints
        .iter()
        .map(|endpoint| {
            (
                webhook_messages::id.eq(Uuid::now_v7()),
                webhook_messages::endpoint_id.eq(endpoint.0),
                webhook_messages::kind.eq(kind),
                webhook_messages::body.eq(body),
                webhook_messages::state.eq("waiting"),
                webhook_messages::next_try_at.eq(now),
                webhook_messages::created_at.eq(now),
            )
        })
        .collect();
    diesel::insert_into(webhook_messages::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes up to `limit` that are due, for until `until`: whoever dies over one leaves it to the next.
///
/// # Errors
/// When the query fails.
pub async fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Waiting>> {
    Ok(diesel::sql_query(
        "UPDATE webhook_messages m SET next_try_at = $2, tries = m.tries + 1
         FROM (SELECT id FROM webhook_messages WHERE next_try_at <= $1
               ORDER BY next_try_at LIMIT $3 FOR UPDATE SKIP LOCKED) due,
              webhook_endpoints e
         WHERE m.id = due.id AND e.id = m.endpoint_id
         RETURNING m.id, m.endpoint_id, e.url, e.sealed_secret, m.body, m.tries, m.created_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Writes what became of a try, unless somebody else has taken the message over by then.
///
/// # Errors
/// When the query fails.
pub async fn settle(
    conn: &mut Connection,
    message: &Waiting,
    outcome: &Outcome,
    (status, problem): (Option<i32>, Option<&str>),
    now: DateTime<Utc>,
) -> DbResult<()> {
    let (state, next_try_at) = match outcome {
        Outcome::Sent => ("sent", None),
        Outcome::Again(at) => ("waiting", Some(*at)),
        Outcome::Failed => ("failed", None),
    };
    diesel::update(
        webhook_messages::table
            .find(message.id)
            .filter(webhook_messages::state.eq("waiting"))
            .filter(webhook_messages::tries.eq(message.tries)),
    )
    .set((
        webhook_messages::state.eq(state),
        webhook_messages::next_try_at.eq(next_try_at),
        webhook_messages::last_status.eq(status),
        webhook_messages::last_problem.eq(problem),
        webhook_messages::sent_at.eq(matches!(outcome, Outcome::Sent).then_some(now)),
    ))
    .execute(conn)
    .await?;
    Ok(())
}

/// Whether an address has taken anything since.
///
/// # Errors
/// When the query fails.
pub async fn any_sent_since(
    conn: &mut Connection,
    endpoint: EndpointId,
    since: DateTime<Utc>,
) -> DbResult<bool> {
    let taken = webhook_messages::table
        .filter(webhook_messages::endpoint_id.eq(endpoint.0))
        .filter(webhook_messages::sent_at.gt(since));
    Ok(diesel::select(diesel::dsl::exists(taken))
        .get_result(conn)
        .await?)
}

/// The last of an address, newest first.
///
/// # Errors
/// When the query fails.
pub async fn last(
    conn: &mut Connection,
    endpoint: EndpointId,
    limit: i64,
) -> DbResult<Vec<Message>> {
    Ok(webhook_messages::table
        .filter(webhook_messages::endpoint_id.eq(endpoint.0))
        .order((
            webhook_messages::created_at.desc(),
            webhook_messages::id.desc(),
        ))
        .limit(limit)
        .select(Message::as_select())
        .load(conn)
        .await?)
}

/// Forgets what was settled and made before. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn delete_made_before(conn: &mut Connection, before: DateTime<Utc>) -> DbResult<usize> {
    Ok(diesel::delete(
        webhook_messages::table
            .filter(webhook_messages::created_at.lt(before))
            .filter(webhook_messages::state.ne("waiting")),
    )
    .execute(conn)
    .await?)
}
