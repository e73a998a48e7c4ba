//! The use cases, with a real database, the stand-ins for the platforms over HTTP, and a clock that is turned by
//! hand. One program for all of them: each would link everything again.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod accounts;
mod ahead;
mod approvals;
mod audit;
mod audit_entries;
mod bluesky;
mod bulk;
mod calendar;
mod composer;
mod controls;
mod copies;
mod cover;
mod doors;
mod drafts;
mod frame;
mod library;
mod links;
mod live;
mod mail;
mod moves;
mod planning;
mod planning_notes;
mod planning_slots;
mod planning_snippets;
mod planning_tags;
mod planning_versions;
mod portal;
mod publishing;
mod reconcile;
mod team;
mod uploads;
mod webhooks;
mod webhooks_out;
