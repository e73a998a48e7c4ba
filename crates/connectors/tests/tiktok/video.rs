//! What is uploaded in tests: bytes made as they are read, and real files in memory.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use async_trait::async_trait;
use connectors::MediaSource;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, ReadBuf};

/// Bytes that differ everywhere, so that a part in the wrong place is noticed, without a file.
pub struct Generated(pub u64);

/// A prime, so that no part begins like another.
const PATTERN: usize = 65_521;

fn pattern() -> Arc<[u8]> {
    (0..PATTERN).map(|i| (i * i % 251) as u8).collect()
}

impl Generated {
    pub fn sha256(&self) -> String {
        let pattern = pattern();
        let mut hasher = Sha256::new();
        let mut left = self.0 as usize;
        while left > 0 {
            let part = left.min(PATTERN);
            hasher.update(&pattern[..part]);
            left -= part;
        }
        hex::encode(hasher.finalize())
    }
}

#[async_trait]
impl MediaSource for Generated {
    fn len(&self) -> u64 {
        self.0
    }

    async fn open(&self, start: u64, length: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        assert!(start + length <= self.0, "reads beyond the file");
        Ok(Box::new(Reader {
            pattern: pattern(),
            at: start,
            left: length,
        }))
    }
}

struct Reader {
    pattern: Arc<[u8]>,
    at: u64,
    left: u64,
}

impl AsyncRead for Reader {
    fn poll_read(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let offset = (self.at % PATTERN as u64) as usize;
        let most = (PATTERN - offset)
            .min(buf.remaining())
            .min(self.left as usize);
        buf.put_slice(&self.pattern[offset..offset + most]);
        self.at += most as u64;
        self.left -= most as u64;
        Poll::Ready(Ok(()))
    }
}

/// A real file in memory.
pub struct InMemory(pub &'static [u8]);

#[async_trait]
impl MediaSource for InMemory {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    async fn open(&self, start: u64, length: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        let (start, length) = (start as usize, length as usize);
        Ok(Box::new(&self.0[start..start + length]))
    }
}
