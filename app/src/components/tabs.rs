//! Tabs over one panel. One of them is in the tab order; the arrows, Home and End move between them.

use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use super::icon::Icon;

/// One tab.
#[derive(Clone, Debug, PartialEq)]
pub struct Tab {
    /// What it stands for; unique among its neighbours.
    pub id: String,
    /// The word shown.
    pub label: String,
    /// An icon before the word.
    pub icon: Option<Icon>,
    /// A short mark after the word, such as "edited".
    pub mark: Signal<Option<String>>,
}

/// The row of tabs. The panel carries `role="tabpanel"`, the id `panel` and
/// `aria-labelledby="{panel}-{tab}"`.
#[component]
pub fn Tabs(
    /// What the tabs divide, for screen readers.
    #[prop(into)]
    label: String,
    /// The id of the panel below.
    panel: &'static str,
    /// The tabs.
    #[prop(into)]
    tabs: Signal<Vec<Tab>>,
    /// The id of the chosen one.
    selected: RwSignal<String>,
) -> impl IntoView {
    let on_keydown = move |event: KeyboardEvent| {
        let ids: Vec<_> =
            tabs.with_untracked(|tabs| tabs.iter().map(|tab| tab.id.clone()).collect());
        let here = selected.with_untracked(|selected| ids.iter().position(|id| id == selected));
        let (Some(here), count) = (here, ids.len()) else {
            return;
        };
        let next = match event.key().as_str() {
            "ArrowRight" => (here + 1) % count,
            "ArrowLeft" => (here + count - 1) % count,
            "Home" => 0,
            "End" => count - 1,
            _ => return,
        };
        event.prevent_default();
        let id = &ids[next];
        selected.set(id.clone());
        if let Some(tab) = document().get_element_by_id(&format!("{panel}-{id}"))
            && let Some(tab) = tab.dyn_ref::<HtmlElement>()
        {
            let _ = tab.focus();
        }
    };
    let tab = move |tab: Tab| {
        let Tab {
            id,
            label,
            icon,
            mark,
        } = tab;
        let chosen = id.clone();
        let own = id.clone();
        let is_chosen = Memo::new(move |_| selected.with(|selected| *selected == own));
        view! {
            <button
                class="tab"
                type="button"
                role="tab"
                id=format!("{panel}-{id}")
                aria-controls=panel
                aria-selected=move || if is_chosen.get() { "true" } else { "false" }
                tabindex=move || if is_chosen.get() { "0" } else { "-1" }
                on:click=move |_| selected.set(chosen.clone())
            >
                {icon.map(Icon::view)}
                {label}
                {move || mark.get().map(|mark| view! { <span class="tab-mark">{mark}</span> })}
            </button>
        }
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=on_keydown>
            <For each=move || tabs.get() key=|tab| tab.id.clone() children=tab />
        </div>
    }
}
