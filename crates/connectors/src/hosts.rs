//! Which hosts are talked to where people supply the address: a handle that names a server, which names
//! others, or the address of a webhook. None of them may lead into the network that AutoPost itself is in.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{ErrorKind, PlatformError};

/// The hosts that may be talked to.
#[derive(Clone, Debug)]
pub(crate) struct Hosts {
    /// `host:port` of servers for development.
    development: Arc<[String]>,
}

impl Hosts {
    /// Public hosts by https, and these.
    pub fn new(development: &[String]) -> Self {
        Self {
            development: development.into(),
        }
    }

    /// Refuses an address that is not https on a public host name, nor configured for development.
    pub fn check(&self, url: &Url) -> Result<(), PlatformError> {
        if self.is_for_development(url) {
            return Ok(());
        }
        let is_clean = url.username().is_empty() && url.password().is_none();
        // A host name alone: no server of the network is known by a bare address.
        let is_public = matches!(url.host(), Some(Host::Domain(name)) if is_public_name(name));
        if url.scheme() == "https" && is_clean && is_public {
            return Ok(());
        }
        Err(PlatformError::new(
            ErrorKind::Rejected,
            format!(
                "AutoPost does not talk to “{}”: servers have to be public and reached by https.",
                url.host_str().unwrap_or("that address")
            ),
        ))
    }

    fn is_for_development(&self, url: &Url) -> bool {
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        let here = format!("{host}:{port}");
        matches!(url.scheme(), "http" | "https") && self.development.contains(&here)
    }

    /// Names that are looked up wherever they lead; [`Self::check`] has seen their ports.
    fn may_be_private(&self, name: &str) -> bool {
        self.development
            .iter()
            .any(|known| known.rsplit_once(':').is_some_and(|(host, _)| host == name))
    }
}

/// Looks names up and gives only public addresses, so that a name that changes its mind between a check
/// and a call leads nowhere.
#[derive(Debug)]
pub(crate) struct PublicOnly(pub(crate) Hosts);

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        let any = self.0.may_be_private(name.as_str());
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let usable: Vec<SocketAddr> = found.filter(|at| any || is_public(at.ip())).collect();
            if usable.is_empty() {
                return Err("the name has no public address".into());
            }
            Ok(Box::new(usable.into_iter()) as Addrs)
        })
    }
}

/// Whether a name can be one of the public internet (RFC 6761 and the like keep some apart).
fn is_public_name(name: &str) -> bool {
    const OURS: [&str; 7] = [
        "localhost",
        "local",
        "internal",
        "test",
        "invalid",
        "onion",
        "arpa",
    ];
    let name = name.trim_end_matches('.');
    name.rsplit_once('.')
        .is_some_and(|(_, last)| !OURS.contains(&last))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_special = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        // "This network", multicast and what is reserved above it.
        || a == 0
        || a >= 224
        // Shared by carriers, for protocols, and for benchmarks.
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 198 && (b == 18 || b == 19));
    !is_special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let [.., high, low] = segments;
    let embedded = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    match segments {
        // Translated to IPv4 (RFC 6052), and IPv4's way through IPv6 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, ..] => embedded(high, low),
        [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0x0db8, ..] => false,
        // Only 2000::/3 is given out to the public.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_on_public_names_and_what_is_configured_may_be_talked_to() {
        let hosts = Hosts::new(&["localhost:2583".to_owned()]);
        let check = |url: &str| hosts.check(&url.parse().unwrap()).is_ok();
        for good in [
            "https://bsky.social/xrpc/a",
            "https://pds.example.org:8443/",
            "http://localhost:2583/xrpc/a",
        ] {
            assert!(check(good), "{good}");
        }
        for bad in [
            "http://bsky.social/",
            "http://localhost:2584/",
            "http://127.0.0.1:2583/",
            "https://localhost/",
            "https://intranet/",
            "https://printer.local/",
            "https://vault.internal/",
            "https://10.0.0.1/",
            "https://[::1]/",
            "https://93.184.216.34/",
            "https://me:secret@bsky.social/",
            "ftp://bsky.social/",
            "file:///etc/passwd",
        ] {
            assert!(!check(bad), "{bad}");
        }
    }

    #[test]
    fn private_addresses_are_told_from_public_ones() {
        for private in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "192.0.0.8",
            "198.18.0.1",
            "::",
            "::1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ] {
            assert!(!is_public(private.parse().unwrap()), "{private}");
        }
        for public in [
            "93.184.216.34",
            "1.1.1.1",
            "2606:4700:4700::1111",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[tokio::test]
    async fn a_name_that_leads_home_is_not_followed() {
        let look = |hosts: Hosts| PublicOnly(hosts).resolve("localhost".parse().unwrap());
        assert!(look(Hosts::new(&[])).await.is_err());
        let known = look(Hosts::new(&["localhost:2583".to_owned()])).await;
        assert!(known.unwrap().next().is_some());
    }
}
