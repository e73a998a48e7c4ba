//! What is written down about what people do.

use crate::words::words;

words! {
    /// Something that somebody did.
    AuditAction, "an action" {
        /// Signed in.
        SignedIn = "signed_in",
        /// Tried to sign in, and was refused.
        SignInRefused = "sign_in_refused",
        /// Signed out.
        SignedOut = "signed_out",
        /// Ended a session on another device.
        SessionEnded = "session_ended",
        /// Invited somebody.
        Invited = "invited",
        /// Took an invitation or another link back.
        LinkRevoked = "link_revoked",
        /// Became a user.
        UserAdded = "user_added",
        /// Got another role, or other clients.
        RoleChanged = "role_changed",
        /// May no longer sign in.
        UserDisabled = "user_disabled",
        /// May sign in again.
        UserEnabled = "user_enabled",
        /// Asked for a new password.
        PasswordResetAsked = "password_reset_asked",
        /// Has a new password.
        PasswordChanged = "password_changed",
        /// Has another address.
        EmailChanged = "email_changed",
        /// Has another name, or other preferences.
        ProfileChanged = "profile_changed",
        /// Let somebody in whom a portal link was passed on to.
        LetIn = "let_in",
        /// A client was added.
        ClientAdded = "client_added",
        /// What is set for a client was changed.
        ClientChanged = "client_changed",
        /// What is set for the agency was changed.
        AgencyChanged = "agency_changed",
        /// An account was connected, or connected again.
        AccountConnected = "account_connected",
        /// An account was disconnected and purged.
        AccountDisconnected = "account_disconnected",
        /// An account has to be connected again.
        AccountRefused = "account_refused",
        /// A link by which a client connects accounts was made.
        ConnectLinkMade = "connect_link_made",
        /// Publishing was paused.
        Paused = "paused",
        /// Publishing was resumed.
        Resumed = "resumed",
        /// A file was uploaded.
        AssetUploaded = "asset_uploaded",
        /// A file was removed, because nothing needed it any longer.
        AssetRemoved = "asset_removed",
        /// Asked for a copy of a file.
        CopyAsked = "copy_asked",
        /// Gave up a copy of a file that was being made.
        CopyCancelled = "copy_cancelled",
        /// A copy of a file was made.
        CopyMade = "copy_made",
        /// A post was written or changed.
        PostSaved = "post_saved",
        /// A post got other tags.
        PostTagged = "post_tagged",
        /// The agency's own note of a post was changed.
        PostNoted = "post_noted",
        /// A post was deleted.
        PostDeleted = "post_deleted",
        /// A delivery went from one state to another.
        DeliveryMoved = "delivery_moved",
        /// A delivery that is under way was asked back.
        TakeBackAsked = "take_back_asked",
        /// A version was sent to be approved.
        ReviewSent = "review_sent",
        /// Somebody decided about a version.
        Decided = "decided",
        /// A decision was taken back.
        DecisionWithdrawn = "decision_withdrawn",
        /// A version is no longer to be decided about.
        ReviewEnded = "review_ended",
        /// Something was said about a post.
        Commented = "commented",
        /// An address for webhooks was added.
        EndpointAdded = "endpoint_added",
        /// An address for webhooks was changed or removed.
        EndpointChanged = "endpoint_changed",
        /// A mail was sent again.
        MailSentAgain = "mail_sent_again",
        /// The secret address of a client's calendar was made or taken back.
        FeedChanged = "feed_changed",
        /// A snippet was written, changed or removed.
        SnippetChanged = "snippet_changed",
        /// When posts of an account usually go out was changed.
        SlotsChanged = "slots_changed",
        /// Something was taken out of AutoPost as a file.
        Exported = "exported",
        /// Tokens were sealed anew.
        KeysRotated = "keys_rotated",
    }
}

