//! From the account's server to the server that grants access to it.

use serde::Deserialize;
use url::Url;

use crate::bluesky::config::below;
use crate::bluesky::net::Net;
use crate::bluesky::proof::origin;
use crate::{ErrorKind, PlatformError};

/// A server that grants access.
pub(super) struct Grantor {
    pub issuer: String,
    pub pushed_request: Url,
    pub authorization: Url,
    pub token: Url,
    pub revocation: Option<Url>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    authorization_servers: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    pushed_authorization_request_endpoint: String,
    authorization_endpoint: String,
    token_endpoint: String,
    revocation_endpoint: Option<String>,
}

/// Asks the account's server who grants access to it, and that one where.
pub(super) async fn discover(net: &Net, server: &Url) -> Result<Grantor, PlatformError> {
    let resource: Resource = ask(net, server, ".well-known/oauth-protected-resource").await?;
    let grantor: Url = resource
        .authorization_servers
        .first()
        .and_then(|address| address.parse().ok())
        .ok_or_else(no_oauth)?;
    let metadata: Metadata = ask(net, &grantor, ".well-known/oauth-authorization-server").await?;
    // One that names another as the issuer speaks for somebody else.
    let issuer: Url = metadata.issuer.parse().map_err(|_| no_oauth())?;
    if origin(&issuer) != origin(&grantor) || metadata.issuer.ends_with('/') {
        return Err(no_oauth());
    }
    let address = |text: &str| {
        let url: Url = text.parse().map_err(|_| no_oauth())?;
        net.check(&url)?;
        Ok::<_, PlatformError>(url)
    };
    Ok(Grantor {
        pushed_request: address(&metadata.pushed_authorization_request_endpoint)?,
        authorization: address(&metadata.authorization_endpoint)?,
        token: address(&metadata.token_endpoint)?,
        revocation: metadata
            .revocation_endpoint
            .as_deref()
            .map(address)
            .transpose()?,
        issuer: metadata.issuer,
    })
}

async fn ask<T: serde::de::DeserializeOwned>(
    net: &Net,
    server: &Url,
    path: &str,
) -> Result<T, PlatformError> {
    let mut root = server.clone();
    root.set_path("");
    let answer = net.get(below(&root, path)).await?;
    match answer.accepted() {
        Ok(answer) => answer.json(),
        Err(refusal) if refusal.status >= 500 || refusal.status == 429 => Err(refusal.error()),
        Err(_) => Err(no_oauth()),
    }
}

fn no_oauth() -> PlatformError {
    PlatformError::new(
        ErrorKind::Rejected,
        "The account’s server has no consent page that AutoPost can use. Connect it by an app password instead.",
    )
}
