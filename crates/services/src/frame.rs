//! What the frame around every page of staff shows.

use db::models::frame::{self, FrameClient};
use domain::time::{zone, zone_label, zone_label_with_offset};
use domain::{ClientId, Permission};

use crate::actor::Reach;
use crate::clients::ClientView;
use crate::controls::Pauses;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What the frame shows.
#[derive(Clone, Debug)]
pub struct FrameFacts {
    /// The agency's name.
    pub agency: String,
    /// The clients in reach, by name.
    pub clients: Vec<ClientView>,
    /// A number that moves with every change: of the client, or without one of all.
    pub version: i64,
    /// How much the person was told and has not read.
    pub unread: i64,
    /// How many posts wait for a decision.
    pub waiting: i64,
    /// How many accounts of the client need a person.
    pub accounts_attention: i64,
    /// What is paused.
    pub pauses: Pauses,
}

impl Services {
    /// What the frame shows, at a client or at none: one query, and more only while something is paused.
    ///
    /// # Errors
    /// For anybody but staff, or when the client is not this person's to see.
    pub async fn frame(
        &self,
        actor: &Actor,
        client: Option<ClientId>,
    ) -> ServiceResult<FrameFacts> {
        // Whoever has no business at the desk is told that first, whatever the address names.
        actor.require(Permission::SeeDesk)?;
        if let Some(client) = client {
            actor.require_for(Permission::SeeDesk, client)?;
        }
        let reach = match &actor.reach {
            Reach::Every => None,
            Reach::Only(clients) => Some(clients.as_slice()),
        };
        let mut conn = self.conn().await?;
        let found = frame::read(&mut conn, actor.user_id, reach, client).await?;
        drop(conn);
        let is_there = |id: ClientId| found.clients.iter().any(|one| one.id == id);
        if client.is_some_and(|id| !is_there(id)) {
            return Err(ServiceError::NotFound("client"));
        }
        let pauses = if found.is_paused {
            self.pauses(actor, client).await?
        } else {
            Pauses::default()
        };
        Ok(FrameFacts {
            agency: found.agency,
            clients: found
                .clients
                .into_iter()
                .map(|one| self.view_of(one))
                .collect::<ServiceResult<_>>()?,
            version: found.version,
            unread: found.unread,
            waiting: found.waiting,
            accounts_attention: found.accounts_attention,
            pauses,
        })
    }

    /// A client as pages show it.
    pub(crate) fn view_of(&self, of: FrameClient) -> ServiceResult<ClientView> {
        let tz = zone(&of.time_zone).map_err(ServiceError::internal)?;
        let now = self.clock.now();
        Ok(ClientView {
            id: of.id,
            zone: tz,
            zone_label: zone_label(tz, now),
            zone_label_with_offset: zone_label_with_offset(tz, now),
            name: of.name,
            time_zone: of.time_zone,
            approval_policy: of.approval_policy,
        })
    }
}
