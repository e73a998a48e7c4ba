//! Configuration: read once from the environment, typed, validated with all mistakes listed at once.
//!
//! The table of all settings is in the README.

mod reader;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use connectors::bluesky::VideoService;
use connectors::tiktok::TikTokConfig;
use ipnet::IpNet;
use secrecy::SecretString;
use services::copies::CopyLimits;
use services::outbox::Smtp;
use url::Url;

use reader::Reader;

/// Everything that can be set.
#[derive(Debug)]
pub struct Config {
    /// Where the server listens.
    pub addr: SocketAddr,
    /// The address people reach it by.
    pub public_url: Url,
    /// Where data is kept: the private database, media, keys.
    pub data_dir: PathBuf,
    /// The database to use instead of a private one.
    pub database_url: Option<SecretString>,
    /// The same database as its owner, who migrates it, where the application is another role.
    pub owner_database_url: Option<SecretString>,
    /// Keys to seal with, instead of a key file in the data folder.
    pub keys: Option<SecretString>,
    /// Where the browser's half of the app is.
    pub site_root: PathBuf,
    /// The reverse proxies whose word is taken on where a request came from.
    pub trusted_proxies: Vec<IpNet>,
    /// How many days files are kept after they were last needed.
    pub media_retention_days: u16,
    /// The largest upload in bytes.
    pub max_upload_bytes: u64,
    /// How many copies of files this process makes at the same time, and with how many threads each.
    pub copies: CopyLimits,
    /// For how many seconds what is told by mail is gathered into one.
    pub digest_seconds: u32,
    /// The mail server, where there is one.
    pub smtp: Option<Smtp>,
    /// Addresses of webhooks that may be called by plain http and at a private address, as `host:port`.
    pub webhook_development_hosts: Vec<String>,
    /// How many accounts one process talks to at the same time.
    pub publisher_slots: usize,
    /// How long a publisher that has gone silent keeps what it held.
    pub publisher_lease: Duration,
    /// TikTok, when it is set up.
    pub tiktok: Option<TikTokConfig>,
    /// Bluesky, unless it is switched off.
    pub bluesky: Option<BlueskyAddresses>,
}

/// Where Bluesky is. It needs no account of the operator's, so it is there from the start.
#[derive(Clone, Debug)]
pub struct BlueskyAddresses {
    /// Finds the account behind a handle.
    pub resolver_url: Url,
    /// The directory of identities.
    pub directory_url: Url,
    /// Where names and avatars are asked for.
    pub app_view_url: Url,
    /// The service that prepares videos; without one they go to the account's server as they are.
    pub video: Option<VideoService>,
    /// The public site.
    pub site_url: Url,
    /// Servers that may be reached by plain http and at a private address, as `host:port`.
    pub development_hosts: Vec<String>,
}

/// All that is wrong with the environment.
#[derive(Debug, thiserror::Error)]
#[error("the configuration will not do:\n{}", .0.iter().map(|mistake| format!("  - {mistake}")).collect::<Vec<_>>().join("\n"))]
pub struct ConfigError(Vec<String>);

