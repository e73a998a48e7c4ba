//! Files on their way from the browser to the server, one after the other.

use std::collections::VecDeque;

use domain::ClientId;
use domain::media::size_label;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::wasm_bindgen::closure::Closure;
use leptos::web_sys::{Event, EventTarget, File, ProgressEvent, XmlHttpRequest};

use super::transfer::{Pace, read_answer};
use crate::address::query_value;
use crate::api::assets::AssetData;

/// How far a file is.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Phase {
    /// None is on its way.
    #[default]
    Idle,
    /// Bytes are being sent.
    Sending {
        /// The file's name.
        name: String,
        /// How many bytes have left.
        sent: u64,
        /// How many there are.
        total: u64,
        /// Bytes a second, once that was measured.
        rate: Option<f64>,
    },
    /// Everything was sent; the server looks at it.
    Checking {
        /// The file's name.
        name: String,
        /// How many bytes there are.
        total: u64,
    },
    /// It was not taken.
    Refused {
        /// The file's name.
        name: String,
        /// Why, and what to do.
        sentence: String,
        /// Whether the same file may be taken another time.
        again: bool,
    },
}

/// What only a browser has.
#[derive(Default)]
struct Held {
    request: Option<XmlHttpRequest>,
    file: Option<File>,
    /// What comes after it.
    waiting: VecDeque<File>,
}

/// Sends one file at a time.
#[derive(Clone, Copy)]
pub struct Upload {
    client: ClientId,
    /// How far it is.
    pub phase: RwSignal<Phase>,
    /// Empty on the server, which must not drop a thing of the browser on another thread.
    held: StoredValue<Option<StoredValue<Held, LocalStorage>>>,
    on_done: Callback<AssetData>,
}

impl Upload {
    /// Uploads for a client; `on_done` gets what the server made of the file.
    #[must_use]
    pub fn new(client: ClientId, on_done: Callback<AssetData>) -> Self {
        let upload = Self {
            client,
            phase: RwSignal::new(Phase::Idle),
            held: StoredValue::new(None),
            on_done,
        };
        // Effects run in the browser only, and end with the page.
        Effect::new(move |_| {
            let held = StoredValue::new_local(Held::default());
            upload.held.set_value(Some(held));
            on_cleanup(move || upload.abort());
        });
        upload
    }

    fn held<T>(self, with: impl FnOnce(&mut Held) -> T) -> Option<T> {
        self.held.try_get_value().flatten()?.try_update_value(with)
    }

    /// Whether a file is on its way.
    #[must_use]
    pub fn is_under_way(self) -> bool {
        self.phase
            .with(|phase| matches!(phase, Phase::Sending { .. } | Phase::Checking { .. }))
    }

    /// Sends files in this order; where one is on its way already, they come after it.
    pub fn send_all(self, files: Vec<File>) {
        let is_busy = untrack(|| self.is_under_way());
        self.held(|held| held.waiting.extend(files));
        if !is_busy {
            self.next();
        }
    }

    /// Sends what waits, if anything does.
    fn next(self) {
        let next = self.held(|held| held.waiting.pop_front()).flatten();
        if let Some(file) = next {
            self.send(file);
        }
    }

    /// Forgets the file that was not taken, and goes on with what waits.
    pub fn dismiss(self) {
        self.held(|held| held.file = None);
        self.phase.set(Phase::Idle);
        self.next();
    }

    /// How many files wait behind the one that is on its way.
    #[must_use]
    pub fn waiting(self) -> usize {
        // They change only when the phase does.
        self.phase.track();
        self.held(|held| held.waiting.len()).unwrap_or_default()
    }

