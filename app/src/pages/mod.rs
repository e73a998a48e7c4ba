//! The pages, one folder or file per address.

pub mod accounts;
pub mod agency;
pub mod approvals;
pub mod audit;
pub mod bulk;
pub mod calendar;
pub mod clients;
pub mod composer;
pub mod copies;
pub mod doors;
pub mod history;
pub mod home;
pub mod layout;
pub mod library;
pub mod links;
pub mod live;
pub mod me;
pub mod not_found;
pub mod notices;
mod pause;
pub mod portal;
pub mod public;
pub mod sign_in;
mod standing;
pub mod team;
pub mod trouble;
pub mod uploads;
