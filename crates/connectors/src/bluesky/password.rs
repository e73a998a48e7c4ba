//! Sessions by an app password: `com.atproto.server.createSession` and its kin.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::config::{Config, below};
use super::identity;
use super::net::{Credentials, Net, Payload};
use super::session::{Stored, secret};
use crate::{ErrorKind, PlatformError, TokenSet};

const CREATE: &str = "xrpc/com.atproto.server.createSession";
const REFRESH: &str = "xrpc/com.atproto.server.refreshSession";
const DELETE: &str = "xrpc/com.atproto.server.deleteSession";
/// How long tokens live where they do not say it themselves (the reference server's numbers).
const ACCESS_LIFE: u64 = 2 * 3600;
const REFRESH_LIFE: u64 = 90 * 24 * 3600;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    #[serde(deserialize_with = "secret")]
    access_jwt: SecretString,
    #[serde(deserialize_with = "secret")]
    refresh_jwt: SecretString,
    did: String,
}

/// Trades an app password for a session.
pub(super) async fn sign_in(
    net: &Net,
    config: &Config,
    identifier: &str,
    password: &SecretString,
) -> Result<TokenSet, PlatformError> {
    let identity = identity::find(net, config, identifier).await?;
    let password = password.expose_secret().trim();
    if password.is_empty() {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            "Write the app password that you made in Bluesky under Settings, Privacy and security.",
        ));
    }
    let body = json!({ "identifier": identity.did, "password": password });
    let url = below(&identity.server, CREATE);
    let answer = net
        .call(
            Method::POST,
            &url,
            Payload::Json(&body),
            Credentials::Nobody,
        )
        .await?;
    let tokens: Tokens = answer
        .accepted()
        .map_err(|refusal| refusal.sign_in_error())?
        .json()?;
    if tokens.did != identity.did {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            "The account’s server answered with another account. Nothing was connected.",
        ));
    }
    let session = Stored::Password {
        server: identity.server.into(),
    };
    Ok(TokenSet {
        session: Some(session.seal()?),
        ..tokens.into_set()
    })
}

/// Renews a session. The token that was used keeps working for a while and gives the same again, so a
/// lost answer loses nothing.
pub(super) async fn refresh(
    net: &Net,
    server: &Url,
    refresh_token: &SecretString,
) -> Result<TokenSet, PlatformError> {
    let answer = net
        .call(
            Method::POST,
            &below(server, REFRESH),
            Payload::Nothing,
            Credentials::Bearer(refresh_token),
        )
        .await?;
    let tokens: Tokens = answer
        .accepted()
        .map_err(|refusal| refusal.renewal_error())?
        .json()?;
    Ok(tokens.into_set())
}

/// Ends a session.
pub(super) async fn revoke(
    net: &Net,
    server: &Url,
    refresh_token: &SecretString,
) -> Result<(), PlatformError> {
    let answer = net
        .call(
            Method::POST,
            &below(server, DELETE),
            Payload::Nothing,
            Credentials::Bearer(refresh_token),
        )
        .await?;
    match answer.accepted() {
        Ok(_) => Ok(()),
        // Ended already is as good.
        Err(refusal) if refusal.name == "ExpiredToken" => Ok(()),
        Err(refusal) => Err(refusal.renewal_error()),
    }
}

impl Tokens {
    fn into_set(self) -> TokenSet {
        TokenSet {
            expires_in: life(&self.access_jwt).unwrap_or(ACCESS_LIFE),
            refresh_expires_in: Some(life(&self.refresh_jwt).unwrap_or(REFRESH_LIFE)),
            access_token: self.access_jwt,
            refresh_token: Some(self.refresh_jwt),
            // What an app password may do is what this scope of OAuth allows.
            scopes: super::SCOPES
                .iter()
                .map(|&scope| scope.to_owned())
                .collect(),
            platform_user_id: Some(self.did),
            session: None,
        }
    }
}

/// How many seconds a token lives, by its own word. Nothing else in it is looked at, so that nobody has
/// to check its signature.
fn life(token: &SecretString) -> Option<u64> {
    let claims = token.expose_secret().split('.').nth(1)?;
    let claims: HashMap<String, Value> =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let at = |name: &str| claims.get(name)?.as_u64();
    at("exp")?.checked_sub(at("iat")?).filter(|life| *life > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_says_how_long_it_lives() {
        let token = |claims: &str| {
            let claims = URL_SAFE_NO_PAD.encode(claims);
            SecretString::from(format!("e30.{claims}.sig"))
        };
        assert_eq!(life(&token(r#"{"iat":100,"exp":7300}"#)), Some(7200));
        assert_eq!(life(&token(r#"{"iat":100,"exp":50}"#)), None);
        assert_eq!(life(&token("{}")), None);
        assert_eq!(life(&"opaque".to_owned().into()), None);
    }
}
