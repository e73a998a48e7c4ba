//! Raw routes: what is not a page and not a server function.

pub mod audit;
pub mod client_metadata;
pub mod connect_link;
pub mod feed;
pub mod health;
pub mod live;
pub mod media;
pub mod oauth;
pub mod posts;
pub mod signed_in;
pub mod uploads;
pub mod webhooks;
