//! Clients: the agency's customers.

use chrono::NaiveDateTime;
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::frame::FrameClient;
use db::models::{account, client, delivery};
use domain::approval::ApprovalPolicy;
use domain::audit::AuditAction;
use domain::time::{local, zone};
use domain::{ClientId, Permission};
use serde_json::json;

use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// A client as pages show it.
#[derive(Clone, Debug)]
pub struct ClientView {
    /// Its id.
    pub id: ClientId,
    /// Its name.
    pub name: String,
    /// The IANA name of its zone.
    pub time_zone: String,
    /// Its zone.
    pub zone: Tz,
    /// "London, BST".
    pub zone_label: String,
    /// "London, BST (UTC+1)".
    pub zone_label_with_offset: String,
    /// Whether its posts need approval.
    pub approval_policy: ApprovalPolicy,
}

/// A client with what the client list shows beside it.
#[derive(Clone, Debug)]
pub struct ClientOverview {
    /// The client.
    pub client: ClientView,
    /// Whether its publishing is paused.
    pub paused: bool,
    /// How many accounts are linked.
    pub accounts: u32,
    /// How many of them need a person.
    pub attention: u32,
    /// When the next post goes out, on the client's wall.
    pub next_post: Option<NaiveDateTime>,
}

impl Services {
    /// All clients by name, with what stands out about each.
    ///
    /// # Errors
    /// For anybody but staff, or when the database cannot be reached.
    pub async fn client_overview(&self, actor: &Actor) -> ServiceResult<Vec<ClientOverview>> {
        actor.require(Permission::SeeDesk)?;
        let mut conn = self.conn().await?;
        let rows = self.rows_in_reach(&mut conn, actor).await?;
        let counts = account::counts_by_client(&mut conn).await?;
        let next = delivery::next_by_client(&mut conn).await?;
        rows.into_iter()
            .map(|row| {
                let id = row.id;
                let tz = zone_of(&row)?;
                let (accounts, attention) = counts
                    .iter()
                    .find(|(client, ..)| *client == id)
                    .map_or((0, 0), |(_, all, attention)| (*all, *attention));
                let next_post = next
                    .iter()
                    .find(|(client, _)| *client == id)
                    .map(|(_, at)| local(*at, tz));
                Ok(ClientOverview {
                    paused: row.paused_at.is_some(),
                    client: self.client_view(row)?,
                    accounts: u32::try_from(accounts).unwrap_or(u32::MAX),
                    attention: u32::try_from(attention).unwrap_or(u32::MAX),
                    next_post,
                })
            })
            .collect()
    }

    /// All clients by name.
    ///
    /// # Errors
    /// For anybody but staff, or when the database cannot be reached.
    pub async fn clients(&self, actor: &Actor) -> ServiceResult<Vec<ClientView>> {
        actor.require(Permission::SeeDesk)?;
        let rows = self.rows_in_reach(&mut *self.conn().await?, actor).await?;
        rows.into_iter().map(|row| self.client_view(row)).collect()
    }

    /// The clients that a person sees, staff or portal user, by name.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn my_clients(&self, actor: &Actor) -> ServiceResult<Vec<ClientView>> {
        actor.require(Permission::ManageSelf)?;
        let rows = self.rows_in_reach(&mut *self.conn().await?, actor).await?;
        rows.into_iter().map(|row| self.client_view(row)).collect()
    }

    /// One client.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn client(&self, actor: &Actor, id: ClientId) -> ServiceResult<ClientView> {
        self.client_view(self.client_row(actor, Permission::SeeDesk, id).await?)
    }

    /// Adds a client.
    ///
    /// # Errors
    /// When the name is empty or taken, or the zone does not exist.
    pub async fn create_client(
        &self,
        actor: &Actor,
        name: &str,
        time_zone: &str,
    ) -> ServiceResult<ClientId> {
        actor.require(Permission::ManageClients)?;
        let name = check_name(name)?;
        let zone =
            zone(time_zone.trim()).map_err(|error| ServiceError::Invalid(error.to_string()))?;
        let id = ClientId::generate();
        let now = self.clock.now();
        let entry = Entry::of(AuditAction::ClientAdded)
            .at(id)
            .on("client", id)
            .after(json!({ "name": name, "time_zone": zone.name() }));
        let mut conn = self.conn().await?;
        let added = conn
            .transaction(async |conn| {
                client::insert(conn, id, name, zone.name(), now).await?;
                audit::write(conn, By::User(actor), now, &[entry]).await
            })
            .await;
        match added {
            Err(error) if error.is_duplicate() => Err(taken(name)),
            other => Ok(other.map(|()| id)?),
        }
    }

    pub(crate) async fn rows_in_reach(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
    ) -> ServiceResult<Vec<client::Client>> {
        let mut rows = client::all(conn).await?;
        rows.retain(|row| actor.sees(row.id));
        Ok(rows)
    }

    /// The row of a client, for whoever has a permission there.
    pub(crate) async fn client_row(
        &self,
        actor: &Actor,
        permission: Permission,
        id: ClientId,
    ) -> ServiceResult<client::Client> {
        actor.require_for(permission, id)?;
        client::find(&mut *self.conn().await?, id)
            .await?
            .ok_or(ServiceError::NotFound("client"))
    }

    /// A client as pages show it.
    pub(crate) fn client_view(&self, row: client::Client) -> ServiceResult<ClientView> {
        self.view_of(FrameClient {
            id: row.id,
            name: row.name,
            time_zone: row.time_zone,
            approval_policy: row.approval_policy,
        })
    }
}

/// A client's name as it is kept.
pub(crate) fn check_name(name: &str) -> ServiceResult<&str> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.contains('\0') {
        return Err(ServiceError::Invalid(
            "Give the client a name of 1 to 80 characters.".to_owned(),
        ));
    }
    Ok(name)
}

/// The name is another client's.
pub(crate) fn taken(name: &str) -> ServiceError {
    ServiceError::Conflict(format!(
        "There is a client called {name} already. Pick another name."
    ))
}

/// "45 minutes", "1 hour", "48 hours", "7 days".
#[must_use]
pub fn lateness_words(minutes: i32) -> String {
    let (number, unit) = match minutes {
        _ if minutes % 60 != 0 => (minutes, "minute"),
        _ if minutes % (24 * 60) == 0 && minutes > 48 * 60 => (minutes / (24 * 60), "day"),
        _ => (minutes / 60, "hour"),
    };
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{plural}")
}

/// The zone of a client; stored only after it was found to exist.
pub(crate) fn zone_of(row: &client::Client) -> ServiceResult<Tz> {
    zone(&row.time_zone).map_err(ServiceError::internal)
}

#[cfg(test)]
mod tests {
    use super::lateness_words;

    #[test]
    fn how_late_is_said_in_the_largest_fitting_unit() {
        for (minutes, words) in [
            (1, "1 minute"),
            (45, "45 minutes"),
            (60, "1 hour"),
            (1440, "24 hours"),
            (2880, "48 hours"),
            (10_080, "7 days"),
        ] {
            assert_eq!(lateness_words(minutes), words);
        }
    }
}
