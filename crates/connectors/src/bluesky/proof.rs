//! What proves that a call is ours: proofs of possession (DPoP, RFC 9449) and client assertions
//! (RFC 7523).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::TryRng;
use rand::rngs::SysRng;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use super::key::{Key, KeyError};

/// How long a client assertion is good for.
const ASSERTION_SECONDS: i64 = 60;

/// The newest nonce of each server. Lost without harm: a server that misses its nonce hands out one.
#[derive(Debug, Default)]
pub(super) struct Nonces(Mutex<HashMap<String, String>>);

/// More servers than anybody's accounts are spread over; beyond it the memory starts over.
const SERVERS: usize = 10_000;

impl Nonces {
    pub fn of(&self, url: &Url) -> Option<String> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&origin(url)).cloned()
    }

    pub fn remember(&self, url: &Url, nonce: &str) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= SERVERS {
            known.clear();
        }
        known.insert(origin(url), nonce.to_owned());
    }
}

/// `https://host:port`, as servers are told apart.
pub(super) fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// The proof for one call with this key; `access_token` for calls that carry one.
pub(super) fn proof(
    key: &Key,
    method: &Method,
    url: &Url,
    nonce: Option<&str>,
    access_token: Option<&SecretString>,
) -> Result<String, KeyError> {
    let mut target = url.clone();
    target.set_query(None);
    target.set_fragment(None);
    let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": key.public() });
    let mut claims = json!({
        "jti": unguessable()?,
        "htm": method.as_str(),
        "htu": target.as_str(),
        "iat": seconds_now(),
    });
    if let Some(nonce) = nonce {
        claims["nonce"] = nonce.into();
    }
    if let Some(token) = access_token {
        let hash = Sha256::digest(token.expose_secret());
        claims["ath"] = URL_SAFE_NO_PAD.encode(hash).into();
    }
    key.sign(&header, &claims)
}

/// Who we are, for the server at `issuer`. Works once.
pub(super) fn assertion(key: &Key, client_id: &str, issuer: &str) -> Result<String, KeyError> {
    let now = seconds_now();
    let header = json!({ "alg": "ES256", "kid": key.id() });
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": unguessable()?,
        "iat": now,
        "exp": now + ASSERTION_SECONDS,
    });
    key.sign(&header, &claims)
}

/// 256 random bits in base64url: verifiers, and what makes a proof unique.
pub(super) fn unguessable() -> Result<String, KeyError> {
    let mut bytes = [0_u8; 32];
    SysRng
        .try_fill_bytes(&mut bytes)
        .map_err(|_| KeyError::Random)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// The time in whole seconds as the servers know it, who judge a proof by their own clocks.
#[expect(
    clippy::disallowed_methods,
    reason = "the other side judges by the real time, whatever ours is turned to"
)]
pub(super) fn seconds_now() -> i64 {
    chrono::Utc::now().timestamp()
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::super::key::generate_signing_key;
    use super::*;

    fn parts(token: &str) -> (Value, Value) {
        let read = |part: &str| serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap());
        let mut parts = token.split('.');
        let mut next = || read(parts.next().unwrap()).unwrap();
        (next(), next())
    }

    #[test]
    fn a_proof_names_the_call_without_its_query_and_the_token_by_its_hash() {
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let url = "https://pds.example/xrpc/a.b?repo=did".parse().unwrap();
        let token: SecretString = "hush".to_owned().into();
        let made = proof(&key, &Method::POST, &url, Some("n1"), Some(&token)).unwrap();
        let (header, claims) = parts(&made);
        assert_eq!(header["typ"], "dpop+jwt");
        assert_eq!(header["jwk"], key.public());
        assert_eq!(claims["htm"], "POST");
        assert_eq!(claims["htu"], "https://pds.example/xrpc/a.b");
        assert_eq!(claims["nonce"], "n1");
        assert_eq!(
            claims["ath"],
            URL_SAFE_NO_PAD.encode(Sha256::digest("hush"))
        );
        let again = proof(&key, &Method::POST, &url, None, None).unwrap();
        let (_, other) = parts(&again);
        assert_ne!(other["jti"], claims["jti"]);
        assert!(other.get("nonce").is_none() && other.get("ath").is_none());
    }

    #[test]
    fn an_assertion_is_made_out_to_one_server_for_a_minute() {
        let key = Key::read(&generate_signing_key().unwrap()).unwrap();
        let (header, claims) =
            parts(&assertion(&key, "https://us.example/c.json", "https://as.example").unwrap());
        assert_eq!(header["kid"], key.id());
        assert_eq!(claims["iss"], claims["sub"]);
        assert_eq!(claims["aud"], "https://as.example");
        let life = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
        assert_eq!(life, 60);
    }

    #[test]
    fn every_server_has_a_nonce_of_its_own() {
        let nonces = Nonces::default();
        let at = |url: &str| nonces.of(&url.parse().unwrap());
        nonces.remember(&"https://a.example/x".parse().unwrap(), "one");
        nonces.remember(&"https://b.example/x".parse().unwrap(), "two");
        nonces.remember(&"https://a.example/y".parse().unwrap(), "three");
        assert_eq!(at("https://a.example/z").as_deref(), Some("three"));
        assert_eq!(at("https://b.example/").as_deref(), Some("two"));
        assert_eq!(at("https://a.example:444/"), None);
    }
}
