//! What of a text a platform makes clickable: addresses, mentions and hashtags. The composer marks them while they
//! are typed, the preview shows them, and Bluesky is told where they are: all of them find the same here.

use crate::Platform;
use crate::bluesky::{graphemes, is_handle};

/// The longest tag on Bluesky (`app.bsky.richtext.facet`), in graphemes and in bytes.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// What it is.
    pub kind: Kind,
}

/// What a marked piece of a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A web address, with or without https:// in front.
    Link,
    /// `@` and a name.
    Mention,
    /// `#` and a word.
    Tag,
}

/// Everything in a text that leads somewhere on a platform, in order.
#[must_use]
pub fn marks(platform: Platform, text: &str) -> Vec<Mark> {
    let mut found: Vec<Mark> = Vec::new();
    let mut before = None;
    for (start, c) in text.char_indices() {
        let after_space = before.is_none_or(char::is_whitespace);
        let after_bracket = before == Some('(');
        before = Some(c);
        let begins = after_space || after_bracket;
        if !begins || c.is_whitespace() || found.last().is_some_and(|last| start < last.end) {
            continue;
        }
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        let piece = match platform {
            Platform::Bluesky => on_bluesky(c, after_space, word),
            Platform::TikTok if after_space => on_tiktok(c, word),
            Platform::TikTok => None,
        };
        if let Some((kind, length)) = piece {
            found.push(Mark {
                start,
                end: start + length,
                kind,
            });
        }
    }
    found
}

/// TikTok reads `#` and `@` behind a space or at a line's start, and nobody can follow an address in a caption.
fn on_tiktok(first: char, word: &str) -> Option<(Kind, usize)> {
    let name = word.strip_prefix(first)?;
    let is_end = |c: char| match first {
        '#' => is_punctuation(c) && c != '_',
        _ => !(c.is_ascii_alphanumeric() || matches!(c, '_' | '.')),
    };
    let name = name.split(is_end).next()?.trim_end_matches('.');
    let kind = match first {
        '#' if name.chars().any(|c| !c.is_numeric()) => Kind::Tag,
        '@' if !name.is_empty() => Kind::Mention,
        _ => return None,
    };
    Some((kind, first.len_utf8() + name.len()))
}

/// Bluesky shows a text as it is, and learns from the post alone which of its bytes lead where. This follows what
/// its own app makes of a text, so that a post looks the same as one that was written there.
fn on_bluesky(first: char, after_space: bool, word: &str) -> Option<(Kind, usize)> {
    match first {
        '@' => Some((Kind::Mention, mention(word)?)),
        '#' | '＃' if after_space => Some((Kind::Tag, tag(word)?)),
        _ => Some((Kind::Link, link(word)?)),
    }
}

fn mention(word: &str) -> Option<usize> {
    let name = word.strip_prefix('@')?;
    let length = name
        .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '.' | '-')))
        .unwrap_or(name.len());
    let handle = name.get(..length)?.trim_end_matches(['.', '-']);
    is_handle(handle).then(|| 1 + handle.len())
}

fn tag(word: &str) -> Option<usize> {
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
    (says_something && fits && !tag.starts_with('\u{fe0f}')).then(|| mark + tag.len())
}

fn link(word: &str) -> Option<usize> {
    let lower = word.to_ascii_lowercase();
    let written_out = lower
        .strip_prefix("https://")
        .or_else(|| lower.strip_prefix("http://"));
    let has_host = match written_out {
        Some(host) => host.starts_with(|c: char| c.is_alphanumeric() || c == '['),
        None => begins_with_domain(&lower),
    };
    if !has_host {
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
            return Some(text.len());
        }
        text = shorter;
    }
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

    use super::{Kind, marks};
    use crate::Platform;

    fn pieces(platform: Platform, text: &str) -> Vec<(Kind, &str)> {
        marks(platform, text)
            .into_iter()
            .map(|mark| (mark.kind, &text[mark.start..mark.end]))
            .collect()
    }

    #[test]
    fn each_platform_marks_what_it_links_itself() {
        let text = "Hi @kestrel.example, see https://a.example/x. #bread #1\nbye @all (#not)";
        for (platform, expected) in [
            (
                Platform::Bluesky,
                vec![
                    (Kind::Mention, "@kestrel.example"),
                    (Kind::Link, "https://a.example/x"),
                    (Kind::Tag, "#bread"),
                ],
            ),
            (
                Platform::TikTok,
                vec![
                    (Kind::Mention, "@kestrel.example"),
                    (Kind::Tag, "#bread"),
                    (Kind::Mention, "@all"),
                ],
            ),
        ] {
            assert_eq!(pieces(platform, text), expected, "{platform}");
        }
    }

    #[test]
    fn on_tiktok_a_name_ends_where_its_letters_do() {
        for (text, expected) in [
            (
                "#coffee, #v60_brew! #über",
                vec!["#coffee", "#v60_brew", "#über"],
            ),
            ("#one#two", vec!["#one"]),
            ("@kestrel_bar... @a.b's", vec!["@kestrel_bar", "@a.b"]),
            ("#हिन्दी #コーヒー", vec!["#हिन्दी", "#コーヒー"]),
            ("# @ #2026 a#b me@kestrel.com kestrel.com", vec![]),
        ] {
            let found: Vec<&str> = pieces(Platform::TikTok, text)
                .into_iter()
                .map(|(_, piece)| piece)
                .collect();
            assert_eq!(found, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn marks_never_overlap_or_cut_a_character(text in "(\\PC|[ @#(.]|https://|a\\.com){0,60}") {
            for platform in Platform::ALL {
                let mut last = 0;
                for mark in marks(platform, &text) {
                    prop_assert!(mark.start >= last && mark.start < mark.end);
                    prop_assert!(text.get(mark.start..mark.end).is_some());
                    last = mark.end;
                }
            }
        }
    }
}
