//! One file per table: its rows and the queries that read and write them.

pub mod account;
pub mod agency;
pub mod asset;
pub mod audit;
pub mod budget;
pub mod client;
pub mod comment;
pub mod connection;
pub mod contact_notice;
pub mod delivery;
pub mod event;
pub mod link;
pub mod notice;
pub mod oauth_attempt;
pub mod outbox;
pub mod portal;
pub mod post;
pub mod post_version;
pub mod review;
pub mod server_secret;
pub mod session;
pub mod team;
pub mod user;
pub mod webhook;
pub mod webhook_endpoint;
pub mod webhook_message;
