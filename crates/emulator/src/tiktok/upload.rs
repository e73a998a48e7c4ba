//! The upload address: chunks in order, streamed to disk and hashed as they
//! come, so that memory does not grow with the video.

use std::{io, path::PathBuf, sync::Arc};

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::{
    fs::OpenOptions,
    io::{AsyncSeekExt, AsyncWriteExt, BufWriter},
    sync::Mutex,
};

use super::{
    Shared,
    faults::{DropConnection, drain},
    markers::PutFault,
    state::Platform,
    tasks::Media,
};

#[derive(Deserialize)]
pub(super) struct Ticket {
    upload_id: String,
    upload_token: String,
}

/// The bytes that a chunk covers, inclusive, as its header says.
#[derive(Clone, Copy)]
struct Range {
    first: u64,
    last: u64,
    total: u64,
}

/// A chunk that was let in.
struct Slot {
    publish_id: String,
    range: Range,
    fault: Option<PutFault>,
}

/// An answer other than "go on".
struct Refusal {
    status: StatusCode,
    /// Bytes taken so far, and the whole.
    progress: Option<(u64, u64)>,
}

impl Refusal {
    fn of(status: StatusCode) -> Self {
        Self {
            status,
            progress: None,
        }
    }
}

/// `PUT /upload/?upload_id=…&upload_token=…`
pub(super) async fn put(
    State(platform): State<Shared>,
    ticket: Result<Query<Ticket>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    // A task of its own: a client that goes away must not leave a chunk
    // written but not counted, or the file renamed but not handed over.
    tokio::spawn(take(platform, ticket, headers, body))
        .await
        .unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}

