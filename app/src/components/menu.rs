//! Menus: a `<details>` whose summary is the button. They open without WASM too.

use leptos::children::ViewFnOnce;
use leptos::prelude::*;

use super::disclosure;
use super::icon::Icon;

/// A menu. Its children are `MenuLink`, `MenuButton`, `MenuDivider` and forms with `menu-item`
/// buttons.
#[component]
pub fn Menu(
    /// The classes of the button that opens it.
    #[prop(default = "button quiet small icon-only")]
    trigger_class: &'static str,
    /// What the button shows; three dots unless given.
    #[prop(optional, into)]
    trigger: Option<ViewFnOnce>,
    /// What a screen reader calls the button, needed where it shows an icon only.
    #[prop(optional, into)]
    label: Option<String>,
    /// `start` aligns it to the button's start, `up` opens it upwards; both may be given.
    #[prop(default = "")]
    placement: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let trigger = match trigger {
        Some(trigger) => trigger.run(),
        None => Icon::More.view().into_any(),
    };
    view! {
        <details
            class=format!("menu {placement}")
            name="menu"
            on:keydown=disclosure::on_keydown
            on:focusout=disclosure::on_focusout
            on:click=disclosure::on_click
        >
            <summary class=trigger_class aria-label=label>
                {trigger}
            </summary>
            <div class="menu-panel">{children()}</div>
        </details>
    }
    .into_any()
}

/// What the menu is about: an object's name and one fact.
#[component]
pub fn MenuHead(
    /// The object's name.
    #[prop(into)]
    title: String,
    /// Its time, or another fact.
    #[prop(optional, into)]
    detail: Option<String>,
) -> impl IntoView {
    view! {
        <div class="menu-head">
            <div>{title}</div>
            {detail.map(|detail| view! { <div>{detail}</div> })}
        </div>
    }
}

/// An item that leads somewhere.
#[component]
pub fn MenuLink(
    /// Where to.
    #[prop(into)]
    href: String,
    /// The icon before the word.
    icon: Icon,
    /// The word.
    #[prop(into)]
    label: String,
    /// The key that does the same.
    #[prop(optional, into)]
    shortcut: Option<String>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
) -> impl IntoView {
    view! {
        <a class=item_class(danger) href=href>
            {icon.view()}
            {label}
            {shortcut.map(|shortcut| view! { <kbd>{shortcut}</kbd> })}
        </a>
    }
}

/// An item that does something. Give it `on:click`.
#[component]
pub fn MenuButton(
    /// The icon before the word.
    icon: Icon,
    /// The word.
    #[prop(into)]
    label: String,
    /// The key that does the same.
    #[prop(optional, into)]
    shortcut: Option<String>,
    /// Whether it destroys something.
    #[prop(optional)]
    danger: bool,
    /// Whether it cannot be used now.
    #[prop(optional, into)]
    disabled: Signal<bool>,
) -> impl IntoView {
    view! {
        <button class=item_class(danger) type="button" disabled=move || disabled.get()>
            {icon.view()}
            {label}
            {shortcut.map(|shortcut| view! { <kbd>{shortcut}</kbd> })}
        </button>
    }
}

/// A line between groups of items.
#[component]
pub fn MenuDivider() -> impl IntoView {
    view! { <hr class="menu-divider" /> }
}

const fn item_class(danger: bool) -> &'static str {
    if danger {
        "menu-item danger"
    } else {
        "menu-item"
    }
}
