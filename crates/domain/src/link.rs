//! What a link in a mail was sent for. It opens that, and nothing else.

use serde::{Deserialize, Serialize};

use crate::words::words;
use crate::{ClientId, Platform, PostId, Role};

words! {
    /// What a link was sent for.
    LinkPurpose, "a purpose of a link" {
        /// To become a user.
        Invitation = "invitation",
        /// To choose a new password.
        PasswordReset = "password_reset",
        /// To agree, at the old address, to a new one.
        EmailOld = "email_old",
        /// To prove that the new address is one's own.
        EmailNew = "email_new",
        /// To open the portal on this device.
        Portal = "portal",
        /// To let in somebody whom a portal link was passed on to.
        LetIn = "let_in",
        /// To connect a client's accounts from one's own browser.
        Connect = "connect",
    }
}

/// What exactly a link was sent for. Stored with it as tagged JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "for", rename_all = "snake_case")]
pub enum LinkScope {
    /// To become a user with this role.
    Invitation {
        /// The name that whoever invited gave.
        name: String,
        /// The role.
        role: Role,
        /// Whether a member of staff sees every client.
        all_clients: bool,
        /// The clients otherwise.
        clients: Vec<ClientId>,
    },
    /// To choose a new password.
    PasswordReset,
    /// To move to another address, which both confirm.
    EmailChange {
        /// The address that is to be.
        new_email: String,
    },
    /// To open the portal, first of all at these posts.
    Portal {
        /// The posts that the mail told of.
        posts: Vec<PostId>,
    },
    /// To let in somebody whom a portal link was passed on to.
    LetIn {
        /// How they call themselves.
        name: String,
        /// Where they say that they can be reached.
        email: String,
    },
    /// To connect accounts of a client.
    Connect {
        /// The platforms to choose from.
        platforms: Vec<Platform>,
    },
}