impl AuditAction {
    /// In plain words, as they follow a name: "Olive Owner signed in".
    #[must_use]
    pub const fn phrase(self) -> &'static str {
        match self {
            Self::SignedIn => "signed in",
            Self::SignInRefused => "was refused at sign-in",
            Self::SignedOut => "signed out",
            Self::SessionEnded => "ended a session",
            Self::Invited => "invited somebody",
            Self::LinkRevoked => "took a link back",
            Self::UserAdded => "added a user",
            Self::RoleChanged => "changed what a user may do",
            Self::UserDisabled => "disabled a user",
            Self::UserEnabled => "enabled a user again",
            Self::PasswordResetAsked => "asked for a new password",
            Self::PasswordChanged => "set a new password",
            Self::EmailChanged => "changed an email address",
            Self::ProfileChanged => "changed a profile",
            Self::LetIn => "let somebody in by a portal link",
            Self::ClientAdded => "added a client",
            Self::ClientChanged => "changed a client’s settings",
            Self::AgencyChanged => "changed the agency’s settings",
            Self::AccountConnected => "connected an account",
            Self::AccountDisconnected => "disconnected an account",
            Self::AccountRefused => "found that an account has to be connected again",
            Self::ConnectLinkMade => "made a connect link",
            Self::Paused => "paused publishing",
            Self::Resumed => "resumed publishing",
            Self::AssetUploaded => "uploaded a file",
            Self::AssetRemoved => "removed a file that nothing needed any longer",
            Self::CopyAsked => "asked for a copy of a file",
            Self::CopyCancelled => "cancelled a copy of a file",
            Self::CopyMade => "made a copy of a file",
            Self::PostSaved => "saved a post",
            Self::PostTagged => "changed a post’s tags",
            Self::PostNoted => "changed the note of a post",
            Self::PostDeleted => "deleted a post",
            Self::DeliveryMoved => "moved a delivery on",
            Self::TakeBackAsked => "asked for a delivery to be taken back",
            Self::ReviewSent => "sent a post for approval",
            Self::Decided => "decided about a post",
            Self::DecisionWithdrawn => "withdrew a decision",
            Self::ReviewEnded => "ended a review",
            Self::Commented => "commented on a post",
            Self::EndpointAdded => "added a webhook address",
            Self::EndpointChanged => "changed a webhook address",
            Self::FeedChanged => "changed the address of a client’s calendar",
            Self::SnippetChanged => "changed a snippet",
            Self::SlotsChanged => "changed an account’s posting times",
            Self::Exported => "exported data",
            Self::KeysRotated => "sealed tokens by a new key",
            Self::MailSentAgain => "had a mail sent again",
        }
    }

    /// Whether a client may read that it was done at theirs. What concerns the agency's own people and
    /// machinery stays within the agency; so does what the details mark as internal.
    #[must_use]
    pub const fn is_for_clients(self) -> bool {
        matches!(
            self,
            Self::LetIn
                | Self::ClientChanged
                | Self::AccountConnected
                | Self::AccountDisconnected
                | Self::AccountRefused
                | Self::ConnectLinkMade
                | Self::Paused
                | Self::Resumed
                | Self::AssetUploaded
                | Self::AssetRemoved
                | Self::CopyMade
                | Self::PostSaved
                | Self::PostDeleted
                | Self::DeliveryMoved
                | Self::TakeBackAsked
                | Self::ReviewSent
                | Self::Decided
                | Self::DecisionWithdrawn
                | Self::ReviewEnded
                | Self::Commented
        )
    }
}

#[cfg(test)]
mod tests {
    use super::AuditAction;

    #[test]
    fn clients_never_read_of_the_team_or_of_machinery() {
        for action in [
            AuditAction::SignedIn,
            AuditAction::Invited,
            AuditAction::RoleChanged,
            AuditAction::UserDisabled,
            AuditAction::AgencyChanged,
            AuditAction::PostTagged,
            AuditAction::PostNoted,
            AuditAction::EndpointAdded,
            AuditAction::Exported,
            AuditAction::KeysRotated,
        ] {
            assert!(!action.is_for_clients(), "{action}");
        }
    }

    #[test]
    fn phrases_tell_actions_apart() {
        let phrases: std::collections::BTreeSet<_> = AuditAction::ALL
            .iter()
            .map(|action| action.phrase())
            .collect();
        assert_eq!(phrases.len(), AuditAction::ALL.len());
    }
}
