//! Checks the stand-in Bluesky against the AT Protocol's documents, over real HTTP.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests say plainly what they take for granted"
)]

mod client;
mod control;
mod oauth;
mod repo;
mod session;
mod video;
