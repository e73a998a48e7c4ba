//! What the post will look like on Bluesky.

use leptos::prelude::*;

use super::editing::Editing;
use crate::api::posts::MediaData;
use crate::components::{AccountAvatar, AvatarSize, Icon, PersonAvatar};

/// A post as it stands in Bluesky's feed. Scenery: screen readers have the fields themselves.
#[component]
pub(super) fn BlueskyScene(editing: Editing, name: Memo<String>) -> impl IntoView {
    let account = Memo::new(move |_| editing.account());
    let avatar = move || match account.get() {
        Some(account) => view! {
            <AccountAvatar
                name=name.get()
                platform=account.platform
                url=account.avatar_url
                size=AvatarSize::S40
            />
        }
        .into_any(),
        None => view! { <PersonAvatar name=name.get() /> }.into_any(),
    };
    let handle = move || account.get()?.handle.map(|handle| format!("@{handle}"));
    let text = move || {
        let caption = editing.draft.caption.get();
        let shown = |(is_linked, piece): (bool, &str)| {
            let piece = piece.to_owned();
            if is_linked {
                view! { <span class="post-link">{piece}</span> }.into_any()
            } else {
                piece.into_any()
            }
        };
        pieces(&caption).into_iter().map(shown).collect_view()
    };
    let media = move || {
        let media = editing.draft.media.get();
        (!media.is_empty()).then(|| {
            let shown = media.len().min(4);
            view! {
                <div class="post-media" data-count=shown.to_string()>
                    {media.into_iter().take(4).map(picture).collect_view()}
                </div>
            }
        })
    };
    view! {
        <figure class="post-preview" aria-hidden="true">
            <div class="post-head">
                {avatar} <div class="post-who">
                    <b>{move || name.get()}</b>
                    <span>{handle}</span>
                </div>
            </div>
            <p class="post-text">{text}</p>
            {media}
            <div class="post-foot">
                {Icon::Comment.view()} {Icon::Refresh.view()} {Icon::Heart.view()}
                {Icon::Bookmark.view()}
            </div>
        </figure>
    }
}

fn picture(file: MediaData) -> impl IntoView {
    let is_video = file.asset.facts.video().is_some();
    let has_alt = !file.alt.trim().is_empty();
    view! {
        <span class="post-picture">
            {match file.asset.poster_url {
                Some(url) => view! { <img src=url alt="" decoding="async" /> }.into_any(),
                None => Icon::Image.view().into_any(),
            }} {is_video.then(|| view! { <span class="post-play">{Icon::Play.view()}</span> })}
            {has_alt.then(|| view! { <span class="post-alt">"ALT"</span> })}
        </span>
    }
}

/// The text in pieces, and whether each is shown as a link: addresses, mentions and hashtags.
fn pieces(text: &str) -> Vec<(bool, &str)> {
    text.split_inclusive(char::is_whitespace)
        .flat_map(|word| {
            let end = word.trim_end_matches(|c: char| c.is_whitespace() || ".,;:!?)".contains(c));
            let (core, rest) = word.split_at(end.len());
            let is_linked = core.starts_with("https://")
                || core.starts_with("http://")
                || core
                    .strip_prefix('@')
                    .is_some_and(|handle| handle.contains('.'))
                || core
                    .strip_prefix('#')
                    .is_some_and(|tag| tag.chars().any(|c| !c.is_ascii_digit()));
            [(is_linked, core), (false, rest)]
        })
        .filter(|(_, piece)| !piece.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::pieces;

    #[test]
    fn links_mentions_and_tags_stand_out_and_nothing_is_lost() {
        let text = "Hi @kestrel.example, see https://a.example/x. #bread #1\nbye @all";
        let linked: Vec<&str> = pieces(text)
            .into_iter()
            .filter_map(|(is_linked, piece)| is_linked.then_some(piece))
            .collect();
        assert_eq!(
            linked,
            ["@kestrel.example", "https://a.example/x", "#bread"]
        );
        let whole: String = pieces(text).into_iter().map(|(_, piece)| piece).collect();
        assert_eq!(whole, text);
    }
}
