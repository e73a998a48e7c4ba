//! Login Kit for Web, the Content Posting API and the Display API.
//!
//! Media that is to be pulled is really downloaded, videos are really looked
//! into (when `ffprobe` is installed), and everything that depends on time is
//! computed from the clock when somebody asks. Where TikTok's documentation is
//! ambiguous the strictest reading holds: the three init calls share one rate
//! window, unknown fields are refused, both disclosure toggles are required,
//! and refreshing does not prolong the refresh token.
//!
//! Webhooks are sent to the configured address, signed and twice each.

mod authorize;
mod chunks;
mod config;
mod control;
mod creator;
mod errors;
mod extract;
mod faults;
mod feed;
mod handle;
mod images;
mod library;
mod limits;
mod markers;
mod media;
mod photo;
mod publish;
mod scopes;
mod state;
mod status;
mod tasks;
mod token;
mod tokens;
mod upload;
mod user;
mod users;
mod video;
mod webhooks;

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post, put},
};
use tower_http::services::ServeDir;

pub use config::{Config, LagAnswer, RedirectUriError, Rotation, TokenErrors};
pub use faults::Fault;
pub use handle::TikTokHandle;
pub use tasks::{Details, Kind, Media, Mode, Post, Source, Stats};
pub use tokens::TokenPair;
pub use users::User;
pub use webhooks::signature;

type Shared = Arc<state::Platform>;

/// Everything below `/tiktok`. Paths keep TikTok's trailing slashes.
pub(crate) fn router(handle: &TikTokHandle) -> Router {
    let platform = Arc::clone(&handle.0);
    let media = ServeDir::new(&platform.media).append_index_html_on_directories(false);
    let publish = Router::new()
        .route("/creator_info/query/", post(creator::info))
        .route("/video/init/", post(video::init_direct))
        .route("/inbox/video/init/", post(video::init_draft))
        .route("/content/init/", post(photo::init))
        .route("/status/fetch/", post(status::fetch))
        .route("/cancel/", post(status::cancel));
    Router::new()
        .route(
            "/v2/auth/authorize/",
            get(authorize::show).post(authorize::decide),
        )
        .route("/v2/oauth/token/", post(token::token))
        .route("/v2/oauth/revoke/", post(token::revoke))
        .route("/v2/user/info/", get(user::info))
        .nest("/v2/post/publish", publish)
        .route("/v2/video/list/", post(library::list))
        .route("/v2/video/query/", post(library::query))
        .route("/upload/", put(upload::put))
        .route("/avatar/{side}/{file}", get(images::avatar))
        .route("/cover/{file}", get(images::cover))
        .route("/{handle}", get(feed::profile))
        .route("/{handle}/video/{id}", get(feed::single))
        .route("/{handle}/photo/{id}", get(feed::single))
        .nest_service("/media", media)
        .layer(middleware::from_fn_with_state(
            Arc::clone(&platform),
            faults::watch,
        ))
        .with_state(platform)
}

/// Everything below `/control/tiktok`.
pub(crate) fn control_router(handle: &TikTokHandle) -> Router {
    control::router(handle.clone())
}
