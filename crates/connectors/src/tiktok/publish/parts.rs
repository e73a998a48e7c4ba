//! One part of the video on its way: read from the store and sent as it is read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use domain::media::Container;
use futures::{Stream, stream};
use reqwest::Method;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE};
use tokio::io::{AsyncRead, AsyncReadExt};

use super::checkpoint::Upload;
use crate::http::{HttpClient, fault, send};
use crate::tiktok::chunks::Chunk;
use crate::{ErrorKind, MediaSource, PlatformError};

/// How much is read at once.
const BUFFER: usize = 64 * 1024;

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

/// Exactly `length` bytes of the reader. `broken` is set when it has fewer or fails, so that our own
/// store's fault is not taken for TikTok's.
fn exactly(
    reader: Box<dyn AsyncRead + Send + Unpin>,
    length: u64,
    broken: Arc<AtomicBool>,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let reader = reader.take(length);
    stream::try_unfold(
        (reader, length, broken),
        |(mut reader, left, broken)| async move {
            if left == 0 {
                return Ok(None);
            }
            let mut buffer = BytesMut::with_capacity(BUFFER);
            let read = reader.read_buf(&mut buffer).await;
            match read {
                Ok(count) if count > 0 => {
                    let left = left.saturating_sub(u64::try_from(count).unwrap_or(u64::MAX));
                    Ok(Some((buffer.freeze(), (reader, left, broken))))
                }
                ended => {
                    broken.store(true, Ordering::SeqCst);
                    Err(ended
                        .err()
                        .unwrap_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof)))
                }
            }
        },
    )
}

fn unreadable(error: &io::Error) -> PlatformError {
    match error.kind() {
        io::ErrorKind::NotFound => PlatformError::new(
            ErrorKind::Rejected,
            "The video’s file is no longer in AutoPost’s store. Upload it again and schedule it again.",
        ),
        _ => PlatformError::new(
            ErrorKind::RetryLater,
            "The video could not be read from AutoPost’s store. AutoPost tries again; if it stays so, the operator should look at the store.",
        )
        .after(std::time::Duration::from_mins(1)),
    }
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    async fn read(content: &'static [u8], length: u64) -> (io::Result<Vec<u8>>, bool) {
        let broken = Arc::new(AtomicBool::new(false));
        let parts = exactly(Box::new(content), length, Arc::clone(&broken));
        let read = parts.map_ok(|part| part.to_vec()).try_concat().await;
        (read, broken.load(Ordering::SeqCst))
    }

    #[tokio::test]
    async fn a_reader_with_too_much_is_cut_and_one_with_too_little_is_noticed() {
        let (bytes, broken) = read(b"espresso", 4).await;
        assert_eq!(
            (bytes.unwrap().as_slice(), broken),
            (b"espr".as_slice(), false)
        );
        let (bytes, broken) = read(b"espresso", 9).await;
        assert!(bytes.is_err() && broken);
    }

    #[test]
    fn a_lost_file_needs_a_person_and_a_store_that_hiccups_does_not() {
        let kind = |kind: io::ErrorKind| unreadable(&io::Error::from(kind)).kind;
        assert_eq!(kind(io::ErrorKind::NotFound), ErrorKind::Rejected);
        assert_eq!(kind(io::ErrorKind::TimedOut), ErrorKind::RetryLater);
    }
}
