//! Buttons are classes: `button primary|secondary|quiet|danger`, with `small`, `large`, `block` and
//! `icon-only`. Only the one that shows it is at work needs a component.

use leptos::prelude::*;

use super::icon::Icon;

/// A submit button that keeps its width while its action runs: a ring and a present participle.
#[component]
pub fn BusyButton(
    /// Its classes.
    #[prop(default = "button primary")]
    class: &'static str,
    /// What pressing it does.
    #[prop(into)]
    label: Signal<String>,
    /// What is going on after it was pressed, such as "Saving".
    #[prop(into)]
    busy_label: String,
    /// Whether it is going on.
    #[prop(into)]
    busy: Signal<bool>,
    /// Whether it cannot be pressed; say the reason beside it.
    #[prop(optional, into)]
    disabled: Signal<bool>,
    /// An icon before the label.
    #[prop(optional)]
    icon: Option<Icon>,
) -> impl IntoView {
    view! {
        <button
            type="submit"
            class=class
            aria-busy=move || busy.get().then_some("true")
            disabled=move || disabled.get()
            // A second press while the first is being worked on must not send again.
            on:click=move |event| {
                if busy.get_untracked() {
                    event.prevent_default();
                }
            }
        >
            <span class="faces">
                <span class="face" class:off=move || busy.get()>
                    {icon.map(Icon::view)}
                    {move || label.get()}
                </span>
                <span class="face" class:off=move || !busy.get()>
                    <span class="spinner" aria-hidden="true"></span>
                    {busy_label}
                </span>
            </span>
        </button>
    }
}
