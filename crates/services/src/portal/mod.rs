//! The portal: what a client's own people see and do. Its use cases are its own, so that nothing of the
//! agency's side can be reached through them: no draft that was never sent, no internal word, no other client.

mod accounts;
mod let_in;
mod posts;
mod tap;
mod tiktok;

use db::models::{agency, client};
use domain::{ClientId, Permission};

pub use let_in::{LetInAnswer, LetInQuestion, OpenQuestion};
pub use posts::{PortalMonth, PortalPost, PortalTarget, PublishedPost};
pub use tap::{Tap, TapVisit};
pub use tiktok::{TikTokChoice, TikTokSettings};

use crate::clients::ClientView;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What stands around every page of the portal.
#[derive(Clone, Debug)]
pub struct PortalFrame {
    /// The agency's name.
    pub agency: String,
    /// "#1f4a44": the colour that is set for the person's client, or else for the agency.
    pub color: Option<String>,
    /// The clients that the person belongs to, by name.
    pub clients: Vec<ClientView>,
    /// How many posts wait for the person.
    pub waiting: usize,
}

impl Services {
    /// What stands around every page of the portal.
    ///
    /// # Errors
    /// For anybody but a client's own people.
    pub async fn portal_frame(&self, actor: &Actor) -> ServiceResult<PortalFrame> {
        actor.require(Permission::SeePortal)?;
        let waiting = self.reviews_waiting(actor, None).await?;
        let mut conn = self.conn().await?;
        let mut rows = client::all(&mut conn).await?;
        rows.retain(|row| actor.sees(row.id));
        let agency = agency::settings(&mut conn).await?;
        let of_client = match rows.as_slice() {
            [only] => only.brand_color.clone(),
            _ => None,
        };
        Ok(PortalFrame {
            agency: agency.name,
            color: of_client.or(agency.brand_color),
            clients: rows
                .into_iter()
                .map(|row| self.client_view(row))
                .collect::<ServiceResult<_>>()?,
            waiting: waiting.iter().filter(|one| one.may_decide).count(),
        })
    }

    /// A client, as its own people see it.
    ///
    /// # Errors
    /// For anybody else.
    pub async fn portal_client(&self, actor: &Actor, id: ClientId) -> ServiceResult<ClientView> {
        let row = self.client_row(actor, Permission::SeePortal, id).await?;
        self.client_view(row)
    }
}

/// What is answered where there is no such post, or not for this person.
const NO_POST: ServiceError = ServiceError::NotFound("post");
