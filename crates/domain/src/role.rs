//! The roles that people have. What each may do is in [`crate::access`].

use crate::words::words;

words! {
    /// The role of a user.
    Role, "a role" {
        /// Staff: everything.
        Owner = "owner",
        /// Staff: everything except other owners and the agency itself.
        Manager = "manager",
        /// Staff: plans and sends posts.
        Editor = "editor",
        /// A client's own user, who decides about that client's posts.
        ClientApprover = "client_approver",
        /// A client's own user, who looks at that client's posts.
        ClientViewer = "client_viewer",
    }
}

impl Role {
    /// Whether the role belongs to the agency's own people.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Owner | Self::Manager | Self::Editor)
    }

    /// The word shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Editor => "Editor",
            Self::ClientApprover => "Approver",
            Self::ClientViewer => "Viewer",
        }
    }
}
