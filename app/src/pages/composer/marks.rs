//! A text with what its platform shows as links: in the previews, and in the field that it is typed into.

use std::ops::Range;

use domain::Platform;
use domain::marks::marks;
use leptos::prelude::*;

use super::caption::escaped;

/// A text as its platform shows it.
pub(super) fn marked(platform: Platform, text: &str) -> impl IntoView + use<> {
    let shown = |piece: Piece<'_>| {
        let words = piece.words.to_owned();
        if piece.is_linked {
            view! { <span class="post-link">{words}</span> }.into_any()
        } else {
            words.into_any()
        }
    };
    pieces(platform, text, None)
        .into_iter()
        .map(shown)
        .collect_view()
}

/// The same as HTML for the layer behind a field, with what is too much from this place on, in UTF-16 units.
pub(super) fn marked_html(platform: Platform, text: &str, excess: Option<usize>) -> String {
    let mut html = String::with_capacity(text.len() * 2);
    for piece in pieces(platform, text, excess) {
        let class = match (piece.is_over, piece.is_linked) {
            (true, _) => "is-over",
            (false, true) => "is-link",
            (false, false) => {
                html.push_str(&escaped(piece.words));
                continue;
            }
        };
        html.push_str("<span class=\"");
        html.push_str(class);
        html.push_str("\">");
        html.push_str(&escaped(piece.words));
        html.push_str("</span>");
    }
    // A last line without a word has no height of its own, other than in a field.
    html.push('\u{200b}');
    html
}

/// A part of a text that looks the same from its beginning to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece<'a> {
    words: &'a str,
    is_linked: bool,
    is_over: bool,
}

/// The text in pieces, of which none is empty and none is lost. What is too much is one piece, whatever is in it.
fn pieces(platform: Platform, text: &str, excess: Option<usize>) -> Vec<Piece<'_>> {
    let fits = excess.map_or(text.len(), |units| place_of(text, units));
    let mut pieces = Vec::new();
    let mut add = |range: Range<usize>, is_linked, is_over| {
        if let Some(words) = text.get(range).filter(|words| !words.is_empty()) {
            pieces.push(Piece {
                words,
                is_linked,
                is_over,
            });
        }
    };
    let mut at = 0;
    for mark in marks(platform, text) {
        let (start, end) = (mark.start.min(fits), mark.end.min(fits));
        add(at..start, false, false);
        add(start..end, true, false);
        at = end;
    }
    add(at..fits, false, false);
    add(fits..text.len(), false, true);
    pieces
}

/// Where in its bytes a text has so many UTF-16 units behind it.
fn place_of(text: &str, units: usize) -> usize {
    let mut passed = 0;
    let found = text.char_indices().find(|(_, c)| {
        let is_there = passed >= units;
        passed += c.len_utf16();
        is_there
    });
    found.map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use domain::Platform;

    use super::{marked_html, pieces};

    #[test]
    fn what_stands_out_is_what_the_platform_links_and_nothing_is_lost() {
        let text = "Hi @kestrel.example, see https://a.example/x. #bread #1\nbye @all";
        for (platform, links) in [
            (
                Platform::Bluesky,
                vec!["@kestrel.example", "https://a.example/x", "#bread"],
            ),
            (Platform::TikTok, vec!["@kestrel.example", "#bread", "@all"]),
        ] {
            for excess in [None, Some(0), Some(7), Some(60), Some(99)] {
                let whole: String = pieces(platform, text, excess)
                    .iter()
                    .map(|piece| piece.words)
                    .collect();
                assert_eq!(whole, text, "{excess:?}");
            }
            let linked: Vec<&str> = pieces(platform, text, None)
                .into_iter()
                .filter_map(|piece| piece.is_linked.then_some(piece.words))
                .collect();
            assert_eq!(linked, links, "{platform}");
        }
    }

    #[test]
    fn what_is_too_much_begins_where_the_count_says_also_inside_a_tag() {
        let html = marked_html(Platform::TikTok, "🦊 #bread", Some(5));
        assert_eq!(
            html,
            "🦊 <span class=\"is-link\">#b</span><span class=\"is-over\">read</span>\u{200b}"
        );
    }

    #[test]
    fn nothing_typed_becomes_markup() {
        let html = marked_html(Platform::TikTok, "<b>&amp; #a<i>", Some(10));
        assert!(html.starts_with("&lt;b>&amp;amp; "), "{html}");
        assert_eq!(
            html.matches("<span").count(),
            html.matches("</span>").count()
        );
        assert!(!html.contains("<b>") && !html.contains("<i>"), "{html}");
    }
}
