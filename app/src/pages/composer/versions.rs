//! What the post said before, and bringing it back.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::editing::Editing;
use crate::api::approvals::CaptionPart;
use crate::api::versions::{SaveData, post_saves, restore_save};
use crate::components::{Icon, Notice, Status};
use crate::state::saver::Kept;

/// The list, read when it is opened and whenever something was saved while it is.
#[component]
pub(super) fn Versions(editing: Editing) -> impl IntoView {
    let open = RwSignal::new(false);
    let saves = RwSignal::new(None::<Vec<SaveData>>);
    let problem = RwSignal::new(None::<String>);
    let running = RwSignal::new(false);
    let kept = editing.saver.kept;
    Effect::new(move |_| {
        let is_still = matches!(kept.get(), Kept::Saved(_));
        let Some(post) = editing.draft.id.get().filter(|_| open.get() && is_still) else {
            return;
        };
        spawn_local(async move {
            match post_saves(editing.client, post).await {
                Ok(found) => {
                    saves.try_set(Some(found));
                    problem.try_set(None);
                }
                Err(error) => {
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    });
    let told = RwSignal::new(Vec::<String>::new());
    let restore = Callback::new(move |save: i64| {
        let Some(post) = editing.draft.id.get_untracked() else {
            return;
        };
        if running.get_untracked() {
            return;
        }
        running.set(true);
        problem.set(None);
        // What stands in the fields must not be kept over what is brought back.
        editing.saver.hold(true);
        spawn_local(async move {
            let answer = restore_save(editing.client, post, save).await;
            running.try_set(false);
            match answer {
                // The page is opened anew: a field in which somebody has typed keeps its words otherwise.
                Ok(told) if told.is_empty() => reload(),
                Ok(sentences) => {
                    told.try_set(sentences);
                }
                Err(error) => {
                    editing.saver.hold(false);
                    problem.try_set(Some(error.to_string()));
                }
            }
        });
    });
    // Only what is kept can be brought back afterwards.
    let blocked = Signal::derive(move || {
        let is_done = !told.read().is_empty();
        (is_done || !matches!(kept.get(), Kept::Saved(_)))
            .then_some("Save what you have written first.")
    });
    let list = move || {
        if editing.draft.id.get().is_none() {
            return view! { <p class="muted">"Nothing is saved yet."</p> }.into_any();
        }
        match saves.get() {
            None => view! { <p class="muted">"Loading…"</p> }.into_any(),
            Some(saves) if saves.is_empty() => {
                view! { <p class="muted">"No version is kept yet: the next save is the first."</p> }
                    .into_any()
            }
            Some(saves) => {
                let items = saves
                    .into_iter()
                    .map(|save| item(save, blocked, running.into(), restore))
                    .collect_view();
                view! { <ol class="versions-list">{items}</ol> }.into_any()
            }
        }
    };
    view! {
        <details
            class="panel versions"
            on:toggle:target=move |event| open.set(event.target().open())
        >
            <summary class="panel-head">
                {Icon::History.view()} <span class="panel-title">"Version history"</span>
            </summary>
            <div class="versions-body">
                <div role="alert">
                    {move || {
                        problem
                            .get()
                            .map(|problem| view! { <Notice status=Status::Failed lead=problem /> })
                    }}
                </div>
                <div role="status">
                    {move || {
                        let sentences = told.get();
                        (!sentences.is_empty()).then(|| brought_back(&sentences))
                    }}
                </div>
                {list}
            </div>
        </details>
    }
    .into_any()
}

/// What could not be brought back, and the way to what was.
fn brought_back(told: &[String]) -> impl IntoView + use<> {
    let words = told.join(" ");
    let action = || {
        view! {
            <button class="button secondary small" type="button" on:click=move |_| reload()>
                "Show the post"
            </button>
        }
    };
    view! {
        <Notice status=Status::Approved icon=Icon::Check lead="Brought back." action=action>
            {words}
        </Notice>
    }
}

fn reload() {
    let _ = window().location().reload();
}

fn item(
    save: SaveData,
    blocked: Signal<Option<&'static str>>,
    running: Signal<bool>,
    restore: Callback<i64>,
) -> AnyView {
    let SaveData {
        id,
        saved,
        is_now,
        is_first,
        caption,
        others,
    } = save;
    let label = format!("Restore what {saved} saved");
    let act = if is_now {
        view! { <span class="muted">"Now"</span> }.into_any()
    } else {
        view! {
            <button
                class="button secondary small"
                type="button"
                aria-label=label
                title=move || blocked.get()
                disabled=move || blocked.get().is_some() || running.get()
                on:click=move |_| restore.run(id)
            >
                {Icon::Undo.view()}
                "Restore"
            </button>
        }
        .into_any()
    };
    let same_caption = caption.is_empty();
    let parts = (!same_caption).then(|| {
        let parts = caption
            .into_iter()
            .map(|part| match part {
                CaptionPart::Same(text) => view! { <span>{text}</span> }.into_any(),
                CaptionPart::Removed(text) => view! { <del>{text}</del> }.into_any(),
                CaptionPart::Added(text) => view! { <ins>{text}</ins> }.into_any(),
            })
            .collect_view();
        view! { <p class="review-diff">{parts}</p> }
    });
    let words = if is_first {
        "The first that is kept.".to_owned()
    } else if same_caption && others.is_empty() {
        "Nothing else changed.".to_owned()
    } else {
        others.join(" ")
    };
    view! {
        <li>
            <div class="versions-head">
                <b>{saved}</b>
                {act}
            </div>
            {parts}
            {(!words.is_empty()).then(|| view! { <p class="muted">{words}</p> })}
        </li>
    }
    .into_any()
}
