//! What of an upload outlives a reload of the page: where the server knows it, and what was sent, as a chain of
//! hashes, so that another file of the same name and size is not taken for it. It lies in this browser alone.

use domain::ClientId;
use js_sys::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::{File, Storage};
use serde::{Deserialize, Serialize};

use super::{HeldItem, Item, Phase, Uploads, wire};

const PREFIX: &str = "autopost.upload.";
/// Another tab that has written within this time is still sending, in milliseconds.
const ALIVE_MS: f64 = 60_000.0;

/// What is written down.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Remembered {
    client: ClientId,
    name: String,
    size: u64,
    /// When the file was changed on the person's disk.
    modified: f64,
    address: String,
    chain: Option<(u64, Vec<u8>)>,
    /// By which tab, and when.
    tab: String,
    at: f64,
}

fn storage() -> Option<Storage> {
    window().local_storage().ok().flatten()
}

/// What this tab is called; it keeps its name over a reload.
fn tab() -> String {
    const KEY: &str = "autopost.tab";
    let Some(storage) = window().session_storage().ok().flatten() else {
        return String::new();
    };
    if let Ok(Some(name)) = storage.get_item(KEY) {
        return name;
    }
    let name = format!("{}-{}", Date::now(), js_sys::Math::random());
    let _ = storage.set_item(KEY, &name);
    name
}

/// Writes down how far an upload is.
pub(super) fn remember(item: &Item, file: &File, held: &HeldItem) {
    let Some(address) = held.address.clone() else {
        return;
    };
    let remembered = Remembered {
        client: item.client,
        name: item.name.clone(),
        size: item.total,
        modified: file.last_modified(),
        address,
        chain: held.chain.clone(),
        tab: tab(),
        at: Date::now(),
    };
    if let (Some(storage), Ok(text)) = (storage(), serde_json::to_string(&remembered)) {
        // Where there is no room, only a reload costs more.
        let _ = storage.set_item(&format!("{PREFIX}{}", remembered.address), &text);
    }
}

/// Forgets an upload.
pub(super) fn forget(address: &str) {
    if let Some(storage) = storage() {
        let _ = storage.remove_item(&format!("{PREFIX}{address}"));
    }
}

/// Whether this file was changed since it was on its way.
pub(super) fn is_another(address: &str, file: &File) -> bool {
    find(&format!("{PREFIX}{address}"))
        .is_some_and(|remembered| remembered.modified != file.last_modified())
}

fn find(key: &str) -> Option<Remembered> {
    let text = storage()?.get_item(key).ok().flatten()?;
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Whether anything lies there. Cheap: it tells whether the rest of this is loaded at all.
pub(super) fn is_any_left() -> bool {
    storage().is_some_and(|storage| keys(&storage).next().is_some())
}

fn keys(storage: &Storage) -> impl Iterator<Item = String> {
    (0..storage.length().unwrap_or(0))
        .filter_map(|place| storage.key(place).ok().flatten())
        .filter(|key| key.starts_with(PREFIX))
}

/// Puts what was on its way before the page was loaded anew into the queue, as far as the server still has it.
pub(super) fn recall(uploads: Uploads) {
    let Some(storage) = storage() else { return };
    let tab = tab();
    let mut all: Vec<Remembered> = keys(&storage)
        .filter_map(|key| find(&key))
        .filter(|one| one.tab == tab || Date::now() - one.at > ALIVE_MS)
        .collect();
    all.sort_by(|one, other| one.name.cmp(&other.name));
    spawn_local(async move {
        for remembered in all {
            let answer = wire::call("HEAD", &remembered.address, &[]).await;
            match (answer.status, answer.offset) {
                // One that is whole was taken in, or is looked at.
                (200, Some(sent)) if sent < remembered.size => put(uploads, remembered, sent),
                (0 | 500.., _) => put(uploads, remembered, 0),
                _ => forget(&remembered.address),
            }
        }
    });
}

fn put(uploads: Uploads, remembered: Remembered, sent: u64) {
    let item = Item {
        id: uploads.next_number(),
        client: remembered.client,
        name: remembered.name,
        total: remembered.size,
        phase: ArcRwSignal::new(Phase::Left { sent }),
        wanted: ArcRwSignal::new(None),
    };
    uploads.held(item.id, |held| {
        held.address = Some(remembered.address);
        held.chain = remembered.chain;
    });
    uploads.items.try_update(|items| items.push(item));
}
