//! What can be clicked in a text: links, mentions and tags. Bluesky shows a text as it is, and learns
//! from the post alone which of its bytes lead where. `domain::marks` finds them.

use domain::Platform;
use domain::marks::{Kind, marks};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

/// A piece of a text that leads somewhere. Offsets are bytes of UTF-8, the end excluded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Facet<T = Target> {
    pub start: usize,
    pub end: usize,
    pub to: T,
}

/// Where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Target {
    /// A web address.
    Link(String),
    /// An account, by its DID.
    Mention(String),
    /// A tag without `#`.
    Tag(String),
}

/// What was found in a text: a mention still has to be looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Link(String),
    /// A handle.
    Handle(String),
    Tag(String),
}

impl Facet {
    /// As `app.bsky.richtext.facet` has it.
    pub fn json(&self) -> Value {
        let feature = match &self.to {
            Target::Link(uri) => json!({ "$type": "app.bsky.richtext.facet#link", "uri": uri }),
            Target::Mention(did) => {
                json!({ "$type": "app.bsky.richtext.facet#mention", "did": did })
            }
            Target::Tag(tag) => json!({ "$type": "app.bsky.richtext.facet#tag", "tag": tag }),
        };
        json!({
            "index": { "byteStart": self.start, "byteEnd": self.end },
            "features": [feature],
        })
    }
}

/// Everything in the text that leads somewhere, in order: what `domain` marks in it, as the composer shows it.
pub(super) fn find(text: &str) -> Vec<Facet<Found>> {
    let facet = |mark: domain::marks::Mark| {
        let piece = text.get(mark.start..mark.end)?;
        let mut name = piece.chars();
        name.next();
        let to = match mark.kind {
            Kind::Link => link(piece)?,
            Kind::Mention => Found::Handle(name.as_str().to_ascii_lowercase()),
            Kind::Tag => Found::Tag(name.as_str().to_owned()),
        };
        Some(Facet {
            start: mark.start,
            end: mark.end,
            to,
        })
    };
    let found = marks(Platform::Bluesky, text);
    found.into_iter().filter_map(facet).collect()
}

/// Where an address leads; nowhere when it is none after all.
fn link(piece: &str) -> Option<Found> {
    let lower = piece.to_ascii_lowercase();
    let is_written_out = lower.starts_with("https://") || lower.starts_with("http://");
    let uri = if is_written_out {
        piece.to_owned()
    } else {
        format!("https://{piece}")
    };
    let has_host = Url::parse(&uri).is_ok_and(|url| url.has_host());
    has_host.then_some(Found::Link(uri))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pieces(text: &str) -> Vec<(&str, Found)> {
        find(text)
            .into_iter()
            .map(|facet| (&text[facet.start..facet.end], facet.to))
            .collect()
    }

    fn link(uri: &str) -> Found {
        Found::Link(uri.to_owned())
    }

    #[test]
    fn links_are_found_without_what_ends_the_sentence() {
        for (text, piece, uri) in [
            (
                "See https://a.example/x.",
                "https://a.example/x",
                "https://a.example/x",
            ),
            (
                "(https://a.example/x)",
                "https://a.example/x",
                "https://a.example/x",
            ),
            (
                "(see https://a.example/x_(y))",
                "https://a.example/x_(y)",
                "https://a.example/x_(y)",
            ),
            (
                "Grüße 🦊 http://a.example?q=1!",
                "http://a.example?q=1",
                "http://a.example?q=1",
            ),
            ("at kestrel.com, now", "kestrel.com", "https://kestrel.com"),
            (
                "at kestrel.com/menu",
                "kestrel.com/menu",
                "https://kestrel.com/menu",
            ),
            (
                "HTTPS://A.Example/X",
                "HTTPS://A.Example/X",
                "HTTPS://A.Example/X",
            ),
        ] {
            assert_eq!(pieces(text), [(piece, link(uri))], "{text}");
        }
        for text in [
            "e.g. this",
            "file.txt",
            "me@kestrel.com",
            "3.50",
            "https://",
            "nothttps://a.example",
        ] {
            assert_eq!(pieces(text), [], "{text}");
        }
    }

    #[test]
    fn mentions_are_whole_handles() {
        let handle = |text: &str| Found::Handle(text.to_owned());
        assert_eq!(
            pieces("Hi @Alice.Example. (@bob.test)"),
            [
                ("@Alice.Example", handle("alice.example")),
                ("@bob.test", handle("bob.test"))
            ]
        );
        assert_eq!(
            pieces("@alice.example's cup"),
            [("@alice.example", handle("alice.example"))]
        );
        for text in ["@alice", "me@alice.example", "@", "@-.x"] {
            assert_eq!(pieces(text), [], "{text}");
        }
    }

    #[test]
    fn tags_say_something() {
        let tag = |text: &str| Found::Tag(text.to_owned());
        assert_eq!(
            pieces("#coffee, #v60! ＃コーヒー #über-gut"),
            [
                ("#coffee", tag("coffee")),
                ("#v60", tag("v60")),
                ("＃コーヒー", tag("コーヒー")),
                ("#über-gut", tag("über-gut")),
            ]
        );
        let long = format!("#{}", "a".repeat(65));
        for text in ["#", "#1", "#2026", "#!!", "a#b", "#\u{fe0f}\u{20e3}", &long] {
            assert_eq!(pieces(text), [], "{text}");
        }
    }

    #[test]
    fn offsets_are_bytes_of_utf8() {
        let text = "🦊 é @bob.test";
        let facet = &find(text)[0];
        assert_eq!((facet.start, facet.end), (8, 17));
        let json = Facet {
            start: 8,
            end: 17,
            to: Target::Mention("did:plc:x".to_owned()),
        }
        .json();
        assert_eq!(json["index"]["byteStart"], 8);
        assert_eq!(
            json["features"][0]["$type"],
            "app.bsky.richtext.facet#mention"
        );
    }

    proptest! {
        #[test]
        fn facets_never_overlap_or_cut_a_character(text in "(\\PC|[ @#(.]|https://|a\\.com){0,60}") {
            let mut last = 0;
            for facet in find(&text) {
                prop_assert!(facet.start >= last && facet.start < facet.end);
                prop_assert!(text.get(facet.start..facet.end).is_some());
                last = facet.end;
            }
        }
    }
}
