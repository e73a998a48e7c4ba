//! State that several components of a page share: what is being written, how it is kept, and the
//! files on their way in.

pub mod backup;
pub mod copies;
pub mod derived;
pub mod draft;
pub mod focus;
pub mod reading;
pub mod resource;
pub mod saver;
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser sends files")
)]
mod transfer;
pub mod upload;
pub mod viewer;
pub mod wall;
