//! Reading the audit, newest first.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use domain::audit::AuditAction;
use domain::{ClientId, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::{audit_entries, clients, user_clients, users};
use crate::{Connection, DbResult};

/// Which entries are wanted.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// What this person did.
    pub actor: Option<UserId>,
    /// What was done at this client.
    pub client: Option<ClientId>,
    /// What was done at any of these clients; `None` for everything, also what belongs to no client.
    pub among: Option<Vec<ClientId>>,
    /// Only this.
    pub actions: Option<Vec<AuditAction>>,
    /// From then on.
    pub from: Option<DateTime<Utc>>,
    /// Until before then.
    pub until: Option<DateTime<Utc>>,
    /// Older than the entry with this id.
    pub before: Option<i64>,
    /// Only what a client is told of.
    pub for_clients: bool,
}

/// An entry as it is read.
#[derive(Clone, Debug, Queryable)]
pub struct AuditEntry {
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
    /// How that client is called now.
    pub client_name: Option<String>,
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
    /// What it was before.
    pub before: Option<Value>,
    /// What it is now.
    pub after: Option<Value>,
}

/// What is the agency's own: whatever is marked as internal, a comment that is not marked as the opposite, and the
/// review before a client is asked.
const INTERNAL: &str = "coalesce(audit_entries.after ->> 'internal', audit_entries.before ->> 'internal') = 'true'
     OR audit_entries.action = 'commented' AND audit_entries.after ->> 'internal' IS DISTINCT FROM 'false'
     OR coalesce(audit_entries.after ->> 'stage', audit_entries.before ->> 'stage') = 'internal'";

/// What says nothing to a client: how a delivery stands within the agency, that it was taken up, and that it was
/// scheduled by the client's own decision, which is told by itself. Left out here, so that a page is as long as it looks.
const SAYS_NOTHING: &str = "audit_entries.action = 'delivery_moved'
     AND (coalesce(audit_entries.after ->> 'state', '')
              NOT IN ('scheduled', 'published', 'failed', 'unknown', 'cancelled')
          OR audit_entries.after ->> 'state' = 'scheduled'
             AND audit_entries.actor_role IN ('client_approver', 'client_viewer'))";

/// The newest entries that are wanted.
///
/// # Errors
/// When the query fails.
pub async fn entries(
    conn: &mut Connection,
    filter: &Filter,
    limit: i64,
) -> DbResult<Vec<AuditEntry>> {
    let mut query = audit_entries::table
        .left_join(clients::table.on(audit_entries::client_id.eq(clients::id.nullable())))
        .order(audit_entries::id.desc())
        .limit(limit)
        .select((
            audit_entries::id,
            audit_entries::at,
            audit_entries::actor,
            audit_entries::actor_name,
            audit_entries::actor_role,
            audit_entries::client_id,
            clients::name.nullable(),
            audit_entries::action,
            audit_entries::subject_kind,
            audit_entries::subject_id,
            audit_entries::ip,
            audit_entries::agent,
            audit_entries::before,
            audit_entries::after,
        ))
        .into_boxed();
    if let Some(actor) = filter.actor {
        query = query.filter(audit_entries::actor.eq(actor.0));
    }
    if let Some(client) = filter.client {
        query = query.filter(audit_entries::client_id.eq(client.0));
    }
    if let Some(among) = &filter.among {
        let among: Vec<Uuid> = among.iter().map(|id| id.0).collect();
        query = query.filter(audit_entries::client_id.eq_any(among));
    }
    if let Some(actions) = &filter.actions {
        let words: Vec<&str> = actions.iter().map(|action| action.as_str()).collect();
        query = query.filter(audit_entries::action.eq_any(words));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit_entries::at.ge(from));
    }
    if let Some(until) = filter.until {
        query = query.filter(audit_entries::at.lt(until));
    }
    if let Some(before) = filter.before {
        query = query.filter(audit_entries::id.lt(before));
    }
    if filter.for_clients {
        for left_out in [INTERNAL, SAYS_NOTHING] {
            query = query.filter(sql::<Bool>(&format!("(({left_out}) IS NOT TRUE)")));
        }
    }
    Ok(query.load(conn).await?)
}

/// Everybody who may have done something: of all clients, or of any of these.
///
/// # Errors
/// When the query fails.
pub async fn people(
    conn: &mut Connection,
    among: Option<&[ClientId]>,
) -> DbResult<Vec<(UserId, String)>> {
    let mut query = users::table
        .order((users::name.asc(), users::id.asc()))
        .select((users::id, users::name))
        .into_boxed();
    if let Some(among) = among {
        let among: Vec<Uuid> = among.iter().map(|id| id.0).collect();
        let of_these = user_clients::table
            .filter(user_clients::client_id.eq_any(among))
            .select(user_clients::user_id);
        query = query.filter(users::all_clients.or(users::id.eq_any(of_these)));
    }
    let rows: Vec<(Uuid, String)> = query.load(conn).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name)| (id.into(), name))
        .collect())
}
