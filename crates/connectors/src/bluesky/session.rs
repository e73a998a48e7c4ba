//! What is kept of a session beside its tokens: where the account lives, and for OAuth the key that its
//! tokens are bound to.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize};
use url::Url;

use super::error::no_session;
use super::key::Key;
use super::net::Credentials;
use crate::PlatformError;

/// As it is sealed.
#[derive(Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub(super) enum Stored {
    /// An app password; the password itself is not kept.
    Password { server: String },
    /// A consent.
    Oauth(OauthStored),
}

/// What a consent's session needs. Holds a secret: not to be printed.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct OauthStored {
    /// The account's server.
    pub server: String,
    /// The authorization server's own name, which is its address.
    pub issuer: String,
    /// Where tokens are renewed.
    pub token_endpoint: String,
    /// Where access is given back.
    pub revocation_endpoint: Option<String>,
    /// Who we were to it.
    pub client_id: String,
    /// The key that the tokens are bound to.
    pub key: String,
}

impl Stored {
    pub fn seal(&self) -> Result<SecretString, PlatformError> {
        serde_json::to_string(self)
            .map(SecretString::from)
            .map_err(|_| no_session())
    }
}

/// A session that calls can be made with.
pub(super) enum Session {
    Password { server: Url },
    Oauth(Box<OauthSession>),
}

/// A consent's session.
pub(super) struct OauthSession {
    pub server: Url,
    pub issuer: String,
    pub token_endpoint: Url,
    pub revocation_endpoint: Option<Url>,
    pub client_id: String,
    pub key: Key,
}

impl OauthSession {
    pub fn open(stored: &OauthStored) -> Result<Self, PlatformError> {
        Ok(Self {
            server: address(&stored.server)?,
            token_endpoint: address(&stored.token_endpoint)?,
            revocation_endpoint: stored
                .revocation_endpoint
                .as_deref()
                .map(address)
                .transpose()?,
            key: Key::read(&stored.key.clone().into()).map_err(|_| no_session())?,
            issuer: stored.issuer.clone(),
            client_id: stored.client_id.clone(),
        })
    }
}

/// Reads a token so that nothing prints it.
pub(super) fn secret<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
    String::deserialize(deserializer).map(SecretString::from)
}

fn address(text: &str) -> Result<Url, PlatformError> {
    text.parse().map_err(|_| no_session())
}

impl Session {
    /// Opens what was sealed.
    pub fn open(stored: Option<&SecretString>) -> Result<Self, PlatformError> {
        let stored = stored.ok_or_else(no_session)?;
        let stored: Stored =
            serde_json::from_str(stored.expose_secret()).map_err(|_| no_session())?;
        Ok(match stored {
            Stored::Password { server } => Self::Password {
                server: address(&server)?,
            },
            Stored::Oauth(stored) => Self::Oauth(Box::new(OauthSession::open(&stored)?)),
        })
    }

    /// The account's server.
    pub fn server(&self) -> &Url {
        match self {
            Self::Password { server } => server,
            Self::Oauth(session) => &session.server,
        }
    }

    /// How a call with this token says who it is from.
    pub fn credentials<'a>(&'a self, access_token: &'a SecretString) -> Credentials<'a> {
        match self {
            Self::Password { .. } => Credentials::Bearer(access_token),
            Self::Oauth(session) => Credentials::Proof(&session.key, Some(access_token)),
        }
    }
}
