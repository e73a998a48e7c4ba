//! The bar at the top of every staff page.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::icon::Icon;

/// The top bar: way back, title, facts, view controls, and at the far end what can be done.
///
/// The words of actions stand in a `<span>`, so that a phone can show the icons alone.
#[component]
pub fn TopBar(
    /// The page's title.
    #[prop(into)]
    title: Signal<String>,
    /// A quiet fact beside it.
    #[prop(optional, into)]
    detail: Signal<Option<String>>,
    /// Where the way back leads, on a page below another.
    #[prop(optional, into)]
    back: Option<String>,
    /// What a screen reader calls the way back.
    #[prop(default = "Back")]
    back_label: &'static str,
    /// Directly after the title: a status, for example.
    #[prop(optional, into)]
    beside: Option<ViewFnOnce>,
    /// View controls, such as the previous and the next month.
    #[prop(optional, into)]
    controls: Option<ViewFnOnce>,
    /// What can be done; the primary button is the last.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <header class="top-bar">
            {back
                .map(|back| {
                    view! {
                        <a class="button quiet small icon-only top-bar-back" href=back aria-label=back_label>
                            {Icon::ChevronLeft.view()}
                        </a>
                    }
                        .into_any()
                })}
            <h1 class="top-bar-title">{move || title.get()}</h1>
            {beside.map(|beside| beside.run())}
            {move || detail.get().map(|detail| view! { <span class="top-bar-detail">{detail}</span> }.into_any())}
            {controls.map(|controls| view! { <div class="top-bar-controls">{controls.run()}</div> }.into_any())}
            {children.map(|children| view! { <div class="top-bar-actions">{children()}</div> }.into_any())}
        </header>
    }
    .into_any()
}
