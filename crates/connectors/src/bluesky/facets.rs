//! What can be clicked in a text: links, mentions and tags. Bluesky shows a text as it is, and learns
//! from the post alone which of its bytes lead where.

use domain::bluesky::graphemes;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use url::Url;

use super::identity::is_handle;

/// The longest tag (`app.bsky.richtext.facet`), in graphemes and in bytes.
const TAG_GRAPHEMES: usize = 64;
const TAG_BYTES: usize = 640;
/// The ends of names that are taken for addresses without https:// in front. A full list changes every
/// week; a name with another end is text unless it is written out.
const ENDS: [&str; 40] = [
    "app", "at", "au", "be", "biz", "blog", "br", "ca", "ch", "cloud", "club", "co", "com", "de",
    "dev", "dk", "edu", "es", "eu", "fr", "gov", "ie", "info", "io", "it", "jp", "me", "net", "nl",
    "no", "nz", "org", "pl", "pt", "se", "shop", "social", "tv", "uk", "us",
];

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

/// Everything in the text that leads somewhere, in order. It follows what Bluesky's own app makes of a
/// text, so that a post looks the same as one that was written there.
pub(super) fn find(text: &str) -> Vec<Facet<Found>> {
    let mut found: Vec<Facet<Found>> = Vec::new();
    let mut before = None;
    for (start, c) in text.char_indices() {
        let after_space = before.is_none_or(char::is_whitespace);
        let begins = after_space || before == Some('(');
        before = Some(c);
        if !begins || c.is_whitespace() || found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        let piece = match c {
            '@' => mention(word),
            '#' | '＃' if after_space => tag(word),
            _ => link(word),
        };
        if let Some((length, to)) = piece {
            found.push(Facet {
                start,
                end: start + length,
                to,
            });
        }
    }
    found
}

fn mention(word: &str) -> Option<(usize, Found)> {
    let name = word.strip_prefix('@')?;
    let length = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        .unwrap_or(name.len());
    let handle = name.get(..length)?.trim_end_matches(['.', '-']);
    is_handle(handle).then(|| (1 + handle.len(), Found::Handle(handle.to_ascii_lowercase())))
}

fn tag(word: &str) -> Option<(usize, Found)> {
    let mark = word.chars().next()?.len_utf8();
    // `#️⃣` is a picture, and what cannot be seen is no part of a tag.
    let invisible = |c: char| {
        matches!(
            c,
            '\u{ad}' | '\u{2060}' | '\u{200a}'..='\u{200d}' | '\u{20e2}'
        )
    };
    let tag = word.get(mark..)?.split(invisible).next()?;
    let tag = tag.trim_end_matches(is_punctuation);
    let says_something = tag.chars().any(|c| !c.is_numeric() && !is_punctuation(c));
    let fits = graphemes(tag) <= TAG_GRAPHEMES && tag.len() <= TAG_BYTES;
    (says_something && fits && !tag.starts_with('\u{fe0f}'))
        .then(|| (mark + tag.len(), Found::Tag(tag.to_owned())))
}

fn link(word: &str) -> Option<(usize, Found)> {
    let lower = word.to_ascii_lowercase();
    let is_written_out = lower.starts_with("https://") || lower.starts_with("http://");
    if !is_written_out && !begins_with_domain(&lower) {
        return None;
    }
    let mut text = word;
    loop {
        let shorter =
            text.trim_end_matches(['.', ',', ';', ':', '!', '?', '"', '\'', '”', '’', '…']);
        // A bracket that was opened in the address belongs to it.
        let shorter = match shorter.strip_suffix(')') {
            Some(inner) if inner.matches('(').count() <= inner.matches(')').count() => inner,
            _ => shorter,
        };
        if shorter.len() == text.len() {
            break;
        }
        text = shorter;
    }
    let uri = if is_written_out {
        text.to_owned()
    } else {
        format!("https://{text}")
    };
    let has_host = Url::parse(&uri).is_ok_and(|url| url.has_host());
    has_host.then_some((text.len(), Found::Link(uri)))
}

/// `example.com`, alone or with a path behind it.
fn begins_with_domain(lower: &str) -> bool {
    let end = lower
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        .unwrap_or(lower.len());
    // Behind the name come a path, a port, a question or the end of a sentence; `a@b.com` is no address.
    let goes_on = lower
        .get(end..)
        .and_then(|rest| rest.chars().next())
        .is_none_or(|c| matches!(c, '/' | ':' | '?' | '#') || is_punctuation(c) && c != '@');
    let name = lower.get(..end).unwrap_or_default().trim_end_matches('.');
    let last = name.rsplit('.').next().unwrap_or_default();
    goes_on && is_handle(name) && ENDS.contains(&last)
}

fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation()
        || matches!(c, '\u{2010}'..='\u{2027}' | '\u{2030}'..='\u{205e}' | '\u{3001}'..='\u{3003}'
            | '\u{3008}'..='\u{3011}' | '«' | '»' | '¡' | '¿' | '·' | '！' | '，' | '．' | '？' | '：' | '；')
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
