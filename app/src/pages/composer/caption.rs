//! The caption: the one that all accounts share, and those of accounts that say it in their own words. Each is
//! counted as its platform counts.

use domain::Platform;
use domain::rules::{self, Count, PostKind};
use leptos::html;
use leptos::prelude::*;

use super::editing::{Editing, SHARED};
use super::marked_field::MarkedField;
use super::on_account::OnAccount;
use crate::components::{Icon, Show, Tab, Tabs};

/// What the tabs are over.
const PANEL: &str = "caption-panel";

/// The captions, one at a time.
#[component]
pub(super) fn Caption(editing: Editing) -> impl IntoView {
    // With one account there is one caption, unless it has its own from when there were more.
    let several = Memo::new(move |_| {
        let chosen = editing.chosen();
        chosen.len() > 1 || chosen.iter().any(|on| on.draft.caption.read().is_some())
    });
    // Whoever writes for an account that is taken out goes on with the shared one.
    let tab = Memo::new(move |_| {
        let wanted = editing.tab.get();
        let is_there = several.get()
            && editing
                .chosen()
                .iter()
                .any(|on| on.draft.account.to_string() == wanted);
        if is_there { wanted } else { SHARED.to_owned() }
    });
    Effect::new(move |_| {
        let tab = tab.get();
        if tab != SHARED {
            editing.shown.set(tab);
        } else if editing.tab.with_untracked(|wanted| wanted != SHARED) {
            editing.tab.set(tab);
        }
    });
    let is_shared = Memo::new(move |_| tab.with(|tab| tab == SHARED));
    let own = move || {
        let mut chosen = editing.chosen().into_iter();
        chosen.find(|on| tab.with(|tab| *tab == on.draft.account.to_string()))
    };
    view! {
        <Head editing several own=Signal::derive(move || own().map(|on| on.draft.account)) />
        <div
            id=PANEL
            role=move || several.get().then_some("tabpanel")
            aria-labelledby=move || several.get().then(|| format!("{PANEL}-{}", tab.get()))
        >
            <div hidden=move || !is_shared.get()>
                <Shared editing several />
            </div>
            {move || own().map(|on| view! { <Own editing on /> })}
        </div>
    }
}

/// The tabs, and the way back to the shared caption. Where there is one caption, its name.
#[component]
fn Head(
    editing: Editing,
    several: Memo<bool>,
    own: Signal<Option<domain::AccountId>>,
) -> impl IntoView {
    // Made once: what a memo makes goes when it is made anew, and a tab stays.
    let nothing = Signal::stored(None);
    let marks: Vec<_> = editing
        .all()
        .into_iter()
        .map(|on| {
            let caption = on.draft.caption;
            let mark = move || caption.read().is_some().then(|| "edited".to_owned());
            (on.draft.account, Signal::derive(mark))
        })
        .collect();
    let tabs = Memo::new(move |_| {
        let mut tabs = vec![Tab {
            id: SHARED.to_owned(),
            label: "Shared".to_owned(),
            icon: None,
            mark: nothing,
        }];
        let chosen = editing.chosen();
        tabs.extend(chosen.iter().map(|on| {
            let platform = on.draft.platform;
            let is_alone = chosen
                .iter()
                .filter(|other| other.draft.platform == platform)
                .count()
                == 1;
            let mut marks = marks.iter();
            let mark = marks.find(|(account, _)| *account == on.draft.account);
            Tab {
                id: on.draft.account.to_string(),
                label: if is_alone {
                    platform.name().to_owned()
                } else {
                    on.name()
                },
                icon: Some(Icon::from(platform)),
                mark: mark.map_or(nothing, |(_, mark)| *mark),
            }
        }));
        tabs
    });
    let has_own = Memo::new(move |_| {
        let on = own.get().and_then(|account| editing.on(account));
        on.is_some_and(|on| on.draft.caption.read().is_some())
    });
    let reset = move |_| {
        if let Some(on) = own.get_untracked().and_then(|account| editing.on(account)) {
            on.draft.caption.set(None);
            super::on_account::focus(&[on.caption_id()]);
        }
    };
    view! {
        <Show
            when=move || several.get()
            fallback=|| {
                view! {
                    <div class="panel-head">
                        <label class="panel-title" for="caption">
                            "Caption"
                        </label>
                    </div>
                }
            }
        >
            <div class="caption-head">
                <Tabs label="Whose caption" panel=PANEL tabs selected=editing.tab />
                <Show when=move || has_own.get()>
                    <button class="button quiet small" type="button" on:click=reset>
                        {Icon::Undo.view()}
                        <span>"Reset to shared"</span>
                    </button>
                </Show>
            </div>
        </Show>
    }
}

