//! Which frame of a video is its cover on TikTok: a strip of its frames with a handle that is moved along it.

use std::time::Duration;

use domain::AssetId;
use domain::media::moment_label;
use domain::tiktok::TikTokOptions;
use leptos::prelude::*;

use super::on_account::OnAccount;
use crate::api::assets::AssetData;
use crate::state::draft::AccountDraft;

/// Frames are chosen to a tenth of a second.
const STEP_MS: u32 = 100;
/// How long the handle rests before the server is asked for exactly that frame.
const REST: Duration = Duration::from_millis(150);

fn first_video(draft: AccountDraft) -> Option<AssetData> {
    draft.media.with(|media| {
        let mut files = media.iter().map(|file| &file.asset);
        files.find(|asset| asset.facts.video().is_some()).cloned()
    })
}

/// Takes the first frame again when another video takes the place of the one that the cover was chosen in.
pub(super) fn forget_cover_of_another(draft: AccountDraft) {
    let video = Memo::new(move |_| first_video(draft).map(|asset| asset.id));
    Effect::new(move |_| {
        let Some(now) = video.get() else { return };
        let before: Option<AssetId> = draft.cover_of.get_value();
        draft.cover_of.set_value(Some(now));
        let has_cover = draft
            .tiktok
            .with_untracked(|options| options.video_cover_ms.is_some());
        if has_cover && before.is_some_and(|before| before != now) {
            draft.tiktok.update(|options| options.video_cover_ms = None);
        }
    });
}

/// The moment that the preview shows; it follows once the handle rests, so that no frame is drawn for nothing.
pub(super) fn settled_cover(options: Option<RwSignal<TikTokOptions>>) -> Signal<Option<u32>> {
    let Some(options) = options else {
        return Signal::stored(None);
    };
    let cover = Memo::new(move |_| options.read().video_cover());
    let settled = RwSignal::new(cover.get_untracked());
    Effect::new(move |before: Option<()>| {
        let now = cover.get();
        if before.is_some() {
            set_timeout(
                move || {
                    if cover.try_get_untracked() == Some(now) {
                        settled.try_set(now);
                    }
                },
                REST,
            );
        }
    });
    settled.into()
}

/// The row of the panel; nothing where there is no video.
#[component]
pub(super) fn VideoCover(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let video = Memo::new(move |_| first_video(editing.draft));
    let cover = Memo::new(move |_| options.read().video_cover_ms);
    let choose = move |at: u32| {
        options.update(|options| options.video_cover_ms = Some(at).filter(|at| *at > 0));
    };
    let words = move || match cover.get() {
        None => "First frame".to_owned(),
        Some(at) => moment_label(u64::from(at)),
    };
    move || {
        let asset = video.get()?;
        let length = asset.facts.video()?.duration_ms;
        let last = u32::try_from(length).unwrap_or(u32::MAX);
        let whole = moment_label(length);
        let strip = asset.strip_url().map(|url| {
            view! { <img class="cover-strip" src=url alt="" decoding="async" /> }
        });
        Some(view! {
            <div class="option-row">
                <label class="option-name" for=editing.id("video-cover")>
                    "Cover"
                </label>
                <div class="option-body">
                    <div class="cover-choice">
                        {strip}
                        <input
                            class="cover-slider"
                            id=editing.id("video-cover")
                            type="range"
                            min="0"
                            max=last
                            step=STEP_MS
                            aria-describedby=editing.id("video-cover-note")
                            aria-valuetext=move || format!("{} of {whole}", words())
                            prop:value=move || cover.get().unwrap_or(0).to_string()
                            on:input:target=move |event| {
                                if let Ok(at) = event.target().value().parse() {
                                    choose(at);
                                }
                            }
                        />
                    </div>
                    <p class="cover-words">
                        <output for=editing.id("video-cover")>{words}</output>
                        <Show when=move || cover.get().is_some()>
                            <button class="link" type="button" on:click=move |_| choose(0)>
                                "Use the first frame"
                            </button>
                        </Show>
                    </p>
                    <p class="field-help" id=editing.id("video-cover-note")>
                        "What TikTok shows before the video plays. Without a choice it is the first frame."
                    </p>
                </div>
            </div>
        })
    }
}
