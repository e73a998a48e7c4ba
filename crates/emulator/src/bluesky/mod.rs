//! An account's server with its authorisation server, the directory of DIDs, the AppView and the video
//! service: one origin stands in for all of them.
//!
//! Sessions by app password and by OAuth (pushed requests, PKCE, DPoP with nonces, client metadata with
//! keys, rotating refresh tokens) keep to the AT Protocol's profile and to what the reference server was
//! seen to answer. Records are checked against the lexicon, more strictly where a mistake would only show
//! in an app: facets must lie on whole characters, and unknown fields are refused.
//!
//! Left out: handles by DNS and `/.well-known/atproto-did`, `did:web` accounts, the multipart upload of
//! videos, and every lexicon but posts.

mod appview;
mod auth;
mod config;
mod control;
mod errors;
mod extract;
mod faults;
mod feed;
mod handle;
mod identity;
mod ids;
mod jwt;
mod limits;
mod oauth;
mod record;
mod repo;
mod session;
mod state;
mod video;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

pub use config::{Account, Config};
pub use faults::Fault;
pub use handle::{BlueskyHandle, Media, Post};
pub use video::JobFailure;

type Shared = Arc<state::Platform>;

/// More than any blob may have, so that the refusal is the platform's own.
const BODY: usize = 400_000_000;

/// The addresses at the root of the origin, where the specifications want them, and the pages below
/// `/bluesky`.
pub(crate) fn router(handle: &BlueskyHandle) -> Router {
    let platform = Arc::clone(&handle.0);
    let server = Router::new()
        .route("/com.atproto.server.createSession", post(session::create))
        .route("/com.atproto.server.refreshSession", post(session::refresh))
        .route("/com.atproto.server.deleteSession", post(session::delete))
        .route("/com.atproto.server.getSession", get(session::get))
        .route(
            "/com.atproto.server.getServiceAuth",
            get(video::service_auth),
        )
        .route(
            "/com.atproto.server.describeServer",
            get(identity::describe_server),
        )
        .route(
            "/com.atproto.identity.resolveHandle",
            get(identity::resolve_handle),
        )
        .route("/com.atproto.repo.uploadBlob", post(repo::upload_blob))
        .route("/com.atproto.repo.putRecord", post(repo::put_record))
        .route("/com.atproto.repo.createRecord", post(repo::create_record))
        .route("/com.atproto.repo.getRecord", get(repo::get_record))
        .route("/com.atproto.repo.deleteRecord", post(repo::delete_record))
        .route("/app.bsky.actor.getProfile", get(appview::profile))
        .route("/app.bsky.feed.getPosts", get(appview::posts))
        .route("/app.bsky.video.uploadVideo", post(video::upload))
        .route("/app.bsky.video.getJobStatus", get(video::job_status))
        .route("/app.bsky.video.getUploadLimits", get(video::limits))
        .layer(DefaultBodyLimit::max(BODY));
    Router::new()
        .nest("/xrpc", server)
        .route(
            "/.well-known/oauth-protected-resource",
            get(identity::protected_resource),
        )
        .route(
            "/.well-known/oauth-authorization-server",
            get(identity::authorization_server),
        )
        .route("/oauth/par", post(oauth::par::push))
        .route(
            "/oauth/authorize",
            get(oauth::consent::show).post(oauth::consent::decide),
        )
        .route("/oauth/token", post(oauth::token::token))
        .route("/oauth/revoke", post(oauth::token::revoke))
        .route("/plc/{did}", get(identity::plc))
        .route("/bluesky/profile/{actor}", get(feed::profile))
        .route("/bluesky/profile/{actor}/post/{rkey}", get(feed::single))
        .route("/bluesky/avatar/{did}", get(feed::avatar))
        .route("/bluesky/blob/{did}/{cid}", get(feed::blob))
        .layer(middleware::from_fn_with_state(
            Arc::clone(&platform),
            faults::watch,
        ))
        .with_state(platform)
}

/// Everything below `/control/bluesky`.
pub(crate) fn control_router(handle: &BlueskyHandle) -> Router {
    control::router(handle.clone())
}
