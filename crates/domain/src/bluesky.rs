//! Bluesky's own words and limits, from the lexicons `app.bsky.feed.post`, `app.bsky.embed.*` and the
//! guides on images and video of the AT Protocol.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// The longest text in graphemes: what people see as one character (`app.bsky.feed.post`, `text`).
pub const TEXT_GRAPHEMES: usize = 300;
/// The longest text in UTF-8 bytes (the same); long before it are only graphemes of many parts.
pub const TEXT_BYTES: usize = 3_000;
/// Pictures in one post (`app.bsky.embed.images`).
pub const IMAGES: usize = 4;
/// The largest picture in bytes (`app.bsky.embed.images`).
pub const IMAGE_BYTES: u64 = 2_000_000;
/// What servers that were not updated still take: the limit was 1,000,000 bytes, and is counted with
/// some slack by clients.
pub const IMAGE_BYTES_EVERYWHERE: u64 = 976_000;
/// The largest video in bytes (`app.bsky.embed.video`).
pub const VIDEO_BYTES: u64 = 300_000_000;
/// The longest video in milliseconds that Bluesky's video service is known to take. Not in a lexicon,
/// so it warns and does not block.
pub const VIDEO_MS: u64 = 180_000;
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
