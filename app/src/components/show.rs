//! What is there only while something holds.

use leptos::children::ViewFn;
use leptos::prelude::*;

/// Shows what is inside while `when` holds, and the fallback otherwise. What is inside is made anew only when that
/// changes, not whenever it is asked.
///
/// Leptos has a component of this name. It makes a type of its own for every place where it is used, and with it
/// several kilobytes of code for the browser; here all places share one.
#[component]
pub fn Show(
    /// What has to hold.
    #[prop(into)]
    when: Signal<bool>,
    /// What is shown then.
    children: ChildrenFn,
    /// What is shown otherwise; nothing, unless it is given.
    #[prop(optional, into)]
    fallback: Option<ViewFn>,
) -> impl IntoView {
    let when = Memo::new(move |_| when.get());
    view! {
        {move || {
            if when.get() { Some(children()) } else { fallback.as_ref().map(ViewFn::run) }
        }}
    }
}