/// The caption that all accounts share. The field belongs to whoever types; what is loaded or put in elsewhere is
/// shown in it.
#[component]
fn Shared(editing: Editing, several: Memo<bool>) -> impl IntoView {
    let caption = editing.draft.caption;
    let field = NodeRef::<html::Textarea>::new();
    let initial = caption.get_untracked();
    // What was typed before the page came to life counts; after that the words are what is written.
    Effect::new(move |is_alive: Option<bool>| {
        let words = caption.get();
        let Some(field) = field.get() else {
            return false;
        };
        if field.value() != words {
            if is_alive == Some(true) {
                field.set_value(&words);
            } else {
                caption.set(field.value());
            }
        }
        true
    });
    let sharing = move || {
        let mut chosen = editing.chosen();
        chosen.retain(|on| on.draft.caption.read().is_none());
        chosen
    };
    let count = Memo::new(move |_| {
        let words = caption.get();
        let counts = sharing().into_iter().map(|on| {
            let platform = on.draft.platform;
            (platform, counted(editing, platform, &words))
        });
        // Before an account is chosen it is counted as for the platform that most posts go to.
        counts
            .min_by_key(|(_, count)| left(count))
            .unwrap_or_else(|| (Platform::TikTok, counted(editing, Platform::TikTok, &words)))
    });
    let name = move || several.get().then(|| count.get().0.name());
    // Links are those of the account whose preview is shown, where it says these words.
    let platform = Memo::new(move |_| {
        let shown = editing.shown_on();
        let shares = shown.filter(|on| on.draft.caption.read().is_none());
        shares.map_or_else(|| count.get().0, |on| on.draft.platform)
    });
    let excess = Memo::new(move |_| {
        let words = caption.read();
        let mut platforms: Vec<_> = sharing().iter().map(|on| on.draft.platform).collect();
        if platforms.is_empty() {
            platforms.push(count.get().0);
        }
        let excess = |platform| excess(editing, platform, &words);
        platforms.into_iter().filter_map(excess).min()
    });
    view! {
        <MarkedField words=caption platform excess>
            <textarea
                class="caption-text"
                id="caption"
                rows="3"
                aria-label="Caption"
                aria-describedby="caption-count"
                aria-invalid=move || count.get().1.is_over().then_some("true")
                node_ref=field
                on:input:target=move |event| caption.set(event.target().value())
                inner_html=escaped(&initial)
            ></textarea>
        </MarkedField>
        <div class="caption-foot">
            <span>{move || count.get().1.note}</span>
            <span id="caption-count" class:over=move || count.get().1.is_over()>
                {move || name().map(|name| format!("{name} "))}
                {move || used(&count.get().1)}
            </span>
        </div>
    }
}

/// The caption as it is on one account. Whatever is changed in it is that account's own from then on, until it says
/// the same as the others.
#[component]
fn Own(editing: Editing, on: OnAccount) -> impl IntoView {
    let own = on.draft.caption;
    let words = Memo::new(move |_| editing.draft.caption_on(on.draft));
    let count = Memo::new(move |_| counted(editing, on.draft.platform, &words.read()));
    let count_id = format!("{}-count", on.caption_id());
    let described_by = count_id.clone();
    let write = move |words: String| {
        let is_shared = editing
            .draft
            .caption
            .with_untracked(|shared| *shared == words);
        own.set((!is_shared).then_some(words));
    };
    let excess = Memo::new(move |_| excess(editing, on.draft.platform, &words.read()));
    view! {
        <MarkedField words platform=on.draft.platform excess>
            <textarea
                class="caption-text"
                id=on.caption_id()
                rows="3"
                aria-label=format!("Caption for {}", on.full_name())
                aria-describedby=described_by
                aria-invalid=move || count.get().is_over().then_some("true")
                prop:value=move || words.get()
                on:input:target=move |event| write(event.target().value())
            ></textarea>
        </MarkedField>
        <div class="caption-foot">
            <span>
                {move || if own.read().is_some() { count.get().note } else { "The shared caption" }}
            </span>
            <span id=count_id class:over=move || count.get().is_over()>
                {move || used(&count.get())}
            </span>
        </div>
    }
    .into_any()
}

/// A text as a platform counts it, for what this post is made of.
fn counted(editing: Editing, platform: Platform, words: &str) -> Count {
    rules::count(platform, kind(editing), words)
}

/// Where begins what is too much for a platform.
fn excess(editing: Editing, platform: Platform, words: &str) -> Option<usize> {
    rules::limits(platform)
        .caption_of(kind(editing))
        .excess(words)
}

/// What this post is made of.
fn kind(editing: Editing) -> PostKind {
    let media = editing.draft.media.read();
    PostKind::of(media.iter().map(|file| &file.asset.facts))
}

/// How much room is left; below nothing where it is too long.
fn left(count: &Count) -> i64 {
    let long = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    long(count.limit).saturating_sub(long(count.used))
}

/// "110 / 2,200".
fn used(count: &Count) -> String {
    format!("{} / {}", grouped(count.used), grouped(count.limit))
}

/// Text as it has to stand inside a `<textarea>`.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;")
}

/// "2,200".
fn grouped(count: usize) -> String {
    match (count / 1000, count % 1000) {
        (0, rest) => rest.to_string(),
        (thousands, rest) => format!("{thousands},{rest:03}"),
    }
}

#[cfg(test)]
mod tests {
    use domain::Platform;
    use domain::rules::{PostKind, count};

    use super::{escaped, grouped, left};

    #[test]
    fn counts_are_grouped() {
        assert_eq!(grouped(110), "110");
        assert_eq!(grouped(2_200), "2,200");
        assert_eq!(grouped(12_007), "12,007");
    }

    #[test]
    fn what_is_left_can_be_less_than_nothing() {
        let of = |words: &str| left(&count(Platform::Bluesky, PostKind::Text, words));
        assert_eq!((of(""), of(&"x".repeat(301))), (300, -1));
    }

    #[test]
    fn a_caption_cannot_close_its_field() {
        assert_eq!(escaped("</textarea>&amp;"), "&lt;/textarea>&amp;amp;");
    }
}
