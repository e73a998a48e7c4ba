//! Reading who did what: staff who may, within the clients that they see; and clients what was done at
//! theirs.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use db::models::audit::chain;
use db::models::audit::read::{self, Filter};
use db::models::client;
use domain::audit::AuditAction;
use domain::time::{instant, zone_label_with_offset};
use domain::{ClientId, Permission, UserId};
use serde_json::json;

use super::{By, Entry};
use crate::actor::Reach;
use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::audit::read::AuditEntry;

/// How many entries a page has.
const PAGE: i64 = 100;
/// How many entries are read at once for a file.
const EXPORT: i64 = 1_000;

/// Which entries are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// What this person did.
    pub person: Option<UserId>,
    /// What was done at this client.
    pub client: Option<ClientId>,
    /// Only this.
    pub action: Option<AuditAction>,
    /// From this day on, on the client's wall, or in UTC.
    pub from: Option<NaiveDate>,
    /// Until this day has ended.
    pub to: Option<NaiveDate>,
    /// Older than the entry with this id.
    pub before: Option<i64>,
}

/// A page of the audit.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The entries, newest first.
    pub entries: Vec<AuditEntry>,
    /// Hand this over as `before` to read on.
    pub next: Option<i64>,
    /// In which zone times are read and days are meant.
    pub zone: Tz,
    /// "London, BST (UTC+1)" or "UTC".
    pub zone_label: String,
    /// Whom can be asked for.
    pub people: Vec<(UserId, String)>,
    /// Which clients can be asked for.
    pub clients: Vec<(ClientId, String)>,
    /// The last link of the chain: its place and its hash.
    pub chained: Option<(i64, Vec<u8>)>,
}

/// A page of what a client may read.
#[derive(Clone, Debug)]
pub struct ClientAuditPage {
    /// The entries, newest first, without what is nobody's business outside the agency or says nothing there.
    pub entries: Vec<AuditEntry>,
    /// Hand this over to read on.
    pub next: Option<i64>,
    /// In which zone times are read.
    pub zone: Tz,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
}

/// Entries on their way into a file.
pub struct AuditExport {
    services: Services,
    filter: Option<Filter>,
    /// In which zone times are written.
    pub zone: Tz,
    /// When it was asked for.
    pub at: DateTime<Utc>,
}

impl Services {
    /// A page of the audit.
    ///
    /// # Errors
    /// For whoever may not read it, also at that client.
    pub async fn audit_page(
        &self,
        actor: &Actor,
        wanted: &AuditFilter,
    ) -> ServiceResult<AuditPage> {
        let (zone, filter) = self.resolve(actor, wanted).await?;
        let mut conn = self.conn().await?;
        let (entries, next) = page(&mut conn, &filter).await?;
        let people = read::people(&mut conn, filter.among.as_deref()).await?;
        let clients = client::all(&mut conn)
            .await?
            .into_iter()
            .filter(|row| actor.sees(row.id))
            .map(|row| (row.id, row.name))
            .collect();
        let chained = chain::newest(&mut conn).await?;
        Ok(AuditPage {
            entries,
            next,
            zone,
            zone_label: zone_label_with_offset(zone, self.clock.now()),
            people,
            clients,
            chained: chained.map(|link| (link.seq, link.hash)),
        })
    }

    /// Takes entries out as a file, which is itself written down before the first of them is read.
    ///
    /// # Errors
    /// As [`Self::audit_page`].
    pub async fn export_audit(
        &self,
        actor: &Actor,
        wanted: &AuditFilter,
    ) -> ServiceResult<AuditExport> {
        let (zone, filter) = self.resolve(actor, wanted).await?;
        let mut entry = Entry::of(AuditAction::Exported).after(json!({
            "what": "audit",
            "person": wanted.person,
            "action": wanted.action,
            "from": wanted.from,
            "to": wanted.to,
        }));
        if let Some(client) = wanted.client {
            entry = entry.at(client).on("client", client);
        }
        let mut conn = self.conn().await?;
        self.record(&mut conn, By::User(actor), &[entry]).await?;
        Ok(AuditExport {
            services: self.clone(),
            filter: Some(filter),
            zone,
            at: self.clock.now(),
        })
    }

