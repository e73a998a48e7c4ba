//! Configuration: read once from the environment, typed, validated with all mistakes listed at once.
//!
//! The table of all settings is in the README.

use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use connectors::bluesky::{VideoService, config as bluesky};
use connectors::tiktok::{TikTokConfig, config as tiktok};
use ipnet::IpNet;
use secrecy::SecretString;
use services::copies::CopyLimits;
use services::outbox::Smtp;
use url::Url;

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

struct Reader<G> {
    get: G,
    mistakes: Vec<String>,
}

impl<G: Fn(&str) -> Option<String>> Reader<G> {
    fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    fn or(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    fn mistake(&mut self, sentence: impl Into<String>) {
        self.mistakes.push(sentence.into());
    }

    fn parsed<T: std::str::FromStr>(
        &mut self,
        name: &str,
        default: &str,
        expected: &str,
    ) -> Option<T> {
        let value = self.or(name, default);
        let parsed = value.parse().ok();
        if parsed.is_none() {
            self.mistake(format!("{name} is “{value}”, but must be {expected}."));
        }
        parsed
    }

    /// Addresses and networks, separated by commas.
    fn networks(&mut self, name: &str) -> Vec<IpNet> {
        let value = self.optional(name).unwrap_or_default();
        let parsed: Result<Vec<IpNet>, _> = value
            .split(',')
            .map(str::trim)
            .filter(|one| !one.is_empty())
            .map(|one| {
                let address = one.parse::<IpAddr>().map(IpNet::from);
                address.or_else(|_| one.parse::<IpNet>()).map_err(|_| one)
            })
            .collect();
        match parsed {
            Ok(networks) => networks,
            Err(one) => {
                self.mistake(format!(
                    "{name} holds “{one}”, but must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8, separated by commas."
                ));
                Vec::new()
            }
        }
    }

    fn public_url(&mut self, default: &str) -> Option<Url> {
        let value = self.or("AUTOPOST_PUBLIC_URL", default);
        let url = Url::parse(&value).ok().filter(|url| {
            matches!(url.scheme(), "http" | "https")
                && url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
        });
        if url.is_none() {
            self.mistake(format!(
                "AUTOPOST_PUBLIC_URL is “{value}”, but must be an http or https address without a path, such as https://autopost.example."
            ));
        }
        url
    }

    fn bluesky(&mut self) -> Option<BlueskyAddresses> {
        let is_on = match self.or("AUTOPOST_BLUESKY", "on").as_str() {
            "on" => true,
            "off" => false,
            other => {
                self.mistake(format!(
                    "AUTOPOST_BLUESKY is “{other}”, but must be on or off."
                ));
                false
            }
        };
        let resolver_url = self.parsed(
            "AUTOPOST_BLUESKY_RESOLVER_URL",
            bluesky::APP_VIEW_URL,
            "an address",
        );
        let directory_url = self.parsed(
            "AUTOPOST_BLUESKY_DIRECTORY_URL",
            bluesky::DIRECTORY_URL,
            "an address",
        );
        let app_view_url = self.parsed(
            "AUTOPOST_BLUESKY_APP_VIEW_URL",
            bluesky::APP_VIEW_URL,
            "an address",
        );
        let site_url = self.parsed("AUTOPOST_BLUESKY_SITE_URL", bluesky::SITE_URL, "an address");
        let video = match self
            .or("AUTOPOST_BLUESKY_VIDEO_URL", bluesky::VIDEO_URL)
            .as_str()
        {
            "none" => Some(None),
            _ => self
                .parsed(
                    "AUTOPOST_BLUESKY_VIDEO_URL",
                    bluesky::VIDEO_URL,
                    "an address, or none",
                )
                .map(|url| Some(VideoService::at(url))),
        };
        let development_hosts = self.hosts("AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS");
        is_on.then_some(())?;
        Some(BlueskyAddresses {
            resolver_url: resolver_url?,
            directory_url: directory_url?,
            app_view_url: app_view_url?,
            video: video?,
            site_url: site_url?,
            development_hosts,
        })
    }

    /// Servers for development, as `host:port` separated by commas.
    fn hosts(&mut self, name: &str) -> Vec<String> {
        let hosts: Vec<String> = self
            .optional(name)
            .iter()
            .flat_map(|hosts| hosts.split(','))
            .map(|host| host.trim().to_owned())
            .collect();
        if let Some(wrong) = hosts.iter().find(|host| !is_host_and_port(host)) {
            self.mistake(format!(
                "{name} names “{wrong}”, but must list hosts with ports, such as 127.0.0.1:2583."
            ));
        }
        hosts
    }

    fn smtp(&mut self) -> Option<Smtp> {
        let trusted = match self.optional("AUTOPOST_SMTP_CA_FILE") {
            None => None,
            Some(path) => match std::fs::read(&path) {
                Ok(pem) => Some(pem),
                Err(error) => {
                    self.mistake(format!("AUTOPOST_SMTP_CA_FILE, {path}: {error}."));
                    None
                }
            },
        };
        match (
            self.optional("AUTOPOST_SMTP_URL"),
            self.optional("AUTOPOST_MAIL_FROM"),
        ) {
            (Some(url), Some(from)) => Smtp::new(&url.into(), &from, trusted.as_deref())
                .map_err(|error| self.mistake(format!("{error}.")))
                .ok(),
            (None, None) => None,
            _ => {
                self.mistake(
                    "AUTOPOST_SMTP_URL and AUTOPOST_MAIL_FROM go together: set both or neither.",
                );
                None
            }
        }
    }

    fn tiktok(&mut self) -> Option<TikTokConfig> {
        let authorize_url = self.parsed(
            "AUTOPOST_TIKTOK_AUTHORIZE_URL",
            tiktok::AUTHORIZE_URL,
            "an address",
        );
        let api_url = self.parsed("AUTOPOST_TIKTOK_API_URL", tiktok::API_URL, "an address");
        let pkce = self.parsed("AUTOPOST_TIKTOK_PKCE", "none", "none, hex or base64url");
        match (
            self.optional("AUTOPOST_TIKTOK_CLIENT_KEY"),
            self.optional("AUTOPOST_TIKTOK_CLIENT_SECRET"),
        ) {
            (Some(client_key), Some(secret)) => Some(TikTokConfig {
                client_key,
                client_secret: SecretString::from(secret),
                authorize_url: authorize_url?,
                api_url: api_url?,
                pkce: pkce?,
            }),
            (None, None) => None,
            _ => {
                self.mistake("AUTOPOST_TIKTOK_CLIENT_KEY and AUTOPOST_TIKTOK_CLIENT_SECRET go together: set both or neither.");
                None
            }
        }
    }
}

/// `host:port`, as a development server is named.
fn is_host_and_port(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::Config;

    fn read(set: &[(&str, &str)]) -> Result<Config, String> {
        Config::read(|name| {
            set.iter()
                .find(|(key, _)| *key == name)
                .map(|(_, value)| (*value).to_owned())
        })
        .map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_set_is_a_private_server_on_loopback_with_the_real_platforms() {
        let config = read(&[]).expect("defaults");
        assert!(config.addr.ip().is_loopback());
        assert_eq!(config.public_url.as_str(), "http://127.0.0.1:3000/");
        assert!(config.database_url.is_none() && config.tiktok.is_none());
        let config = read(&[
            ("AUTOPOST_TIKTOK_CLIENT_KEY", "k"),
            ("AUTOPOST_TIKTOK_CLIENT_SECRET", "s"),
        ])
        .expect("set");
        let tiktok = config.tiktok.expect("set up");
        assert_eq!(
            tiktok.authorize_url.as_str(),
            "https://www.tiktok.com/v2/auth/authorize/"
        );
        assert_eq!(tiktok.api_url.as_str(), "https://open.tiktokapis.com/");
        let bluesky = config.bluesky.expect("there from the start");
        assert_eq!(bluesky.directory_url.as_str(), "https://plc.directory/");
        assert_eq!(
            bluesky.resolver_url.as_str(),
            "https://public.api.bsky.app/"
        );
        assert_eq!(
            bluesky.video.expect("by default").did,
            "did:web:video.bsky.app"
        );
        assert!(bluesky.development_hosts.is_empty());
    }

    #[test]
    fn bluesky_can_be_switched_off_and_stood_in_for() {
        let config = read(&[("AUTOPOST_BLUESKY", "off")]).expect("off");
        assert!(config.bluesky.is_none());
        let config = read(&[
            ("AUTOPOST_BLUESKY_VIDEO_URL", "none"),
            (
                "AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS",
                "127.0.0.1:2583, localhost:2584",
            ),
        ])
        .expect("set");
        let bluesky = config.bluesky.expect("on");
        assert!(bluesky.video.is_none());
        assert_eq!(
            bluesky.development_hosts,
            ["127.0.0.1:2583", "localhost:2584"]
        );
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let config = read(&[("AUTOPOST_TRUSTED_PROXIES", "127.0.0.1, ::1,10.0.0.0/8")]);
        let networks = config.expect("set").trusted_proxies;
        let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["127.0.0.1/32", "::1/128", "10.0.0.0/8"]);
        assert!(read(&[]).expect("unset").trusted_proxies.is_empty());
    }

    #[test]
    fn all_mistakes_are_listed_at_once() {
        let error = read(&[
            ("AUTOPOST_ADDR", "here"),
            ("AUTOPOST_PUBLIC_URL", "https://autopost.example/desk"),
            ("DATABASE_URL", "mysql://db"),
            ("AUTOPOST_MEDIA_RETENTION_DAYS", "0"),
            ("AUTOPOST_TIKTOK_CLIENT_KEY", "only the key"),
            ("AUTOPOST_BLUESKY", "maybe"),
            ("AUTOPOST_TRUSTED_PROXIES", "10.0.0.0/8, the proxy"),
            ("AUTOPOST_OWNER_DATABASE_URL", "mysql://db"),
            ("AUTOPOST_BLUESKY_DIRECTORY_URL", "nowhere"),
            ("AUTOPOST_BLUESKY_DEVELOPMENT_HOSTS", "127.0.0.1"),
            ("AUTOPOST_WEBHOOK_DEVELOPMENT_HOSTS", "localhost"),
            ("AUTOPOST_SMTP_URL", "smtp://localhost"),
            ("AUTOPOST_COPIES_AT_ONCE", "17"),
            ("AUTOPOST_COPY_THREADS", "0"),
        ])
        .expect_err("mistakes");
        for name in [
            "AUTOPOST_ADDR",
            "AUTOPOST_PUBLIC_URL",
            "DATABASE_URL",
            "OWNER_DATABASE_URL",
            "“the proxy”",
            "RETENTION_DAYS",
            "CLIENT_SECRET",
            "AUTOPOST_BLUESKY is",
            "BLUESKY_DIRECTORY_URL",
            "BLUESKY_DEVELOPMENT_HOSTS",
            "WEBHOOK_DEVELOPMENT_HOSTS",
            "AUTOPOST_MAIL_FROM",
            "AUTOPOST_COPY_THREADS",
        ] {
            assert!(error.contains(name), "{name} in {error}");
        }
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = read(&[
            ("AUTOPOST_KEYS", "k:sesame"),
            ("DATABASE_URL", "postgres://u:sesame@db/x"),
            ("AUTOPOST_OWNER_DATABASE_URL", "postgres://o:sesame@db/x"),
            ("AUTOPOST_TIKTOK_CLIENT_KEY", "key"),
            ("AUTOPOST_TIKTOK_CLIENT_SECRET", "sesame"),
            ("AUTOPOST_SMTP_URL", "smtps://user:sesame@mail.example"),
            ("AUTOPOST_MAIL_FROM", "AutoPost <desk@agency.example>"),
        ])
        .expect("set");
        assert!(config.smtp.is_some());
        assert!(!format!("{config:?}").contains("sesame"));
    }
}
