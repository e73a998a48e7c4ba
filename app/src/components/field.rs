//! Fields: a label above the control, help or an error below it.

use leptos::prelude::*;

use super::icon::Icon;

/// A label, a control and what is to be said about it. The control is given as the child and
/// carries the id; on an error it also gets `aria-invalid` and `aria-describedby="{id}-error"`.
#[component]
pub fn Field(
    /// The control's id.
    id: &'static str,
    /// What is asked for.
    #[prop(into)]
    label: String,
    /// A hint, shown as long as there is no error.
    #[prop(optional, into)]
    help: Signal<Option<String>>,
    /// What is wrong and how to mend it.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=id>{label}</label>
            {children()}
            {move || match error.get() {
                Some(error) => {
                    view! { <FieldError id=format!("{id}-error") message=error /> }.into_any()
                }
                None => {
                    help.get()
                        .map(|help| {
                            view! {
                                <p class="field-help" id=format!("{id}-help")>
                                    {help}
                                </p>
                            }
                        })
                        .into_any()
                }
            }}
        </div>
    }
}

/// What is wrong with a field and how to mend it.
#[component]
pub fn FieldError(
    /// The id that the control's `aria-describedby` names.
    #[prop(into)]
    id: String,
    /// The sentence.
    #[prop(into)]
    message: String,
) -> impl IntoView {
    view! {
        <p class="field-error" id=id>
            {Icon::Triangle.view()}
            <span>{message}</span>
        </p>
    }
}

/// The frame and the arrow around a native `<select>`, which is the child.
#[component]
pub fn Select(
    /// The `<select>`.
    children: Children,
) -> impl IntoView {
    view! {
        <span class="select">
            {children()} {Icon::ChevronDown.view()}
        </span>
    }
}

/// A password with a button that shows it. Without WASM it is a plain password field.
#[component]
pub fn PasswordField(
    /// The control's id.
    id: &'static str,
    /// The name under which the form sends it.
    name: &'static str,
    /// What a password manager should offer.
    #[prop(default = "current-password")]
    autocomplete: &'static str,
    /// Whether it has to be filled in.
    #[prop(default = true)]
    required: bool,
) -> impl IntoView {
    let shown = RwSignal::new(false);
    view! {
        <span class="input-group large">
            <input
                id=id
                name=name
                type=move || if shown.get() { "text" } else { "password" }
                autocomplete=autocomplete
                required=required
            />
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label="Show the password"
                aria-pressed=move || if shown.get() { "true" } else { "false" }
                on:click=move |_| shown.update(|shown| *shown = !*shown)
            >
                {move || {
                    if shown.get() { Icon::EyeOff.view().into_any() } else { Icon::Eye.view().into_any() }
                }}
            </button>
        </span>
    }
}
