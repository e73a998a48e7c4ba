//! Every address of the server.

use std::sync::Arc;

use app::{App, shell};
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::routing::{get, post};
use axum::{Router, middleware as layer};
use leptos::config::LeptosOptions;
use leptos::context::provide_context;
use leptos_axum::{LeptosRoutes, generate_route_list, render_app_async_with_context};
use services::Services;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::services::ServeDir;

use crate::boot::BootError;
use crate::config::Config;
use crate::middleware::headers::{self, SecurityHeaders};
use crate::middleware::origin::{self, OwnOrigin};
use crate::publisher::PublisherHealth;
use crate::routes;

/// What requests are answered with.
#[derive(Clone, FromRef)]
pub struct Web {
    services: Services,
    health: Arc<PublisherHealth>,
    options: LeptosOptions,
    own_origin: OwnOrigin,
    security: SecurityHeaders,
    client_metadata: routes::client_metadata::ClientMetadata,
}

impl Web {
    /// Reads what the router needs out of the configuration.
    pub fn new(
        config: &Config,
        services: Services,
        health: Arc<PublisherHealth>,
    ) -> Result<Self, BootError> {
        let site = std::fs::canonicalize(&config.site_root).map_err(|error| {
            format!(
                "the site folder {}: {error}. Set AUTOPOST_SITE_ROOT to where it was built.",
                config.site_root.display()
            )
        })?;
        // The release build keeps what a browser loads in a folder that is named by its content.
        let build = std::fs::read_to_string(site.join("build.txt")).ok();
        let options = LeptosOptions::builder()
            .output_name("autopost")
            .site_root(Arc::<str>::from(site.to_string_lossy()))
            .site_pkg_dir(match &build {
                Some(build) => format!("pkg/{}", build.trim()),
                None => "pkg".to_owned(),
            })
            .build();
        let consent_pages = config.tiktok.iter().map(|tiktok| &tiktok.authorize_url);
        Ok(Self {
            own_origin: OwnOrigin::new(&config.public_url),
            security: SecurityHeaders::new(config.is_https(), build.is_some(), consent_pages),
            services,
            health,
            options,
            client_metadata: Default::default(),
        })
    }

    /// Lets Bluesky's servers read who we are.
    #[must_use]
    pub fn with_client_metadata(mut self, metadata: Option<serde_json::Value>) -> Self {
        self.client_metadata = metadata.into();
        self
    }
}

/// The router: raw routes, pages and their server functions, files, and what every answer passes through.
pub fn router(web: Web) -> Router {
    let pages = generate_route_list(App);
    let context = {
        let services = web.services.clone();
        let security = web.security.clone();
        move || {
            provide_context(services.clone());
            security.allow_scripts_of_this_page();
        }
    };
    let document = {
        let options = web.options.clone();
        move || shell(options.clone())
    };
    // Files do not go through Leptos' own handler for them: it answers under whatever reactive owner the
    // thread had last, and so can take the headers of a page that is being rendered beside it.
    let not_found = get(render_app_async_with_context(
        context.clone(),
        document.clone(),
    ));
    let files = ServeDir::new(&*web.options.site_root)
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(not_found);
    // Pictures and videos are compressed already, and a compressed stream cannot be asked for by parts.
    let compressible = SizeAbove::new(512)
        .and(NotForContentType::IMAGES)
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::new("application/wasm"))
        .and(NotForContentType::new("text/javascript"))
        .and(NotForContentType::new("text/css"));
    Router::new()
        .route("/health", get(routes::health::health))
        .route("/oauth/{platform}/callback", get(routes::oauth::callback))
        .route(
            "/clients/{client}/accounts/connect/{platform}",
            post(routes::oauth::connect),
        )
        .route(
            "/clients/{client}/accounts/connect/{platform}/password",
            post(routes::oauth::connect_by_password),
        )
        .route(
            "/oauth/bluesky/client-metadata.json",
            get(routes::client_metadata::show),
        )
        .route(
            "/clients/{client}/avatars/{account}",
            get(routes::media::avatar),
        )
        .route("/clients/{client}/assets", post(routes::assets::upload))
        .route(
            "/clients/{client}/assets/{asset}/poster",
            get(routes::media::poster),
        )
        .route(
            "/clients/{client}/assets/{asset}/file",
            get(routes::media::file),
        )
        .route("/media/public/{token}", get(routes::media::public))
        .leptos_routes_with_context(&web, pages, context, document)
        .fallback_service(files)
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(layer::from_fn_with_state(
            web.clone(),
            origin::only_from_our_own_pages,
        ))
        // Behind that check nothing would come in: these are not from our pages, and signed instead.
        .route(
            "/webhooks/{platform}",
            post(routes::webhooks::receive)
                .layer(DefaultBodyLimit::max(routes::webhooks::LARGEST)),
        )
        .layer(layer::from_fn_with_state(web.clone(), headers::add))
        .with_state(web)
}
