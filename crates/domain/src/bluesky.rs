//! Bluesky's own words, from the lexicons `app.bsky.feed.post` and `com.atproto.label.defs`. Its limits are
//! [`crate::rules::BLUESKY`].

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Languages of one post (`app.bsky.feed.post`, `langs`).
pub const LANGS: usize = 3;

/// What a person chose for Bluesky. Nothing of it has to be chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct BlueskyOptions {
    /// The languages of the text as BCP 47 tags, such as `en` or `pt-BR`; at most [`LANGS`].
    pub langs: Vec<String>,
    /// Content labels that the author puts on the post, such as `nudity` (`com.atproto.label.defs`).
    pub labels: Vec<String>,
}

/// The length of a text as Bluesky counts it: extended grapheme clusters.
#[must_use]
pub fn graphemes(text: &str) -> usize {
    text.graphemes(true).count()
}

/// Whether this can be a handle: a host name of at least two parts, the last of which begins with a
/// letter.
#[must_use]
pub fn is_handle(text: &str) -> bool {
    let label = |part: &str| {
        (1..=63).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !part.starts_with('-')
            && !part.ends_with('-')
    };
    let last = text.rsplit('.').next().unwrap_or_default();
    text.len() <= 253
        && text.contains('.')
        && text.split('.').all(label)
        && last.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Whether a text looks like a language tag: letters, digits and hyphens, in parts of at most eight.
#[must_use]
pub fn is_language_tag(tag: &str) -> bool {
    let mut parts = tag.split('-');
    let first = parts
        .next()
        .is_some_and(|part| (2..=3).contains(&part.len()) && all(part, char::is_alphabetic));
    first && parts.all(|part| (1..=8).contains(&part.len()) && all(part, char::is_alphanumeric))
}

fn all(part: &str, is: fn(char) -> bool) -> bool {
    part.chars().all(|c| c.is_ascii() && is(c))
}

/// The labels that an author may put on a post of their own (`com.atproto.label.defs`).
pub const SELF_LABELS: [&str; 4] = ["sexual", "nudity", "porn", "graphic-media"];
