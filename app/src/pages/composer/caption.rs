//! The caption, counted as the platform counts.

use domain::Platform;
use domain::rules::{self, PostKind};
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
        // Before an account is chosen it is counted as for the platform that most posts go to.
        let platform = editing.draft.platform().unwrap_or(Platform::TikTok);
        let kind = editing
            .draft
            .media
            .with(|media| PostKind::of(media.iter().map(|file| &file.asset.facts)));
        caption.with(|caption| rules::count(platform, kind, caption))
    });
    let is_over = move || count.get().is_over();
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
            <span>{move || count.get().note}</span>
            <span id="caption-count" class:over=is_over>
                {move || grouped(count.get().used)}
                " / "
                {move || grouped(count.get().limit)}
            </span>
        </div>
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
    use super::{escaped, grouped};

    #[test]
    fn counts_are_grouped() {
        assert_eq!(grouped(110), "110");
        assert_eq!(grouped(2_200), "2,200");
        assert_eq!(grouped(12_007), "12,007");
    }

    #[test]
    fn a_caption_cannot_close_its_field() {
        assert_eq!(escaped("</textarea>&amp;"), "&lt;/textarea>&amp;amp;");
    }
}
