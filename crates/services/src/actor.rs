//! Who asks.

use domain::{Role, UserId};

use crate::error::{ServiceError, ServiceResult};

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
}

impl Actor {
    /// Lets staff pass.
    ///
    /// # Errors
    /// For everybody else.
    pub fn require_staff(&self) -> ServiceResult<()> {
        if self.role.is_staff() {
            Ok(())
        } else {
            Err(ServiceError::Forbidden)
        }
    }
}
