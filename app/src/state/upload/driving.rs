//! One file from the browser to the server: part by part, over any break, until the server says what it is.

use gloo_timers::future::TimeoutFuture;
use js_sys::ArrayBuffer;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos::web_sys::File;

use super::super::transfer::{Answered, PART, Pace, patience_ms, read_answer, read_status};
use super::wire::{self, Answer};
use super::{Item, Phase, Uploads, Wish, memory};
use crate::api::ApiError;
use crate::api::assets::AssetData;

/// How often what a person wishes is looked at while nothing else happens.
const LOOK_MS: u32 = 250;
/// So often the server may fail at a file without taking any of it, before a person is asked.
const TRIES: u32 = 6;
/// How long to wait where another request still has the file.
const BUSY_MS: u32 = 500;

/// Why a file does not go on.
enum Stop {
    /// A person has stopped it.
    ByPerson,
    /// The connection broke, or the server did; with its words, if it had any.
    Broken(Option<String>),
    /// It will not be taken.
    Refused { sentence: String, again: bool },
}

/// Sends a file.
pub(super) fn start(uploads: Uploads, item: Item) {
    spawn_local(async move {
        run(uploads, &item).await;
        uploads.held(item.id, |held| {
            held.is_running = false;
            held.request = None;
        });
        uploads.pump();
    });
}

async fn run(uploads: Uploads, item: &Item) {
    let Some(file) = uploads.held(item.id, |held| held.file.clone()).flatten() else {
        return;
    };
    let mut tries = 0;
    loop {
        let before = untrack(|| item.sent());
        item.phase.set(Phase::Sending {
            sent: before,
            rate: None,
        });
        match attempt(uploads, item, &file).await {
            Ok(asset) => {
                let address = uploads.held(item.id, |held| {
                    held.file = None;
                    held.address.take()
                });
                if let Some(address) = address.flatten() {
                    memory::forget(&address);
                }
                uploads.finish(item, asset);
                return;
            }
            Err(Stop::ByPerson) => return,
            Err(Stop::Refused { sentence, again }) => {
                item.phase.set(Phase::Refused { sentence, again });
                return;
            }
            Err(Stop::Broken(words)) => {
                let sent = untrack(|| item.sent());
                tries = if sent > before { 1 } else { tries + 1 };
                if let (Some(sentence), true) = (words, tries >= TRIES) {
                    let again = true;
                    item.phase.set(Phase::Refused { sentence, again });
                    return;
                }
                item.phase.set(Phase::Offline { sent });
                if !waited(uploads, item, patience_ms(tries)).await {
                    return;
                }
            }
        }
    }
}

/// Waits, but no longer than until the browser says that it is online again; whether to go on.
async fn waited(uploads: Uploads, item: &Item, patience: u32) -> bool {
    let mut was_offline = !window().navigator().on_line();
    let mut left = patience;
    while left > 0 {
        TimeoutFuture::new(LOOK_MS).await;
        left = left.saturating_sub(LOOK_MS);
        if is_stopped(uploads, item) {
            return false;
        }
        let is_online = window().navigator().on_line();
        if was_offline && is_online {
            break;
        }
        was_offline = !is_online;
    }
    true
}

fn is_stopped(uploads: Uploads, item: &Item) -> bool {
    // A queue that is gone stops everything.
    uploads.held(item.id, |held| held.wish) != Some(Wish::Go)
}

async fn attempt(uploads: Uploads, item: &Item, file: &File) -> Result<AssetData, Stop> {
    let (address, mut offset) = place(uploads, item, file).await?;
    let mut pace = Pace::default();
    while offset < item.total {
        if is_stopped(uploads, item) {
            return Err(Stop::ByPerson);
        }
        let end = (offset + PART).min(item.total);
        let part = wire::part(file, offset, end).await.ok_or_else(unreadable)?;
        let digest = wire::sha256(&part).await;
        let answer = bring(
            uploads,
            item,
            &address,
            offset,
            &part,
            digest.as_deref(),
            &mut pace,
        )
        .await;
        if is_stopped(uploads, item) {
            return Err(Stop::ByPerson);
        }
        match read_status(answer.status) {
            Answered::Taken => {
                if let Some(digest) = digest {
                    lengthen(uploads, item, offset, end, &digest).await;
                }
                offset = answer.offset.unwrap_or(end);
                uploads.held(item.id, |held| memory::remember(item, file, held));
            }
            Answered::Elsewhere => offset = standing(&address).await?,
            Answered::Busy => TimeoutFuture::new(BUSY_MS).await,
            Answered::Gone => {
                drop_address(uploads, item);
                return Err(Stop::Broken(None));
            }
            Answered::Broken => return Err(Stop::Broken(words(&answer))),
            Answered::Refused => return Err(refused(&answer)),
        }
        item.phase.set(Phase::Sending {
            sent: offset,
            rate: pace.rate,
        });
    }
    item.phase.set(Phase::Checking);
    loop {
        let answer = wire::call("POST", &format!("{address}/finish"), &[]).await;
        match read_status(answer.status) {
            Answered::Taken => {
                return read_answer(answer.status, &answer.text)
                    .map_err(|(sentence, again)| Stop::Refused { sentence, again });
            }
            Answered::Busy => TimeoutFuture::new(BUSY_MS).await,
            Answered::Elsewhere | Answered::Broken => return Err(Stop::Broken(words(&answer))),
            Answered::Gone => {
                drop_address(uploads, item);
                return Err(Stop::Broken(None));
            }
            Answered::Refused => {
                if answer.status != 401 {
                    drop_address(uploads, item);
                }
                return Err(refused(&answer));
            }
        }
    }
}

