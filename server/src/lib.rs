//! The server as a library, so that tests can talk to its router.

pub mod boot;
pub mod cli;
pub mod config;
pub mod copies;
pub mod housekeeping;
pub mod inbox;
pub mod live;
pub mod middleware;
pub mod outbox;
pub mod publisher;
pub mod router;
pub mod routes;
pub mod serve;
