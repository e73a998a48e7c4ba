//! Clients: whoever has metadata at an address, and the development client.

use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::{
    super::{
        errors::{OAuthError, OAuthResult},
        jwt,
        state::Platform,
    },
    form::Form,
};

const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A client that asks for something.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) scope: String,
    pub(crate) is_confidential: bool,
    redirect_uris: Vec<String>,
    keys: Vec<Value>,
}

/// The metadata that a web service publishes. What it may carry besides is its own business.
#[derive(Deserialize)]
struct Metadata {
    client_id: String,
    application_type: Option<String>,
    client_name: Option<String>,
    client_uri: Option<String>,
    redirect_uris: Vec<String>,
    grant_types: Vec<String>,
    response_types: Vec<String>,
    scope: String,
    dpop_bound_access_tokens: bool,
    token_endpoint_auth_method: String,
    token_endpoint_auth_signing_alg: Option<String>,
    jwks: Option<Keys>,
    jwks_uri: Option<String>,
}

#[derive(Deserialize)]
struct Keys {
    keys: Vec<Value>,
}

impl Client {
    /// Whether it may be sent back to there. The development client's port does not count.
    pub(super) fn allows_redirect(&self, address: &str) -> bool {
        if self.redirect_uris.iter().any(|known| known == address) {
            return true;
        }
        let is_loopback = |url: &Url| matches!(url.host_str(), Some("127.0.0.1" | "[::1]"));
        let Ok(asked) = Url::parse(address) else {
            return false;
        };
        is_loopback(&asked)
            && asked.scheme() == "http"
            && self.redirect_uris.iter().any(|known| {
                Url::parse(known).is_ok_and(|known| {
                    is_loopback(&known)
                        && known.host_str() == asked.host_str()
                        && known.path() == asked.path()
                })
            })
    }

    /// Whether every scope asked for is one that it has announced.
    pub(super) fn allows_scope(&self, scope: &str) -> bool {
        let announced: Vec<&str> = self.scope.split(' ').collect();
        scope.split(' ').all(|part| announced.contains(&part))
    }
}

/// Loads the client that a form names, and checks its assertion where it has keys.
pub(super) async fn authenticate(platform: &Platform, form: &Form) -> OAuthResult<Client> {
    let id = form.need("client_id")?;
    let client = load(platform, id).await?;
    if !client.is_confidential {
        return Ok(client);
    }
    if form.need("client_assertion_type")? != ASSERTION {
        return Err(OAuthError::request("client_assertion_type is unknown"));
    }
    let wrong = |why: &str| OAuthError::new("invalid_client", why);
    let assertion = jwt::Jwt::parse(form.need("client_assertion")?)
        .ok_or_else(|| wrong("The client assertion is no JWT"))?;
    let kid = assertion.header["kid"].as_str();
    let kid = kid.ok_or_else(|| wrong("The client assertion lacks a kid"))?;
    let key = client.keys.iter().find(|key| key["kid"] == kid);
    let key = key.ok_or_else(|| wrong("The key of the client assertion is not published"))?;
    if !assertion.is_signed_by(key) {
        return Err(wrong("The signature of the client assertion is wrong"));
    }
    if assertion.text("iss") != Some(id) || assertion.text("sub") != Some(id) {
        return Err(wrong(
            "iss and sub of the client assertion must be the client id",
        ));
    }
    if assertion.text("aud") != Some(platform.url.as_str()) {
        return Err(wrong("aud of the client assertion must be the issuer"));
    }
    if !assertion
        .number("iat")
        .is_some_and(|iat| platform.is_near(iat, 60))
    {
        return Err(wrong("iat of the client assertion is too far from now"));
    }
    let jti = assertion.text("jti").filter(|jti| !jti.is_empty());
    let jti = jti.ok_or_else(|| wrong("The client assertion lacks a jti"))?;
    if !platform
        .state()
        .seen
        .insert(format!("assertion {id} {jti}"))
    {
        return Err(wrong("The client assertion was used already"));
    }
    Ok(client)
}

/// Loads a client by its id.
pub(super) async fn load(platform: &Platform, id: &str) -> OAuthResult<Client> {
    let broken = |why: String| OAuthError::new("invalid_client_metadata", why);
    let address = Url::parse(id).map_err(|_| broken("client_id is no address".to_owned()))?;
    if address.scheme() == "http" && address.host_str() == Some("localhost") {
        return development(id, &address);
    }
    let is_ip = matches!(
        address.host(),
        Some(url::Host::Ipv4(_) | url::Host::Ipv6(_)) | None
    );
    if address.scheme() != "https" || address.port().is_some() || is_ip || address.path() == "/" {
        return Err(broken(
            "client_id must be an https address of a host by name, without a port and with a path"
                .to_owned(),
        ));
    }
    let metadata: Metadata = fetch(platform, &address).await?;
    check(&metadata, id, &address).map_err(|why| broken(why.to_owned()))?;
    let is_confidential = metadata.token_endpoint_auth_method == "private_key_jwt";
    let keys = match (metadata.jwks, metadata.jwks_uri) {
        (Some(_), Some(_)) => {
            return Err(broken("jwks and jwks_uri exclude each other".to_owned()));
        }
        (Some(keys), None) => keys.keys,
        (None, Some(uri)) => {
            let uri = Url::parse(&uri).map_err(|_| broken("jwks_uri is no address".to_owned()))?;
            fetch::<Keys>(platform, &uri).await?.keys
        }
        (None, None) => Vec::new(),
    };
    if is_confidential && keys.iter().all(|key| jwt::thumbprint(key).is_none()) {
        return Err(broken("there is no public ES256 key".to_owned()));
    }
    Ok(Client {
        id: id.to_owned(),
        name: metadata.client_name.unwrap_or_else(|| id.to_owned()),
        scope: metadata.scope,
        is_confidential,
        redirect_uris: metadata.redirect_uris,
        keys,
    })
}

