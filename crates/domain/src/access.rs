//! Who may do what: one table, and nothing else decides. `services` asks it before every use case.

use crate::Role;

/// Something that a role may do, always within the clients that the person may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See the agency's own pages: calendars, accounts, history, approvals.
    SeeDesk,
    /// Write, upload, send for approval, take back and delete.
    WritePosts,
    /// Schedule, publish, send again, settle what is unknown.
    SendPosts,
    /// Pause and resume a client or an account.
    PauseClient,
    /// Pause and resume everything.
    PauseEverything,
    /// Add clients, and set how they are served.
    ManageClients,
    /// Connect and reconnect accounts.
    ConnectAccounts,
    /// Make and revoke links by which clients connect accounts themselves.
    SendConnectLinks,
    /// Disconnect accounts.
    DisconnectAccounts,
    /// Decide for the agency, before a client is asked.
    ApproveInternally,
    /// Decide for the client.
    ApproveForClient,
    /// Say something about a post where the client reads it.
    Comment,
    /// Say something about a post that stays within the agency.
    CommentInternally,
    /// See the portal.
    SeePortal,
    /// See and invite users, limit, change and disable them; never owners.
    ManageTeam,
    /// The same for owners.
    ManageOwners,
    /// Set what concerns the whole agency: its name, who is told of failures, webhooks.
    ManageAgency,
    /// Read who did what.
    SeeAudit,
    /// Look after one's own name, address, password, sessions and preferences.
    ManageSelf,
}

impl Permission {
    /// Every one.
    pub const ALL: [Self; 19] = [
        Self::SeeDesk,
        Self::WritePosts,
        Self::SendPosts,
        Self::PauseClient,
        Self::PauseEverything,
        Self::ManageClients,
        Self::ConnectAccounts,
        Self::SendConnectLinks,
        Self::DisconnectAccounts,
        Self::ApproveInternally,
        Self::ApproveForClient,
        Self::Comment,
        Self::CommentInternally,
        Self::SeePortal,
        Self::ManageTeam,
        Self::ManageOwners,
        Self::ManageAgency,
        Self::SeeAudit,
        Self::ManageSelf,
    ];

    /// The roles that have it.
    #[must_use]
    pub const fn roles(self) -> &'static [Role] {
        use Role::{ClientApprover, ClientViewer, Editor, Manager, Owner};
        match self {
            Self::SeeDesk
            | Self::WritePosts
            | Self::SendPosts
            | Self::PauseClient
            | Self::SendConnectLinks
            | Self::CommentInternally => &[Owner, Manager, Editor],
            Self::PauseEverything
            | Self::ManageClients
            | Self::ApproveInternally
            | Self::ManageTeam
            | Self::SeeAudit => &[Owner, Manager],
            Self::ManageOwners | Self::ManageAgency => &[Owner],
            Self::ConnectAccounts => &[Owner, Manager, Editor, ClientApprover],
            Self::DisconnectAccounts => &[Owner, Manager, ClientApprover],
            Self::ApproveForClient => &[ClientApprover],
            Self::SeePortal => &[ClientApprover, ClientViewer],
            Self::Comment | Self::ManageSelf => {
                &[Owner, Manager, Editor, ClientApprover, ClientViewer]
            }
        }
    }
}

impl Role {
    /// Whether the role has a permission.
    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        permission.roles().contains(&self)
    }
}

#[cfg(test)]
mod tests {
    use super::Permission;
    use crate::Role;

    #[test]
    fn nothing_is_left_to_nobody() {
        for permission in Permission::ALL {
            assert!(!permission.roles().is_empty(), "{permission:?}");
        }
    }

    #[test]
    fn an_owner_may_whatever_staff_may() {
        for permission in Permission::ALL {
            let staff = permission.roles().iter().any(|role| role.is_staff());
            assert_eq!(Role::Owner.may(permission), staff, "{permission:?}");
        }
    }

    #[test]
    fn portal_users_get_nothing_of_the_desk() {
        let of = |role: Role| {
            Permission::ALL
                .into_iter()
                .filter(|permission| role.may(*permission))
                .collect::<Vec<_>>()
        };
        assert_eq!(
            of(Role::ClientViewer),
            [
                Permission::Comment,
                Permission::SeePortal,
                Permission::ManageSelf
            ]
        );
        assert_eq!(
            of(Role::ClientApprover),
            [
                Permission::ConnectAccounts,
                Permission::DisconnectAccounts,
                Permission::ApproveForClient,
                Permission::Comment,
                Permission::SeePortal,
                Permission::ManageSelf
            ]
        );
    }
}
