//! What TikTok wants to know about pictures: a title, the cover, and whether it may add music.

use domain::rules::TIKTOK;
use leptos::prelude::*;

use super::on_account::OnAccount;
use crate::components::{Select, Show};

/// Whether the post is one of pictures.
pub(super) fn is_of_pictures(editing: OnAccount) -> bool {
    editing.draft.media.with(|media| {
        !media.is_empty() && media.iter().all(|file| file.asset.facts.image().is_some())
    })
}

/// The rows that a video does not have.
#[component]
pub(super) fn PictureChoices(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let as_draft = Memo::new(move |_| options.read().as_draft);
    let count = Memo::new(move |_| {
        let limit = TIKTOK.title_of_pictures.as_ref();
        limit.map(|limit| limit.count(&options.read().title))
    });
    let is_over = move || count.get().is_some_and(|count| count.is_over());
    view! {
        <div class="option-row">
            <label class="option-name" for=editing.id("photo-title")>
                "Title"
            </label>
            <div class="option-body">
                <input
                    class="input"
                    id=editing.id("photo-title")
                    type="text"
                    aria-describedby=editing.id("photo-title-count")
                    aria-invalid=move || is_over().then_some("true")
                    prop:value=move || options.read().title.clone()
                    on:input:target=move |event| {
                        let title = event.target().value();
                        options.update(|options| options.title = title);
                    }
                />
                <p class="field-help" id=editing.id("photo-title-count")>
                    {move || count.get().map(|count| count.note)} " "
                    <span class:over=is_over>
                        {move || {
                            count.get().map(|count| format!("{} / {}", count.used, count.limit))
                        }}
                    </span>
                </p>
            </div>
        </div>
        <Cover editing />
        <Show when=move || !as_draft.get()>
            <div class="option-row">
                <span class="option-name" id=editing.id("music")>
                    "Music"
                </span>
                <div class="option-body">
                    <label class="option-line">
                        <span>"Let TikTok add music that it recommends"</span>
                        <input
                            class="switch"
                            type="checkbox"
                            role="switch"
                            aria-labelledby=editing.id("music")
                            prop:checked=move || options.read().auto_add_music
                            on:change:target=move |event| {
                                let on = event.target().checked();
                                options.update(|options| options.auto_add_music = on);
                            }
                        />
                    </label>
                </div>
            </div>
        </Show>
    }
}

/// Which of the pictures is shown first.
#[component]
fn Cover(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let count = Memo::new(move |_| editing.draft.media.with(Vec::len));
    let several = Memo::new(move |_| count.get() > 1);
    // The cover that was chosen may have been removed since.
    Effect::new(move |_| {
        let fits = |index: u32| usize::try_from(index).is_ok_and(|index| index < count.get());
        if count.get() > 0 && !fits(options.read_untracked().cover_index) {
            options.update(|options| options.cover_index = 0);
        }
    });
    view! {
        <Show when=move || several.get()>
            <div class="option-row">
                <label class="option-name" for=editing.id("photo-cover")>
                    "Cover"
                </label>
                <div class="option-body">
                    <Select>
                        <select
                            id=editing.id("photo-cover")
                            on:change:target=move |event| {
                                if let Ok(index) = event.target().value().parse() {
                                    options.update(|options| options.cover_index = index);
                                }
                            }
                        >
                            {move || {
                                (0..u32::try_from(count.get()).unwrap_or(0))
                                    .map(|index| {
                                        view! {
                                            <option
                                                value=index.to_string()
                                                prop:selected=move || {
                                                    options.read().cover_index == index
                                                }
                                            >
                                                {format!("Picture {}", index + 1)}
                                            </option>
                                        }
                                    })
                                    .collect_view()
                            }}
                        </select>
                    </Select>
                </div>
            </div>
        </Show>
    }
}
