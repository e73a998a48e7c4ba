//! Bluesky's few questions: the languages of the text, and a warning before it.

use domain::bluesky::LANGS;
use domain::rules::{Field, Severity};
use leptos::prelude::*;

use super::creator::Asked;
use super::on_account::OnAccount;
use crate::api::ApiError;
use crate::components::{
    AccountAvatar, AvatarSize, FieldError, Icon, Notice, Select, Show, Status,
};

/// The languages that are offered, by their tag; any other that a post has already is kept.
const OFFERED: [(&str, &str); 32] = [
    ("en", "English"),
    ("ar", "Arabic"),
    ("bn", "Bengali"),
    ("ca", "Catalan"),
    ("zh", "Chinese"),
    ("cs", "Czech"),
    ("da", "Danish"),
    ("nl", "Dutch"),
    ("fi", "Finnish"),
    ("fr", "French"),
    ("de", "German"),
    ("el", "Greek"),
    ("he", "Hebrew"),
    ("hi", "Hindi"),
    ("hu", "Hungarian"),
    ("id", "Indonesian"),
    ("ga", "Irish"),
    ("it", "Italian"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("no", "Norwegian"),
    ("fa", "Persian"),
    ("pl", "Polish"),
    ("pt", "Portuguese"),
    ("pt-BR", "Portuguese (Brazil)"),
    ("ro", "Romanian"),
    ("es", "Spanish"),
    ("sv", "Swedish"),
    ("th", "Thai"),
    ("tr", "Turkish"),
    ("uk", "Ukrainian"),
    ("cy", "Welsh"),
];

/// The labels of `com.atproto.label.defs` in words.
const LABELS: [(&str, &str); 4] = [
    ("sexual", "Suggestive"),
    ("nudity", "Nudity"),
    ("porn", "Adult content"),
    ("graphic-media", "Graphic media"),
];

/// The panel of an account on Bluesky.
#[component]
pub(super) fn BlueskyPanel(editing: OnAccount) -> impl IntoView {
    let label = format!("Bluesky settings, {}", editing.name());
    let refused = move || match editing.creator.asked.get() {
        Asked::Refused(error) => Some(view! { <Refused editing error /> }),
        _ => None,
    };
    view! {
        <section class="panel" aria-label=label>
            <Head editing />
            {refused}
            <Languages editing />
            <Warning editing />
        </section>
    }
}

#[component]
fn Head(editing: OnAccount) -> impl IntoView {
    let who = move || {
        editing.account().map(|account| {
            view! {
                <AccountAvatar
                    name=account.nickname.clone()
                    platform=account.platform
                    url=account.avatar_url
                    size=AvatarSize::S26
                />
                <span>
                    <b class="strong">{account.nickname}</b>
                    " "
                    <span class="faint">{account.handle.map(|handle| format!("@{handle}"))}</span>
                </span>
            }
        })
    };
    view! {
        <div class="panel-head">
            {Icon::Bluesky.view()} <h2 class="panel-title">"Bluesky"</h2> {who}
        </div>
    }
}

/// The account's server gave no answer, or says that this account cannot post now.
#[component]
fn Refused(editing: OnAccount, error: ApiError) -> impl IntoView {
    let action = move || {
        view! {
            <button
                class="button secondary small"
                type="button"
                on:click=move |_| editing.creator.ask()
            >
                "Check again"
            </button>
        }
    };
    view! {
        <div class="panel-body">
            <Notice status=Status::Failed alert=true lead=error.to_string() action=action>
                "Until the account’s server answers, the post cannot be sent. Your draft is kept."
            </Notice>
        </div>
    }
}

/// Up to three languages, none of them chosen beforehand. Each choice opens the next.
#[component]
fn Languages(editing: OnAccount) -> impl IntoView {
    let problem = move || {
        editing.findings.with(|findings| {
            findings
                .iter()
                .find(|finding| {
                    finding.field == Field::Languages && finding.severity == Severity::Error
                })
                .map(|finding| finding.sentence.clone())
        })
    };
    view! {
        <div class="option-row">
            <span class="option-name">"Languages"</span>
            <div class="option-body">
                <div class="option-selects">
                    {(0..LANGS).map(|place| view! { <Language editing place /> }).collect_view()}
                </div>
                {move || match problem() {
                    Some(problem) => {
                        view! { <FieldError id=editing.id("languages-note") message=problem /> }
                            .into_any()
                    }
                    None => {
                        view! {
                            <p class="field-help">"People who read them find the post more easily."</p>
                        }
                            .into_any()
                    }
                }}
            </div>
        </div>
    }
}

/// One of the languages; it is there once those before it are chosen.
#[component]
fn Language(editing: OnAccount, place: usize) -> impl IntoView {
    let options = editing.draft.bluesky;
    let count = Memo::new(move |_| options.read().langs.len());
    let is_there = move || place <= count.get();
    let chosen = Memo::new(move |_| options.read().langs.get(place).cloned());
    let (id, label, none) = match place {
        0 => ("languages", "Language", "Not said"),
        1 => ("language-2", "Second language", "No other"),
        _ => ("language-3", "Third language", "No other"),
    };
    let option = move |(tag, name): (String, String)| {
        let own = tag.clone();
        view! {
            <option
                value=tag
                prop:selected=move || chosen.with(|chosen| chosen.as_ref() == Some(&own))
            >
                {name}
            </option>
        }
    };
    view! {
        <Show when=is_there>
            <Select>
                <select
                    id=editing.id(id)
                    aria-label=label
                    on:change:target=move |event| {
                        let tag = event.target().value();
                        options.update(|options| set_language(&mut options.langs, place, &tag));
                    }
                >
                    <option value="" prop:selected=move || chosen.with(Option::is_none)>
                        {none}
                    </option>
                    {move || {
                        offered(chosen.get().as_deref()).into_iter().map(option).collect_view()
                    }}
                </select>
            </Select>
        </Show>
    }
}

/// The offered languages, with a chosen one that is none of them.
fn offered(chosen: Option<&str>) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = OFFERED
        .iter()
        .map(|(tag, name)| ((*tag).to_owned(), (*name).to_owned()))
        .collect();
    if let Some(other) = chosen.filter(|chosen| OFFERED.iter().all(|(tag, _)| tag != chosen)) {
        all.push((other.to_owned(), other.to_owned()));
    }
    all
}

