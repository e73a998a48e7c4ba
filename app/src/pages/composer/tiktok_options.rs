//! The decisions that TikTok wants from a person: nothing is chosen on their behalf.

use domain::rules::{BRANDED_NEVER_PRIVATE, Field, Severity};
use domain::tiktok::{CreatorInfo, SELF_ONLY, TikTokOptions, privacy_label};
use leptos::prelude::*;

use super::disclosure::Disclosure;
use super::on_account::OnAccount;
use super::tiktok_cover::VideoCover;
use super::tiktok_pictures::{PictureChoices, is_of_pictures};
use crate::components::{FieldError, Select, Show};

/// The rows of the panel.
#[component]
pub(super) fn TikTokChoices(editing: OnAccount, creator: CreatorInfo) -> impl IntoView {
    let as_draft = Memo::new(move |_| editing.draft.tiktok.read().as_draft);
    let pictures = Memo::new(move |_| is_of_pictures(editing));
    let creator = StoredValue::new(creator);
    view! {
        <Way editing />
        <Show when=move || pictures.get()>
            <PictureChoices editing />
        </Show>
        <Show when=move || !as_draft.get()>
            <VideoCover editing />
            <Privacy editing levels=creator.with_value(|creator| creator.privacy_level_options.clone()) />
            <Interactions editing creator=creator.get_value() />
            <Disclosure editing />
            <MadeWithAi editing />
        </Show>
    }
}

/// Straight to the profile, or into the inbox of TikTok's app.
#[component]
fn Way(editing: OnAccount) -> impl IntoView {
    let options = editing.draft.tiktok;
    let as_draft = Memo::new(move |_| options.read().as_draft);
    let way = move |word: &'static str, draft: bool| {
        view! {
            <label class="choice">
                <input
                    class="radio"
                    type="radio"
                    name=editing.id("tiktok-way")
                    prop:checked=move || as_draft.get() == draft
                    on:change=move |_| options.update(|options| options.as_draft = draft)
                />
                {word}
            </label>
        }
    };
    view! {
        <fieldset class="option-row">
            <legend class="sr-only">"How it is sent"</legend>
            <span class="option-name" aria-hidden="true">
                "How it is sent"
            </span>
            <div class="option-body">
                <div class="option-choices">
                    {way("Publish", false)} {way("Send as a draft", true)}
                </div>
                <Show when=move || as_draft.get()>
                    <p class="field-help">
                        "It goes to the inbox of TikTok’s app. It is not public before somebody finishes it there; TikTok may remove it after a day."
                    </p>
                </Show>
            </div>
        </fieldset>
    }
}

/// The label for what AI has made.
#[component]
fn MadeWithAi(editing: OnAccount) -> impl IntoView {
    view! {
        <div class="option-row">
            <span class="option-name" id=editing.id("ai")>
                "Made with AI"
            </span>
            <div class="option-body">
                <label class="option-line">
                    <span>"Label this post as AI-generated"</span>
                    <input
                        class="switch"
                        type="checkbox"
                        role="switch"
                        aria-labelledby=editing.id("ai")
                        prop:checked=move || editing.draft.tiktok.read().ai_generated
                        on:change:target=move |event| {
                            let on = event.target().checked();
                            editing.draft.tiktok.update(|options| options.ai_generated = on);
                        }
                    />
                </label>
            </div>
        </div>
    }
}

