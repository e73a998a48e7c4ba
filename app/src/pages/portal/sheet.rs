//! Fields that tell a moment of a video: they are filled in by hand, or with the moment that the video shows.

use domain::AssetId;
use domain::media::duration_label;
use leptos::prelude::*;

use crate::components::Show;

use super::video::Player;

/// The moment, in minutes and seconds.
#[component]
pub(super) fn MomentFields(
    /// The video.
    asset: AssetId,
    /// The video on the page.
    player: Player,
) -> impl IntoView {
    let minute = RwSignal::new(String::new());
    let second = RwSignal::new(String::new());
    let is_live = RwSignal::new(false);
    Effect::new(move |_| is_live.set(true));
    let take = move |_| {
        let at = player.moment.get_untracked().unwrap_or_default() / 1_000;
        minute.set((at / 60).to_string());
        second.set((at % 60).to_string());
    };
    let label = move || {
        let at = player.moment.get().unwrap_or_default();
        format!("At {}", duration_label(at / 1_000 * 1_000))
    };
    let field = move |part: &'static str, words: &'static str, value: RwSignal<String>| {
        view! {
            <label class="moment-field">
                <input
                    class="input"
                    name=part
                    inputmode="numeric"
                    maxlength="3"
                    autocomplete="off"
                    prop:value=move || value.get()
                    on:input:target=move |event| value.set(event.target().value())
                />
                {words}
            </label>
        }
    };
    view! {
        <fieldset class="moment">
            <legend class="field-label">"At which moment of the video, if at one"</legend>
            <input type="hidden" name="asset" value=asset.to_string() />
            <div class="moment-fields">
                {field("minute", "min", minute)} {field("second", "sec", second)}
                <Show when=move || is_live.get()>
                    <button class="button secondary" type="button" on:click=take>
                        {label}
                    </button>
                </Show>
            </div>
        </fieldset>
    }
    .into_any()
}
