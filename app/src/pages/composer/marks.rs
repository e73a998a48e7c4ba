//! What of a text a platform shows as a link: addresses, mentions and hashtags.

use domain::Platform;
use leptos::prelude::*;

/// A text as its platform shows it.
pub(super) fn marked(platform: Platform, text: &str) -> impl IntoView + use<> {
    let shown = |(is_linked, piece): (bool, &str)| {
        let piece = piece.to_owned();
        if is_linked {
            view! { <span class="post-link">{piece}</span> }.into_any()
        } else {
            piece.into_any()
        }
    };
    pieces(platform, text).into_iter().map(shown).collect_view()
}

/// The text in pieces, and whether each is shown as a link.
fn pieces(platform: Platform, text: &str) -> Vec<(bool, &str)> {
    text.split_inclusive(char::is_whitespace)
        .flat_map(|word| {
            let end = word.trim_end_matches(|c: char| c.is_whitespace() || ".,;:!?)".contains(c));
            let (core, rest) = word.split_at(end.len());
            [(is_linked(platform, core), core), (false, rest)]
        })
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}

fn is_linked(platform: Platform, word: &str) -> bool {
    let is_tag = |tag: &str| tag.chars().any(|c| !c.is_ascii_digit());
    let is_address = word.starts_with("https://") || word.starts_with("http://");
    match (word.strip_prefix('#'), word.strip_prefix('@'), platform) {
        (Some(tag), _, _) => is_tag(tag),
        (_, Some(handle), Platform::Bluesky) => handle.contains('.'),
        (_, Some(handle), Platform::TikTok) => !handle.is_empty(),
        // Nobody can follow an address in a caption of TikTok.
        (.., Platform::TikTok) => false,
        (.., Platform::Bluesky) => is_address,
    }
}

#[cfg(test)]
mod tests {
    use domain::Platform;

    use super::pieces;

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
            let linked: Vec<&str> = pieces(platform, text)
                .into_iter()
                .filter_map(|(is_linked, piece)| is_linked.then_some(piece))
                .collect();
            assert_eq!(linked, links, "{platform}");
            let whole: String = pieces(platform, text)
                .into_iter()
                .map(|(_, piece)| piece)
                .collect();
            assert_eq!(whole, text);
        }
    }
}
