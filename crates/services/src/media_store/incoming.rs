//! Files on their way in. A file is as far as it is long, and holds nothing that was not wanted: so whoever goes on
//! with it after a crash, here or on another server, reads its length and nothing else.
//!
//! Whoever changes one holds its lock, which the system gives back when a process dies. Bytes that come with a
//! checksum wait in a file of their own until it fits.

use std::collections::HashMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, MutexGuard, PoisonError, mpsc as threads};
use std::time::Duration;

use bytes::Bytes;
use domain::UploadId;
use futures::{Stream, StreamExt};
use ring::digest::{Algorithm, Context};
use sha2::{Digest, Sha256};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{MediaStore, ignore_missing};

/// Chunks between the network and the disk; bounds what an upload holds in memory.
const IN_FLIGHT: usize = 16;
/// Who says nothing for so long is gone, and others may go on.
const SILENCE: Duration = Duration::from_secs(30);

/// A checksum that bytes have to fit.
#[derive(Clone, Debug)]
pub struct Checksum {
    /// How it is made.
    pub algorithm: &'static Algorithm,
    /// What it should be.
    pub value: Vec<u8>,
}

/// A checksum by the name that tus has for it, if it is one that can be made here.
#[must_use]
pub fn algorithm(name: &str) -> Option<&'static Algorithm> {
    match name {
        "sha256" => Some(&ring::digest::SHA256),
        // tus wants every server to know it. It guards against accidents here, not against people.
        "sha1" => Some(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY),
        _ => None,
    }
}

/// How a request that brought bytes ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// All that it brought is kept.
    Whole,
    /// The connection broke. What had come is kept, unless a checksum was still to be looked at.
    Broke,
    /// It brought more than the file has.
    TooLong,
    /// The checksum does not fit, and nothing of it is kept.
    WrongChecksum,
}

/// SHA-256 of as many bytes as had come, so that the end of a large file need not wait for the hash of all of it.
pub(super) type Running = (u64, Sha256);

/// The right to change a file on its way in.
pub struct Held {
    store: MediaStore,
    upload: UploadId,
    // Threads that write share it: it is given back when the last of them is done.
    lock: Arc<File>,
}

impl MediaStore {
    /// How many bytes of an upload are there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn arrived(&self, upload: UploadId) -> io::Result<u64> {
        for path in [self.incoming(upload).join("original"), self.moved(upload)] {
            match tokio::fs::metadata(path).await {
                Ok(file) => return Ok(file.len()),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(error),
            }
        }
        Ok(0)
    }

    /// Takes the right to change an upload; `None` while another request has it.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub async fn hold(&self, upload: UploadId) -> io::Result<Option<Held>> {
        let store = self.clone();
        let held = spawn_blocking(move || {
            let folder = store.incoming(upload);
            std::fs::create_dir_all(&folder)?;
            let lock = File::create(folder.join("lock"))?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) => return Err(error),
            }
            Ok(Some(Held {
                store,
                upload,
                lock: Arc::new(lock),
            }))
        });
        held.await.map_err(io::Error::other)?
    }

    /// Removes all that is there of an upload.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub async fn discard(&self, upload: UploadId) -> io::Result<()> {
        self.forget_running(upload);
        ignore_missing(tokio::fs::remove_dir_all(self.incoming(upload)).await)
    }

    fn incoming(&self, upload: UploadId) -> PathBuf {
        self.incoming_folder().join(upload.to_string())
    }

    /// Where the file lies once it was taken in: an asset has the id of the upload that brought it.
    fn moved(&self, upload: UploadId) -> PathBuf {
        self.original(upload.0.into())
    }

    fn running(&self, upload: UploadId, at: u64) -> Option<Sha256> {
        let fresh = (at == 0).then(Sha256::new);
        let all = self.all_running();
        let found = all.get(&upload).filter(|(length, _)| *length == at);
        found.map(|(_, hash)| hash.clone()).or(fresh)
    }

    fn keep_running(&self, upload: UploadId, running: Running) {
        self.all_running().insert(upload, running);
    }

    fn forget_running(&self, upload: UploadId) {
        self.all_running().remove(&upload);
    }

    fn all_running(&self) -> MutexGuard<'_, HashMap<UploadId, Running>> {
        // A map of finished hashes is whole whoever broke off.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the network hands to the disk.
enum Message {
    Bytes(Bytes),
    /// All of it has come.
    End,
}

impl Held {
    /// The file.
    #[must_use]
    pub fn original(&self) -> PathBuf {
        self.store.incoming(self.upload).join("original")
    }

    /// Where its poster may be drawn.
    #[must_use]
    pub fn poster(&self) -> PathBuf {
        self.store.incoming(self.upload).join("poster.jpg")
    }

    /// Takes back what a process had moved that ended before it could write that down. Only for an upload that is
    /// not known to be an asset: its file is there to stay.
    ///
    /// # Errors
    /// When the file cannot be moved.
    pub async fn take_back(&self) -> io::Result<()> {
        let (original, moved) = (self.original(), self.store.moved(self.upload));
        let is_moved =
            !tokio::fs::try_exists(&original).await? && tokio::fs::try_exists(&moved).await?;
        if is_moved {
            tokio::fs::rename(moved, original).await?;
            self.store.delete(self.upload.0.into()).await?;
        }
        Ok(())
    }

