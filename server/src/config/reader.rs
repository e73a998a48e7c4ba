//! Reading settings one by one: what is not set has its default, and what is wrong is noted down.

use std::net::IpAddr;

use connectors::bluesky::{VideoService, config as bluesky};
use connectors::tiktok::{TikTokConfig, config as tiktok};
use ipnet::IpNet;
use secrecy::SecretString;
use services::outbox::Smtp;
use url::Url;

use super::BlueskyAddresses;

/// Reads settings, and notes down all mistakes.
pub(super) struct Reader<G> {
    pub(super) get: G,
    pub(super) mistakes: Vec<String>,
}

impl<G: Fn(&str) -> Option<String>> Reader<G> {
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        (self.get)(name)
            .map(|value| value.trim().to_owned())
            .filter(|value| !value.is_empty())
    }

    pub(super) fn or(&self, name: &str, default: &str) -> String {
        self.optional(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn mistake(&mut self, sentence: impl Into<String>) {
        self.mistakes.push(sentence.into());
    }

    pub(super) fn parsed<T: std::str::FromStr>(
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
    pub(super) fn networks(&mut self, name: &str) -> Vec<IpNet> {
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

    pub(super) fn public_url(&mut self, default: &str) -> Option<Url> {
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

    pub(super) fn bluesky(&mut self) -> Option<BlueskyAddresses> {
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
    pub(super) fn hosts(&mut self, name: &str) -> Vec<String> {
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

    pub(super) fn smtp(&mut self) -> Option<Smtp> {
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

    pub(super) fn tiktok(&mut self) -> Option<TikTokConfig> {
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
