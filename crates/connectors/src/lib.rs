//! The platforms' real APIs: one folder each, one trait, one registry. No database.
//!
//! Every endpoint's base address is configuration, so that the emulator or any other stand-in can be
//! behind it. A connector does not "publish": it takes one step from a checkpoint, see [`Connector::step`].

pub mod announcer;
pub mod bluesky;
pub mod connector;
pub mod error;
mod hosts;
pub mod http;
pub mod registry;
mod stored;
pub mod tiktok;

pub use connector::{
    Access, Authorization, Budget, BudgetScope, CancelOutcome, Checkpoint, Connector, Consent,
    Cost, DeliveryContent, MediaItem, MediaSource, News, Profile, Progress, Reconciled, Renewal,
    StepContext, StepOutcome, StepReport, TokenSet, Way, Webhook, WebhookCall, WebhookRefused,
};
pub use error::{ErrorKind, PlatformError};
pub use registry::Registry;