/// Where the file is known to the server and how far it is; begins anew where it is not known, or was another file.
async fn place(uploads: Uploads, item: &Item, file: &File) -> Result<(String, u64), Stop> {
    let known = uploads.held(item.id, |held| (held.address.clone(), held.chain.clone()));
    if let Some((Some(address), chain)) = known {
        if is_same(&address, file, chain).await? {
            let answer = wire::call("HEAD", &address, &[]).await;
            match (read_status(answer.status), answer.offset) {
                (Answered::Taken, Some(offset)) => return Ok((address, offset)),
                (Answered::Gone, _) => {}
                (Answered::Refused, _) => return Err(refused(&answer)),
                _ => return Err(Stop::Broken(None)),
            }
        } else {
            wire::delete(address);
        }
        drop_address(uploads, item);
    }
    let length = item.total.to_string();
    let metadata = wire::metadata("filename", &item.name).unwrap_or_default();
    let headers = [("Upload-Length", &*length), ("Upload-Metadata", &*metadata)];
    let answer = wire::call(
        "POST",
        &format!("/clients/{}/uploads", item.client),
        &headers,
    )
    .await;
    match (read_status(answer.status), answer.location.clone()) {
        (Answered::Taken, Some(address)) => {
            uploads.held(item.id, |held| {
                held.address = Some(address.clone());
                held.chain = None;
                memory::remember(item, file, held);
            });
            Ok((address, 0))
        }
        (Answered::Refused | Answered::Gone, _) => Err(refused(&answer)),
        _ => Err(Stop::Broken(words(&answer))),
    }
}

/// Whether the file begins with what was sent of it.
async fn is_same(address: &str, file: &File, sent: Option<(u64, Vec<u8>)>) -> Result<bool, Stop> {
    if memory::is_another(address, file) {
        return Ok(false);
    }
    let Some((length, expected)) = sent else {
        return Ok(true);
    };
    let (mut offset, mut chain) = (0, Vec::new());
    while offset < length {
        let end = (offset + PART).min(length);
        let part = wire::part(file, offset, end).await.ok_or_else(unreadable)?;
        let Some(digest) = wire::sha256(&part).await else {
            return Ok(true);
        };
        chain = wire::link(&chain, &digest).await.unwrap_or_default();
        offset = end;
    }
    Ok(chain == expected)
}

/// Adds a part to the chain of what was sent, if the chain goes so far.
async fn lengthen(uploads: Uploads, item: &Item, offset: u64, end: u64, digest: &[u8]) {
    let chain = uploads.held(item.id, |held| held.chain.clone()).flatten();
    let before = match chain {
        Some((length, chain)) if length == offset => chain,
        None if offset == 0 => Vec::new(),
        _ => return,
    };
    let chain = wire::link(&before, digest).await;
    uploads.held(item.id, |held| held.chain = chain.map(|chain| (end, chain)));
}

async fn standing(address: &str) -> Result<u64, Stop> {
    let answer = wire::call("HEAD", address, &[]).await;
    answer.offset.ok_or(Stop::Broken(None))
}

/// Sends a part.
async fn bring(
    uploads: Uploads,
    item: &Item,
    address: &str,
    offset: u64,
    part: &ArrayBuffer,
    digest: Option<&[u8]>,
    pace: &mut Pace,
) -> Answer {
    let from = offset.to_string();
    let checksum = digest
        .and_then(wire::base64)
        .map(|text| format!("sha256 {text}"));
    let mut headers = vec![
        ("Content-Type", "application/offset+octet-stream"),
        ("Upload-Offset", &*from),
    ];
    headers.extend(
        checksum
            .as_deref()
            .map(|checksum| ("Upload-Checksum", checksum)),
    );
    let Some(request) = wire::request("PATCH", address, &headers) else {
        return wire::NOTHING;
    };
    let measured = StoredValue::new_local(std::mem::take(pace));
    let phase = item.phase.clone();
    wire::watch(&request, move |at, loaded| {
        let rate = measured.try_update_value(|pace| {
            pace.measure(at, super::as_number(offset) + loaded);
            pace.rate
        });
        let is_sending = matches!(&*phase.read_untracked(), Phase::Sending { .. });
        if is_sending {
            phase.set(Phase::Sending {
                sent: offset + super::bytes(loaded),
                rate: rate.flatten(),
            });
        }
    });
    uploads.held(item.id, |held| held.request = Some(request.clone()));
    let answer = wire::send(&request, Some(part)).await;
    uploads.held(item.id, |held| held.request = None);
    *pace = measured
        .try_update_value(std::mem::take)
        .unwrap_or_default();
    measured.dispose();
    answer
}

fn drop_address(uploads: Uploads, item: &Item) {
    let address = uploads.held(item.id, |held| {
        held.chain = None;
        held.address.take()
    });
    if let Some(address) = address.flatten() {
        memory::forget(&address);
    }
}

fn unreadable() -> Stop {
    Stop::Refused {
        sentence: "The file can no longer be read: it was changed or moved. Choose it again."
            .to_owned(),
        again: false,
    }
}

/// The server's words, where it had any.
fn words(answer: &Answer) -> Option<String> {
    (answer.status != 0).then(|| match read_answer(answer.status, &answer.text) {
        Err((sentence, _)) => sentence,
        Ok(_) => ApiError::Unreachable.to_string(),
    })
}

fn refused(answer: &Answer) -> Stop {
    match read_answer(answer.status, &answer.text) {
        Err((sentence, again)) => Stop::Refused { sentence, again },
        Ok(_) => Stop::Broken(None),
    }
}
