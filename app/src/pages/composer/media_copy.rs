//! Copies of the post's files: asked for beside a finding, followed beside the file, and put into its place.

use domain::rules::Fix;
use domain::{AssetId, ClientId, Platform};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::editing::Editing;
use crate::api::assets::{AssetData, MadeFrom};
use crate::api::copies::{CopyData, CopyWish};
use crate::api::library::asset_detail;
use crate::api::posts::MediaData;
use crate::components::{Icon, use_toasts};
use crate::pages::copies::CopyRows;
use crate::state::copies::Copies;
use crate::state::draft::Draft;

/// The copies of a post's files. One that is there takes the place of its original, if that is still in the post;
/// what was written about it stays.
pub(super) fn copies(client: ClientId, draft: Draft) -> Copies {
    let toasts = use_toasts();
    let copies = Copies::new(
        client,
        Callback::new(move |copy: CopyData| {
            let Some(made) = copy.asset else { return };
            let said = draft
                .media
                .try_update(|media| exchange(media, copy.original, made));
            if let (Some(toasts), Some(exchanged)) = (toasts, said) {
                toasts.say(if exchanged {
                    format!("The copy {} takes the file’s place", copy.how)
                } else {
                    format!("The copy {} is in the library", copy.how)
                });
            }
        }),
    );
    // What was asked for before the page was loaded goes on.
    Effect::new(move |_| {
        let of = draft
            .media
            .with_untracked(|media| media.iter().map(|file| file.asset.id).collect::<Vec<_>>());
        copies.look(of);
    });
    copies
}

/// Puts one file into the place of another, with its description. Whether that was there.
fn exchange(media: &mut Vec<MediaData>, old: AssetId, new: AssetData) -> bool {
    let Some(place) = media.iter().position(|file| file.asset.id == old) else {
        return false;
    };
    if media.iter().any(|file| file.asset.id == new.id) {
        // A post has no file twice.
        media.remove(place);
    } else if let Some(file) = media.get_mut(place) {
        file.asset = new;
    }
    true
}

/// Whether it is mended by a copy of a file.
pub(super) const fn makes_a_copy(fix: &Fix) -> bool {
    matches!(
        fix,
        Fix::ConvertVideo { .. } | Fix::ConvertPicture { .. } | Fix::Crop { .. }
    )
}

/// The button of a finding that a copy mends. While one is made there is nothing to press.
pub(super) fn copy_button(
    editing: Editing,
    platform: Option<Platform>,
    words: String,
    fix: Fix,
) -> AnyView {
    let (Fix::ConvertVideo { file, .. } | Fix::ConvertPicture { file, .. } | Fix::Crop { file }) =
        fix
    else {
        return ().into_any();
    };
    let crops = matches!(fix, Fix::Crop { .. });
    let asset = move || {
        let media = editing.draft.media;
        media.with(|media| media.get(file).map(|file| file.asset.clone()))
    };
    let under_way =
        Memo::new(move |_| asset().is_some_and(|asset| editing.copies.is_under_way(asset.id)));
    let press = move |_| {
        let Some(asset) = untrack(asset) else { return };
        match platform {
            _ if crops => editing.copies.crop(asset),
            Some(platform) => {
                editing.copies.ask(asset.id, CopyWish::For(platform));
                editing.shows_preview.set(false);
            }
            None => {}
        }
    };
    let is_gone = Memo::new(move |_| asset().is_none_or(|asset| asset.file_url.is_none()));
    (move || {
        if is_gone.get() {
            return ().into_any();
        }
        if under_way.get() {
            return view! { <span class="copy-wait">"A copy is being made"</span> }.into_any();
        }
        view! {
            <button class="link" type="button" on:click=press>
                {words.clone()}
            </button>
        }
        .into_any()
    })
    .into_any()
}

/// Opens the dialog that crops a file of the post.
pub(super) fn crop_button(editing: Editing, id: AssetId) -> AnyView {
    let press = move |_| {
        let media = editing.draft.media;
        let found = media.with_untracked(|media| {
            let file = media.iter().find(|file| file.asset.id == id);
            file.map(|file| file.asset.clone())
        });
        if let Some(asset) = found {
            editing.copies.crop(asset);
        }
    };
    view! {
        <button type="button" on:click=press>
            {Icon::Crop.view()}
            "Crop"
        </button>
    }
    .into_any()
}

/// What a file was made from, with the way back; and the copies of it that are on their way.
#[component]
pub(super) fn MediaCopy(
    editing: Editing,
    id: AssetId,
    made_from: Option<MadeFrom>,
) -> impl IntoView {
    let made_from = made_from.map(|made| {
        let back = made.asset.map(|original| way_back(editing, id, original));
        view! { <div class="media-facts media-made">{made.sentence()} {back}</div> }
    });
    view! {
        {made_from}
        <CopyRows copies=editing.copies original=id />
    }
    .into_any()
}

fn way_back(editing: Editing, id: AssetId, original: AssetId) -> AnyView {
    let toasts = use_toasts();
    let press = move |_| {
        spawn_local(async move {
            let found = asset_detail(editing.client, original).await;
            let said = match found.map(|found| found.row.asset) {
                Ok(asset) if asset.file_url.is_some() => {
                    let media = editing.draft.media;
                    media.try_update(|media| exchange(media, id, asset));
                    "The original is used again".to_owned()
                }
                Ok(_) => "The original is no longer kept. The copy stays.".to_owned(),
                Err(error) => error.to_string(),
            };
            if let Some(toasts) = toasts {
                toasts.say(said);
            }
        });
    };
    view! {
        <button class="link" type="button" on:click=press>
            "Use the original again"
        </button>
    }
    .into_any()
}