/// Who can see it: the creator's own levels, none of them chosen beforehand.
#[component]
fn Privacy(editing: OnAccount, levels: Vec<String>) -> impl IntoView {
    let options = editing.draft.tiktok;
    let offers_self_only = levels.iter().any(|level| level == SELF_ONLY);
    let offered = levels.clone();
    let chosen = Memo::new(move |_| {
        let level = options.read().privacy_level.clone();
        level.filter(|level| offered.contains(level))
    });
    let is_branded = Memo::new(move |_| options.read().is_branded_content());
    let problem = move || {
        editing.findings.with(|findings| {
            findings
                .iter()
                .find(|finding| {
                    finding.field == Field::Privacy && finding.severity == Severity::Error
                })
                .map(|finding| finding.sentence.clone())
        })
    };
    let has_problem = Memo::new(move |_| problem().is_some());
    let level = move |level: String| {
        let (own, of) = (level.clone(), level.clone());
        let is_off = move || of == SELF_ONLY && is_branded.get();
        let words = privacy_label(&level).to_owned();
        view! {
            <option
                value=level
                disabled=is_off.clone()
                title=move || is_off().then_some(BRANDED_NEVER_PRIVATE)
                prop:selected=move || chosen.with(|chosen| chosen.as_ref() == Some(&own))
            >
                {words}
            </option>
        }
    };
    view! {
        <div class="option-row">
            <label class="option-name" for=editing.id("privacy")>
                "Who can see it"
            </label>
            <div class="option-body">
                <Select>
                    <select
                        id=editing.id("privacy")
                        required
                        aria-invalid=move || has_problem.get().then_some("true")
                        aria-describedby=format!("{} {}", editing.id("privacy-note"), editing.id("privacy-branded"))
                        on:change:target=move |event| {
                            let value = event.target().value();
                            options
                                .update(|options| {
                                    options.privacy_level = (!value.is_empty()).then_some(value);
                                });
                        }
                    >
                        <option value="" prop:selected=move || chosen.with(Option::is_none)>
                            "Choose…"
                        </option>
                        {levels.into_iter().map(level).collect_view()}
                    </select>
                </Select>
                {move || {
                    if chosen.with(Option::is_none) && options.read().privacy_level.is_none() {
                        let required = "Required. TikTok asks that a person chooses this each time.";
                        Some(view! { <FieldError id=editing.id("privacy-note") message=required /> })
                    } else {
                        let problem = problem()?;
                        Some(view! { <FieldError id=editing.id("privacy-note") message=problem /> })
                    }
                }}
                <Show when=move || is_branded.get() && offers_self_only>
                    <p class="field-help" id=editing.id("privacy-branded")>
                        {format!(
                            "“{}” is off: branded content visibility cannot be set to private.",
                            privacy_label(SELF_ONLY),
                        )}
                    </p>
                </Show>
            </div>
        </div>
    }
}

/// Why an interaction cannot be allowed.
const OFF_IN_ACCOUNT: &str = "The account has switched this off in TikTok’s own settings.";

/// What people may do with it: all off at the start, and what the account switched off stays so.
#[component]
fn Interactions(editing: OnAccount, creator: CreatorInfo) -> impl IntoView {
    let pictures = Memo::new(move |_| is_of_pictures(editing));
    let choice = move |word: &'static str,
                       is_off: bool,
                       read: fn(&TikTokOptions) -> bool,
                       write: fn(&mut TikTokOptions, bool)| {
        view! {
            <label class="choice" title=is_off.then_some(OFF_IN_ACCOUNT)>
                <input
                    class="check"
                    type="checkbox"
                    disabled=is_off
                    prop:checked=move || !is_off && read(&editing.draft.tiktok.read())
                    on:change:target=move |event| {
                        let on = event.target().checked();
                        editing.draft.tiktok.update(|options| write(options, on));
                    }
                />
                {word}
                {is_off.then(|| view! { <span class="choice-note">" Off in this account"</span> })}
            </label>
        }
    };
    view! {
        <fieldset class="option-row">
            <legend class="sr-only">"Allow users to"</legend>
            <span class="option-name" aria-hidden="true">
                "Allow users to"
            </span>
            <div class="option-body option-choices">
                {choice(
                    "Comment",
                    creator.comment_disabled,
                    |options| options.allow_comment,
                    |options, on| options.allow_comment = on,
                )}
                <Show when=move || !pictures.get()>
                {choice(
                    "Duet",
                    creator.duet_disabled,
                    |options| options.allow_duet,
                    |options, on| options.allow_duet = on,
                )}
                {choice(
                    "Stitch",
                    creator.stitch_disabled,
                    |options| options.allow_stitch,
                    |options, on| options.allow_stitch = on,
                )}
                </Show>
            </div>
        </fieldset>
    }
}