/// `http://localhost?redirect_uri=...&scope=...`: a public client without metadata.
fn development(id: &str, address: &Url) -> OAuthResult<Client> {
    if address.port().is_some() || address.path() != "/" || address.fragment().is_some() {
        return Err(OAuthError::new(
            "invalid_client_metadata",
            "the development client is http://localhost with a query alone",
        ));
    }
    let (mut redirect_uris, mut scope) = (Vec::new(), None);
    for (name, value) in address.query_pairs() {
        match &*name {
            "redirect_uri" => redirect_uris.push(value.into_owned()),
            "scope" if scope.is_none() => scope = Some(value.into_owned()),
            _ => {
                return Err(OAuthError::new(
                    "invalid_client_metadata",
                    format!("{name} does not belong in the development client's id"),
                ));
            }
        }
    }
    if redirect_uris.is_empty() {
        redirect_uris = vec!["http://127.0.0.1/".to_owned(), "http://[::1]/".to_owned()];
    }
    Ok(Client {
        id: id.to_owned(),
        name: "A program on this machine".to_owned(),
        scope: scope.unwrap_or_else(|| "atproto".to_owned()),
        is_confidential: false,
        redirect_uris,
        keys: Vec::new(),
    })
}

fn check(metadata: &Metadata, id: &str, address: &Url) -> Result<(), &'static str> {
    let has = |list: &[String], value: &str| list.iter().any(|known| known == value);
    let host = |text: &str| Url::parse(text).ok()?.host_str().map(str::to_owned);
    if metadata.client_id != id {
        return Err("client_id in the metadata must be its own address");
    }
    if metadata.application_type.as_deref().unwrap_or("web") != "web" {
        return Err("application_type must be web");
    }
    if !has(&metadata.grant_types, "authorization_code")
        || !has(&metadata.grant_types, "refresh_token")
        || !has(&metadata.response_types, "code")
    {
        return Err("grant_types or response_types lack what is needed");
    }
    if !metadata.dpop_bound_access_tokens {
        return Err("dpop_bound_access_tokens must be true");
    }
    if !metadata.scope.split(' ').any(|part| part == "atproto") {
        return Err("scope must contain atproto");
    }
    if metadata.redirect_uris.is_empty()
        || metadata
            .redirect_uris
            .iter()
            .any(|uri| !uri.starts_with("https://"))
    {
        return Err("redirect_uris must be https");
    }
    if let Some(uri) = &metadata.client_uri
        && host(uri).as_deref() != address.host_str()
    {
        return Err("client_uri must be on the client's own host");
    }
    match metadata.token_endpoint_auth_method.as_str() {
        "none" => Ok(()),
        "private_key_jwt"
            if metadata.token_endpoint_auth_signing_alg.as_deref() == Some("ES256") =>
        {
            Ok(())
        }
        _ => Err("token_endpoint_auth_method must be none, or private_key_jwt with ES256"),
    }
}

/// Fetches JSON as strictly as the specification says: 200, the right type, no redirect.
async fn fetch<T: serde::de::DeserializeOwned>(
    platform: &Platform,
    address: &Url,
) -> OAuthResult<T> {
    let broken = |why: String| OAuthError::new("invalid_client_metadata", why);
    let origin = address.origin().ascii_serialization();
    let hosts = platform.state().config.client_hosts.clone();
    let real = hosts
        .iter()
        .find(|(known, _)| *known == origin)
        .map(|(_, real)| format!("{}{}", real.trim_end_matches('/'), address.path()))
        .ok_or_else(|| broken(format!("{origin} cannot be reached")))?;
    let answer = platform
        .client
        .get(real)
        .send()
        .await
        .map_err(|error| broken(format!("{address} cannot be reached: {error}")))?;
    let kind = answer
        .headers()
        .get("content-type")
        .and_then(|kind| kind.to_str().ok())
        .unwrap_or_default()
        .to_owned();
    if answer.status() != 200 || !kind.starts_with("application/json") {
        return Err(broken(format!(
            "{address} answered {} with the type {kind:?}",
            answer.status()
        )));
    }
    answer
        .json()
        .await
        .map_err(|error| broken(format!("{address} is not right: {error}")))
}
