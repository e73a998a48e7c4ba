//! Stand-in social platforms over real HTTP.
//!
//! Tests start an [`Emulator`] on a free loopback port; the `emulator` binary
//! runs the same server for people to click through. Every platform keeps to
//! its own folder and its own prefix (`/tiktok`, `/bluesky`; what the AT
//! Protocol wants at an origin's root is there), takes the strictest reading
//! of the platform's documentation, and is steered by two means: a handle in
//! the same process ([`tiktok::TikTokHandle`], [`bluesky::BlueskyHandle`]) and
//! JSON under `/control/`.
//!
//! Nothing here depends on the code that it is used to test, so that a
//! misreading of a platform's rules cannot be shared by both sides.

/// The stand-in Bluesky.
pub mod bluesky;
mod clock;
mod control;
mod home;
mod html;
mod image;
mod png;
mod probe;
mod random;
mod recorder;
/// Small real media files, so that tests can upload something that passes
/// the media checks.
pub mod samples;
mod server;
/// The stand-in TikTok.
pub mod tiktok;

pub use clock::Clock;
pub use recorder::RecordedRequest;
pub use server::{Config, Emulator};
