//! The files of the queue that one page wants to have, for example those of a post that is being written.

use domain::ClientId;
use leptos::prelude::*;
use leptos::web_sys::File;

use super::{Item, Phase, Uploads, Wanted, use_uploads};
use crate::api::assets::AssetData;

/// The files that a page wants to have.
#[derive(Clone, Copy)]
pub struct Upload {
    uploads: Uploads,
    client: ClientId,
    page: u32,
    on_done: Callback<(u32, AssetData)>,
}

impl Upload {
    /// Uploads for a page of a client; `on_done` gets what the server made of each file, with a number that
    /// is higher the later the file was chosen: several are sent at once, and any may be there first. Where the page is left
    /// before, the file goes on, and stays in the library.
    #[must_use]
    pub fn new(client: ClientId, on_done: Callback<(u32, AssetData)>) -> Self {
        let uploads = use_uploads();
        let page = uploads.next_number();
        Effect::new(move |_| uploads.shown_by.set(Some(page)));
        on_cleanup(move || {
            uploads.shown_by.try_update(|shown_by| {
                if *shown_by == Some(page) {
                    *shown_by = None;
                }
            });
        });
        Self {
            uploads,
            client,
            page,
            on_done,
        }
    }

    /// The queue that they are in.
    #[must_use]
    pub fn queue(self) -> Uploads {
        self.uploads
    }

    /// The files that are not there yet.
    #[must_use]
    pub fn items(self) -> Vec<Item> {
        let items = self.uploads.items.get().into_iter();
        items.filter(|item| item.is_wanted_by(self.page)).collect()
    }

    /// Whether a file is on its way.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        self.items()
            .iter()
            .any(|item| item.is_under_way() || matches!(&*item.phase.read(), Phase::Paused { .. }))
    }

    /// Sends files.
    pub fn send_all(self, files: Vec<File>) {
        let wanted = Wanted {
            by: self.page,
            on_done: self.on_done,
        };
        self.uploads.add_for(self.client, files, Some(wanted));
    }
}
