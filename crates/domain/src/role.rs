//! Who may do what, in one place.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The role of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Staff: everything.
    Owner,
    /// Staff: everything except other owners.
    Manager,
    /// Staff: plans and schedules posts.
    Editor,
    /// A client's own user, who sees that client's portal and nothing else.
    Client,
}

impl Role {
    /// Every role, most rights first.
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Editor, Self::Client];

    /// Whether the role belongs to the agency's own people.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        !matches!(self, Self::Client)
    }

    /// The word used in the database and on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Editor => "editor",
            Self::Client => "client",
        }
    }

    /// The word shown to people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Owner => "Owner",
            Self::Manager => "Manager",
            Self::Editor => "Editor",
            Self::Client => "Client",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word names no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a role. Use owner, manager, editor or client.")]
pub struct UnknownRole(pub String);

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| UnknownRole(text.to_owned()))
    }
}

impl TryFrom<String> for Role {
    type Error = UnknownRole;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}
