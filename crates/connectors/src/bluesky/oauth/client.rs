//! Who we are to authorization servers: the address of a document that says it, and the key in there.

use std::sync::Arc;

use secrecy::SecretString;
use serde_json::{Value, json};
use url::{Host, Url};

use crate::bluesky::config::{CALLBACK_PATH, CLIENT_METADATA_PATH, below};
use crate::bluesky::key::{Key, KeyError};
use crate::bluesky::{SCOPES, error, proof};
use crate::{ErrorKind, PlatformError};

/// What a client assertion is called (RFC 7523).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// AutoPost as a client.
#[derive(Clone, Debug)]
pub(in crate::bluesky) struct Client {
    public_url: Url,
    key: Arc<Key>,
}

impl Client {
    pub fn new(public_url: Url, signing_key: &SecretString) -> Result<Self, KeyError> {
        Ok(Self {
            public_url,
            key: Arc::new(Key::read(signing_key)?),
        })
    }

    /// The client id: the address of our document, or for development one that says everything itself.
    pub fn id(&self, redirect_uri: &Url) -> Result<String, PlatformError> {
        if let Some(address) = self.document_address() {
            return Ok(address.into());
        }
        let is_loopback =
            matches!(self.public_url.host(), Some(Host::Ipv4(at)) if at.is_loopback());
        if self.public_url.scheme() == "http" && is_loopback {
            let mut id: Url = "http://localhost"
                .parse()
                .map_err(|_| error::unreadable(0))?;
            id.query_pairs_mut()
                .append_pair("redirect_uri", redirect_uri.as_str())
                .append_pair("scope", &SCOPES.join(" "));
            // Without the slash that an address gets: the server compares the text before the query.
            return Ok(id
                .as_str()
                .replacen("http://localhost/", "http://localhost", 1));
        }
        Err(PlatformError::new(
            ErrorKind::Rejected,
            "Bluesky’s consent page needs AutoPost at a public https address without a port, or for trying it out at http://127.0.0.1. Connect by an app password, or ask the operator to set the public address.",
        ))
    }

    /// Whether we prove by our key that we are this client.
    pub fn is_confidential(&self, client_id: &str) -> bool {
        client_id.starts_with("https://")
    }

    /// The two fields that prove it; none for a client without a key.
    pub fn assertion(
        &self,
        client_id: &str,
        issuer: &str,
    ) -> Result<Vec<(&'static str, String)>, PlatformError> {
        if !self.is_confidential(client_id) {
            return Ok(Vec::new());
        }
        let made =
            proof::assertion(&self.key, client_id, issuer).map_err(|fault| error::ours(&fault))?;
        Ok(vec![
            ("client_assertion_type", ASSERTION_TYPE.to_owned()),
            ("client_assertion", made),
        ])
    }

    /// The document that our client id is the address of.
    pub fn document(&self) -> Option<Value> {
        let address = self.document_address()?;
        let mut key = self.key.public();
        key["kid"] = self.key.id().into();
        key["alg"] = "ES256".into();
        key["use"] = "sig".into();
        Some(json!({
            "client_id": address.as_str(),
            "application_type": "web",
            "client_name": "AutoPost",
            "client_uri": self.public_url.as_str(),
            "redirect_uris": [below(&self.public_url, CALLBACK_PATH).as_str()],
            "grant_types": ["authorization_code", "refresh_token"],
            "response_types": ["code"],
            "scope": SCOPES.join(" "),
            "dpop_bound_access_tokens": true,
            "token_endpoint_auth_method": "private_key_jwt",
            "token_endpoint_auth_signing_alg": "ES256",
            "jwks": { "keys": [key] },
        }))
    }

    /// Where other servers read it; they take only https on a host name without a port.
    fn document_address(&self) -> Option<Url> {
        let url = &self.public_url;
        let is_named = matches!(url.host(), Some(Host::Domain(name)) if name.contains('.'));
        (url.scheme() == "https" && is_named && url.port().is_none())
            .then(|| below(url, CLIENT_METADATA_PATH))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bluesky::generate_signing_key;

    fn client(public_url: &str) -> Client {
        let key = generate_signing_key().unwrap();
        Client::new(public_url.parse().unwrap(), &key).unwrap()
    }

    fn redirect(public_url: &str) -> Url {
        format!("{public_url}/oauth/bluesky/callback")
            .parse()
            .unwrap()
    }

    #[test]
    fn a_public_server_is_a_client_with_a_key() {
        let client = client("https://desk.example");
        let id = client.id(&redirect("https://desk.example")).unwrap();
        assert_eq!(
            id,
            "https://desk.example/oauth/bluesky/client-metadata.json"
        );
        let document = client.document().unwrap();
        assert_eq!(document["client_id"], id);
        assert_eq!(
            document["redirect_uris"][0],
            "https://desk.example/oauth/bluesky/callback"
        );
        assert_eq!(document["jwks"]["keys"][0]["kid"], client.key.id());
        assert!(
            document["jwks"]["keys"][0].get("d").is_none(),
            "no private part"
        );
        assert_eq!(
            client.assertion(&id, "https://as.example").unwrap().len(),
            2
        );
    }

    #[test]
    fn a_server_for_trying_out_is_a_client_without_one() {
        let client = client("http://127.0.0.1:3000");
        let id = client.id(&redirect("http://127.0.0.1:3000")).unwrap();
        assert_eq!(
            id,
            "http://localhost?redirect_uri=http%3A%2F%2F127.0.0.1%3A3000%2Foauth%2Fbluesky%2Fcallback&scope=atproto+transition%3Ageneric"
        );
        assert!(client.document().is_none());
        assert!(
            client
                .assertion(&id, "https://as.example")
                .unwrap()
                .is_empty()
        );
    }

    #[test]
    fn an_address_that_servers_cannot_read_is_said_before_anybody_is_sent_away() {
        for address in [
            "http://desk.example",
            "https://desk.example:8443",
            "https://192.0.2.1",
            "http://localhost:3000",
        ] {
            let error = client(address).id(&redirect(address)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::Rejected, "{address}");
        }
    }
}
