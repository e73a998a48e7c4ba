//! From which address a request came, for the audit and for whoever counts attempts.
//!
//! It is the other end of the connection. Behind a reverse proxy that is the proxy, which says in
//! `X-Forwarded-For` whom it speaks for; but anybody can send such a header. So it is read only where the
//! other end is a proxy that the operator named, and from its end: each proxy adds the address that it saw
//! itself, and the first one from the end that is no named proxy is the last that somebody trusted saw.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderMap, HeaderName};
use axum::middleware::Next;
use axum::response::Response;
use ipnet::IpNet;
use services::actor::Origin;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The proxies whose word is taken.
#[derive(Clone, Debug)]
pub struct TrustedProxies(Arc<[IpNet]>);

impl TrustedProxies {
    /// These networks.
    #[must_use]
    pub fn new(networks: &[IpNet]) -> Self {
        Self(networks.into())
    }

    fn contain(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    /// Who is behind `peer`.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        let said: Vec<&str> = headers
            .get_all(FORWARDED_FOR)
            .iter()
            // A header that is no text says nothing; what is before it cannot be trusted either.
            .map(|value| value.to_str().unwrap_or(""))
            .flat_map(|value| value.split(','))
            .collect();
        for hop in said.into_iter().rev() {
            if !self.contain(client) {
                break;
            }
            let Some(before) = address(hop.trim()) else {
                break;
            };
            client = before;
        }
        client
    }
}

/// An address as proxies write it, some of them with a port.
fn address(hop: &str) -> Option<IpAddr> {
    let bracketed = || hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    hop.parse::<IpAddr>()
        .ok()
        .or_else(|| Some(hop.parse::<SocketAddr>().ok()?.ip()))
        .or_else(bracketed)
        .map(|address| address.to_canonical())
}

/// Tells whatever answers the request from where it came.
pub async fn find(
    State(trusted): State<TrustedProxies>,
    mut request: Request,
    next: Next,
) -> Response {
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map(|info| info.0.ip());
    let origin = Origin {
        ip: peer.map(|peer| trusted.client(peer, request.headers()).to_string()),
        agent: None,
    };
    request.extensions_mut().insert(origin);
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::{FORWARDED_FOR, TrustedProxies};

    fn client(peer: &str, headers: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "::1/128"].map(|net| net.parse().expect("a network"));
        let mut map = HeaderMap::new();
        for header in headers {
            map.append(
                FORWARDED_FOR,
                HeaderValue::from_str(header).expect("a value"),
            );
        }
        let peer = peer.parse().expect("an address");
        TrustedProxies::new(&trusted).client(peer, &map).to_string()
    }

    #[test]
    fn a_stranger_s_word_is_not_taken() {
        assert_eq!(client("192.0.2.7", &[]), "192.0.2.7");
        assert_eq!(client("192.0.2.7", &["203.0.113.9"]), "192.0.2.7");
        assert_eq!(client("::ffff:192.0.2.7", &["203.0.113.9"]), "192.0.2.7");
    }

    #[test]
    fn the_last_hop_that_no_named_proxy_added_is_the_client() {
        assert_eq!(client("10.1.1.1", &["203.0.113.9"]), "203.0.113.9");
        // What a client made up stands before what our proxy saw.
        assert_eq!(
            client("10.1.1.1", &["198.51.100.1, 203.0.113.9"]),
            "203.0.113.9"
        );
        assert_eq!(
            client("10.1.1.1", &["198.51.100.1", "203.0.113.9, 10.2.2.2"]),
            "203.0.113.9"
        );
        assert_eq!(client("::1", &["[2001:db8::9]:4711"]), "2001:db8::9");
        assert_eq!(client("::1", &["203.0.113.9:80"]), "203.0.113.9");
    }

    #[test]
    fn what_cannot_be_read_ends_the_chain() {
        assert_eq!(client("10.1.1.1", &["203.0.113.9, unknown"]), "10.1.1.1");
        assert_eq!(client("10.1.1.1", &[""]), "10.1.1.1");
        assert_eq!(client("10.1.1.1", &["10.3.3.3"]), "10.3.3.3");
    }
}
