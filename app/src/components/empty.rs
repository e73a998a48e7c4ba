//! What a list shows when there is nothing in it: one sentence, one thing to do.

use leptos::prelude::*;

use super::icon::Icon;

/// An empty list, or an empty page when `whole`. The child is the one button.
#[component]
pub fn Empty(
    /// The icon above the sentence.
    icon: Icon,
    /// The sentence.
    #[prop(into)]
    title: String,
    /// What could be here.
    #[prop(optional, into)]
    line: Option<String>,
    /// Whether it stands for a whole page: larger, with the icon on a tile.
    #[prop(optional)]
    whole: bool,
    /// The one thing to do, and whatever belongs below it.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    let picture = if whole {
        view! { <span class="empty-tile">{icon.view()}</span> }.into_any()
    } else {
        icon.view().into_any()
    };
    view! {
        <div class=if whole { "empty whole" } else { "empty" }>
            {picture} <h2 class="empty-title">{title}</h2>
            {line.map(|line| view! { <p class="empty-line">{line}</p> })}
            {children.map(|children| children())}
        </div>
    }
}