impl Config {
    /// Reads the process's environment.
    ///
    /// # Errors
    /// All mistakes at once.
    pub fn from_env() -> Result<Self, ConfigError> {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let mut read = Reader {
            get,
            mistakes: Vec::new(),
        };
        let addr = read.parsed(
            "AUTOPOST_ADDR",
            "127.0.0.1:3000",
            "an address and port such as 127.0.0.1:3000",
        );
        let default_url = addr.map_or_else(
            || "http://127.0.0.1:3000".to_owned(),
            |addr: SocketAddr| format!("http://{addr}"),
        );
        let public_url = read.public_url(&default_url);
        let days = read.parsed(
            "AUTOPOST_MEDIA_RETENTION_DAYS",
            "30",
            "a number of days from 1 to 65535",
        );
        let days = days.filter(|days| *days > 0);
        if days.is_none() {
            read.mistake("AUTOPOST_MEDIA_RETENTION_DAYS must be at least 1.");
        }
        let upload = read.parsed(
            "AUTOPOST_MAX_UPLOAD_BYTES",
            "4000000000",
            "a number of bytes",
        );
        let slots = read
            .parsed(
                "AUTOPOST_PUBLISHER_SLOTS",
                &crate::publisher::AT_ONCE.to_string(),
                "a number of accounts from 1 to 10000",
            )
            .filter(|slots| (1..=10_000).contains(slots));
        let lease = read
            .parsed(
                "AUTOPOST_PUBLISHER_LEASE_SECONDS",
                "60",
                "a number of seconds from 2 to 3600",
            )
            .filter(|seconds| (2..=3600).contains(seconds));
        if slots.is_none() || lease.is_none() {
            read.mistake("AUTOPOST_PUBLISHER_SLOTS must be 1 to 10000, AUTOPOST_PUBLISHER_LEASE_SECONDS 2 to 3600.");
        }
        let copies_at_once = read
            .parsed("AUTOPOST_COPIES_AT_ONCE", "1", "a number from 0 to 16")
            .filter(|at_once| *at_once <= 16);
        let copy_threads = read
            .parsed("AUTOPOST_COPY_THREADS", "1", "a number from 1 to 64")
            .filter(|threads| (1..=64).contains(threads));
        if copies_at_once.is_none() || copy_threads.is_none() {
            read.mistake("AUTOPOST_COPIES_AT_ONCE must be 0 to 16, AUTOPOST_COPY_THREADS 1 to 64.");
        }
        let digest = read.parsed("AUTOPOST_MAIL_DIGEST_SECONDS", "120", "a number of seconds");
        let smtp = read.smtp();
        let webhook_hosts = read.hosts("AUTOPOST_WEBHOOK_DEVELOPMENT_HOSTS");
        let tiktok = read.tiktok();
        let bluesky = read.bluesky();
        let database_url = read.optional("DATABASE_URL");
        if database_url
            .as_deref()
            .is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        {
            read.mistake("DATABASE_URL must begin with postgres:// or postgresql://.");
        }
        let owner_database_url = read.optional("AUTOPOST_OWNER_DATABASE_URL");
        if owner_database_url
            .as_deref()
            .is_some_and(|url| !url.starts_with("postgres://") && !url.starts_with("postgresql://"))
        {
            read.mistake(
                "AUTOPOST_OWNER_DATABASE_URL must begin with postgres:// or postgresql://.",
            );
        }
        if owner_database_url.is_some() && database_url.is_none() {
            read.mistake("AUTOPOST_OWNER_DATABASE_URL needs DATABASE_URL, which names the application’s role on the same database.");
        }
        let trusted_proxies = read.networks("AUTOPOST_TRUSTED_PROXIES");
        let keys = read.optional("AUTOPOST_KEYS");
        let data_dir = PathBuf::from(read.or("AUTOPOST_DATA_DIR", "data"));
        let site_root = read
            .optional("AUTOPOST_SITE_ROOT")
            .map_or_else(default_site_root, PathBuf::from);
        match (addr, public_url, days, upload) {
            (Some(addr), Some(public_url), Some(media_retention_days), Some(max_upload_bytes))
                if read.mistakes.is_empty() =>
            {
                Ok(Self {
                    addr,
                    public_url,
                    data_dir,
                    database_url: database_url.map(SecretString::from),
                    owner_database_url: owner_database_url.map(SecretString::from),
                    keys: keys.map(SecretString::from),
                    site_root,
                    trusted_proxies,
                    media_retention_days,
                    max_upload_bytes,
                    copies: CopyLimits {
                        at_once: copies_at_once.unwrap_or(1),
                        threads: copy_threads.unwrap_or(1),
                    },
                    digest_seconds: digest.unwrap_or(120),
                    smtp,
                    webhook_development_hosts: webhook_hosts,
                    publisher_slots: slots.unwrap_or(crate::publisher::AT_ONCE),
                    publisher_lease: Duration::from_secs(lease.unwrap_or(60)),
                    tiktok,
                    bluesky,
                })
            }
            _ => Err(ConfigError(read.mistakes)),
        }
    }

    /// Whether people come by https, so that cookies are for https only.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.scheme() == "https"
    }
}

/// `site` beside the binary, as `./dev build` lays it out.
fn default_site_root() -> PathBuf {
    std::env::current_exe()
        .ok()
        .and_then(|binary| Some(binary.parent()?.join("site")))
        .filter(|site| site.is_dir())
        .unwrap_or_else(|| PathBuf::from("site"))
}

#[cfg(test)]
mod tests;
