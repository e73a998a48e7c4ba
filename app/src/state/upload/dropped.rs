//! The files of a list, of what was pasted, and of what was dropped: also those of folders, and of folders within.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{ClipboardEvent, DataTransfer, Element, Event, File, FileList};

/// The files of a list.
#[must_use]
pub fn files_in(list: &FileList) -> Vec<File> {
    (0..list.length())
        .filter_map(|place| list.get(place))
        .collect()
}

/// Hands over the files of what was dropped. Those of folders come later, when the browser has read them, and of
/// those only pictures and videos.
pub fn with_files(transfer: &DataTransfer, on_files: impl Fn(Vec<File>) + 'static) {
    #[cfg(feature = "hydrate")]
    browser::with_files(transfer, on_files);
    #[cfg(not(feature = "hydrate"))]
    let _ = (transfer, on_files);
}

/// Hands over the files that are pasted, wherever on the page. Words that are pasted into a field stay words, also
/// where a picture of them comes along, as office programs have it.
pub fn with_pasted(on_files: impl Fn(Vec<File>) + Clone + 'static) {
    Effect::new(move |_| {
        let on_files = on_files.clone();
        let pasting = window_event_listener_untyped("paste", move |event: Event| {
            let pasted = event.dyn_ref::<ClipboardEvent>();
            let Some(pasted) = pasted.and_then(ClipboardEvent::clipboard_data) else {
                return;
            };
            let files = pasted
                .files()
                .map_or_else(Vec::new, |files| files_in(&files));
            let has_words = pasted
                .get_data("text/plain")
                .is_ok_and(|words| !words.is_empty());
            if files.is_empty() || has_words && is_into_a_field(&event) {
                return;
            }
            event.prevent_default();
            on_files(files);
        });
        on_cleanup(move || pasting.remove());
    });
}

fn is_into_a_field(event: &Event) -> bool {
    let target = event
        .target()
        .and_then(|target| target.dyn_into::<Element>().ok());
    target.is_some_and(|target| target.matches("input, textarea").unwrap_or(false))
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::collections::VecDeque;

    use js_sys::{Array, Promise};
    use leptos::task::spawn_local;
    use leptos::wasm_bindgen::{JsCast, JsValue};
    use leptos::web_sys::{
        DataTransfer, File, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
        FileSystemFileEntry,
    };
    use wasm_bindgen_futures::JsFuture;

    use super::files_in;

    pub(super) fn with_files(transfer: &DataTransfer, on_files: impl Fn(Vec<File>) + 'static) {
        let items = transfer.items();
        // They are there only while the event is handled.
        let entries: Vec<FileSystemEntry> = (0..items.length())
            .filter_map(|place| items.get(place)?.webkit_get_as_entry().ok().flatten())
            .collect();
        let folders: VecDeque<FileSystemEntry> = entries
            .into_iter()
            .filter(FileSystemEntry::is_directory)
            .collect();
        let names: Vec<String> = folders.iter().map(FileSystemEntry::name).collect();
        let files: Vec<File> = transfer
            .files()
            .map_or_else(Vec::new, |files| files_in(&files));
        // A folder stands among the files as one that cannot be read.
        let files: Vec<File> = files
            .into_iter()
            .filter(|file| !names.contains(&file.name()) || !file.type_().is_empty())
            .collect();
        if !files.is_empty() {
            on_files(files);
        }
        if !folders.is_empty() {
            spawn_local(async move {
                let found = walk(folders).await;
                if !found.is_empty() {
                    on_files(found);
                }
            });
        }
    }

    async fn walk(mut folders: VecDeque<FileSystemEntry>) -> Vec<File> {
        let mut found = Vec::new();
        while let Some(entry) = folders.pop_front() {
            if entry.is_directory() {
                // Not asked by its class: Chromium has those under other names, and no folder would be one.
                let folder: &FileSystemDirectoryEntry = entry.unchecked_ref();
                folders.extend(entries_of(&folder.create_reader()).await);
            } else if let Some(file) = file_of(&entry).await {
                let kind = file.type_();
                if kind.starts_with("image/") || kind.starts_with("video/") {
                    found.push(file);
                }
            }
        }
        found
    }

    /// A folder is read by portions, until one is empty.
    async fn entries_of(reader: &FileSystemDirectoryReader) -> Vec<FileSystemEntry> {
        let mut all = Vec::new();
        loop {
            let portion = Promise::new(&mut |resolve, reject| {
                let _ = reader.read_entries_with_callback_and_callback(&resolve, &reject);
            });
            let Ok(portion) = JsFuture::from(portion).await else {
                return all;
            };
            let portion: Array = portion.unchecked_into();
            if portion.length() == 0 {
                return all;
            }
            all.extend(
                portion
                    .iter()
                    .map(JsValue::unchecked_into::<FileSystemEntry>),
            );
        }
    }

    async fn file_of(entry: &FileSystemEntry) -> Option<File> {
        let entry: &FileSystemFileEntry = entry.unchecked_ref();
        let file = Promise::new(&mut |resolve, reject| {
            entry.file_with_callback_and_callback(&resolve, &reject);
        });
        JsFuture::from(file).await.ok()?.dyn_into().ok()
    }
}
