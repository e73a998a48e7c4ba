//! The Bluesky connector over real HTTP, against Bluesky's own server (`tools/pds.sh`), and against
//! scripted answers where that one cannot be made to give them.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up fails")]

mod consent;
mod password;
mod publish;
mod refusals;
mod support;
mod video;
