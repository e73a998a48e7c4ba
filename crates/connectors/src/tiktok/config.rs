//! Where TikTok is and who we are to it.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use url::Url;

/// TikTok's own consent page.
pub const AUTHORIZE_URL: &str = "https://www.tiktok.com/v2/auth/authorize/";
/// TikTok's own API.
pub const API_URL: &str = "https://open.tiktokapis.com";
/// The public site, for the addresses of profiles and posts.
pub const SITE_URL: &str = "https://www.tiktok.com/";

/// Whether and how the consent page is given a PKCE challenge. TikTok's web flow documents none; its
/// desktop flow wants hexadecimal, and everybody else's standard is base64url.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PkceMode {
    /// No challenge.
    #[default]
    None,
    /// Lowercase hexadecimal of SHA-256, as TikTok documents for desktop apps.
    Hex,
    /// Base64url of SHA-256, as RFC 7636 has it.
    Base64Url,
}

/// The word names no PKCE mode.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a PKCE mode: use none, hex or base64url")]
pub struct UnknownPkceMode(pub String);

impl FromStr for PkceMode {
    type Err = UnknownPkceMode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "none" => Ok(Self::None),
            "hex" => Ok(Self::Hex),
            "base64url" => Ok(Self::Base64Url),
            other => Err(UnknownPkceMode(other.to_owned())),
        }
    }
}

/// What the operator configures.
#[derive(Clone)]
pub struct TikTokConfig {
    /// The app's client key.
    pub client_key: String,
    /// The app's client secret.
    pub client_secret: SecretString,
    /// The consent page, [`AUTHORIZE_URL`] or a stand-in's.
    pub authorize_url: Url,
    /// The base of the API, [`API_URL`] or a stand-in's; may have a path.
    pub api_url: Url,
    /// The PKCE mode.
    pub pkce: PkceMode,
}

impl fmt::Debug for TikTokConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TikTokConfig")
            .field("client_key", &self.client_key)
            .field("authorize_url", &self.authorize_url.as_str())
            .field("api_url", &self.api_url.as_str())
            .field("pkce", &self.pkce)
            .finish_non_exhaustive()
    }
}

impl TikTokConfig {
    /// The address of a path such as `/v2/oauth/token/`, below the base's own path. The trailing slash
    /// stays: TikTok does not serve the path without it.
    #[must_use]
    pub fn endpoint(&self, path: &str) -> Url {
        let mut url = self.api_url.clone();
        url.set_query(None);
        url.set_fragment(None);
        let path = format!("{}{path}", self.api_url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(api_url: &str) -> TikTokConfig {
        TikTokConfig {
            client_key: "key".to_owned(),
            client_secret: "hush-hush".into(),
            authorize_url: AUTHORIZE_URL.parse().unwrap(),
            api_url: api_url.parse().unwrap(),
            pkce: PkceMode::None,
        }
    }

    #[test]
    fn paths_are_joined_below_the_base_and_keep_their_slash() {
        for (base, expected) in [
            (API_URL, "https://open.tiktokapis.com/v2/oauth/token/"),
            (
                "http://127.0.0.1:9/tiktok",
                "http://127.0.0.1:9/tiktok/v2/oauth/token/",
            ),
            (
                "http://127.0.0.1:9/tiktok/",
                "http://127.0.0.1:9/tiktok/v2/oauth/token/",
            ),
        ] {
            assert_eq!(config(base).endpoint("/v2/oauth/token/").as_str(), expected);
        }
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert!(!format!("{:?}", config(API_URL)).contains("hush"));
    }

    #[test]
    fn pkce_modes_are_read_from_their_words() {
        assert_eq!("hex".parse(), Ok(PkceMode::Hex));
        assert_eq!("none".parse(), Ok(PkceMode::None));
        assert_eq!("base64url".parse(), Ok(PkceMode::Base64Url));
        assert!("plain".parse::<PkceMode>().is_err());
    }
}
