//! Snippets: putting one into the caption where the caret is, and looking after them.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{EventTarget, HtmlTextAreaElement};

use super::editing::Editing;
use super::snippet_dialog::SnippetDialog;
use crate::api::snippets::{SnippetForm, SnippetsData, snippets};
use crate::components::{Icon, Menu, MenuButton, MenuDivider};

/// The snippets of a client, and what is done with them.
#[derive(Clone, Copy)]
pub(super) struct Shelf {
    pub(super) editing: Editing,
    pub(super) data: RwSignal<SnippetsData>,
    /// Whether the dialog is open.
    pub(super) open: RwSignal<bool>,
    /// What is written in the dialog.
    pub(super) form: RwSignal<SnippetForm>,
    pub(super) problem: RwSignal<Option<String>>,
}

/// Nothing yet.
pub(super) const fn empty_form() -> SnippetForm {
    SnippetForm {
        id: None,
        name: String::new(),
        body: String::new(),
        for_all: false,
    }
}

impl Shelf {
    fn new(editing: Editing) -> Self {
        Self {
            editing,
            data: RwSignal::new(SnippetsData::default()),
            open: RwSignal::new(false),
            form: RwSignal::new(empty_form()),
            problem: RwSignal::new(None),
        }
    }

    /// Reads what there is.
    pub(super) fn read(self) {
        spawn_local(async move {
            match snippets(self.editing.client).await {
                Ok(data) => {
                    self.data.try_set(data);
                }
                Err(error) => {
                    self.problem.try_set(Some(error.to_string()));
                }
            }
        });
    }

    /// Opens the dialog, with what is selected in the caption as a new snippet.
    fn manage(self) {
        let selected = caption_field().map(|field| selection(&field));
        self.problem.set(None);
        self.form.set(SnippetForm {
            body: selected.map_or_else(String::new, |(text, ..)| text),
            ..empty_form()
        });
        self.open.set(true);
    }
}

/// The menu beside the caption.
#[component]
pub(super) fn Snippets(editing: Editing) -> impl IntoView {
    let shelf = Shelf::new(editing);
    Effect::new(move |_| shelf.read());
    let items = move || {
        let snippets = shelf.data.get().snippets;
        if snippets.is_empty() {
            return view! { <p class="menu-note">"No snippet is kept yet."</p> }.into_any();
        }
        snippets
            .into_iter()
            .map(|snippet| {
                let body = snippet.body;
                view! {
                    <button class="menu-item" type="button" on:click=move |_| insert(&body)>
                        {Icon::Copy.view()}
                        <span class="truncate">{snippet.name}</span>
                    </button>
                }
            })
            .collect_view()
            .into_any()
    };
    view! {
        <div class="caption-tools">
            <Menu
                placement="start"
                trigger_class="button quiet small"
                trigger=|| {
                    view! {
                        {Icon::Copy.view()}
                        "Snippets"
                    }
                }
            >
                <div class="snippet-items">{items}</div>
                <MenuDivider />
                <MenuButton
                    icon=Icon::Plus
                    label="New and change…"
                    on:click=move |_| shelf.manage()
                />
            </Menu>
            <SnippetDialog shelf />
        </div>
    }
    .into_any()
}

/// The field that the caption is written in.
fn caption_field() -> Option<HtmlTextAreaElement> {
    let found = document().get_element_by_id("caption")?;
    found.dyn_into().ok()
}

/// What is selected in a field, from where and until where, as the browser counts.
fn selection(field: &HtmlTextAreaElement) -> (String, u32, u32) {
    let units: Vec<u16> = field.value().encode_utf16().collect();
    let end_of_all = u32::try_from(units.len()).unwrap_or(u32::MAX);
    let start = field.selection_start().ok().flatten().unwrap_or(end_of_all);
    let end = field.selection_end().ok().flatten().unwrap_or(end_of_all);
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX).min(units.len());
    let selected = units.get(place(start)..place(end)).unwrap_or_default();
    (String::from_utf16_lossy(selected), start, end)
}

/// Puts text into the caption in the place of what is selected, as if it was typed.
fn insert(text: &str) {
    let Some(field) = caption_field() else {
        return;
    };
    let (_, start, end) = selection(&field);
    let length = u32::try_from(text.encode_utf16().count()).unwrap_or(0);
    let _ = field.set_range_text_with_start_and_end(text, start, end);
    was_typed(&field);
    // Once the menu has closed: it would take the focus back.
    request_animation_frame(move || {
        let _ = field.focus();
        let _ = field.set_selection_range(start + length, start + length);
    });
}

/// Tells a field's listeners that something was typed into it.
pub(super) fn was_typed(field: &EventTarget) {
    if let Ok(event) = document().create_event("Event") {
        event.init_event_with_bubbles("input", true);
        let _ = field.dispatch_event(&event);
    }
}
