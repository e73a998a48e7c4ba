//! What other systems of the agency are told by signed webhooks.

use crate::words::words;

words! {
    /// What a webhook tells of.
    WebhookEvent, "an event of a webhook" {
        /// A post went out.
        DeliveryPublished = "delivery.published",
        /// A post will not go out unless somebody acts.
        DeliveryFailed = "delivery.failed",
        /// Nobody can say yet whether a post went out.
        DeliveryUnknown = "delivery.unknown",
        /// An account was connected, or connected again.
        AccountConnected = "account.connected",
        /// A platform no longer accepts our access to an account.
        AccountNeedsReconnecting = "account.needs_reconnecting",
        /// An account was disconnected and purged.
        AccountDisconnected = "account.disconnected",
        /// A version of a post was approved.
        ApprovalApproved = "approval.approved",
        /// Changes of a post were asked for.
        ApprovalChangesAsked = "approval.changes_asked",
        /// Nothing happened: somebody wants to see whether webhooks arrive.
        Test = "test",
    }
}
