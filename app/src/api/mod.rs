//! The server functions, one file per noun, and what they hand over.
//!
//! Each checks who asks, calls one use case in `services`, and maps the result. Times come as text in
//! the client's zone, so that the browser needs no time-zone database.

pub mod accounts;
pub mod agency;
pub mod approvals;
pub mod assets;
pub mod audit;
pub mod bulk;
pub mod calendar;
pub mod clients;
pub mod connect_links;
pub mod controls;
pub mod copies;
pub mod decisions;
pub mod deliveries;
pub mod doors;
pub mod error;
pub mod history;
pub mod library;
#[cfg(feature = "ssr")]
mod mapping;
pub mod me;
pub mod notes;
pub mod notices;
pub mod outbox;
pub mod portal;
pub mod portal_accounts;
pub mod posts;
pub mod session;
pub mod slots;
pub mod snippets;
pub mod tags;
pub mod tap;
pub mod team;
pub mod versions;
pub mod webhooks;

pub use error::ApiError;
