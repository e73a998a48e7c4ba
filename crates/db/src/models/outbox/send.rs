//! Mail while it is being sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bytea, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::outbox;
use crate::{Connection, DbResult};

/// A mail that is being sent.
#[derive(Clone, Debug, QueryableByName)]
pub struct Claimed {
    /// Its id.
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// A word for what it is about.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// To which address.
    #[diesel(sql_type = Text)]
    pub recipient: String,
    /// Its subject.
    #[diesel(sql_type = Text)]
    pub subject: String,
    /// Its texts, sealed.
    #[diesel(sql_type = Nullable<Bytea>)]
    pub sealed: Option<Vec<u8>>,
    /// How often it was tried, this time included: who holds it proves it by this number.
    #[diesel(sql_type = Int4)]
    pub tries: i32,
    /// Until when it is tried.
    #[diesel(sql_type = Timestamptz)]
    pub give_up_at: DateTime<Utc>,
}

/// Takes up to `limit` that are due, for until `until`: whoever dies over one before it was being sent
/// leaves it to the next.
///
/// # Errors
/// When the query fails.
pub async fn claim(
    conn: &mut Connection,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    give_up_at: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Claimed>> {
    Ok(diesel::sql_query(
        "UPDATE outbox o
         SET next_try_at = $2, tries = o.tries + 1, give_up_at = COALESCE(o.give_up_at, $3)
         FROM (SELECT id FROM outbox WHERE next_try_at <= $1
               ORDER BY next_try_at LIMIT $4 FOR UPDATE SKIP LOCKED) due
         WHERE o.id = due.id
         RETURNING o.id, o.kind, o.recipient, o.subject, o.sealed, o.tries, o.give_up_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(give_up_at)
    .bind::<BigInt, _>(limit)
    .load(conn)
    .await?)
}

/// Notes that the mail server is given the text now. `false` when somebody else holds the mail by then:
/// nothing may be given.
///
/// # Errors
/// When the query fails.
pub async fn begin(
    conn: &mut Connection,
    mail: &Claimed,
    lease_until: DateTime<Utc>,
) -> DbResult<bool> {
    let changed = diesel::update(
        outbox::table
            .find(mail.id)
            .filter(outbox::state.eq("waiting"))
            .filter(outbox::tries.eq(mail.tries)),
    )
    .set((
        outbox::state.eq("sending"),
        outbox::next_try_at.eq(None::<DateTime<Utc>>),
        outbox::lease_until.eq(lease_until),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// What became of a try.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The mail server took it.
    Sent,
    /// It did not, and is asked again then.
    Again(DateTime<Utc>, String),
    /// It did not, and would not.
    Failed(String),
    /// Nobody knows whether it did.
    Unknown(String),
}

/// Writes what became of a try, unless somebody else holds the mail by then. One whose lease ran out is
/// `unknown` until whoever sent it says more. The text of what was sent is erased.
///
/// # Errors
/// When the query fails.
pub async fn settle(
    conn: &mut Connection,
    mail: &Claimed,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> DbResult<()> {
    let mine = outbox::table
        .find(mail.id)
        .filter(outbox::state.eq_any(["waiting", "sending", "unknown"]))
        .filter(outbox::tries.eq(mail.tries));
    let (state, next_try_at, problem) = match outcome {
        Outcome::Sent => ("sent", None, None),
        Outcome::Again(at, problem) => ("waiting", Some(*at), Some(problem)),
        Outcome::Failed(problem) => ("failed", None, Some(problem)),
        Outcome::Unknown(problem) => ("unknown", None, Some(problem)),
    };
    let settled = (
        outbox::state.eq(state),
        outbox::next_try_at.eq(next_try_at),
        outbox::lease_until.eq(None::<DateTime<Utc>>),
        outbox::last_problem.eq(problem),
    );
    if matches!(outcome, Outcome::Sent) {
        let sent = (outbox::sealed.eq(None::<Vec<u8>>), outbox::sent_at.eq(now));
        diesel::update(mine)
            .set((settled, sent))
            .execute(conn)
            .await?;
    } else {
        diesel::update(mine).set(settled).execute(conn).await?;
    }
    Ok(())
}

/// Marks what was being sent when its worker went away: nobody knows whether it was. Returns how many.
///
/// # Errors
/// When the query fails.
pub async fn lose(conn: &mut Connection, problem: &str, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(diesel::update(
        outbox::table
            .filter(outbox::state.eq("sending"))
            .filter(outbox::lease_until.lt(now)),
    )
    .set((
        outbox::state.eq("unknown"),
        outbox::lease_until.eq(None::<DateTime<Utc>>),
        outbox::last_problem.eq(problem),
    ))
    .execute(conn)
    .await?)
}
