//! Who did what. The database itself refuses to change or delete it.

pub mod chain;
pub mod read;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::audit::AuditAction;
use domain::{ClientId, Role, UserId};
use serde_json::Value;

use crate::schema::audit_entries;
use crate::{Connection, DbResult};

/// How the publisher is called.
pub const PUBLISHER: &str = "AutoPost (publisher)";

/// Something that somebody did.
#[derive(Clone, Debug)]
pub struct NewAuditEntry<'a> {
    /// When.
    pub at: DateTime<Utc>,
    /// Who; `None` for the software, an operator, or a browser that came by a connect link.
    pub actor: Option<UserId>,
    /// How they were called then.
    pub actor_name: &'a str,
    /// What they were then.
    pub actor_role: Option<Role>,
    /// At which client.
    pub client: Option<ClientId>,
    /// What.
    pub action: AuditAction,
    /// To what: a noun and its id.
    pub subject: Option<(&'static str, String)>,
    /// From where.
    pub ip: Option<&'a str>,
    /// By which browser.
    pub agent: Option<&'a str>,
    /// What it was before: neither secrets nor content.
    pub before: Option<Value>,
    /// What it is now: neither secrets nor content.
    pub after: Option<Value>,
}

/// Appends entries in their order.
///
/// # Errors
/// When the query fails.
pub async fn append(conn: &mut Connection, new: &[NewAuditEntry<'_>]) -> DbResult<()> {
    if new.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<_> = new
        .iter()
        .map(|entry| {
            (
                audit_entries::at.eq(entry.at),
                audit_entries::actor.eq(entry.actor.map(|id| id.0)),
                audit_entries::actor_name.eq(entry.actor_name),
                audit_entries::actor_role.eq(entry.actor_role.map(Role::as_str)),
                audit_entries::client_id.eq(entry.client.map(|id| id.0)),
                audit_entries::action.eq(entry.action.as_str()),
                audit_entries::subject_kind.eq(entry.subject.as_ref().map(|(kind, _)| *kind)),
                audit_entries::subject_id.eq(entry.subject.as_ref().map(|(_, id)| id)),
                audit_entries::ip.eq(entry.ip),
                audit_entries::agent.eq(entry.agent),
                audit_entries::before.eq(&entry.before),
                audit_entries::after.eq(&entry.after),
            )
        })
        .collect();
    // One is what a worker adds, with nearly every step: its statement is prepared once and kept, while one
    // for any number is prepared each time.
    if rows.len() == 1
        && let Some(row) = rows.pop()
    {
        let insert = diesel::insert_into(audit_entries::table).values(row);
        insert.execute(conn).await?;
        return Ok(());
    }
    diesel::insert_into(audit_entries::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