    /// How many bytes are there.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn length(&self) -> io::Result<u64> {
        self.store.arrived(self.upload).await
    }

    /// Adds what comes, at most `room` bytes, in constant memory. Who goes away in the middle leaves what had come,
    /// unless there is a checksum that it would have to fit.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn append<S, E>(
        &self,
        mut body: S,
        room: u64,
        checksum: Option<Checksum>,
    ) -> io::Result<Ended>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let (to_disk, from_network) = mpsc::channel::<Message>(IN_FLIGHT);
        let writing = {
            let (store, upload) = (self.store.clone(), self.upload);
            let (original, lock) = (self.original(), Arc::clone(&self.lock));
            spawn_blocking(move || {
                let written = write(&store, upload, &original, checksum.as_ref(), from_network);
                drop(lock);
                written
            })
        };
        let mut left = room;
        let ended = loop {
            let Ok(next) = tokio::time::timeout(SILENCE, body.next()).await else {
                break Ended::Broke;
            };
            match next {
                None => break Ended::Whole,
                Some(Err(error)) => {
                    tracing::info!(%error, upload = %self.upload, "an upload broke off");
                    break Ended::Broke;
                }
                Some(Ok(bytes)) => {
                    let Some(rest) = left.checked_sub(bytes.len() as u64) else {
                        break Ended::TooLong;
                    };
                    left = rest;
                    // Only fails when the disk did, which is told below.
                    if to_disk.send(Message::Bytes(bytes)).await.is_err() {
                        break Ended::Broke;
                    }
                }
            }
        };
        if ended == Ended::Whole {
            // As above.
            let _ = to_disk.send(Message::End).await;
        }
        drop(to_disk);
        let fits = writing.await.map_err(io::Error::other)??;
        Ok(if fits { ended } else { Ended::WrongChecksum })
    }

    /// SHA-256 of the whole.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn sha256(&self) -> io::Result<[u8; 32]> {
        let length = self.length().await?;
        if let Some(running) = self.store.running(self.upload, length) {
            return Ok(running.finalize().into());
        }
        let path = self.original();
        let hash = spawn_blocking(move || -> io::Result<[u8; 32]> {
            let mut hash = Sha256::new();
            let mut file = File::open(path)?;
            let mut buffer = vec![0; 512 * 1024];
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok(hash.finalize().into()),
                    read => hash.update(&buffer[..read]),
                }
            }
        });
        hash.await.map_err(io::Error::other)?
    }

    /// Waits until the disk has it, so that nobody is told of bytes that a power cut takes.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub async fn sync(&self) -> io::Result<()> {
        tokio::fs::File::open(self.original())
            .await?
            .sync_all()
            .await
    }
}

/// Writes what comes; says whether it fits its checksum.
fn write(
    store: &MediaStore,
    upload: UploadId,
    original: &Path,
    checksum: Option<&Checksum>,
    from_network: mpsc::Receiver<Message>,
) -> io::Result<bool> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(original)?;
    let start = file.seek(SeekFrom::End(0))?;
    let whole = store.running(upload, start);
    let Some(checksum) = checksum else {
        let received = receive(&mut file, whole, None, from_network)?;
        if let Some(whole) = received.whole {
            store.keep_running(upload, (start + received.bytes, whole));
        }
        return Ok(true);
    };
    let part = original.with_file_name("part");
    let mut waiting = File::create(&part)?;
    let chunk = Context::new(checksum.algorithm);
    let received = receive(&mut waiting, whole, Some(chunk), from_network)?;
    if !received.is_whole {
        return Ok(true);
    }
    let found = received.chunk.map(Context::finish);
    if found.is_none_or(|found| found.as_ref() != checksum.value) {
        return Ok(false);
    }
    // From here on each byte is one that was wanted, however many of them a crash lets through.
    io::copy(&mut File::open(&part)?, &mut file)?;
    if let Some(whole) = received.whole {
        store.keep_running(upload, (start + received.bytes, whole));
    }
    std::fs::remove_file(part)?;
    Ok(true)
}

struct Received {
    bytes: u64,
    is_whole: bool,
    whole: Option<Sha256>,
    chunk: Option<Context>,
}

/// Writes and hashes beside each other, so that it takes as long as the slower one.
fn receive(
    file: &mut File,
    mut whole: Option<Sha256>,
    mut chunk: Option<Context>,
    mut from_network: mpsc::Receiver<Message>,
) -> io::Result<Received> {
    let (to_hash, from_disk) = threads::sync_channel::<Bytes>(IN_FLIGHT);
    std::thread::scope(|scope| {
        let hashing = scope.spawn(move || {
            while let Ok(bytes) = from_disk.recv() {
                if let Some(whole) = &mut whole {
                    whole.update(&bytes);
                }
                if let Some(chunk) = &mut chunk {
                    chunk.update(&bytes);
                }
            }
            (whole, chunk)
        });
        let mut received = 0;
        let mut is_whole = false;
        while let Some(message) = from_network.blocking_recv() {
            let Message::Bytes(bytes) = message else {
                is_whole = true;
                break;
            };
            file.write_all(&bytes)?;
            received += bytes.len() as u64;
            if to_hash.send(bytes).is_err() {
                return Err(io::Error::other("the hash went away"));
            }
        }
        drop(to_hash);
        let (whole, chunk) = hashing
            .join()
            .map_err(|_| io::Error::other("the hash went away"))?;
        Ok(Received {
            bytes: received,
            is_whole,
            whole,
            chunk,
        })
    })
}
