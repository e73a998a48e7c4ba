//! Who did what: append-only, without secrets and without content.
//!
//! Entries are written in the transaction of what they tell of, and chained afterwards.

pub mod canonical;
mod chain;
pub mod details;
pub mod export;
pub mod read;
pub mod verify;

use chrono::{DateTime, Utc};
use db::DbResult;
use db::models::audit::{self, NewAuditEntry};
use db::models::delivery::{self, Delivery};
use domain::audit::AuditAction;
use domain::{ClientId, DeliveryId, DeliveryState};
use serde_json::{Value, json};

use crate::actor::Origin;
use crate::{Actor, ServiceResult, Services};

/// How an operator is called who works on the server itself.
pub(crate) const COMMAND_LINE: &str = "Command line";
/// How AutoPost is called where it removes what is no longer needed.
pub(crate) const HOUSEKEEPING: &str = "AutoPost (housekeeping)";
/// How AutoPost is called where it acts on what a platform has told.
pub(crate) const WEBHOOKS: &str = "AutoPost (webhooks)";
/// How AutoPost is called where it makes copies of files.
pub(crate) const COPIES: &str = "AutoPost (copies)";
/// How AutoPost is called where it looks after accounts.
pub(crate) const ACCOUNTS: &str = "AutoPost (accounts)";

/// Who did it.
#[derive(Clone, Copy, Debug)]
pub enum By<'a> {
    /// A user.
    User(&'a Actor),
    /// AutoPost itself, such as the publisher; or an operator on the command line.
    Software(&'a str),
    /// Somebody without a user, such as a browser that came by a connect link, or a refused sign-in.
    Visitor {
        /// How they are called.
        name: &'a str,
        /// From where.
        origin: &'a Origin,
    },
}

/// What was done.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What.
    pub action: AuditAction,
    /// At which client.
    pub client: Option<ClientId>,
    /// To what: a noun and its id.
    pub subject: Option<(&'static str, String)>,
    /// What it was before: neither secrets nor content.
    pub before: Option<Value>,
    /// What it is now: neither secrets nor content.
    pub after: Option<Value>,
}

impl Entry {
    /// Something that was done.
    #[must_use]
    pub const fn of(action: AuditAction) -> Self {
        Self {
            action,
            client: None,
            subject: None,
            before: None,
            after: None,
        }
    }

    /// At a client.
    #[must_use]
    pub const fn at(mut self, client: ClientId) -> Self {
        self.client = Some(client);
        self
    }

    /// To something: a noun, and its id.
    #[must_use]
    pub fn on(mut self, noun: &'static str, id: impl ToString) -> Self {
        self.subject = Some((noun, id.to_string()));
        self
    }

    /// What it was before.
    #[must_use]
    pub fn before(mut self, value: Value) -> Self {
        self.before = Some(value);
        self
    }

    /// What it is now.
    #[must_use]
    pub fn after(mut self, value: Value) -> Self {
        self.after = Some(value);
        self
    }
}

impl Services {
    /// Writes down what somebody did.
    ///
    /// # Errors
    /// When the database cannot be reached; then what it tells of must not be kept either.
    pub(crate) async fn record(
        &self,
        conn: &mut db::Connection,
        by: By<'_>,
        entries: &[Entry],
    ) -> ServiceResult<()> {
        Ok(write(conn, by, self.clock.now(), entries).await?)
    }
}

/// Writes down what somebody did at that time.
pub(crate) async fn write(
    conn: &mut db::Connection,
    by: By<'_>,
    at: DateTime<Utc>,
    entries: &[Entry],
) -> DbResult<()> {
    audit::append(conn, &rows(by, at, entries)).await
}

/// A delivery that went to another state.
pub(crate) fn moved(
    (client, delivery): (ClientId, DeliveryId),
    before: DeliveryState,
    after: &str,
    attempt: i32,
) -> Entry {
    let mut now = json!({ "state": after });
    if attempt > 0 {
        now["attempt"] = attempt.into();
    }
    Entry::of(AuditAction::DeliveryMoved)
        .at(client)
        .on("delivery", delivery)
        .before(json!({ "state": before.as_str() }))
        .after(now)
}

/// Writes down which of a post's deliveries are in another state by now than they were.
pub(crate) async fn note_moves(
    conn: &mut db::Connection,
    by: By<'_>,
    at: DateTime<Utc>,
    before: &[Delivery],
) -> DbResult<()> {
    let Some(post) = before.first().map(|delivery| delivery.post_id) else {
        return Ok(());
    };
    let now = delivery::of_post_for_update(conn, post).await?;
    let entries: Vec<Entry> = before
        .iter()
        .filter_map(|was| {
            let is = now.iter().find(|delivery| delivery.id == was.id)?;
            let of = (was.client_id, was.id);
            (is.state != was.state).then(|| moved(of, was.state, is.state.as_str(), was.attempt))
        })
        .collect();
    write(conn, by, at, &entries).await
}

/// The rows of what somebody did at that time.
pub(crate) fn rows<'a>(
    by: By<'a>,
    at: DateTime<Utc>,
    entries: &'a [Entry],
) -> Vec<NewAuditEntry<'a>> {
    let (actor, name, role, origin) = match by {
        By::User(actor) => (
            Some(actor.user_id),
            actor.name.as_str(),
            Some(actor.role),
            Some(&actor.origin),
        ),
        By::Software(name) => (None, name, None, None),
        By::Visitor { name, origin } => (None, name, None, Some(origin)),
    };
    entries
        .iter()
        .map(|entry| NewAuditEntry {
            at,
            actor,
            actor_name: name,
            actor_role: role,
            client: entry.client,
            action: entry.action,
            subject: entry.subject.clone(),
            ip: origin.and_then(|origin| origin.ip.as_deref()),
            agent: origin.and_then(|origin| origin.agent.as_deref()),
            before: entry.before.clone(),
            after: entry.after.clone(),
        })
        .collect()
}
