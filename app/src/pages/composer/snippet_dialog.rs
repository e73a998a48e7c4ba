//! Looking after snippets: making, changing, removing.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::snippets::{Shelf, empty_form};
use crate::api::snippets::{SnippetData, SnippetForm, delete_snippet, save_snippet};
use crate::components::{Dialog, DialogFoot, DialogHead, Field, Icon, Notice, Status};

impl Shelf {
    fn save(self) {
        let form = self.form.get_untracked();
        spawn_local(async move {
            let answer = save_snippet(self.editing.client, form).await;
            self.settle(answer.map(|_| ()).map_err(|error| error.to_string()));
        });
    }

    fn delete(self, id: domain::SnippetId) {
        spawn_local(async move {
            let answer = delete_snippet(self.editing.client, id).await;
            self.settle(answer.map_err(|error| error.to_string()));
        });
    }

    fn settle(self, answer: Result<(), String>) {
        match answer {
            Ok(()) => {
                self.problem.try_set(None);
                self.form.try_set(empty_form());
                self.read();
            }
            Err(problem) => {
                self.problem.try_set(Some(problem));
            }
        }
    }
}

/// The dialog.
#[component]
pub(super) fn SnippetDialog(shelf: Shelf) -> impl IntoView {
    let Shelf {
        data,
        open,
        form,
        problem,
        ..
    } = shelf;
    let list = move || {
        data.get()
            .snippets
            .into_iter()
            .map(|snippet| row(shelf, snippet))
            .collect_view()
    };
    let is_new = Memo::new(move |_| form.with(|form| form.id.is_none()));
    let refused = move || {
        problem
            .get()
            .map(|problem| view! { <Notice status=Status::Failed alert=true lead=problem /> })
    };
    let for_all = move || {
        data.get().may_make_for_all.then(|| {
            view! {
                <label class="choice">
                    <input
                        class="check"
                        type="checkbox"
                        prop:checked=move || form.with(|form| form.for_all)
                        on:change:target=move |event| {
                            let for_all = event.target().checked();
                            form.update(|form| form.for_all = for_all);
                        }
                    />
                    "For every client"
                </label>
            }
        })
    };
    view! {
        <Dialog open labelled_by="snippets-title">
            <form on:submit=move |event| {
                event.prevent_default();
                shelf.save();
            }>
                <div class="dialog-body">
                    <DialogHead
                        id="snippets-title"
                        title="Snippets"
                        lead="Text that is used again. What was written with one stays when it changes."
                        on_close=Callback::new(move |()| open.set(false))
                    />
                    {refused}
                    <ul class="snippet-list">{list}</ul>
                    <div class="form">
                        <h3 class="panel-title">
                            {move || if is_new.get() { "A new snippet" } else { "Change it" }}
                        </h3>
                        <Field id="snippet-name" label="Name">
                            <input
                                class="input"
                                id="snippet-name"
                                maxlength="60"
                                autocomplete="off"
                                required
                                prop:value=move || form.with(|form| form.name.clone())
                                on:input:target=move |event| {
                                    let name = event.target().value();
                                    form.update(|form| form.name = name);
                                }
                            />
                        </Field>
                        <Field id="snippet-body" label="Text">
                            <textarea
                                class="input snippet-body"
                                id="snippet-body"
                                rows="4"
                                maxlength="5000"
                                required
                                prop:value=move || form.with(|form| form.body.clone())
                                on:input:target=move |event| {
                                    let body = event.target().value();
                                    form.update(|form| form.body = body);
                                }
                            ></textarea>
                        </Field>
                        {for_all}
                    </div>
                </div>
                <DialogFoot>
                    {move || {
                        (!is_new.get())
                            .then(|| {
                                view! {
                                    <button
                                        class="button secondary"
                                        type="button"
                                        on:click=move |_| form.set(empty_form())
                                    >
                                        "Write a new one"
                                    </button>
                                }
                            })
                    }}
                    <button class="button primary" type="submit">
                        "Save snippet"
                    </button>
                </DialogFoot>
            </form>
        </Dialog>
    }
    .into_any()
}

fn row(shelf: Shelf, snippet: SnippetData) -> AnyView {
    let SnippetData {
        id,
        name,
        body,
        for_all,
        may_change,
    } = snippet;
    let change_label = format!("Change {name}");
    let delete_label = format!("Remove {name}");
    let form = SnippetForm {
        id: Some(id),
        name: name.clone(),
        body: body.clone(),
        for_all,
    };
    let acts = may_change.then(move || {
        view! {
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label=change_label
                on:click=move |_| shelf.form.set(form.clone())
            >
                {Icon::Pencil.view()}
            </button>
            <button
                class="button quiet small icon-only"
                type="button"
                aria-label=delete_label
                on:click=move |_| shelf.delete(id)
            >
                {Icon::Trash.view()}
            </button>
        }
    });
    view! {
        <li>
            <div class="snippet-text">
                <b class="truncate">{name}</b>
                <span class="muted truncate">{body}</span>
            </div>
            {for_all.then(|| view! { <span class="muted">"Every client"</span> })}
            {acts}
        </li>
    }
    .into_any()
}
