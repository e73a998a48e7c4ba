//! One part of the video on its way: read from the store and sent as it is read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use domain::media::Container;
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};

use super::checkpoint::Upload;
use crate::http::{HttpClient, fault, send};
use crate::stored::{exactly, unreadable};
use crate::tiktok::chunks::Chunk;
use crate::{MediaSource, PlatformError};

/// What became of a part.
pub(super) enum Sent {
    /// TikTok answered with this status.
    Answered(u16),
    /// Nothing left, or not all of it: TikTok does not have this part.
    Withheld(PlatformError),
    /// It may have arrived.
    Unanswered(&'static str),
}

/// Sends a part. The address carries its own permission, so no token goes along.
pub(super) async fn send_part(
    http: &HttpClient,
    upload: &Upload,
    chunk: Chunk,
    container: Container,
    media: &Arc<dyn MediaSource>,
) -> Result<Sent, PlatformError> {
    let url = upload.url.parse()?;
    let reader = match media.open(chunk.start, chunk.length).await {
        Ok(reader) => reader,
        Err(error) => return Ok(Sent::Withheld(unreadable(&error))),
    };
    let broken = Arc::new(AtomicBool::new(false));
    let body = reqwest::Body::wrap_stream(exactly(reader, chunk.length, Arc::clone(&broken)));
    let request = http
        .upload(Method::PUT, url, chunk.length)
        .header(CONTENT_TYPE, container.mime())
        .header(CONTENT_LENGTH, chunk.length)
        .header(CONTENT_RANGE, chunk.content_range(upload.plan.size))
        .body(body);
    Ok(match send(request, "(upload)").await {
        Ok(response) => Sent::Answered(response.status().as_u16()),
        Err(_) if broken.load(Ordering::SeqCst) => {
            Sent::Withheld(unreadable(&io::Error::from(io::ErrorKind::UnexpectedEof)))
        }
        Err(error) if error.is_connect() || error.is_builder() => {
            Sent::Withheld(crate::tiktok::error::network_error(&error))
        }
        Err(error) => Sent::Unanswered(fault(&error)),
    })
}
