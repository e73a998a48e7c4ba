//! Uploads: streamed to disk in constant memory, hashed and counted on the way, judged by content.

use std::io::Write;
use std::path::PathBuf;

use bytes::Bytes;
use db::AsyncConnection;
use db::models::asset::{self, Asset, NewAsset};
use domain::audit::AuditAction;
use domain::media::{Format, MediaFacts};
use domain::{AssetId, ClientId, Permission};
use futures::{Stream, StreamExt};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::audit::{self, By, Entry};
use crate::probe::{self, ProbeError};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// Chunks between the network and the disk; bounds what an upload holds in memory.
const IN_FLIGHT: usize = 16;
/// Enough of the beginning to tell what a file is.
const HEAD: usize = 8192;

/// An asset as pages show it.
#[derive(Clone, Debug)]
pub struct AssetView {
    /// Its id.
    pub id: AssetId,
    /// The name it had on the person's disk.
    pub file_name: String,
    /// What the probe found.
    pub facts: MediaFacts,
    /// SHA-256, in hex.
    pub sha256: String,
    /// Whether its files are gone.
    pub deleted: bool,
}

impl From<Asset> for AssetView {
    fn from(row: Asset) -> Self {
        Self {
            id: row.id,
            facts: row.facts(),
            sha256: hex::encode(&row.sha256),
            deleted: row.deleted_at.is_some(),
            file_name: row.file_name,
        }
    }
}

impl Services {
    /// Takes an upload in: writes it, judges it, keeps it. A refused file leaves nothing behind.
    ///
    /// # Errors
    /// One sentence for the person when the file is not what it says, empty, truncated, too large or
    /// unreadable, or when the connection broke.
    pub async fn receive_upload<S, E>(
        &self,
        actor: &Actor,
        client: ClientId,
        file_name: &str,
        announced_bytes: Option<u64>,
        body: S,
    ) -> ServiceResult<AssetView>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        let client = self
            .client_row(actor, Permission::WritePosts, client)
            .await?
            .id;
        let file_name = clean_file_name(file_name);
        let limit = self.settings.max_upload_bytes;
        if announced_bytes.is_some_and(|bytes| bytes > limit) {
            return Err(too_large(limit));
        }
        // Dropped on every way out, and with it whatever was not moved away.
        let folder = tempfile::Builder::new()
            .prefix("upload-")
            .tempdir_in(self.media.incoming_folder())
            .map_err(ServiceError::internal)?;
        let path = folder.path().join("original");
        let received = write_and_hash(path.clone(), body, limit).await?;
        if received.bytes == 0 {
            return Err(ServiceError::Invalid(
                "The file is empty. Choose another one.".to_owned(),
            ));
        }
        if let Some(announced) = announced_bytes.filter(|announced| *announced != received.bytes) {
            return Err(ServiceError::Invalid(format!(
                "Only {} of {announced} bytes arrived. Upload the file again.",
                received.bytes
            )));
        }
        let format = probe::identify(&received.head)?;
        let whole = {
            let path = path.clone();
            tokio::task::spawn_blocking(move || match format {
                Format::Video(container) => probe::check_whole(&path, container),
                Format::Image(format) => probe::image::check_whole(&path, format),
            })
            .await
        };
        whole.map_err(ServiceError::internal)??;
        let poster = folder.path().join("poster.jpg");
        let facts = match format {
            Format::Video(container) => {
                let facts = probe::facts(&path, container, received.bytes).await?;
                probe::poster(&path, &poster, &facts).await?;
                MediaFacts::Video(facts)
            }
            Format::Image(format) => {
                let facts = probe::image::facts(&path, format, received.bytes).await?;
                probe::image::poster(&path, &poster).await?;
                MediaFacts::Image(facts)
            }
        };

