//! Native dialogs. The browser keeps the focus inside and gives it back afterwards.

use leptos::children::ViewFnOnce;
use leptos::ev::MouseEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::Element;

use super::icon::Icon;
use super::show::Show;

/// A modal dialog that follows a signal. What is inside exists only while it is open.
#[component]
pub fn Dialog(
    /// Whether it is open; Escape and a press beside the box set it to false.
    open: RwSignal<bool>,
    /// The id of its title.
    labelled_by: &'static str,
    /// 520 px instead of 560.
    #[prop(optional)]
    narrow: bool,
    /// A `dialog-body` and a `DialogFoot`, usually inside a form.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => {
                let _ = dialog.show_modal();
            }
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    let on_press = move |event: MouseEvent| {
        let beside = event
            .target()
            .and_then(|target| target.dyn_into::<Element>().ok())
            .is_some_and(|target| target.tag_name() == "DIALOG");
        if beside {
            open.set(false);
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class=if narrow { "dialog narrow" } else { "dialog" }
            aria-labelledby=labelled_by
            on:close=move |_| open.set(false)
            on:mousedown=on_press
        >
            <Show when=move || open.get()>{children()}</Show>
        </dialog>
    }
    .into_any()
}

/// The head of a dialog: a picture of what it is about, the title, one sentence, and the way out.
#[component]
pub fn DialogHead(
    /// The id that the dialog's `aria-labelledby` names.
    id: &'static str,
    /// The title.
    #[prop(into)]
    title: String,
    /// One sentence below it.
    #[prop(optional, into)]
    lead: Option<String>,
    /// An avatar, a picture or a tile.
    #[prop(optional, into)]
    picture: Option<ViewFnOnce>,
    /// Closes the dialog; without it there is no cross.
    #[prop(optional, into)]
    on_close: Option<Callback<()>>,
    /// Where the cross leads on a page that stands for a dialog.
    #[prop(optional, into)]
    close_href: Option<String>,
) -> impl IntoView {
    const CROSS: &str = "button quiet small icon-only dialog-close";
    let cross = match (on_close, close_href) {
        (Some(on_close), _) => Some(
            view! {
                <button class=CROSS type="button" aria-label="Close" on:click=move |_| on_close.run(())>
                    {Icon::Close.view()}
                </button>
            }
            .into_any(),
        ),
        (None, Some(href)) => Some(
            view! {
                <a class=CROSS href=href aria-label="Close">
                    {Icon::Close.view()}
                </a>
            }
            .into_any(),
        ),
        (None, None) => None,
    };
    view! {
        <div class="dialog-head">
            {picture.map(|picture| picture.run())}
            <div>
                <h2 class="dialog-title" id=id>
                    {title}
                </h2>
                {lead.map(|lead| view! { <p class="dialog-lead">{lead}</p> })}
            </div>
            {cross}
        </div>
    }
}

/// The foot of a dialog: a fact at the far left, then the safe act, then the decisive one.
#[component]
pub fn DialogFoot(
    /// The fact.
    #[prop(optional, into)]
    fact: Option<String>,
    /// An icon before the fact.
    #[prop(optional)]
    fact_icon: Option<Icon>,
    /// The buttons.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="dialog-foot">
            {fact
                .map(|fact| {
                    view! { <span class="dialog-fact">{fact_icon.map(Icon::view)} {fact}</span> }
                })}
            {children()}
        </div>
    }
}
