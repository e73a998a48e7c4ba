//! What surrounds a post, and stays within the agency.

pub mod notes;
pub mod tags;