        let id = AssetId::generate();
        self.media
            .keep(id, &path, &poster)
            .await
            .map_err(ServiceError::internal)?;
        let new = NewAsset {
            id,
            client,
            file_name: &file_name,
            facts: &facts,
            sha256: &received.sha256,
            uploaded_by: actor.user_id,
        };
        let entry = Entry::of(AuditAction::AssetUploaded)
            .at(client)
            .on("asset", id)
            .after(json!({ "bytes": received.bytes, "sha256": hex::encode(received.sha256) }));
        let stored = match self.conn().await {
            Ok(mut conn) => {
                let now = self.clock.now();
                conn.transaction(async |conn| {
                    asset::insert(conn, &new, now).await?;
                    audit::write(conn, By::User(actor), now, &[entry]).await
                })
                .await
                .map_err(ServiceError::from)
            }
            Err(error) => Err(error),
        };
        if let Err(error) = stored {
            // Without its row nobody would ever remove the file.
            if let Err(error) = self.media.delete(id).await {
                tracing::error!(%error, asset = %id, "an upload without a row stays on disk");
            }
            return Err(error);
        }
        Ok(AssetView {
            id,
            file_name,
            facts,
            sha256: hex::encode(received.sha256),
            deleted: false,
        })
    }

    /// One asset of a client.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn asset(
        &self,
        actor: &Actor,
        client: ClientId,
        id: AssetId,
    ) -> ServiceResult<AssetView> {
        actor.require_for(Permission::SeeDesk, client)?;
        let row = asset::find(&mut *self.conn().await?, client, id).await?;
        Ok(row.ok_or(ServiceError::NotFound("file"))?.into())
    }
}

impl From<ProbeError> for ServiceError {
    fn from(error: ProbeError) -> Self {
        match error {
            ProbeError::Refused(sentence) => Self::Invalid(sentence),
            ProbeError::Broken(cause) => Self::internal(cause),
        }
    }
}

struct Received {
    bytes: u64,
    sha256: [u8; 32],
    head: Vec<u8>,
}

async fn write_and_hash<S, E>(path: PathBuf, mut body: S, limit: u64) -> ServiceResult<Received>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: std::fmt::Display,
{
    let (to_disk, mut from_network) = tokio::sync::mpsc::channel::<Bytes>(IN_FLIGHT);
    let (to_hash, from_disk) = std::sync::mpsc::sync_channel::<Bytes>(IN_FLIGHT);
    // The disk and the hash each have a thread, so that an upload takes as long as the slower one.
    let hashing = tokio::task::spawn_blocking(move || {
        let mut hash = Sha256::new();
        while let Ok(chunk) = from_disk.recv() {
            hash.update(&chunk);
        }
        <[u8; 32]>::from(hash.finalize())
    });
    let writing = tokio::task::spawn_blocking(move || -> std::io::Result<Vec<u8>> {
        let mut file = std::fs::File::create(path)?;
        let mut head = Vec::with_capacity(HEAD);
        while let Some(chunk) = from_network.blocking_recv() {
            head.extend_from_slice(&chunk[..chunk.len().min(HEAD - head.len())]);
            file.write_all(&chunk)?;
            if to_hash.send(chunk).is_err() {
                return Err(std::io::Error::other("the hash went away"));
            }
        }
        Ok(head)
    });
    let mut bytes = 0_u64;
    let mut problem = None;
    while let Some(chunk) = body.next().await {
        match chunk {
            Ok(chunk) => {
                bytes += chunk.len() as u64;
                if bytes > limit {
                    problem = Some(too_large(limit));
                    break;
                }
                // Only fails when the disk did, which is told below.
                if to_disk.send(chunk).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                tracing::info!(%error, bytes, "an upload broke off");
                problem = Some(ServiceError::Invalid(
                    "The connection broke before the whole file arrived. Upload it again."
                        .to_owned(),
                ));
                break;
            }
        }
    }
    drop(to_disk);
    let head = writing
        .await
        .map_err(ServiceError::internal)?
        .map_err(disk_error)?;
    let sha256 = hashing.await.map_err(ServiceError::internal)?;
    problem.map_or(
        Ok(Received {
            bytes,
            sha256,
            head,
        }),
        Err,
    )
}

fn disk_error(error: std::io::Error) -> ServiceError {
    if error.kind() == std::io::ErrorKind::StorageFull {
        tracing::error!(%error, "no room for an upload");
        return ServiceError::Conflict(
            "The server has no room left for this file. Tell whoever runs it, then upload again."
                .to_owned(),
        );
    }
    ServiceError::internal(error)
}

fn too_large(limit: u64) -> ServiceError {
    ServiceError::Invalid(format!(
        "The file is larger than {}, the most that AutoPost takes. Export it smaller.",
        domain::media::size_label(limit)
    ))
}

/// The last part of what a browser calls the file, without control characters, at most 120 characters.
fn clean_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    let clean = clean.trim();
    if clean.is_empty() {
        "file".to_owned()
    } else {
        clean.to_owned()
    }
}
