//! Every route and server function over real HTTP, against a real PostgreSQL and the emulated platform.

#![expect(
    clippy::expect_used,
    reason = "a test that cannot be set up has failed"
)]

mod access_matrix;
mod accounts;
mod approvals;
mod audit;
mod bulk;
mod deliveries;
mod live;
mod pausing;
mod portal;
mod posts;
mod public;
mod settings;
mod sign_in;
mod support;
mod team;
mod telling;
mod uploads;
mod walls;
