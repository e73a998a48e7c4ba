//! What surrounds a post, and stays within the agency.

pub mod notes;
pub mod slots;
pub mod snippets;
pub mod tags;
pub mod versions;