    /// What was done at a client, for the client: without what the agency does among itself, and with staff
    /// by name only.
    ///
    /// # Errors
    /// For whoever may not see the client.
    pub async fn audit_of_client(
        &self,
        actor: &Actor,
        id: ClientId,
        before: Option<i64>,
    ) -> ServiceResult<ClientAuditPage> {
        let row = self.client_row(actor, Permission::SeePortal, id).await?;
        let zone = zone_of(&row)?;
        let filter = Filter {
            client: Some(id),
            actions: Some(
                AuditAction::ALL
                    .iter()
                    .copied()
                    .filter(|action| action.is_for_clients())
                    .collect(),
            ),
            for_clients: true,
            before,
            ..Filter::default()
        };
        let (mut entries, next) = page(&mut *self.conn().await?, &filter).await?;
        for entry in &mut entries {
            for_clients(entry);
        }
        Ok(ClientAuditPage {
            entries,
            next,
            zone,
            zone_label: zone_label_with_offset(zone, self.clock.now()),
        })
    }

    /// What is wanted, within what the person may see.
    async fn resolve(&self, actor: &Actor, wanted: &AuditFilter) -> ServiceResult<(Tz, Filter)> {
        actor.require(Permission::SeeAudit)?;
        let zone = match wanted.client {
            Some(id) => zone_of(&self.client_row(actor, Permission::SeeAudit, id).await?)?,
            None => Tz::UTC,
        };
        let until = match wanted.to {
            Some(day) => Some(beginning(day.checked_add_days(Days::new(1)), zone)?),
            None => None,
        };
        let from = match wanted.from {
            Some(day) => Some(beginning(Some(day), zone)?),
            None => None,
        };
        let filter = Filter {
            actor: wanted.person,
            client: wanted.client,
            among: match &actor.reach {
                Reach::Every => None,
                Reach::Only(clients) => Some(clients.clone()),
            },
            actions: wanted.action.map(|action| vec![action]),
            from,
            until,
            before: wanted.before,
            for_clients: false,
        };
        Ok((zone, filter))
    }
}

impl AuditExport {
    /// The next entries, newest first; none when that was all.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn more(&mut self) -> ServiceResult<Vec<AuditEntry>> {
        let Some(filter) = self.filter.take() else {
            return Ok(Vec::new());
        };
        let mut conn = self.services.conn().await?;
        let entries = read::entries(&mut conn, &filter, EXPORT).await?;
        if i64::try_from(entries.len()).is_ok_and(|count| count == EXPORT) {
            self.filter = entries.last().map(|last| Filter {
                before: Some(last.id),
                ..filter
            });
        }
        Ok(entries)
    }
}

async fn page(
    conn: &mut db::Connection,
    filter: &Filter,
) -> ServiceResult<(Vec<AuditEntry>, Option<i64>)> {
    let mut entries = read::entries(conn, filter, PAGE + 1).await?;
    let size = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let is_more = entries.len() > size;
    entries.truncate(size);
    let next = entries.last().filter(|_| is_more).map(|last| last.id);
    Ok((entries, next))
}

/// When a day begins on a wall. Where the clocks skip midnight it begins later.
pub(crate) fn beginning(day: Option<NaiveDate>, zone: Tz) -> ServiceResult<DateTime<Utc>> {
    let day = day.ok_or_else(|| ServiceError::Invalid("That day is out of reach.".to_owned()))?;
    let hours = (0..24).filter_map(|hour| NaiveTime::from_hms_opt(hour, 0, 0));
    Ok(hours
        .map(|time| day.and_time(time))
        .find_map(|time| instant(time, zone).ok())
        .unwrap_or_else(|| day.and_time(NaiveTime::MIN).and_utc()))
}

/// Whether one of a client's own people did it.
pub(super) fn is_by_a_client(entry: &AuditEntry) -> bool {
    let role = entry.actor_role.as_deref();
    role.and_then(|role| role.parse::<domain::Role>().ok())
        .is_some_and(|role| !role.is_staff())
}

/// Takes away what only the agency is to read: from where its people work, and what they are there. Of what
/// is set for a client, only that it was changed.
fn for_clients(entry: &mut AuditEntry) {
    if !is_by_a_client(entry) {
        entry.actor = None;
        entry.actor_role = None;
        entry.ip = None;
        entry.agent = None;
    }
    if entry.action == AuditAction::ClientChanged.as_str() {
        entry.before = None;
        entry.after = None;
    }
}
