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
        /// A post was written or changed.
        PostSaved = "post_saved",
        /// A post was deleted.
        PostDeleted = "post_deleted",
        /// A delivery went from one state to another.
        DeliveryMoved = "delivery_moved",
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
        /// Something was taken out of AutoPost as a file.
        Exported = "exported",
        /// Tokens were sealed anew.
        KeysRotated = "keys_rotated",
    }
}
