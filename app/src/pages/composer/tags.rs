//! The tags of a post, by which the agency finds it again. They keep themselves, apart from the post.

use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::beside::Beside;
use crate::api::tags::{post_tags, set_post_tags};
use crate::components::{FieldError, Icon};

/// The tags of a post while they are changed.
#[derive(Clone, Copy)]
struct Chosen {
    beside: Beside,
    /// What stands in the field.
    names: RwSignal<Vec<String>>,
    /// What the server has; `None` until that is known.
    kept: RwSignal<Option<Vec<String>>>,
    /// What can be chosen from.
    known: RwSignal<Vec<String>>,
    running: RwSignal<bool>,
    problem: RwSignal<Option<String>>,
}

impl Chosen {
    fn new(beside: Beside) -> Self {
        Self {
            beside,
            names: RwSignal::new(Vec::new()),
            kept: RwSignal::new(None),
            known: RwSignal::new(Vec::new()),
            running: RwSignal::new(false),
            problem: RwSignal::new(None),
        }
    }

    /// Reads what there is, and keeps what is changed from then on. Only in the browser.
    fn follow(self) {
        let beside = self.beside;
        Effect::new(move |_| self.read());
        Effect::new(move |_| {
            let (names, kept, id) = (self.names.get(), self.kept.get(), beside.post.get());
            let is_changed = kept.is_some_and(|kept| kept != names);
            if !is_changed || self.running.get() {
                return;
            }
            match id {
                Some(_) if self.problem.get_untracked().is_some() => {}
                Some(post) => self.keep(post, names),
                // What is sorted is kept, also before there is a word in it.
                None => beside.keep_post(),
            }
        });
    }

    fn read(self) {
        let post = self.beside.post.get_untracked();
        spawn_local(async move {
            match post_tags(self.beside.client, post).await {
                Ok(data) => {
                    self.known.try_set(data.known);
                    self.names.try_set(data.chosen.clone());
                    self.kept.try_set(Some(data.chosen));
                }
                Err(error) => {
                    self.problem.try_set(Some(error.to_string()));
                }
            }
        });
    }

    fn keep(self, post: domain::PostId, names: Vec<String>) {
        self.running.set(true);
        spawn_local(async move {
            match set_post_tags(self.beside.client, post, names.clone()).await {
                Ok(kept) => {
                    // As they are called already, unless somebody went on meanwhile.
                    if self.names.try_get_untracked() == Some(names) {
                        self.names.try_set(kept.clone());
                    }
                    self.kept.try_set(Some(kept));
                }
                Err(error) => {
                    self.problem.try_set(Some(error.to_string()));
                }
            }
            self.running.try_set(false);
        });
    }

    /// Adds what was typed; commas part tags.
    fn add(self, typed: &str) {
        let given = typed.split([',', ';']).filter_map(tidy);
        let mut added: Vec<String> = Vec::new();
        self.names.with_untracked(|names| {
            let mut all = names.clone();
            for name in given {
                let is_there = |one: &String| one.to_lowercase() == name.to_lowercase();
                if !all.iter().any(is_there) {
                    all.push(name.clone());
                    added.push(name);
                }
            }
        });
        if !added.is_empty() {
            self.problem.set(None);
            self.names.update(|names| names.extend(added));
        }
    }

    fn remove(self, name: &str) {
        self.problem.set(None);
        self.names.update(|names| names.retain(|one| one != name));
    }
}

/// A name without what is around it.
fn tidy(typed: &str) -> Option<String> {
    let name = typed.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = name.trim_start_matches('#').trim_start();
    (!name.is_empty()).then(|| name.to_owned())
}

/// The field: the tags there are, each with its cross, and a place to type one more.
#[component]
pub(super) fn Tags(beside: Beside) -> impl IntoView {
    let chosen = Chosen::new(beside);
    chosen.follow();
    let field = NodeRef::<html::Input>::new();
    let take = move || {
        if let Some(field) = field.get_untracked() {
            chosen.add(&field.value());
            field.set_value("");
        }
    };
    let on_key = move |event: KeyboardEvent| {
        let is_empty = field
            .get_untracked()
            .is_none_or(|field| field.value().is_empty());
        match event.key().as_str() {
            // Enter with Ctrl sends the post, as everywhere.
            "Enter" if !(event.ctrl_key() || event.meta_key()) => {
                event.prevent_default();
                take();
            }
            "," | ";" => {
                event.prevent_default();
                take();
            }
            "Backspace" if is_empty => {
                let last = chosen.names.with_untracked(|names| names.last().cloned());
                if let Some(last) = last {
                    chosen.remove(&last);
                }
            }
            _ => {}
        }
    };
    let tag = move |name: String| {
        let label = format!("Remove the tag {name}");
        let shown = name.clone();
        view! {
            <li class="tag">
                <span>{shown}</span>
                <button
                    class="remove"
                    type="button"
                    aria-label=label
                    on:click=move |_| {
                        chosen.remove(&name);
                        if let Some(field) = field.get_untracked() {
                            let _ = field.focus();
                        }
                    }
                >
                    {Icon::Close.view()}
                </button>
            </li>
        }
    };
    let suggestions = move || {
        let names = chosen.names.get();
        let known = chosen.known.get().into_iter();
        known
            .filter(|name| !names.contains(name))
            .map(|name| view! { <option value=name></option> })
            .collect_view()
    };
    view! {
        <section class="panel tags" aria-labelledby="tags-title">
            <div class="panel-head">
                <h2 class="panel-title" id="tags-title">
                    "Tags"
                </h2>
                <span class="muted">"For the agency alone"</span>
            </div>
            <div class="tags-body">
                <ul class="tag-list" aria-label="Tags of this post">
                    <For each=move || chosen.names.get() key=Clone::clone children=tag />
                </ul>
                <input
                    class="input tag-input"
                    type="text"
                    list="known-tags"
                    autocomplete="off"
                    maxlength="120"
                    placeholder="Add a tag"
                    aria-label="Add a tag"
                    node_ref=field
                    on:keydown=on_key
                    on:change=move |_| take()
                />
                <datalist id="known-tags">{suggestions}</datalist>
            </div>
            <div role="status">
                {move || {
                    chosen
                        .problem
                        .get()
                        .map(|problem| view! { <FieldError id="tags-error" message=problem /> })
                }}
            </div>
        </section>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::tidy;

    #[test]
    fn a_tag_is_taken_without_what_is_around_it() {
        assert_eq!(tidy("  #Autumn   menu ").as_deref(), Some("Autumn menu"));
        assert_eq!(tidy(" # "), None);
    }
}
