//! What tests share: a database each, made from a template; a clock to turn by hand; a whole desk with
//! an emulated platform; small builders.
//!
//! Tests say plainly what they take for granted: everything here panics when it cannot be had.

#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up has failed"
)]

mod clock;
mod database;
mod desk;
mod hook;
mod load;
mod mail;
pub mod pds;
mod portal;

pub use clock::ManualClock;
pub use database::TestDatabase;
pub use desk::{Desk, KESTREL, video};
pub use hook::{Hook, HookCall};
pub use load::{Load, LoadAccount};
pub use mail::{MailAnswer, MailSecurity, MailServer, MailStep, TakenMail};
pub use pds::Pds;
pub use portal::Mail;
