//! What people are told without asking, and what they are told by default.

use crate::Role;
use crate::words::words;

words! {
    /// What a notice is about.
    NoticeKind, "a kind of notice" {
        /// A post failed, or nobody knows whether it went out.
        Failure = "failure",
        /// An account has to be connected again, or soon will have to be.
        Connection = "connection",
        /// A client asked for changes.
        ChangesAsked = "changes_asked",
        /// A version was approved.
        Approved = "approved",
        /// A version waits for this person's decision.
        WaitingApproval = "waiting_approval",
        /// A decision is missing although the minute is near, or has passed.
        ApprovalLate = "approval_late",
        /// Somebody said something about a post.
        Comment = "comment",
        /// A post went out.
        Published = "published",
        /// Something of the agency itself needs an owner.
        Agency = "agency",
    }
}

/// How a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Inside the application.
    pub in_app: bool,
    /// By mail.
    pub by_mail: bool,
}

impl NoticeKind {
    /// What a person with this role is told unless they wish otherwise; `None` where it is not for them.
    #[must_use]
    pub const fn default_for(self, role: Role) -> Option<Channels> {
        const BOTH: Option<Channels> = Some(Channels {
            in_app: true,
            by_mail: true,
        });
        const IN_APP: Option<Channels> = Some(Channels {
            in_app: true,
            by_mail: false,
        });
        match (self, role) {
            (
                Self::Failure | Self::Connection | Self::ChangesAsked | Self::ApprovalLate,
                Role::Owner | Role::Manager | Role::Editor,
            ) => BOTH,
            (Self::Agency, Role::Owner) => BOTH,
            // Managers decide at the agency's own stage; editors wait with them.
            (Self::WaitingApproval, Role::Owner | Role::Manager | Role::ClientApprover)
            | (Self::ApprovalLate | Self::Connection, Role::ClientApprover) => BOTH,
            (
                Self::Approved | Self::Comment | Self::Published,
                Role::Owner | Role::Manager | Role::Editor,
            )
            | (Self::Comment | Self::Published, Role::ClientApprover | Role::ClientViewer) => {
                IN_APP
            }
            _ => None,
        }
    }

    /// How it is called where a person chooses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Failure => "A post fails, or its outcome is unknown",
            Self::Connection => "An account has to be connected again",
            Self::ChangesAsked => "Changes are asked for",
            Self::Approved => "A post is approved",
            Self::WaitingApproval => "A post waits for your approval",
            Self::ApprovalLate => "An approval is late",
            Self::Comment => "Somebody comments",
            Self::Published => "A post goes out",
            Self::Agency => "Something of the agency needs an owner",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NoticeKind;
    use crate::Role;

    #[test]
    fn whoever_must_act_gets_mail_unless_they_wish_otherwise() {
        for kind in [
            NoticeKind::Failure,
            NoticeKind::Connection,
            NoticeKind::ChangesAsked,
        ] {
            for role in [Role::Owner, Role::Manager, Role::Editor] {
                assert!(
                    kind.default_for(role)
                        .is_some_and(|channels| channels.by_mail)
                );
            }
        }
        let waiting = NoticeKind::WaitingApproval.default_for(Role::ClientApprover);
        assert!(waiting.is_some_and(|channels| channels.by_mail));
        assert_eq!(
            NoticeKind::WaitingApproval.default_for(Role::ClientViewer),
            None
        );
    }
}
