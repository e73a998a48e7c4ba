//! Every address of the server.

use std::sync::{Arc, LazyLock};

use app::ssr::WhoAsks;
use app::{App, shell};
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::http::Method;
use axum::routing::{self as on, MethodRouter};
use axum::{Router, middleware as layer};
use leptos::config::LeptosOptions;
use leptos::context::provide_context;
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, generate_route_list, render_app_async_with_context,
};
use services::Services;
use tokio_util::sync::CancellationToken;
use tower_http::compression::CompressionLayer;
use tower_http::compression::predicate::{NotForContentType, Predicate, SizeAbove};
use tower_http::services::ServeDir;

use crate::boot::BootError;
use crate::config::Config;
use crate::live::Live;
use crate::middleware::client_address::{self, TrustedProxies};
use crate::middleware::headers::{self, SecurityHeaders};
use crate::middleware::origin::{self, OwnOrigin};
use crate::middleware::own_owner;
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
    trusted_proxies: TrustedProxies,
    client_metadata: routes::client_metadata::ClientMetadata,
    live: Live,
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
        let live = Live::new(services.clone(), CancellationToken::new());
        let consent_pages = config.tiktok.iter().map(|tiktok| &tiktok.authorize_url);
        Ok(Self {
            own_origin: OwnOrigin::new(&config.public_url),
            security: SecurityHeaders::new(config.is_https(), build.is_some(), consent_pages),
            trusted_proxies: TrustedProxies::new(&config.trusted_proxies),
            services,
            health,
            options,
            client_metadata: Default::default(),
            live,
        })
    }

    /// Ends what is open when the server stops.
    #[must_use]
    pub fn until(mut self, stop: CancellationToken) -> Self {
        self.live = Live::new(self.services.clone(), stop);
        self
    }

    /// Lets Bluesky's servers read who we are.
    #[must_use]
    pub fn with_client_metadata(mut self, metadata: Option<serde_json::Value>) -> Self {
        self.client_metadata = metadata.into();
        self
    }
}

/// Who calls a raw route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// A browser; what changes something has to come from our own pages.
    Browser,
    /// A platform, by itself; what it says is signed.
    Platform,
}

/// What is neither a page nor a server function.
pub struct RawRoute {
    /// By which method.
    pub method: Method,
    /// At which address.
    pub path: &'static str,
    /// Who calls it.
    pub caller: Caller,
    answer: MethodRouter<Web>,
}

