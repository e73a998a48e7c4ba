//! The chain over the audit: a link for each entry, in the order of their ids. Links are only ever added.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, max, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::schema::{audit_chain, audit_entries};
use crate::{Connection, DbResult};

/// Whoever has it adds links; taken for the length of a transaction, and by nobody twice.
const LOCK: i64 = 7_410_002;

/// A link of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = audit_chain)]
pub struct Link {
    /// Its place, from 1 without gaps.
    pub seq: i64,
    /// The entry that it holds.
    pub entry_id: i64,
    /// What it says about that entry and all before.
    pub hash: Vec<u8>,
}

/// An entry exactly as it is kept: words that this build does not know are read as they are.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub struct StoredEntry {
    /// Its place in the order of things.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Option<Uuid>,
    /// How they were called then.
    pub actor_name: String,
    /// What they were then.
    pub actor_role: Option<String>,
    /// At which client.
    pub client: Option<Uuid>,
    /// What.
    pub action: String,
    /// To what.
    pub subject_kind: Option<String>,
    /// To which.
    pub subject_id: Option<String>,
    /// From where.
    pub ip: Option<String>,
    /// By which browser.
    pub agent: Option<String>,
    /// What it was before, as PostgreSQL writes it.
    pub before: Option<String>,
    /// What it is now, as PostgreSQL writes it.
    pub after: Option<String>,
}

type StoredColumns = (
    audit_entries::id,
    audit_entries::at,
    audit_entries::actor,
    audit_entries::actor_name,
    audit_entries::actor_role,
    audit_entries::client_id,
    audit_entries::action,
    audit_entries::subject_kind,
    audit_entries::subject_id,
    audit_entries::ip,
    audit_entries::agent,
    diesel::expression::SqlLiteral<Nullable<Text>>,
    diesel::expression::SqlLiteral<Nullable<Text>>,
);

/// As text and not as JSON: reading it as JSON would lose what numbers and keys exactly looked like.
fn stored() -> StoredColumns {
    (
        audit_entries::id,
        audit_entries::at,
        audit_entries::actor,
        audit_entries::actor_name,
        audit_entries::actor_role,
        audit_entries::client_id,
        audit_entries::action,
        audit_entries::subject_kind,
        audit_entries::subject_id,
        audit_entries::ip,
        audit_entries::agent,
        sql("audit_entries.before::text"),
        sql("audit_entries.after::text"),
    )
}

/// Takes the right to add links, for this transaction; false when another has it.
///
/// # Errors
/// When the query fails.
pub async fn try_lock(conn: &mut Connection) -> DbResult<bool> {
    Ok(diesel::select(sql::<diesel::sql_types::Bool>(&format!(
        "pg_try_advisory_xact_lock({LOCK})"
    )))
    .get_result(conn)
    .await?)
}

/// The last link.
///
/// # Errors
/// When the query fails.
pub async fn newest(conn: &mut Connection) -> DbResult<Option<Link>> {
    Ok(audit_chain::table
        .order(audit_chain::seq.desc())
        .select(Link::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The link that has a hash.
///
/// # Errors
/// When the query fails.
pub async fn with_hash(conn: &mut Connection, hash: &[u8]) -> DbResult<Option<Link>> {
    Ok(audit_chain::table
        .filter(audit_chain::hash.eq(hash))
        .order(audit_chain::seq.asc())
        .select(Link::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The link at a place.
///
/// # Errors
/// When the query fails.
pub async fn at(conn: &mut Connection, seq: i64) -> DbResult<Option<Link>> {
    Ok(audit_chain::table
        .find(seq)
        .select(Link::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The highest id of the entries behind `after` that can be seen.
///
/// # Errors
/// When the query fails.
pub async fn newest_entry(conn: &mut Connection, after: i64) -> DbResult<Option<i64>> {
    Ok(audit_entries::table
        .filter(audit_entries::id.gt(after))
        .select(max(audit_entries::id))
        .first(conn)
        .await?)
}

/// The transactions that may have written entries which nobody sees yet.
///
/// Whoever inserts holds this lock on the table from before an id is given out until after the transaction's
/// end can be seen. So once all of those have ended that were here after an entry was seen, no entry with a
/// lower id can appear any more. Neither ids nor transaction ids alone would tell: an id is given out before
/// its row can be seen, and possibly before its transaction has a number.
///
/// # Errors
/// When the query fails.
pub async fn writers(conn: &mut Connection) -> DbResult<Vec<String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Text)]
        transaction: String,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "SELECT DISTINCT virtualtransaction AS transaction FROM pg_locks
         WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'
           AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND relation = 'audit_entries'::regclass",
    )
    .load(conn)
    .await?;
    Ok(rows.into_iter().map(|row| row.transaction).collect())
}

/// Entries behind `after`, up to `up_to`, in their order.
///
/// # Errors
/// When the query fails.
pub async fn entries(
    conn: &mut Connection,
    after: i64,
    up_to: i64,
    limit: i64,
) -> DbResult<Vec<StoredEntry>> {
    Ok(audit_entries::table
        .filter(audit_entries::id.gt(after))
        .filter(audit_entries::id.le(up_to))
        .order(audit_entries::id.asc())
        .limit(limit)
        .select(stored())
        .load(conn)
        .await?)
}

/// Adds links.
///
/// # Errors
/// When the query fails.
pub async fn append(conn: &mut Connection, links: &[Link]) -> DbResult<()> {
    diesel::insert_into(audit_chain::table)
        .values(links)
        .execute(conn)
        .await?;
    Ok(())
}

/// Links behind `after` in their order, each with its entry, if that is still there.
///
/// # Errors
/// When the query fails.
pub async fn links(
    conn: &mut Connection,
    after: i64,
    limit: i64,
) -> DbResult<Vec<(Link, Option<StoredEntry>)>> {
    // An entry that is gone has no columns; `before` and `after` are null where they are not, and are.
    Ok(audit_chain::table
        .left_join(audit_entries::table)
        .filter(audit_chain::seq.gt(after))
        .order(audit_chain::seq.asc())
        .limit(limit)
        .select((Link::as_select(), stored().nullable()))
        .load(conn)
        .await?)
}

/// Entries that no link holds although later ones have one: put in afterwards, or robbed of their link.
///
/// # Errors
/// When the query fails.
pub async fn passed_over(
    conn: &mut Connection,
    after: i64,
    up_to: i64,
    limit: i64,
) -> DbResult<Vec<i64>> {
    Ok(audit_entries::table
        .filter(audit_entries::id.gt(after))
        .filter(audit_entries::id.le(up_to))
        .filter(not(exists(
            audit_chain::table.filter(audit_chain::entry_id.eq(audit_entries::id)),
        )))
        .order(audit_entries::id.asc())
        .limit(limit)
        .select(audit_entries::id)
        .load(conn)
        .await?)
}

/// How many entries have come since that one.
///
/// # Errors
/// When the query fails.
pub async fn count_after(conn: &mut Connection, entry: i64) -> DbResult<i64> {
    Ok(audit_entries::table
        .filter(audit_entries::id.gt(entry))
        .select(sql::<BigInt>("count(*)"))
        .first(conn)
        .await?)
}
