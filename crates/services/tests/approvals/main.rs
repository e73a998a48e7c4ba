//! Approvals: what is sent, decided, taken back and published, with a real database and a clock that is
//! turned by hand.

#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    reason = "a test that cannot be set up has failed"
)]

mod any_order;
mod comments;
mod decide;
mod guard;
mod late;
mod send;
mod settings;
mod support;
