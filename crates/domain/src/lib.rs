//! What AutoPost knows without asking anyone: ids, platforms, roles, states, time and media rules.
//!
//! Everything here is pure. It is compiled for the server and for the browser, so that the composer
//! judges a post by the same code as the server. Feature `server` adds what only the server does.

pub mod access;
pub mod account;
pub mod approval;
pub mod audit;
pub mod bluesky;
pub mod calendar;
pub mod copy;
pub mod crop;
pub mod history;
pub mod ids;
pub mod link;
pub mod marks;
pub mod media;
pub mod notice;
pub mod platform;
pub mod post;
pub mod role;
pub mod rules;
pub mod state;
pub mod tiktok;
pub mod time;
#[cfg(feature = "server")]
pub mod version;
pub mod webhook;
pub mod words;

pub use access::Permission;
pub use ids::{
    AccountId, AssetId, ClientId, CommentId, ComposerId, CopyId, DeliveryId, EndpointId, LinkId,
    MailId, PostId, ReviewId, SessionId, SnippetId, TagId, UploadId, UserId,
};
pub use platform::Platform;
pub use role::Role;
pub use state::DeliveryState;
