//! The team: who is in it, whom somebody has invited, and what each may do.

mod access;
mod invite;
mod list;
mod member;

pub use invite::InvitePage;
pub use list::TeamPage;
pub use member::MemberPage;
