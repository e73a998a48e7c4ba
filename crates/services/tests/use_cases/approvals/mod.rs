//! Approvals: what is sent, decided, taken back and published, with a real database and a clock that is
//! turned by hand.

mod any_order;
mod beside;
mod comments;
mod decide;
mod guard;
mod late;
mod send;
mod settings;
pub mod support;
