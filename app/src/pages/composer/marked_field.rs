//! A text field that shows while somebody types what its platform will make of the words: links, mentions and
//! hashtags in colour, and what is too much. The field itself stays the browser's own; its words are drawn once more
//! exactly behind it, and those in the field are made transparent. Both are as tall as their words, so neither scrolls.

use domain::Platform;
use leptos::prelude::*;

use super::marks::marked_html;

/// Lays the layer behind the one `<textarea>` that it is given.
#[component]
pub(super) fn MarkedField(
    /// What stands in the field.
    #[prop(into)]
    words: Signal<String>,
    /// Whose links are shown.
    #[prop(into)]
    platform: Signal<Platform>,
    /// Where begins what is too much, in UTF-16 units.
    #[prop(into)]
    excess: Signal<Option<usize>>,
    children: Children,
) -> impl IntoView {
    // Until the page has come to life the field shows its words itself. So it does while an input method composes:
    // what is underlined there is the browser's to draw.
    let shows = RwSignal::new(false);
    Effect::new(move |_| shows.set(true));
    view! {
        <div
            class="marked-field"
            class:is-marked=move || shows.get()
            on:compositionstart=move |_| shows.set(false)
            on:compositionend=move |_| shows.set(true)
        >
            {children()}
            <div
                class="caption-text marked-layer"
                aria-hidden="true"
                inner_html=move || marked_html(platform.get(), &words.read(), excess.get())
            ></div>
        </div>
    }
    .into_any()
}
