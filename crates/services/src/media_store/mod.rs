//! Where files are: a folder. Every path is made from ids, never from what a person typed.

mod incoming;

use std::collections::HashMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use connectors::MediaSource;
use domain::{AccountId, AssetId, CopyId, UploadId};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt};

pub use incoming::{Checksum, Ended, Held, algorithm};

/// The media folder.
#[derive(Clone)]
pub struct MediaStore {
    root: PathBuf,
    /// Of what this process is receiving.
    running: Arc<Mutex<HashMap<UploadId, incoming::Running>>>,
}

impl fmt::Debug for MediaStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MediaStore")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl MediaStore {
    /// Opens the folder, and makes it when missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub async fn open(root: impl Into<PathBuf>) -> io::Result<Self> {
        let store = Self {
            root: root.into(),
            running: Arc::default(),
        };
        for folder in [
            store.incoming_folder(),
            store.root.join("assets"),
            store.root.join("avatars"),
            store.root.join("copies"),
        ] {
            tokio::fs::create_dir_all(folder).await?;
        }
        Ok(store)
    }

    /// Where uploads are written until they are known to be good.
    #[must_use]
    pub fn incoming_folder(&self) -> PathBuf {
        self.root.join("incoming")
    }

    /// The original of an asset.
    #[must_use]
    pub fn original(&self, asset: AssetId) -> PathBuf {
        self.asset_folder(asset).join("original")
    }

    /// The poster frame of an asset.
    #[must_use]
    pub fn poster(&self, asset: AssetId) -> PathBuf {
        self.asset_folder(asset).join("poster.jpg")
    }

    /// Where a copy is made before it is taken in.
    #[must_use]
    pub fn copy_folder(&self, copy: CopyId) -> PathBuf {
        self.root.join("copies").join(copy.to_string())
    }

    /// The copies of which something lies there that was not taken in, or not yet.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn copy_folders(&self) -> io::Result<Vec<CopyId>> {
        let mut entries = tokio::fs::read_dir(self.root.join("copies")).await?;
        let mut found = Vec::new();
        while let Some(entry) = entries.next_entry().await? {
            // What has another name is none of ours.
            found.extend(
                entry
                    .file_name()
                    .to_str()
                    .and_then(|name| name.parse::<CopyId>().ok()),
            );
        }
        Ok(found)
    }

    /// Frames of a video beside each other, once somebody has asked for them.
    #[must_use]
    pub fn strip(&self, asset: AssetId) -> PathBuf {
        self.asset_folder(asset).join("strip.jpg")
    }

    /// The folder of a video's single frames, once somebody has asked for one.
    #[must_use]
    pub fn frames(&self, asset: AssetId) -> PathBuf {
        self.asset_folder(asset).join("frames")
    }

    /// The frame at a moment of a video, in milliseconds.
    #[must_use]
    pub fn frame(&self, asset: AssetId, at_ms: u64) -> PathBuf {
        self.frames(asset).join(format!("{at_ms}.jpg"))
    }

    /// A file that the operator has put into `verification` in the media folder, to prove to a platform that
    /// the public addresses are ours. `None` for a name that is no plain file name.
    #[must_use]
    pub fn verification(&self, name: &str) -> Option<PathBuf> {
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let stem = name.strip_suffix(".txt")?;
        (!stem.is_empty() && stem.chars().all(is_plain))
            .then(|| self.root.join("verification").join(name))
    }

    /// The copy of an account's avatar under this key.
    #[must_use]
    pub fn avatar(&self, key: &str) -> PathBuf {
        self.root.join("avatars").join(key)
    }

    /// The media type of an avatar, told by its content.
    pub async fn picture_type(&self, key: &str) -> Option<&'static str> {
        let mut head = [0_u8; 64];
        let read = tokio::fs::File::open(self.avatar(key))
            .await
            .ok()?
            .read(&mut head)
            .await
            .ok()?;
        let kind = infer::get(&head[..read])?;
        (kind.matcher_type() == infer::MatcherType::Image).then(|| kind.mime_type())
    }

    /// Takes a good upload and its poster in.
    ///
    /// # Errors
    /// When a file cannot be moved.
    pub async fn keep(&self, asset: AssetId, original: &Path, poster: &Path) -> io::Result<()> {
        tokio::fs::create_dir_all(self.asset_folder(asset)).await?;
        tokio::fs::rename(poster, self.poster(asset)).await?;
        tokio::fs::rename(original, self.original(asset)).await
    }

    /// Removes everything of an asset.
    ///
    /// # Errors
    /// When a file cannot be removed.
    pub async fn delete(&self, asset: AssetId) -> io::Result<()> {
        ignore_missing(tokio::fs::remove_dir_all(self.asset_folder(asset)).await)
    }

    /// Keeps the copy of an avatar. The key is new each time, so that browsers may cache it for good.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub async fn keep_avatar(
        &self,
        account: AccountId,
        hash: &str,
        bytes: &[u8],
    ) -> io::Result<String> {
        let key = format!("{account}-{hash}");
        tokio::fs::write(self.avatar(&key), bytes).await?;
        Ok(key)
    }

    /// Removes an avatar.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub async fn delete_avatar(&self, key: &str) -> io::Result<()> {
        ignore_missing(tokio::fs::remove_file(self.avatar(key)).await)
    }

    /// The bytes of an asset, for a connector to read parts of.
    ///
    /// # Errors
    /// When the file is not there.
    pub async fn source(&self, asset: AssetId) -> io::Result<FileSource> {
        let path = self.original(asset);
        let length = tokio::fs::metadata(&path).await?.len();
        Ok(FileSource {
            path,
            length,
            address: None,
        })
    }

    fn asset_folder(&self, asset: AssetId) -> PathBuf {
        self.root.join("assets").join(asset.to_string())
    }
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A file that parts are read of.
#[derive(Clone)]
pub struct FileSource {
    path: PathBuf,
    length: u64,
    address: Option<url::Url>,
}

impl FileSource {
    /// With an address at which a platform can fetch it by itself.
    #[must_use]
    pub fn with_address(mut self, address: url::Url) -> Self {
        self.address = Some(address);
        self
    }
}

impl fmt::Debug for FileSource {
    // Whoever knows the address can fetch the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FileSource")
            .field("path", &self.path)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

#[async_trait]
impl MediaSource for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    async fn open(&self, start: u64, length: u64) -> io::Result<Box<dyn AsyncRead + Send + Unpin>> {
        let mut file = tokio::fs::File::open(&self.path).await?;
        file.set_max_buf_size(512 * 1024);
        file.seek(io::SeekFrom::Start(start)).await?;
        Ok(Box::new(file.take(length)))
    }

    fn public_address(&self) -> Option<url::Url> {
        self.address.clone()
    }
}
