//! The TikTok connector over real HTTP, against the emulator.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod connect;
mod drafts;
mod faults;
mod photos;
mod publish;
mod reconcile;
mod resume;
mod support;
mod video;
