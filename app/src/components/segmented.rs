//! A few choices side by side in one track.

use leptos::prelude::*;

use super::icon::Icon;

/// One of the choices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// What is chosen.
    pub value: String,
    /// The word shown.
    pub label: String,
    /// An icon before the word.
    pub icon: Option<Icon>,
}

/// Radio buttons drawn as one track; the arrows move between them.
#[component]
pub fn Segmented(
    /// What is being chosen, for screen readers.
    #[prop(into)]
    label: String,
    /// The name that the radio buttons share on this page.
    name: &'static str,
    /// The choices.
    #[prop(into)]
    segments: Signal<Vec<Segment>>,
    /// The chosen value.
    selected: RwSignal<String>,
    /// 32 px instead of 28.
    #[prop(optional)]
    tall: bool,
) -> impl IntoView {
    let segment = move |segment: Segment| {
        let Segment { value, label, icon } = segment;
        let chosen = value.clone();
        let is_chosen = value.clone();
        view! {
            <label>
                <input
                    class="sr-only"
                    type="radio"
                    name=name
                    value=value
                    prop:checked=move || selected.with(|selected| *selected == is_chosen)
                    on:change=move |_| selected.set(chosen.clone())
                />
                {icon.map(Icon::view)}
                {label}
            </label>
        }
    };
    view! {
        <div class=if tall { "segmented tall" } else { "segmented" } role="group" aria-label=label>
            <For each=move || segments.get() key=|segment| segment.value.clone() children=segment />
        </div>
    }
}
