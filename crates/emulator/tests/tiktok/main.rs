//! Checks the stand-in TikTok against what TikTok documents, over real HTTP.
#![expect(
    clippy::unwrap_used,
    reason = "helpers of tests say plainly what they take for granted"
)]

mod authorize;
mod caps;
mod control;
mod desk;
mod display;
mod errors;
mod init;
mod media;
mod pull;
mod status;
mod token;
mod upload;
mod webhooks;
