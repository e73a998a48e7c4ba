//! The authorisation server: OAuth 2.1 with pushed requests, PKCE, DPoP and client metadata at an address.

pub(super) mod client;
pub(super) mod consent;
pub(super) mod dpop;
mod form;
pub(super) mod par;
pub(super) mod scope;
pub(super) mod sessions;
pub(super) mod token;