async fn take(
    platform: Shared,
    ticket: Result<Query<Ticket>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let Ok(Query(ticket)) = ticket else {
        drain(body).await;
        return StatusCode::NOT_FOUND.into_response();
    };
    let lane = match platform.find_lane(&ticket) {
        Ok(lane) => lane,
        Err(refusal) => {
            drain(body).await;
            return refusal.into_response();
        }
    };
    // One chunk at a time: a second one waits and then finds out where we are.
    let mut hasher = lane.lock().await;
    let slot = match read_headers(&headers)
        .and_then(|(range, kind)| Ok((platform.place(&ticket, range)?, kind)))
    {
        Ok(slot) => slot,
        Err(refusal) => {
            drain(body).await;
            return refusal.into_response();
        }
    };
    let (slot, (content_type, extension)) = slot;
    if let Some(PutFault::Refuse(status)) = slot.fault {
        drain(body).await;
        return status.into_response();
    }

    let incoming = platform.incoming.join(&ticket.upload_id);
    let Ok(hashed) = receive(&incoming, slot.range, body, hasher.clone()).await else {
        // The body ended early, or the disk failed: nothing counts.
        return StatusCode::BAD_REQUEST.into_response();
    };
    *hasher = hashed;

    let whole = slot.range.last + 1 == slot.range.total;
    let media = if whole {
        let file = format!("{}.{extension}", ticket.upload_id);
        if tokio::fs::rename(&incoming, platform.media.join(&file))
            .await
            .is_err()
        {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        Some(Media {
            url: format!("{}/media/{file}", platform.base),
            file,
            size: slot.range.total,
            sha256: hex::encode(hasher.clone().finalize()),
            content_type: content_type.to_owned(),
            width: 0,
            height: 0,
            duration_ms: 0,
        })
    } else {
        None
    };
    platform.commit(&slot, media);

    let status = if whole {
        StatusCode::CREATED
    } else {
        StatusCode::PARTIAL_CONTENT
    };
    let mut response = (
        status,
        progress_header(slot.range.last + 1, slot.range.total),
    )
        .into_response();
    if slot.fault == Some(PutFault::Drop) {
        response.extensions_mut().insert(DropConnection);
    }
    response
}

impl Platform {
    fn find_lane(&self, ticket: &Ticket) -> Result<Arc<Mutex<Sha256>>, Refusal> {
        let mut state = self.state();
        state
            .tasks
            .by_upload_id(&ticket.upload_id)
            .and_then(|task| task.upload.as_ref())
            .filter(|upload| upload.token == ticket.upload_token)
            .map(|upload| Arc::clone(&upload.lane))
            .ok_or(Refusal::of(StatusCode::NOT_FOUND))
    }

    /// Checks a chunk against the deadline, the plan and the progress.
    fn place(&self, ticket: &Ticket, range: Range) -> Result<Slot, Refusal> {
        let now = self.now();
        let mut state = self.state();
        let task = state
            .tasks
            .by_upload_id(&ticket.upload_id)
            .ok_or(Refusal::of(StatusCode::NOT_FOUND))?;
        let ended = task.ended.is_some();
        let upload = task
            .upload
            .as_ref()
            .ok_or(Refusal::of(StatusCode::NOT_FOUND))?;
        if ended || now >= upload.deadline {
            return Err(Refusal::of(StatusCode::FORBIDDEN));
        }
        let length = range.last - range.first + 1;
        if range.total != upload.plan.size
            || range.first != upload.received
            || length != upload.plan.length_at(range.first)
        {
            return Err(Refusal {
                status: StatusCode::RANGE_NOT_SATISFIABLE,
                progress: Some((upload.received, upload.plan.size)),
            });
        }
        let number = upload.plan.number_at(range.first);
        // A marker strikes its chunk once.
        let fault = task
            .markers
            .put
            .take_if(|marker| marker.chunk == number)
            .map(|marker| marker.fault);
        Ok(Slot {
            publish_id: task.publish_id.clone(),
            range,
            fault,
        })
    }

    /// Counts a chunk that has been written; the last one hands the post over.
    fn commit(self: &Arc<Self>, slot: &Slot, media: Option<Media>) {
        let now = self.now();
        let mut state = self.state();
        let probing = media.is_some() && state.config.probe_media;
        let Some(task) = state.tasks.get_mut(&slot.publish_id) else {
            return; // Reset in the meantime.
        };
        if let Some(upload) = &mut task.upload {
            upload.received = slot.range.last + 1;
        }
        if let Some(media) = media {
            task.media.push(media);
            task.received_at = Some(now);
            task.checking = probing;
        }
        drop(state);
        if probing {
            self.start_probe(slot.publish_id.clone());
        }
    }
}

/// Writes a chunk at its place. The hash is of everything up to its end.
async fn receive(
    file: &PathBuf,
    range: Range,
    body: Body,
    mut hasher: Sha256,
) -> io::Result<Sha256> {
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(file)
        .await?;
    file.seek(io::SeekFrom::Start(range.first)).await?;
    let mut writer = BufWriter::with_capacity(1 << 20, file);
    let mut left = range.last - range.first + 1;
    let mut stream = body.into_data_stream();
    while let Some(bytes) = stream.next().await {
        let bytes = bytes.map_err(io::Error::other)?;
        left = left
            .checked_sub(bytes.len() as u64)
            .ok_or(io::ErrorKind::InvalidData)?;
        hasher.update(&bytes);
        writer.write_all(&bytes).await?;
    }
    if left > 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    writer.flush().await?;
    Ok(hasher)
}

type MediaType = (&'static str, &'static str);

fn read_headers(headers: &HeaderMap) -> Result<(Range, MediaType), Refusal> {
    let bad = || Refusal::of(StatusCode::BAD_REQUEST);
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    // The address carries its own token; a bearer must not leak to it.
    if headers.contains_key(header::AUTHORIZATION) {
        return Err(bad());
    }
    let kind = match text(header::CONTENT_TYPE) {
        Some("video/mp4") => ("video/mp4", "mp4"),
        Some("video/quicktime") => ("video/quicktime", "mov"),
        Some("video/webm") => ("video/webm", "webm"),
        _ => return Err(bad()),
    };
    let length: u64 = text(header::CONTENT_LENGTH)
        .and_then(|text| text.parse().ok())
        .ok_or_else(bad)?;
    let range = text(header::CONTENT_RANGE)
        .and_then(read_range)
        .ok_or_else(bad)?;
    if range.last - range.first + 1 != length {
        return Err(bad());
    }
    Ok((range, kind))
}

/// Reads `bytes <first>-<last>/<total>`.
fn read_range(text: &str) -> Option<Range> {
    let number = |text: &str| -> Option<u64> {
        text.bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| text.parse().ok())?
    };
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let range = Range {
        first: number(first)?,
        last: number(last)?,
        total: number(total)?,
    };
    (range.first <= range.last && range.last < range.total).then_some(range)
}

fn progress_header(received: u64, total: u64) -> [(header::HeaderName, String); 1] {
    [(header::CONTENT_RANGE, format!("bytes 0-{received}/{total}"))]
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self.progress {
            Some((received, total)) => {
                (self.status, progress_header(received, total)).into_response()
            }
            None => self.status.into_response(),
        }
    }
}
