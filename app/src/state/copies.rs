//! Copies of files that were asked for on a page: how far each is, and what is done once it is there.

use std::time::Duration;

use domain::copy::CopyState;
use domain::{AssetId, ClientId, CopyId};
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::ApiError;
use crate::api::assets::AssetData;
use crate::api::copies::{CopyData, CopyWish, ask_for_copy, cancel_copy, copies_of, retry_copy};

/// How long after an answer it is asked again how far the copies are that are being made.
const PAUSE: Duration = Duration::from_millis(700);

/// The copies of the files of a page.
#[derive(Clone, Copy)]
pub struct Copies {
    client: ClientId,
    rows: RwSignal<Vec<CopyData>>,
    /// Why nothing was begun for a file.
    trouble: RwSignal<Option<(AssetId, String)>>,
    is_watching: StoredValue<bool>,
    on_done: Callback<CopyData>,
    /// The file that is being cropped.
    pub cropping: RwSignal<Option<AssetData>>,
    /// Whether the dialog is open that does so.
    pub crops: RwSignal<bool>,
}

impl Copies {
    /// Begins with none. `on_done` is told of each that was waited for here, once it is there.
    #[must_use]
    pub fn new(client: ClientId, on_done: Callback<CopyData>) -> Self {
        Self {
            client,
            rows: RwSignal::new(Vec::new()),
            trouble: RwSignal::new(None),
            is_watching: StoredValue::new(false),
            on_done,
            cropping: RwSignal::new(None),
            crops: RwSignal::new(false),
        }
    }

    /// What is known of the copies of a file, oldest first.
    #[must_use]
    pub fn of(self, original: AssetId) -> Vec<CopyData> {
        self.rows.with(|rows| {
            let own = rows.iter().filter(|row| row.original == original);
            own.cloned().collect()
        })
    }

    /// One of them.
    #[must_use]
    pub fn one(self, id: CopyId) -> Option<CopyData> {
        self.rows
            .with(|rows| rows.iter().find(|row| row.id == id).cloned())
    }

    /// Whether one of this file is waited for.
    #[must_use]
    pub fn is_under_way(self, original: AssetId) -> bool {
        self.rows.with(|rows| {
            let mut own = rows.iter().filter(|row| row.original == original);
            own.any(|row| row.state.is_under_way())
        })
    }

    /// Why nothing was begun for this file.
    #[must_use]
    pub fn trouble_of(self, original: AssetId) -> Option<String> {
        let trouble = self.trouble.get();
        trouble
            .filter(|(of, _)| *of == original)
            .map(|(_, sentence)| sentence)
    }

    /// Opens the dialog that crops a file.
    pub fn crop(self, asset: AssetData) {
        self.cropping.set(Some(asset));
        self.crops.set(true);
    }

    /// Asks for a copy.
    pub fn ask(self, original: AssetId, wish: CopyWish) {
        self.trouble.set(None);
        spawn_local(async move {
            let answer = ask_for_copy(self.client, original, wish).await;
            self.answered(original, answer);
        });
    }

    /// Tries one once more.
    pub fn retry(self, copy: &CopyData) {
        let (id, original) = (copy.id, copy.original);
        spawn_local(async move {
            let answer = retry_copy(self.client, id).await;
            self.answered(original, answer);
        });
    }

    /// Gives one up.
    pub fn cancel(self, copy: &CopyData) {
        let (id, original) = (copy.id, copy.original);
        spawn_local(async move {
            let answer = cancel_copy(self.client, id).await;
            self.answered(original, answer);
        });
    }

    /// Finds out which copies of these files there are. Those that are being made are followed from here on; those
    /// that are there already are waited for by nobody.
    pub fn look(self, originals: Vec<AssetId>) {
        if originals.is_empty() {
            return;
        }
        spawn_local(async move {
            if let Ok(found) = copies_of(self.client, originals).await {
                self.follow(found);
            }
        });
    }

    /// Follows those that a page knows to be made already.
    pub fn follow(self, copies: Vec<CopyData>) {
        for copy in copies {
            self.put(copy);
        }
        self.watch();
    }

    fn answered(self, original: AssetId, answer: Result<CopyData, ApiError>) {
        match answer {
            Ok(copy) => {
                self.arrived(copy);
                self.watch();
            }
            Err(error) => {
                let _ = self.trouble.try_set(Some((original, error.to_string())));
            }
        }
    }

    fn arrived(self, copy: CopyData) {
        // A page that was left wants to know nothing more.
        if self.put(copy.clone()) && copy.state == CopyState::Done {
            self.on_done.run(copy);
        }
    }

    /// Whether the page is still there.
    fn put(self, copy: CopyData) -> bool {
        let put = self.rows.try_update(|rows| {
            match rows.iter_mut().find(|row| row.id == copy.id) {
                // The same again moves nothing on the page.
                Some(row) => *row = copy,
                None => rows.push(copy),
            }
        });
        put.is_some()
    }

    /// Asks again and again as long as anything is waited for.
    fn watch(self) {
        let is_watching = self.is_watching.try_get_value();
        if is_watching != Some(false) || self.waited_for().is_empty() {
            return;
        }
        self.is_watching.set_value(true);
        self.later();
    }

    fn later(self) {
        set_timeout(move || spawn_local(self.ask_again()), PAUSE);
    }

    async fn ask_again(self) {
        let waited_for = self.waited_for();
        if waited_for.is_empty() {
            let _ = self.is_watching.try_set_value(false);
            return;
        }
        let originals = waited_for.iter().map(|(_, original)| *original).collect();
        // An answer that does not come is asked for once more.
        if let Ok(found) = copies_of(self.client, originals).await {
            // What was given up or tried again meanwhile has its own answer.
            let still = self.waited_for();
            for copy in found {
                if still.iter().any(|(id, _)| *id == copy.id) {
                    self.arrived(copy);
                }
            }
        }
        self.later();
    }

    fn waited_for(self) -> Vec<(CopyId, AssetId)> {
        let found = self.rows.try_with_untracked(|rows| {
            let waited_for = rows.iter().filter(|row| row.state.is_under_way());
            waited_for.map(|row| (row.id, row.original)).collect()
        });
        found.unwrap_or_default()
    }
}
