//! What every request passes through.

pub mod client_address;
pub mod headers;
pub mod origin;
pub mod own_owner;
