//! From a handle to the account's server: handle, then identity (DID), then its document, which names
//! the server.

use domain::bluesky::is_handle;
use serde::Deserialize;
use url::Url;

use super::config::{Config, below};
use super::error::{self, Refusal};
use super::net::Net;
use crate::{ErrorKind, PlatformError};

/// Who an account is and where it lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Identity {
    /// What it is known by for ever: `did:plc:…` or `did:web:…`.
    pub did: String,
    /// Its handle, as its document says.
    pub handle: Option<String>,
    /// Its server.
    pub server: Url,
}

/// Finds the account of a handle (or of a DID) as a person writes it.
pub(super) async fn find(
    net: &Net,
    config: &Config,
    written: &str,
) -> Result<Identity, PlatformError> {
    let name = tidy(written);
    if name.starts_with("did:") {
        return document(net, config, &name).await;
    }
    let handle = read_handle(&name)?;
    let known = match did_of(net, config, &handle).await? {
        None => own_word(net, &handle).await,
        known => known,
    };
    let did = known.ok_or_else(|| unknown_handle(&handle))?;
    let identity = document(net, config, &did).await?;
    // Anybody can point a name at somebody else's identity; only the document says what it is called.
    if identity.handle.as_deref() != Some(handle.as_str()) {
        return Err(PlatformError::new(
            ErrorKind::Rejected,
            format!(
                "“{handle}” points to an account that has another handle by now. Use the handle that Bluesky shows on the profile."
            ),
        ));
    }
    Ok(identity)
}

/// The identity of a handle, as the resolver knows it; `None` where it knows none.
pub(super) async fn did_of(
    net: &Net,
    config: &Config,
    handle: &str,
) -> Result<Option<String>, PlatformError> {
    #[derive(Deserialize)]
    struct Resolved {
        did: String,
    }
    let mut url = below(
        &config.resolver_url,
        "xrpc/com.atproto.identity.resolveHandle",
    );
    url.query_pairs_mut().append_pair("handle", handle);
    match net.get(url).await?.accepted() {
        Ok(answer) => {
            let Resolved { did } = answer.json()?;
            Ok(is_did(&did).then_some(did))
        }
        Err(refusal) if refusal.status < 500 && refusal.status != 429 => Ok(None),
        Err(refusal) => Err(refusal.error()),
    }
}

