//! Accepting an invitation.

use db::AsyncConnection;
use db::models::link;
use db::models::user::{self, NewUser};
use domain::audit::AuditAction;
use domain::link::{LinkPurpose, LinkScope};
use domain::{Role, UserId};
use secrecy::{ExposeSecret, SecretString};

use super::{Access, client_names};
use crate::actor::Origin;
use crate::audit::{By, Entry};
use crate::links::{Link, LinkStanding};
use crate::users::{SecretToken, SessionToken, forms};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What an invitation shows before it is accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationOffer {
    /// Who invites.
    pub agency: String,
    /// To which address it was sent.
    pub email: String,
    /// The name that was given, if any.
    pub name: String,
    /// What one may do then.
    pub role: Role,
    /// At which clients, by name; none where it is every one.
    pub clients: Vec<String>,
}

impl Services {
    /// What an invitation shows. Looking changes nothing.
    ///
    /// # Errors
    /// When there is none, or it can no longer be accepted.
    pub async fn invitation(&self, token: &SecretToken) -> ServiceResult<InvitationOffer> {
        let mut conn = self.conn().await?;
        let (link, name, access) = self.open_invitation(&mut conn, token).await?;
        let names = client_names(&mut conn).await?;
        Ok(InvitationOffer {
            agency: db::models::agency::name(&mut conn).await?,
            email: link.email.unwrap_or_default(),
            name,
            role: access.role,
            clients: access
                .clients
                .iter()
                .filter_map(|id| names.get(id).cloned())
                .collect(),
        })
    }

    /// Accepts an invitation: there is a new user, who is signed in. A client's user may leave the password
    /// empty, and then comes by links from mails only.
    ///
    /// # Errors
    /// When it can no longer be accepted, the name or the password will not do, or the address is a user's
    /// by now.
    pub async fn accept_invitation(
        &self,
        token: &SecretToken,
        name: &str,
        password: SecretString,
        origin: Origin,
    ) -> ServiceResult<(SessionToken, Actor)> {
        let name = forms::name(name)?;
        // Before the costly part: whoever has no invitation does not get to it.
        let (_, _, access) = self
            .open_invitation(&mut *self.conn().await?, token)
            .await?;
        let hash = if password.expose_secret().is_empty() && !access.role.is_staff() {
            None
        } else {
            forms::password(&password)?;
            Some(self.hash_password(password).await?)
        };
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let (link, _, access) = self.open_invitation(conn, token).await?;
            if !link::mark_used(conn, link.id, now).await? {
                return Err(unusable(LinkStanding::Used));
            }
            let email = link.email.as_deref().unwrap_or_default();
            if user::any_by_email(conn, email).await?.is_some() {
                return Err(ServiceError::Conflict(format!(
                    "There is a user with the address {email} already. Sign in instead."
                )));
            }
            let id = UserId::generate();
            let new = NewUser {
                id,
                email,
                name,
                role: access.role,
                password_hash: hash.as_deref(),
                all_clients: access.all_clients,
                clients: &access.clients,
            };
            user::insert(conn, &new, now).await?;
            let added = user::active(conn, id).await?;
            let added = added.ok_or(ServiceError::NotFound("user"))?;
            let by_link = hash.is_none();
            let (session, actor) = self
                .begin_session(conn, added, by_link, origin.clone())
                .await?;
            let entry = Entry::of(AuditAction::UserAdded)
                .on("user", id)
                .after(access.facts());
            self.record(conn, By::User(&actor), &access.entries(entry))
                .await?;
            Ok((session, actor))
        })
        .await
    }

    async fn open_invitation(
        &self,
        conn: &mut db::Connection,
        token: &SecretToken,
    ) -> ServiceResult<(Link, String, Access)> {
        let link = self.find_link(conn, token, LinkPurpose::Invitation).await?;
        if link.standing != LinkStanding::Open {
            return Err(unusable(link.standing));
        }
        match link.scope.clone() {
            LinkScope::Invitation {
                name,
                role,
                all_clients,
                clients,
            } => {
                let access = Access {
                    role,
                    all_clients,
                    clients,
                };
                Ok((link, name, access))
            }
            _ => Err(ServiceError::NotFound("invitation")),
        }
    }
}

fn unusable(standing: LinkStanding) -> ServiceError {
    ServiceError::Conflict(
        match standing {
            LinkStanding::Used => "This invitation was accepted already. Sign in instead.",
            LinkStanding::Expired => {
                "This invitation has ended. Ask whoever invited you for a new one."
            }
            LinkStanding::Open | LinkStanding::Revoked => {
                "This invitation was taken back, or a newer one was sent since."
            }
        }
        .to_owned(),
    )
}
