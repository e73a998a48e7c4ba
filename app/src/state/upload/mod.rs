//! Files on their way from the browser to the server: a queue that lives in the frame, so that going to another page
//! ends nothing. How one is sent is in `driving`, what outlives a reload in `memory`.

#[cfg(feature = "hydrate")]
mod driving;
pub mod dropped;
#[cfg(feature = "hydrate")]
mod memory;
mod of_page;
#[cfg(feature = "hydrate")]
mod wire;

use std::collections::HashMap;

use domain::ClientId;
use domain::media::size_label;
use leptos::prelude::*;
use leptos::web_sys::{File, XmlHttpRequest};

use crate::api::assets::AssetData;
pub use of_page::Upload;

/// How many files are sent at the same time.
#[cfg(feature = "hydrate")]
const AT_ONCE: usize = 3;

/// How far a file is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Others are sent first.
    Waiting,
    /// Bytes are being sent.
    Sending {
        /// How many are there.
        sent: u64,
        /// Bytes a second, once that was measured.
        rate: Option<f64>,
    },
    /// A person has stopped it.
    Paused {
        /// How many bytes are there.
        sent: u64,
    },
    /// The connection is gone; it goes on by itself.
    Offline {
        /// How many bytes are there.
        sent: u64,
    },
    /// Everything was sent; the server looks at it.
    Checking,
    /// It is in the library.
    Done(Box<AssetData>),
    /// It was not taken.
    Refused {
        /// Why, and what to do.
        sentence: String,
        /// Whether the same file may be taken another time.
        again: bool,
    },
    /// It was on its way before the page was loaded anew; the file has to be chosen again.
    Left {
        /// How many bytes are there.
        sent: u64,
    },
}

/// A file of the queue.
#[derive(Clone)]
pub struct Item {
    /// What it is known by on this page.
    pub id: u32,
    /// Whose library it is for.
    pub client: ClientId,
    /// Its name on the person's disk.
    pub name: String,
    /// How many bytes it has.
    pub total: u64,
    /// How far it is. Counted: it outlives the page that began it.
    pub phase: ArcRwSignal<Phase>,
    /// The page that wants to have it.
    wanted: ArcRwSignal<Option<Wanted>>,
}

/// Who gets what the server made of a file.
#[derive(Clone, Copy)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser sends files")
)]
struct Wanted {
    by: u32,
    on_done: Callback<(u32, AssetData)>,
}

impl Item {
    /// How many bytes are there.
    #[must_use]
    pub fn sent(&self) -> u64 {
        match &*self.phase.read() {
            Phase::Waiting | Phase::Refused { .. } => 0,
            Phase::Sending { sent, .. }
            | Phase::Paused { sent }
            | Phase::Offline { sent }
            | Phase::Left { sent } => *sent,
            Phase::Checking | Phase::Done(_) => self.total,
        }
    }

    /// Whether it would end with the page.
    #[must_use]
    pub fn is_under_way(&self) -> bool {
        matches!(
            &*self.phase.read(),
            Phase::Waiting | Phase::Sending { .. } | Phase::Offline { .. } | Phase::Checking
        )
    }

    fn is_wanted_by(&self, page: u32) -> bool {
        self.wanted
            .with(|wanted| wanted.is_some_and(|wanted| wanted.by == page))
    }
}

/// What a person wants to happen to a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Wish {
    #[default]
    Go,
    Stop,
}

/// What only a browser has, of one file.
#[derive(Default)]
#[cfg_attr(
    not(feature = "hydrate"),
    expect(dead_code, reason = "only a browser sends files")
)]
struct HeldItem {
    file: Option<File>,
    request: Option<XmlHttpRequest>,
    /// Where the server knows it.
    address: Option<String>,
    /// What was sent, as a chain of hashes, and how many bytes of it.
    chain: Option<(u64, Vec<u8>)>,
    wish: Wish,
    is_running: bool,
}

type Held = HashMap<u32, HeldItem>;

/// The files on their way. Reach it with [`use_uploads`].
#[derive(Clone, Copy)]
pub struct Uploads {
    items: RwSignal<Vec<Item>>,
    /// The page that shows its own files itself.
    shown_by: RwSignal<Option<u32>>,
    /// Moves with every file that is there.
    done: RwSignal<u32>,
    /// Whether some were on their way before the page was loaded anew.
    left: RwSignal<bool>,
    count: StoredValue<u32>,
    /// Empty on the server, which must not drop a thing of the browser on another thread.
    held: StoredValue<Option<StoredValue<Held, LocalStorage>>>,
}

