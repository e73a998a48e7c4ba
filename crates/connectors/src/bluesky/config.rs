//! Where Bluesky is and who we are to it.

use std::fmt;

use secrecy::SecretString;
use url::Url;

/// Finds the account behind a handle, and shows profiles to anybody.
pub const APP_VIEW_URL: &str = "https://public.api.bsky.app";
/// The directory of the accounts' identities (`did:plc`).
pub const DIRECTORY_URL: &str = "https://plc.directory";
/// Takes videos apart and stores them with the account's server.
pub const VIDEO_URL: &str = "https://video.bsky.app";
/// The public site, for the addresses of profiles and posts.
pub const SITE_URL: &str = "https://bsky.app";

/// Where the client metadata is served, below the public address. Its address is our client id.
pub const CLIENT_METADATA_PATH: &str = "oauth/bluesky/client-metadata.json";
/// Where the consent page sends the browser back to, below the public address.
pub const CALLBACK_PATH: &str = "oauth/bluesky/callback";

/// What the operator configures; [`Config::new`] has Bluesky's own addresses.
#[derive(Clone)]
pub struct Config {
    /// The address that people reach this server by. Over https it is also where Bluesky's servers read
    /// our client metadata; over plain http (development) AutoPost is a client without a key.
    pub public_url: Url,
    /// What our client assertions are signed with, from [`generate_signing_key`](super::generate_signing_key).
    pub signing_key: SecretString,
    /// Finds the account behind a handle: any server that has `com.atproto.identity.resolveHandle`.
    pub resolver_url: Url,
    /// The directory of identities.
    pub directory_url: Url,
    /// Where display names and avatars are asked for.
    pub app_view_url: Url,
    /// The video service; without one a video goes to the account's server as it is, and is shown later.
    pub video: Option<VideoService>,
    /// The public site.
    pub site_url: Url,
    /// Servers for development as `host:port`: these alone may be reached by plain http and at a private
    /// address. Empty in production.
    pub development_hosts: Vec<String>,
}

/// The service that prepares videos.
#[derive(Clone, Debug)]
pub struct VideoService {
    /// Its address.
    pub url: Url,
    /// Its identity, which its tokens are made out to, such as `did:web:video.bsky.app`.
    pub did: String,
}

impl VideoService {
    /// The service at this address, whose identity is its host name.
    #[must_use]
    pub fn at(url: Url) -> Self {
        let did = format!("did:web:{}", url.host_str().unwrap_or_default());
        Self { url, did }
    }
}

impl Config {
    /// Bluesky itself.
    ///
    /// # Errors
    /// Never: the addresses are constants that a test reads.
    pub fn new(public_url: Url, signing_key: SecretString) -> Result<Self, url::ParseError> {
        Ok(Self {
            public_url,
            signing_key,
            resolver_url: APP_VIEW_URL.parse()?,
            directory_url: DIRECTORY_URL.parse()?,
            app_view_url: APP_VIEW_URL.parse()?,
            video: Some(VideoService::at(VIDEO_URL.parse()?)),
            site_url: SITE_URL.parse()?,
            development_hosts: Vec::new(),
        })
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config")
            .field("public_url", &self.public_url.as_str())
            .field("resolver_url", &self.resolver_url.as_str())
            .field("directory_url", &self.directory_url.as_str())
            .field("app_view_url", &self.app_view_url.as_str())
            .field("video", &self.video)
            .field("site_url", &self.site_url.as_str())
            .field("development_hosts", &self.development_hosts)
            .finish_non_exhaustive()
    }
}

/// The address of a path below a base that may have a path of its own.
pub(super) fn below(base: &Url, path: &str) -> Url {
    let mut url = base.clone();
    url.set_query(None);
    url.set_fragment(None);
    let path = format!("{}/{path}", base.path().trim_end_matches('/'));
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> Config {
        Config::new(
            "https://desk.example".parse().unwrap(),
            "hush-hush".to_owned().into(),
        )
        .unwrap()
    }

    #[test]
    fn bluesky_itself_needs_no_further_settings() {
        let config = config();
        assert_eq!(config.video.unwrap().did, "did:web:video.bsky.app");
        assert!(config.development_hosts.is_empty());
    }

    #[test]
    fn the_signing_key_is_not_printed() {
        assert!(!format!("{:?}", config()).contains("hush"));
    }

    #[test]
    fn paths_are_joined_below_the_base() {
        for (base, expected) in [
            ("https://desk.example", "https://desk.example/xrpc/a.b"),
            (
                "http://127.0.0.1:9/bluesky/",
                "http://127.0.0.1:9/bluesky/xrpc/a.b",
            ),
        ] {
            assert_eq!(below(&base.parse().unwrap(), "xrpc/a.b").as_str(), expected);
        }
    }
}
