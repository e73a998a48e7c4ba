//! A server on a port of its own, and what asks it.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use reqwest::header::{ACCEPT, COOKIE, ORIGIN};
use reqwest::{Client, Method, RequestBuilder, Response, StatusCode, redirect};
use server::config::Config;
use server::publisher::PublisherHealth;
use server::router::{Web, router};
use testing::Desk;

/// A server with a desk behind it.
pub struct Site {
    pub desk: Desk,
    pub address: SocketAddr,
    pub browser: Client,
}

impl Site {
    pub async fn start() -> Self {
        Self::start_behind(Vec::new()).await
    }

    /// One that takes these proxies' word on where a request came from.
    pub async fn start_behind(trusted_proxies: Vec<ipnet::IpNet>) -> Self {
        let desk = Desk::start().await;
        let site_root = desk.folder.path().join("site");
        std::fs::create_dir_all(site_root.join("pkg")).expect("a site folder");
        std::fs::write(
            site_root.join("pkg/autopost.css"),
            "body { color: inherit }",
        )
        .expect("a style sheet");
        let config = Config {
            addr: "127.0.0.1:0".parse().expect("an address"),
            public_url: "https://desk.autopost.test/".parse().expect("an address"),
            data_dir: PathBuf::from(desk.folder.path()),
            database_url: None,
            owner_database_url: None,
            keys: None,
            site_root,
            trusted_proxies,
            media_retention_days: 30,
            max_upload_bytes: 50_000_000,
            copies: services::copies::CopyLimits::default(),
            digest_seconds: 60,
            smtp: None,
            webhook_development_hosts: Vec::new(),
            publisher_slots: 4,
            publisher_lease: std::time::Duration::from_secs(60),
            tiktok: None,
            bluesky: None,
        };
        let web = Web::new(
            &config,
            desk.services.clone(),
            Arc::new(PublisherHealth::default()),
        )
        .expect("a router");
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
            .await
            .expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = router(web).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        let browser = Client::builder()
            .redirect(redirect::Policy::none())
            .timeout(std::time::Duration::from_secs(30))
            // A refused upload ends its connection; the next request must not be sent on it.
            .pool_max_idle_per_host(0)
            .build()
            .expect("a browser");
        Self {
            desk,
            address,
            browser,
        }
    }

    /// A request as our own pages make it, with the owner's session.
    pub fn own(&self, method: Method, path: &str) -> RequestBuilder {
        self.stranger(method, path).header(
            COOKIE,
            format!("autopost_session={}", self.desk.session.expose()),
        )
    }

    /// A request as our own pages make it, with no session.
    pub fn stranger(&self, method: Method, path: &str) -> RequestBuilder {
        self.bare(method, path)
            .header(ORIGIN, "https://desk.autopost.test")
    }

    pub fn bare(&self, method: Method, path: &str) -> RequestBuilder {
        let is_visit = method == Method::GET;
        let request = self
            .browser
            .request(method, format!("http://{}{path}", self.address));
        // What tells a visit from a call: only the first is redirected.
        if is_visit {
            request.header(ACCEPT, "text/html,*/*;q=0.8")
        } else {
            request
        }
    }

    pub async fn call(&self, name: &str, form: &[(&str, &str)]) -> Response {
        self.own(Method::POST, &format!("/api/{name}"))
            .form(form)
            .send()
            .await
            .expect("an answer")
    }
}

pub fn header<'a>(answer: &'a Response, name: &reqwest::header::HeaderName) -> &'a str {
    answer
        .headers()
        .get(name)
        .map_or("", |value| value.to_str().expect("text"))
}

pub async fn text(request: RequestBuilder) -> String {
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), StatusCode::OK, "{}", answer.url());
    answer.text().await.expect("text")
}