/// Makes the queue reachable for everything below.
pub fn provide_uploads() {
    let uploads = Uploads {
        items: RwSignal::new(Vec::new()),
        shown_by: RwSignal::new(None),
        done: RwSignal::new(0),
        left: RwSignal::new(false),
        count: StoredValue::new(0),
        held: StoredValue::new(None),
    };
    // Effects run in the browser only.
    Effect::new(move |_| {
        uploads
            .held
            .set_value(Some(StoredValue::new_local(Held::new())));
        #[cfg(feature = "hydrate")]
        uploads.left.set(memory::is_any_left());
    });
    provide_context(uploads);
}

/// The files on their way.
#[must_use]
pub fn use_uploads() -> Uploads {
    expect_context()
}

impl Uploads {
    fn held<T>(self, id: u32, with: impl FnOnce(&mut HeldItem) -> T) -> Option<T> {
        let held = self.held.try_get_value().flatten()?;
        held.try_update_value(|held| with(held.entry(id).or_default()))
    }

    fn next_number(self) -> u32 {
        self.count
            .try_update_value(|count| {
                *count += 1;
                *count
            })
            .unwrap_or_default()
    }

    /// All files, in the order in which they came.
    #[must_use]
    pub fn items(self) -> Vec<Item> {
        self.items.get()
    }

    /// Whether there is anything that the tray would show.
    #[must_use]
    pub fn want_the_tray(self) -> bool {
        self.left.get() || self.items.with(|items| !items.is_empty())
    }

    /// Puts what was left behind into the queue.
    pub fn recall(self) {
        #[cfg(feature = "hydrate")]
        if self.left.get_untracked() {
            memory::recall(self);
        }
    }

    /// Those that no page shows itself.
    #[must_use]
    pub fn in_tray(self) -> Vec<Item> {
        let page = self.shown_by.get();
        let items = self.items.get().into_iter();
        items
            .filter(|item| page.is_none_or(|page| !item.is_wanted_by(page)))
            .collect()
    }

    /// Whether leaving the site would end something.
    #[must_use]
    pub fn is_busy(self) -> bool {
        self.items
            .with(|items| items.iter().any(Item::is_under_way))
    }

    /// Moves with every file that has arrived.
    #[must_use]
    pub fn arrived(self) -> u32 {
        self.done.get()
    }

    /// Adds files to the library of a client.
    pub fn add(self, client: ClientId, files: Vec<File>) {
        self.add_for(client, files, None);
    }

    fn add_for(self, client: ClientId, files: Vec<File>, wanted: Option<Wanted>) {
        for file in files {
            let (name, total) = (file.name(), bytes(file.size()));
            let item = self.left_of(client, &file).unwrap_or_else(|| {
                let item = Item {
                    id: self.next_number(),
                    client,
                    name,
                    total,
                    phase: ArcRwSignal::new(Phase::Waiting),
                    wanted: ArcRwSignal::new(None),
                };
                self.items.update(|items| items.push(item.clone()));
                item
            });
            item.wanted.set(wanted);
            match refusal(total) {
                Some(sentence) => item.phase.set(Phase::Refused {
                    sentence,
                    again: false,
                }),
                None => {
                    self.held(item.id, |held| held.file = Some(file));
                    item.phase.set(Phase::Waiting);
                }
            }
        }
        self.pump();
    }

    /// The file that was on its way before the page was loaded anew, if this is it.
    fn left_of(self, client: ClientId, file: &File) -> Option<Item> {
        let (name, total) = (file.name(), bytes(file.size()));
        self.items.with_untracked(|items| {
            let mut left = items.iter().filter(|item| {
                item.client == client
                    && item.name == name
                    && item.total == total
                    && matches!(&*item.phase.read_untracked(), Phase::Left { .. })
            });
            left.next().cloned()
        })
    }

    fn item(self, id: u32) -> Option<Item> {
        let items = self.items.try_read_untracked()?;
        items.iter().find(|item| item.id == id).cloned()
    }

