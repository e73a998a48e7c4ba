//! Calls to addresses of others that want to be told: public hosts by https alone, whatever their name
//! leads to by then, and nothing of what they answer but the status is looked at.

use std::sync::Arc;

use url::Url;

use crate::PlatformError;
use crate::hosts::{Hosts, PublicOnly};
use crate::http::{HttpClient, HttpClientError, fault, send};

/// Calls addresses that people have supplied.
#[derive(Clone, Debug)]
pub struct Announcer {
    http: HttpClient,
    hosts: Hosts,
}

impl Announcer {
    /// One that calls public hosts by https, and these (`host:port`) also otherwise, for development.
    ///
    /// # Errors
    /// When TLS or the resolver cannot be set up.
    pub fn new(development_hosts: &[String]) -> Result<Self, HttpClientError> {
        let hosts = Hosts::new(development_hosts);
        Ok(Self {
            http: HttpClient::with_resolver(Arc::new(PublicOnly(hosts.clone())))?,
            hosts,
        })
    }

    /// Refuses an address that is not called.
    ///
    /// # Errors
    /// With a sentence for people.
    pub fn check(&self, url: &Url) -> Result<(), PlatformError> {
        self.hosts.check(url)
    }

    /// Sends JSON with these headers; answers with the status, or with what went wrong in a few words.
    ///
    /// # Errors
    /// When the address is not called, or does not answer.
    pub async fn call(
        &self,
        url: &Url,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<u16, String> {
        self.check(url).map_err(|error| error.message)?;
        let mut request = self
            .http
            .calls()
            .post(url.clone())
            .header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        // The path of somebody else's address may well be its secret.
        let answer = send(request.body(body), "(a webhook)").await;
        match answer {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(error) => Err(fault(&error).to_owned()),
        }
    }
}
