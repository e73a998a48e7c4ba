//! Files of the store on their way to a platform: sent as they are read.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::{Bytes, BytesMut};
use futures::{Stream, stream};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::{ErrorKind, PlatformError};

/// How much is read at once.
const BUFFER: usize = 64 * 1024;

/// Exactly `length` bytes of the reader. `broken` is set when it has fewer or fails, so that our own
/// store's fault is not taken for TikTok's.
pub(crate) fn exactly(
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

/// What a fault of our own store means.
pub(crate) fn unreadable(error: &io::Error) -> PlatformError {
    match error.kind() {
        io::ErrorKind::NotFound => PlatformError::new(
            ErrorKind::Rejected,
            "The file is no longer in AutoPost’s store. Upload it again and schedule it again.",
        ),
        _ => PlatformError::new(
            ErrorKind::RetryLater,
            "The file could not be read from AutoPost’s store. AutoPost tries again; if it stays so, the operator should look at the store.",
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
