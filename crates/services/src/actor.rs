//! Who asks.

use domain::{ClientId, Permission, Role, SessionId, UserId};

use crate::error::{ServiceError, ServiceResult};

/// Which clients a person may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Every one, also those that will be added.
    Every,
    /// These.
    Only(Vec<ClientId>),
}

/// From where somebody asks, for the audit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address of the browser, as far as it is known.
    pub ip: Option<String>,
    /// What the browser says that it is, shortened.
    pub agent: Option<String>,
}

/// The signed-in user on whose behalf a use case runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// Who.
    pub user_id: UserId,
    /// The name shown to colleagues.
    pub name: String,
    /// The address to sign in with.
    pub email: String,
    /// What the user may do.
    pub role: Role,
    /// Where the user may do it.
    pub reach: Reach,
    /// By which session.
    pub session: SessionId,
    /// Whether that session was opened by a link in a mail, and not by a password.
    pub by_link: bool,
    /// From where.
    pub origin: Origin,
}

impl Actor {
    /// Lets pass whoever has a permission at all.
    ///
    /// # Errors
    /// For everybody else.
    pub fn require(&self, permission: Permission) -> ServiceResult<()> {
        // A link from a mail opens the portal; should its owner join the agency, it does not open the desk.
        let is_out_of_place = self.by_link && self.role.is_staff();
        if self.role.may(permission) && !is_out_of_place {
            Ok(())
        } else {
            Err(ServiceError::Forbidden)
        }
    }

    /// Lets pass whoever has a permission for a client. Whoever may not see the client learns nothing of
    /// it, not even that it exists.
    ///
    /// # Errors
    /// For everybody else.
    pub fn require_for(&self, permission: Permission, client: ClientId) -> ServiceResult<()> {
        if !self.sees(client) {
            return Err(ServiceError::NotFound("client"));
        }
        self.require(permission)
    }

    /// Whether the person may see a client.
    #[must_use]
    pub fn sees(&self, client: ClientId) -> bool {
        match &self.reach {
            Reach::Every => true,
            Reach::Only(clients) => clients.contains(&client),
        }
    }
}
