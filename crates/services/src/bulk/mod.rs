//! Many posts at once: a month out of a spreadsheet, a range into one, and a calendar for other programs.

mod cells;
pub mod export;
pub mod feed;
pub mod import;
mod keep;
mod sheet;