    /// Sends a file, in place of one that is on its way.
    fn send(self, file: File) {
        self.abort();
        let name = file.name();
        let total = bytes(file.size());
        let refusal = if total == 0 {
            Some("The file is empty. Export it again.".to_owned())
        } else if total > domain::tiktok::VIDEO_BYTES {
            Some(format!(
                "The file has {}; AutoPost takes at most 4 GB. Export it smaller.",
                size_label(total)
            ))
        } else {
            None
        };
        if let Some(sentence) = refusal {
            self.refuse(name, sentence, false);
            return;
        }
        self.phase.set(Phase::Sending {
            name: name.clone(),
            sent: 0,
            total,
            rate: None,
        });
        if self.start(&name, total, &file).is_none() {
            self.refuse(
                name,
                "This browser could not send the file. Reload the page and try again.".to_owned(),
                true,
            );
        }
        self.held(|held| held.file = Some(file));
    }

    /// Sends the same file once more.
    pub fn again(self) {
        if let Some(file) = self.held(|held| held.file.take()).flatten() {
            self.send(file);
        }
    }

    /// Stops, and forgets the file and what waits behind it.
    pub fn cancel(self) {
        self.abort();
        self.held(|held| {
            held.file = None;
            held.waiting.clear();
        });
        self.phase.set(Phase::Idle);
    }

    /// Stops what is on its way, without a word.
    pub fn abort(self) {
        if let Some(request) = self.held(|held| held.request.take()).flatten() {
            // Its handlers must not speak of a request that nobody waits for.
            request.set_onload(None);
            request.set_onerror(None);
            let _ = request.abort();
        }
    }

    fn start(self, name: &str, total: u64, file: &File) -> Option<()> {
        let request = XmlHttpRequest::new().ok()?;
        let address = format!("/clients/{}/assets?name={}", self.client, query_value(name));
        request.open("POST", &address).ok()?;
        request
            .set_request_header("Content-Type", "application/octet-stream")
            .ok()?;
        let sending = request.upload().ok()?;

        let mut pace = Pace::default();
        let known = name.to_owned();
        let on_progress = Closure::<dyn FnMut(ProgressEvent)>::new(move |event: ProgressEvent| {
            let sent = bytes(event.loaded()).min(total);
            pace.measure(event.time_stamp(), event.loaded());
            self.phase.try_set(Phase::Sending {
                name: known.clone(),
                sent,
                total,
                rate: pace.rate,
            });
        });
        listen(
            &sending,
            "progress",
            on_progress.into_js_value().unchecked_ref(),
        );

        let known = name.to_owned();
        let on_sent = Closure::<dyn FnMut(Event)>::new(move |_| {
            self.phase.try_set(Phase::Checking {
                name: known.clone(),
                total,
            });
        });
        listen(&sending, "load", on_sent.into_js_value().unchecked_ref());

        let (known, answered) = (name.to_owned(), request.clone());
        let on_load = Closure::<dyn FnMut(Event)>::new(move |_| {
            self.held(|held| held.request = None);
            let status = answered.status().unwrap_or(0);
            let text = answered.response_text().ok().flatten().unwrap_or_default();
            match read_answer(status, &text) {
                Ok(asset) => {
                    self.held(|held| held.file = None);
                    self.phase.try_set(Phase::Idle);
                    self.on_done.try_run(asset);
                    self.next();
                }
                Err((sentence, again)) => self.refuse(known.clone(), sentence, again),
            }
        });
        request.set_onload(Some(on_load.into_js_value().unchecked_ref()));

        let known = name.to_owned();
        let on_error = Closure::<dyn FnMut(Event)>::new(move |_| {
            self.held(|held| held.request = None);
            self.refuse(
                known.clone(),
                "The connection broke off before the whole file had arrived.".to_owned(),
                true,
            );
        });
        request.set_onerror(Some(on_error.into_js_value().unchecked_ref()));

        request.send_with_opt_blob(Some(file)).ok()?;
        self.held(|held| held.request = Some(request));
        Some(())
    }

    fn refuse(self, name: String, sentence: String, again: bool) {
        self.phase.try_set(Phase::Refused {
            name,
            sentence,
            again,
        });
    }
}

fn listen(target: &EventTarget, event: &str, handler: &leptos::web_sys::js_sys::Function) {
    let _ = target.add_event_listener_with_callback(event, handler);
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "sizes of files are whole and far below the limit"
)]
fn bytes(size: f64) -> u64 {
    size.max(0.0) as u64
}
