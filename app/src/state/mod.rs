//! State that several components of a page share: what is being written, how it is kept, and the
//! video on its way in.

pub mod backup;
pub mod derived;
pub mod draft;
pub mod reading;
pub mod saver;
mod transfer;
pub mod upload;
pub mod wall;
