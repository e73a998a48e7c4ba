//! The commercial disclosure in TikTok's panel: off at the start, and in TikTok's own words.

use domain::rules::{BRANDED_NEVER_PRIVATE, SAY_WHOM_IT_PROMOTES};
use domain::tiktok::SELF_ONLY;
use leptos::prelude::*;

use super::on_account::OnAccount;
use crate::components::{FieldError, Icon, Notice, Show};

/// The commercial disclosure.
#[component]
pub(super) fn Disclosure(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let is_on = Memo::new(move |_| options.read().disclose);
    let toggle = move |on: bool| {
        options.update(|options| {
            options.disclose = on;
            // Nothing stays ticked where nobody sees it.
            options.your_brand &= on;
            options.branded_content &= on;
        });
    };
    view! {
        <div class="option-row">
            <span class="option-name" id=editing.id("disclose")>
                "Disclose content"
            </span>
            <div class="option-body">
                <label class="option-line">
                    <span>"This post promotes yourself, a third party, or both"</span>
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        id=editing.id("disclose-switch")
                        aria-labelledby=editing.id("disclose")
                        prop:checked=move || is_on.get()
                        on:change:target=move |event| toggle(event.target().checked())
                    />
                </label>
                <Show when=move || is_on.get()>
                    <Promotions editing />
                </Show>
            </div>
        </div>
    }
}

/// Whom the video promotes, and how TikTok will label it.
#[component]
fn Promotions(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let is_branded = Memo::new(move |_| options.read().branded_content);
    // Only what is not ticked yet is switched off: a tick can always be taken back.
    let branded_is_off = Memo::new(move |_| {
        !is_branded.get() && options.read().privacy_level.as_deref() == Some(SELF_ONLY)
    });
    let label = Memo::new(move |_| {
        let options = options.read();
        match (options.your_brand, options.branded_content) {
            (false, false) => None,
            (true, false) => Some("Your photo/video will be labeled as 'Promotional content'"),
            (_, true) => Some("Your photo/video will be labeled as 'Paid partnership'"),
        }
    });
    view! {
        <label class="choice-block">
            <input
                class="check"
                type="checkbox"
                prop:checked=move || options.read().your_brand
                on:change:target=move |event| {
                    let on = event.target().checked();
                    options.update(|options| options.your_brand = on);
                }
            />
            <span class="choice-word">"Your brand"</span>
            <span class="choice-note">"You are promoting yourself or your own business."</span>
        </label>
        <label class="choice-block" title=move || branded_is_off.get().then_some(BRANDED_NEVER_PRIVATE)>
            <input
                class="check"
                type="checkbox"
                disabled=move || branded_is_off.get()
                prop:checked=move || is_branded.get()
                on:change:target=move |event| {
                    let on = event.target().checked();
                    options.update(|options| options.branded_content = on);
                }
            />
            <span class="choice-word">"Branded content"</span>
            <span class="choice-note">
                "You are promoting another brand or a third party."
                {move || {
                    branded_is_off
                        .get()
                        .then(|| {
                            format!(" {BRANDED_NEVER_PRIVATE} Let others see it to choose this.")
                        })
                }}
            </span>
        </label>
        {move || match label.get() {
            Some(label) => view! { <Notice icon=Icon::Info>{label}</Notice> }.into_any(),
            None => {
                view! { <FieldError id=editing.id("disclose-error") message=SAY_WHOM_IT_PROMOTES /> }.into_any()
            }
        }}
    }
}