    /// Stops a file where it is.
    pub fn pause(self, id: u32) {
        let Some(item) = self.item(id) else { return };
        let sent = untrack(|| item.sent());
        if untrack(|| item.is_under_way())
            && !matches!(&*item.phase.read_untracked(), Phase::Checking)
        {
            self.stop(id);
            item.phase.set(Phase::Paused { sent });
        }
    }

    /// Goes on with a file.
    pub fn resume(self, id: u32) {
        if let Some(item) = self.item(id) {
            self.held(id, |held| held.wish = Wish::Go);
            item.phase.set(Phase::Waiting);
            self.pump();
        }
    }

    /// Puts what a person has chosen in the place of a file.
    pub fn replace(self, id: u32, files: Vec<File>) {
        let Some(item) = self.item(id) else { return };
        let wanted = item.wanted.get_untracked();
        let is_left = matches!(&*item.phase.read_untracked(), Phase::Left { .. });
        let goes_on = is_left
            && files
                .first()
                .is_some_and(|file| file.name() == item.name && bytes(file.size()) == item.total);
        if !files.is_empty() && !goes_on {
            self.remove(id);
        }
        self.add_for(item.client, files, wanted);
    }

    /// Stops every file, or goes on with all that were stopped.
    pub fn pause_all(self, pause: bool) {
        for item in self.items.get_untracked() {
            let is_paused = matches!(&*item.phase.read_untracked(), Phase::Paused { .. });
            match pause {
                true => self.pause(item.id),
                false if is_paused => self.resume(item.id),
                false => {}
            }
        }
    }

    /// Takes a file out of the queue, and what had come of it off the server.
    pub fn remove(self, id: u32) {
        self.stop(id);
        #[cfg(feature = "hydrate")]
        if let Some(address) = self.held(id, |held| held.address.take()).flatten() {
            let is_done = self
                .item(id)
                .is_some_and(|item| matches!(&*item.phase.read_untracked(), Phase::Done(_)));
            memory::forget(&address);
            if !is_done {
                wire::delete(address);
            }
        }
        self.items
            .update(|items| items.retain(|item| item.id != id));
        self.pump();
    }

    fn stop(self, id: u32) {
        let request = self.held(id, |held| {
            held.wish = Wish::Stop;
            held.request.take()
        });
        if let Some(request) = request.flatten() {
            let _ = request.abort();
        }
    }

    /// Starts what waits, as far as there is room.
    fn pump(self) {
        #[cfg(feature = "hydrate")]
        for item in self.items.get_untracked() {
            let running = self.running();
            let is_waiting = matches!(&*item.phase.read_untracked(), Phase::Waiting);
            if running >= AT_ONCE || !is_waiting {
                continue;
            }
            let may_start = self.held(item.id, |held| {
                let may_start = !held.is_running && held.file.is_some();
                held.is_running |= may_start;
                may_start
            });
            if may_start == Some(true) {
                driving::start(self, item);
            }
        }
    }

    #[cfg(feature = "hydrate")]
    fn running(self) -> usize {
        let held = self.held.try_get_value().flatten();
        let count = held.and_then(|held| {
            held.try_with_value(|held| held.values().filter(|held| held.is_running).count())
        });
        count.unwrap_or_default()
    }

    /// A file is there.
    #[cfg(feature = "hydrate")]
    fn finish(self, item: &Item, asset: AssetData) {
        item.phase.set(Phase::Done(Box::new(asset.clone())));
        self.done.try_update(|done| *done += 1);
        if let Some(wanted) = item.wanted.try_get_untracked().flatten() {
            // Its page may be gone by now; then it is in the library all the same.
            if wanted.on_done.try_run((item.id, asset)).is_some() {
                self.items
                    .try_update(|items| items.retain(|other| other.id != item.id));
            }
        }
    }
}

/// Why a file need not be sent at all.
fn refusal(total: u64) -> Option<String> {
    if total == 0 {
        Some("The file is empty. Export it again.".to_owned())
    } else if total > domain::tiktok::VIDEO_BYTES {
        Some(format!(
            "The file has {}; AutoPost takes at most 4 GB. Export it smaller.",
            size_label(total)
        ))
    } else {
        None
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of files are whole and far below the limit"
)]
fn bytes(size: f64) -> u64 {
    size.max(0.0) as u64
}

/// As the browser measures.
#[cfg(feature = "hydrate")]
#[expect(clippy::cast_precision_loss, reason = "files are far below 2^52 bytes")]
fn as_number(bytes: u64) -> f64 {
    bytes as f64
}
