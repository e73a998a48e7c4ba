//! What a check offers: a small button that mends what was found, or leads to where it is mended.

use domain::Platform;
use domain::rules::{Field, Fix, Interaction, Text};
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{HtmlElement, HtmlInputElement, HtmlTextAreaElement};

use super::editing::Editing;
use super::media_copy::{copy_button, makes_a_copy};
use super::on_account::OnAccount;

/// The button of a finding.
#[component]
pub(super) fn Mend(
    editing: Editing,
    /// The account that it was found on, where it is about one.
    on: Option<OnAccount>,
    field: Field,
    fix: Option<Fix>,
) -> impl IntoView {
    let account = on.map(|on| on.draft.account);
    if fix == Some(Fix::Reconnect) {
        let link = format!("/clients/{}/accounts", editing.client);
        return view! {
            <a class="link" href=link>
                "Go to accounts"
            </a>
        }
        .into_any();
    }
    let platform = on.map(|on| on.draft.platform);
    match fix.and_then(|fix| Some((words(&fix, platform)?, fix))) {
        Some((words, fix)) if makes_a_copy(&fix) => copy_button(editing, platform, words, fix),
        Some((words, fix)) => view! {
            <button class="link" type="button" on:click=move |_| mend(editing, on, field, &fix)>
                {words}
            </button>
        }
        .into_any(),
        None => view! {
            <button
                class="link"
                type="button"
                aria-label=format!("Go to {}", name_of(field))
                on:click=move |_| editing.go_to(field, account)
            >
                "Go to field"
            </button>
        }
        .into_any(),
    }
}

/// What the button says; nothing where it can only lead to the field.
fn words(fix: &Fix, platform: Option<Platform>) -> Option<String> {
    Some(match fix {
        Fix::Shorten { .. } => "Show what is too much".to_owned(),
        Fix::AddFile => "Choose a file".to_owned(),
        Fix::KeepFirst { files } => format!("Keep the first {files}"),
        Fix::Describe { .. } => "Describe it".to_owned(),
        Fix::CoverFirst => "Take the first".to_owned(),
        Fix::AskAgain => "Check again".to_owned(),
        Fix::SwitchOff { .. } => "Leave it out".to_owned(),
        Fix::KeepLanguages { languages } => format!("Keep the first {languages}"),
        Fix::RemoveLanguage { tag } => format!("Remove “{tag}”"),
        Fix::RemoveLabel { label } => format!("Remove “{label}”"),
        Fix::ConvertVideo { .. } | Fix::ConvertPicture { .. } => {
            format!("Make a copy that fits {}", platform?)
        }
        Fix::Crop { .. } => "Crop it".to_owned(),
        // A person decides, in the field; or it is done outside of AutoPost.
        Fix::Write
        | Fix::ChooseAccount
        | Fix::Reconnect
        | Fix::ChoosePrivacy
        | Fix::SayWhomItPromotes
        | Fix::TrimVideo { .. } => return None,
    })
}

fn mend(editing: Editing, on: Option<OnAccount>, field: Field, fix: &Fix) {
    match fix {
        Fix::Shorten { text, from } => {
            let id = match (text, on) {
                (Text::Caption, on) => editing.open_caption(on),
                (Text::Title, Some(on)) => on.id("photo-title"),
                (Text::Title, None) => "photo-title".to_owned(),
            };
            editing.shows_preview.set(false);
            let from = *from;
            request_animation_frame(move || select(&id, from));
            return;
        }
        Fix::KeepFirst { files } => {
            let files = *files;
            editing.draft.media.update(|media| media.truncate(files));
        }
        Fix::Describe { file } => {
            editing.shows_preview.set(false);
            let file = *file;
            request_animation_frame(move || describe(file));
            return;
        }
        _ => {}
    }
    if let Some(on) = on {
        mend_on(on, fix);
    }
    // What stays to be done is done in the field; the button is gone where all is.
    editing.go_to(field, on.map(|on| on.draft.account));
}

/// Mends what was chosen for one account.
fn mend_on(on: OnAccount, fix: &Fix) {
    let draft = on.draft;
    match fix {
        Fix::CoverFirst => draft.tiktok.update(|options| {
            options.cover_index = 0;
            options.video_cover_ms = None;
        }),
        Fix::AskAgain => on.creator.ask(),
        Fix::SwitchOff { interaction } => draft.tiktok.update(|options| match interaction {
            Interaction::Comment => options.allow_comment = false,
            Interaction::Duet => options.allow_duet = false,
            Interaction::Stitch => options.allow_stitch = false,
        }),
        Fix::KeepLanguages { languages } => {
            let languages = *languages;
            draft
                .bluesky
                .update(|options| options.langs.truncate(languages));
        }
        Fix::RemoveLanguage { tag } => {
            draft
                .bluesky
                .update(|options| options.langs.retain(|known| known != tag));
        }
        Fix::RemoveLabel { label } => {
            draft
                .bluesky
                .update(|options| options.labels.retain(|known| known != label));
        }
        // Done above, or by a person.
        _ => {}
    }
}

/// Marks what is too much of a text, so that it is seen, and one key takes it away.
fn select(id: &str, from: usize) {
    let (Some(element), Ok(from)) = (document().get_element_by_id(id), u32::try_from(from)) else {
        return;
    };
    element.scroll_into_view();
    if let Some(field) = element.dyn_ref::<HtmlTextAreaElement>() {
        let _ = field.focus();
        let _ = field.set_selection_range(from, field.text_length());
    } else if let Some(field) = element.dyn_ref::<HtmlInputElement>() {
        let _ = field.focus();
        let end = u32::try_from(field.value().encode_utf16().count()).unwrap_or(from);
        let _ = field.set_selection_range(from, end);
    }
}

/// Leads to the description of a file.
fn describe(file: usize) {
    let place = file + 1;
    let selector = format!(".media-item:nth-of-type({place}) .media-alt textarea");
    let field = document().query_selector(&selector).ok().flatten();
    if let Some(field) = field.and_then(|field| field.dyn_into::<HtmlElement>().ok()) {
        field.scroll_into_view();
        let _ = field.focus();
    }
}

fn name_of(field: Field) -> &'static str {
    match field {
        Field::Accounts => "the account",
        Field::Caption => "the text",
        Field::Media => "the media",
        Field::Privacy => "the audience",
        Field::Disclosure => "the disclosure",
        Field::Languages => "the languages",
        Field::Time => "the time",
    }
}
