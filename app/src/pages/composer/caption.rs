//! The caption, counted as the platform counts.

use domain::Platform;
use domain::bluesky::{TEXT_BYTES, TEXT_GRAPHEMES, graphemes};
use domain::tiktok::{CAPTION_UTF16_UNITS, caption_units};
use leptos::html;
use leptos::prelude::*;

use super::editing::Editing;

/// The text field with its counter. It belongs to whoever types: nothing writes into it afterwards.
#[component]
pub(super) fn Caption(editing: Editing) -> impl IntoView {
    let caption = editing.draft.caption;
    let field = NodeRef::<html::Textarea>::new();
    let initial = caption.get_untracked();
    // What was typed before the page came to life counts as well.
    Effect::new(move |_| {
        if let Some(field) = field.get()
            && field.value() != caption.get_untracked()
        {
            caption.set(field.value());
        }
    });
    let count = Memo::new(move |_| {
        let platform = editing.draft.platform();
        caption.with(|caption| Count::of(caption, platform))
    });
    let is_over = move || count.get().is_over;
    view! {
        <div class="panel-head">
            <label class="panel-title" for="caption">
                "Caption"
            </label>
        </div>
        <textarea
            class="caption-text"
            id="caption"
            rows="3"
            aria-describedby="caption-count"
            aria-invalid=move || is_over().then_some("true")
            node_ref=field
            on:input:target=move |event| caption.set(event.target().value())
            inner_html=escaped(&initial)
        ></textarea>
        <div class="caption-foot">
            <span>{move || count.get().what_counts}</span>
            <span id="caption-count" class:over=is_over>
                {move || grouped(count.get().used)}
                " / "
                {move || grouped(count.get().limit)}
            </span>
        </div>
    }
}

/// How much of what a platform takes is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Count {
    used: usize,
    limit: usize,
    is_over: bool,
    what_counts: &'static str,
}

impl Count {
    fn of(caption: &str, platform: Option<Platform>) -> Self {
        match platform {
            Some(Platform::Bluesky) => {
                let used = graphemes(caption);
                let is_too_joined = caption.len() > TEXT_BYTES;
                Self {
                    used,
                    limit: TEXT_GRAPHEMES,
                    is_over: used > TEXT_GRAPHEMES || is_too_joined,
                    what_counts: if is_too_joined {
                        "Too many joined characters, such as long emoji"
                    } else {
                        "Links count in full"
                    },
                }
            }
            Some(Platform::TikTok) | None => {
                let used = caption_units(caption);
                Self {
                    used,
                    limit: CAPTION_UTF16_UNITS,
                    is_over: used > CAPTION_UTF16_UNITS,
                    what_counts: "Hashtags and mentions count",
                }
            }
        }
    }
}

/// Text as it has to stand inside a `<textarea>`.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// "2,200".
fn grouped(count: usize) -> String {
    match (count / 1000, count % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::Platform;

    use super::{Count, escaped, grouped};

    #[test]
    fn counts_are_grouped() {
        assert_eq!(grouped(110), "110");
        assert_eq!(grouped(2_200), "2,200");
        assert_eq!(grouped(12_007), "12,007");
    }

    #[test]
    fn every_platform_counts_in_its_own_way() {
        // One character for people, eleven units for TikTok, 25 bytes for Bluesky.
        let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
        assert_eq!(Count::of(family, Some(Platform::TikTok)).used, 11);
        let on_bluesky = Count::of(family, Some(Platform::Bluesky));
        assert_eq!((on_bluesky.used, on_bluesky.limit), (1, 300));
        let many = Count::of(&family.repeat(121), Some(Platform::Bluesky));
        assert!(many.is_over && many.used == 121);
    }

    #[test]
    fn a_caption_cannot_close_its_field() {
        assert_eq!(escaped("</textarea>&amp;"), "&lt;/textarea>&amp;amp;");
    }
}