/// What the handle's own site says, for where the resolver knows nothing.
async fn own_word(net: &Net, handle: &str) -> Option<String> {
    let url: Url = format!("https://{handle}/.well-known/atproto-did")
        .parse()
        .ok()?;
    let answer = net
        .get(url)
        .await
        .ok()
        .filter(|answer| answer.is_success())?;
    let text = std::str::from_utf8(&answer.body).ok()?.trim();
    is_did(text).then(|| text.to_owned())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    id: String,
    #[serde(default)]
    also_known_as: Vec<String>,
    #[serde(default)]
    service: Vec<Service>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Service {
    id: String,
    // Other services of a document may have other forms here.
    service_endpoint: serde_json::Value,
}

/// What an identity's document says.
pub(super) async fn document(
    net: &Net,
    config: &Config,
    did: &str,
) -> Result<Identity, PlatformError> {
    let answer = net.get(document_address(config, did)?).await?;
    let document: Document = match answer.accepted() {
        Ok(answer) => answer.json()?,
        Err(Refusal {
            status: 404 | 410, ..
        }) => {
            return Err(PlatformError::new(
                ErrorKind::Rejected,
                format!("There is no account “{did}” on Bluesky’s network, or no longer."),
            ));
        }
        Err(refusal) => return Err(refusal.error()),
    };
    if document.id != did {
        return Err(error::unreadable(200));
    }
    read_document(document, |url| net.check(url))
}

fn read_document(
    document: Document,
    check: impl Fn(&Url) -> Result<(), PlatformError>,
) -> Result<Identity, PlatformError> {
    let full = format!("{}#atproto_pds", document.id);
    let server = document
        .service
        .iter()
        .find(|service| service.id == "#atproto_pds" || service.id == full)
        .and_then(|service| service.service_endpoint.as_str())
        .and_then(|address| address.parse::<Url>().ok())
        .ok_or_else(|| {
            PlatformError::new(
                ErrorKind::Rejected,
                "This account has no server at present. It may have been deleted, or be moving to another server.",
            )
        })?;
    check(&server)?;
    let handle = document
        .also_known_as
        .iter()
        .find_map(|name| name.strip_prefix("at://"))
        .map(str::to_ascii_lowercase);
    Ok(Identity {
        did: document.id,
        handle,
        server,
    })
}

/// Where the document of an identity lies.
fn document_address(config: &Config, did: &str) -> Result<Url, PlatformError> {
    let none = || {
        PlatformError::new(
            ErrorKind::Rejected,
            "That is no account of Bluesky’s network. Write the handle, such as name.bsky.social.",
        )
    };
    if !is_did(did) {
        return Err(none());
    }
    match did.strip_prefix("did:web:") {
        // A port is written %3A here; only servers for development have one.
        Some(host) => format!("https://{}/.well-known/did.json", host.replace("%3A", ":"))
            .parse()
            .map_err(|_| none()),
        None => Ok(below(&config.directory_url, did)),
    }
}

/// Whether this is an identity of a kind that the network uses.
pub(super) fn is_did(text: &str) -> bool {
    let plc = |id: &str| {
        id.len() == 24
            && id
                .bytes()
                .all(|b| b.is_ascii_lowercase() || (b'2'..=b'7').contains(&b))
    };
    let web = |host: &str| {
        let plain = host.replace("%3A", "");
        !plain.is_empty()
            && plain
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'))
    };
    text.len() <= 2048
        && (text.strip_prefix("did:plc:").is_some_and(plc)
            || text.strip_prefix("did:web:").is_some_and(web))
}

/// What a person wrote, without what copying brings along: spaces, `@`, a profile's address, and the
/// marks of writing direction that Bluesky's app puts around handles.
fn tidy(written: &str) -> String {
    let plain: String = written
        .chars()
        .filter(|c| {
            !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .collect();
    let mut name = plain.trim();
    for start in [
        "https://bsky.app/profile/",
        "bsky.app/profile/",
        "at://",
        "@",
    ] {
        name = name.strip_prefix(start).unwrap_or(name);
    }
    let name = name.split(['/', '?', '#']).next().unwrap_or(name);
    if name.starts_with("did:") {
        name.to_owned()
    } else {
        name.trim_end_matches('.').to_ascii_lowercase()
    }
}

fn read_handle(name: &str) -> Result<String, PlatformError> {
    let rejected = |sentence: String| PlatformError::new(ErrorKind::Rejected, sentence);
    if name.is_empty() {
        return Err(rejected(
            "Write the account’s handle, such as name.bsky.social.".to_owned(),
        ));
    }
    if name.contains('@') {
        return Err(rejected(
            "Write the account’s handle, such as name.bsky.social, and not its email address."
                .to_owned(),
        ));
    }
    if is_handle(name) {
        return Ok(name.to_owned());
    }
    let is_label = !name.contains('.') && is_handle(&format!("{name}.bsky.social"));
    Err(rejected(if is_label {
        format!("Write the whole handle: “{name}.bsky.social”, or your own domain.")
    } else {
        "That is no handle. It looks like name.bsky.social, or like your own domain.".to_owned()
    }))
}

fn unknown_handle(handle: &str) -> PlatformError {
    PlatformError::new(
        ErrorKind::Rejected,
        format!("Nobody on Bluesky has the handle “{handle}”. Check the spelling on the profile."),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn handles_are_read_as_people_paste_them() {
        for written in [
            "alice.example",
            " @Alice.Example ",
            "\u{202a}@alice.example\u{202c}",
            "https://bsky.app/profile/alice.example",
            "https://bsky.app/profile/alice.example/post/3k",
            "at://alice.example/app.bsky.feed.post/3k",
            "alice.example.",
        ] {
            assert_eq!(
                read_handle(&tidy(written)).unwrap(),
                "alice.example",
                "{written}"
            );
        }
        let did = "did:plc:ewvi7nxzyoun6zhxrhs64oiz";
        assert_eq!(tidy(&format!("https://bsky.app/profile/{did}")), did);
    }

    #[test]
    fn what_is_no_handle_is_said_in_a_sentence_that_helps() {
        let sentence = |written: &str| read_handle(&tidy(written)).unwrap_err().message;
        assert!(sentence("").contains("name.bsky.social"));
        assert!(sentence("me@example.org").contains("email"));
        assert!(sentence("kestrel").contains("kestrel.bsky.social"));
        assert!(sentence("two words").contains("no handle"));
        assert!(sentence("1.2.3.4").contains("no handle"));
    }

    #[test]
    fn identities_of_both_kinds_are_told_from_others() {
        for good in ["did:plc:ewvi7nxzyoun6zhxrhs64oiz", "did:web:example.org"] {
            assert!(is_did(good), "{good}");
        }
        for bad in [
            "did:plc:EWVI",
            "did:key:z6Mk",
            "did:web:example.org/path",
            "did:web:user@host",
            "did:plc:../../../aaaaaaaaaaaaaaa",
        ] {
            assert!(!is_did(bad), "{bad}");
        }
    }

    #[test]
    fn a_document_names_the_server_and_the_handle() {
        let read = |value| read_document(serde_json::from_value(value).unwrap(), |_| Ok(()));
        let identity = read(json!({
            "id": "did:web:example.org",
            "alsoKnownAs": ["https://example.org", "at://Alice.Example"],
            "service": [
                {"id": "#other", "type": "X", "serviceEndpoint": {"uri": "x"}},
                {"id": "#atproto_pds", "type": "AtprotoPersonalDataServer", "serviceEndpoint": "https://pds.example.org"},
            ],
        }))
        .unwrap();
        assert_eq!(identity.handle.as_deref(), Some("alice.example"));
        assert_eq!(identity.server.as_str(), "https://pds.example.org/");
        let error = read(json!({"id": "did:web:example.org"})).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Rejected);
    }
}