/// Chooses the language of a place; an empty one takes it away, and none stands there twice.
fn set_language(langs: &mut Vec<String>, place: usize, tag: &str) {
    if tag.is_empty() {
        if place < langs.len() {
            langs.remove(place);
        }
        return;
    }
    let place = place.min(langs.len());
    if place == langs.len() {
        langs.push(String::new());
    }
    let mut at = 0;
    langs.retain(|known| {
        at += 1;
        at - 1 == place || known != tag
    });
    // What was before this place may have gone.
    match langs.iter_mut().find(|known| known.is_empty()) {
        Some(empty) => tag.clone_into(empty),
        None => {
            let place = place.min(langs.len().saturating_sub(1));
            if let Some(known) = langs.get_mut(place) {
                tag.clone_into(known);
            }
        }
    }
}

/// What people are warned of before they see it.
#[component]
fn Warning(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.bluesky;
    let chosen = Memo::new(move |_| options.read().labels.first().cloned());
    let option = move |(label, name): (&'static str, &'static str)| {
        view! {
            <option
                value=label
                prop:selected=move || chosen.with(|chosen| chosen.as_deref() == Some(label))
            >
                {name}
            </option>
        }
    };
    view! {
        <div class="option-row">
            <label class="option-name" for=editing.id("content-warning")>
                "Content warning"
            </label>
            <div class="option-body">
                <Select>
                    <select
                        id=editing.id("content-warning")
                        on:change:target=move |event| {
                            let label = Some(event.target().value());
                            let label = label.filter(|label| !label.is_empty());
                            options.update(|options| options.labels = label.into_iter().collect());
                        }
                    >
                        <option value="" prop:selected=move || chosen.with(Option::is_none)>
                            "None"
                        </option>
                        {LABELS.into_iter().map(option).collect_view()}
                    </select>
                </Select>
            </div>
        </div>
    }
}

#[cfg(test)]
mod tests {
    use domain::bluesky::{LANGS, SELF_LABELS, is_language_tag};

    use super::{LABELS, OFFERED, offered, set_language};

    #[test]
    fn what_is_offered_is_what_bluesky_takes() {
        assert!(OFFERED.iter().all(|(tag, _)| is_language_tag(tag)));
        assert_eq!(LABELS.map(|(label, _)| label), SELF_LABELS);
    }

    #[test]
    fn a_language_that_is_not_offered_is_kept() {
        assert_eq!(offered(None).len(), OFFERED.len());
        let kept = offered(Some("gsw"));
        assert_eq!(kept.last(), Some(&("gsw".to_owned(), "gsw".to_owned())));
    }

    #[test]
    fn languages_are_chosen_one_by_one_and_never_twice() {
        let mut langs = Vec::new();
        for (place, tag) in ["en", "de", "cy"].into_iter().enumerate() {
            set_language(&mut langs, place, tag);
        }
        assert_eq!(langs, ["en", "de", "cy"]);
        assert_eq!(langs.len(), LANGS);
        for (place, tag, left) in [
            (0, "de", vec!["de", "cy"]),
            (1, "cy", vec!["de", "cy"]),
            (1, "fr", vec!["de", "fr"]),
            (2, "de", vec!["fr", "de"]),
            (1, "fr", vec!["fr"]),
            (0, "", vec![]),
            (2, "", vec![]),
        ] {
            set_language(&mut langs, place, tag);
            assert_eq!(langs, left, "{tag} at {place}");
        }
    }
}