/// Every raw route. Both the router and the test of who may do what take them from here.
#[must_use]
pub fn raw_route_table() -> Vec<RawRoute> {
    use routes::{
        audit, client_metadata, connect_link, feed, health, live, media, oauth, posts, uploads,
        webhooks,
    };
    let by = |method, caller, path, answer| RawRoute {
        method,
        path,
        caller,
        answer,
    };
    let get = |path, answer| by(Method::GET, Caller::Browser, path, answer);
    let post = |path, answer| by(Method::POST, Caller::Browser, path, answer);
    let call = |path, answer| by(Method::POST, Caller::Platform, path, answer);
    vec![
        get("/health", on::get(health::health)),
        get("/oauth/{platform}/callback", on::get(oauth::callback)),
        post(
            "/clients/{client}/accounts/connect/{platform}",
            on::post(oauth::connect),
        ),
        post(
            "/clients/{client}/accounts/connect/{platform}/password",
            on::post(oauth::connect_by_password),
        ),
        get(
            "/oauth/bluesky/client-metadata.json",
            on::get(client_metadata::show),
        ),
        get(
            "/clients/{client}/avatars/{account}",
            on::get(media::avatar),
        ),
        by(
            Method::OPTIONS,
            Caller::Browser,
            "/clients/{client}/uploads",
            on::options(uploads::options),
        ),
        post("/clients/{client}/uploads", on::post(uploads::create)),
        by(
            Method::HEAD,
            Caller::Browser,
            "/clients/{client}/uploads/{upload}",
            on::head(uploads::head),
        ),
        by(
            Method::PATCH,
            Caller::Browser,
            "/clients/{client}/uploads/{upload}",
            on::patch(uploads::patch),
        ),
        by(
            Method::DELETE,
            Caller::Browser,
            "/clients/{client}/uploads/{upload}",
            on::delete(uploads::delete),
        ),
        post(
            "/clients/{client}/uploads/{upload}/finish",
            on::post(uploads::finish),
        ),
        get(
            "/clients/{client}/assets/{asset}/poster",
            on::get(media::poster),
        ),
        get(
            "/clients/{client}/assets/{asset}/strip",
            on::get(media::strip),
        ),
        get(
            "/clients/{client}/assets/{asset}/file",
            on::get(media::file),
        ),
        get("/audit.csv", on::get(audit::csv)),
        get("/live", on::get(live::follow)),
        get("/clients/{client}/posts.csv", on::get(posts::csv)),
        get("/calendar/feed/{token}", on::get(feed::calendar)),
        get("/media/public/{token}", on::get(media::public)),
        post(
            "/portal/clients/{client}/accounts/connect/{platform}",
            on::post(oauth::connect),
        ),
        post(
            "/portal/clients/{client}/accounts/connect/{platform}/password",
            on::post(oauth::connect_by_password),
        ),
        get(
            "/portal/clients/{client}/avatars/{account}",
            on::get(media::portal_avatar),
        ),
        get(
            "/portal/clients/{client}/assets/{asset}/poster",
            on::get(media::portal_poster),
        ),
        get(
            "/portal/clients/{client}/assets/{asset}/file",
            on::get(media::portal_file),
        ),
        post("/connect-by-link/{platform}", on::post(connect_link::begin)),
        post(
            "/connect-by-link/{platform}/password",
            on::post(connect_link::by_password),
        ),
        call(
            "/webhooks/{platform}",
            on::post(webhooks::receive).layer(DefaultBodyLimit::max(webhooks::LARGEST)),
        ),
    ]
}

fn raw_routes(caller: Caller) -> Router<Web> {
    raw_route_table()
        .into_iter()
        .filter(|route| route.caller == caller)
        .fold(Router::new(), |router, route| {
            router.route(route.path, route.answer)
        })
}

/// The pages. They are asked for once in a process: while Leptos walks through them it keeps every resource in the
/// process from loading, also those of a page that is being answered, which then is never done.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The address of every page.
#[must_use]
pub fn page_paths() -> Vec<String> {
    PAGES.iter().map(|page| page.path().to_owned()).collect()
}

/// The router: raw routes, pages and their server functions, files, and what every answer passes through.
pub fn router(web: Web) -> Router {
    let context = {
        let services = web.services.clone();
        let security = web.security.clone();
        move || {
            provide_context(services.clone());
            provide_context(WhoAsks::default());
            security.allow_scripts_of_this_page();
        }
    };
    let document = {
        let options = web.options.clone();
        move || shell(options.clone())
    };
    // Leptos' own handler for files knows neither folders that are kept for good nor what was compressed before.
    let not_found = on::get(render_app_async_with_context(
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
        .and(NotForContentType::SSE)
        .and(NotForContentType::new("video/"))
        .and(NotForContentType::new("font/"))
        .and(NotForContentType::new("application/wasm"))
        .and(NotForContentType::new("text/javascript"))
        .and(NotForContentType::new("text/css"));
    raw_routes(Caller::Browser)
        .leptos_routes_with_context(&web, PAGES.clone(), context, document)
        .fallback_service(files)
        .layer(layer::from_fn(own_owner::keep))
        .layer(CompressionLayer::new().compress_when(compressible))
        .layer(layer::from_fn_with_state(
            web.clone(),
            origin::only_from_our_own_pages,
        ))
        // Behind that check nothing would come in: these are not from our pages, and signed instead.
        .merge(raw_routes(Caller::Platform))
        .layer(layer::from_fn_with_state(web.clone(), client_address::find))
        .layer(layer::from_fn_with_state(web.clone(), headers::add))
        .with_state(web)
}
