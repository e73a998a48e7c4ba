//! What an upload is, once all of it is there: looked at as a whole, and taken in or refused.

use std::path::Path;

use db::AsyncConnection;
use db::models::asset::{self, NewAsset};
use db::models::client as client_rows;
use db::models::upload::{self, State, Upload};
use domain::audit::AuditAction;
use domain::media::{Format, MediaFacts};
use domain::{AssetId, ClientId, UploadId};
use serde_json::json;
use tokio::io::AsyncReadExt;

use super::AssetView;
use super::uploads::{UploadError, disk_error};
use crate::audit::{self, By, Entry};
use crate::media_store::Held;
use crate::probe;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// Enough of the beginning to tell what a file is.
const HEAD: u64 = 8192;

impl Services {
    /// Takes a file in of which all bytes are there. Asked again it answers the same, so that a lost answer costs
    /// nothing. The same bytes twice are one asset of a client, whose retention clock starts anew.
    ///
    /// # Errors
    /// One sentence for the person when the file is not what it says, truncated or unreadable; it is gone then.
    pub async fn finish_upload(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
        announced: Option<[u8; 32]>,
    ) -> Result<AssetView, UploadError> {
        let row = self.upload_row(actor, client, id).await?;
        if row.state == State::Open {
            // In a task of its own: whoever asked may go away, and the file is taken in all the same.
            let (services, actor) = (self.clone(), actor.clone());
            let taking = async move { services.take_in(&actor, client, id, announced).await };
            return tokio::spawn(taking).await.map_err(ServiceError::internal)?;
        }
        self.finished(row).await
    }

    /// What came of an upload that is no longer open.
    async fn finished(&self, row: Upload) -> Result<AssetView, UploadError> {
        match row.state {
            State::Taken(asset) => {
                let found = asset::find(&mut *self.conn().await?, row.client, asset).await?;
                Ok(found.ok_or(ServiceError::NotFound("file"))?.into())
            }
            State::Refused(sentence) => Err(ServiceError::Invalid(sentence).into()),
            State::Open => Err(UploadError::Busy),
        }
    }

    async fn take_in(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
        announced: Option<[u8; 32]>,
    ) -> Result<AssetView, UploadError> {
        let (held, row) = self.held_upload(client, id).await?;
        if row.state != State::Open {
            return self.finished(row).await;
        }
        self.not_expired(&row)?;
        let arrived = held.length().await.map_err(disk_error)?;
        if arrived != row.size_bytes {
            return Err(UploadError::Elsewhere(arrived));
        }
        match self.judge_and_keep(actor, &row, &held, announced).await {
            Ok(asset) => {
                self.media.discard(id).await.map_err(disk_error)?;
                Ok(asset)
            }
            Err(UploadError::Service(ServiceError::Invalid(sentence))) => {
                // Another try with the same bytes would end the same way.
                upload::refuse(&mut *self.conn().await?, id, &sentence).await?;
                self.media.discard(id).await.map_err(disk_error)?;
                Err(ServiceError::Invalid(sentence).into())
            }
            Err(error) => Err(error),
        }
    }

    async fn judge_and_keep(
        &self,
        actor: &Actor,
        row: &Upload,
        held: &Held,
        announced: Option<[u8; 32]>,
    ) -> Result<AssetView, UploadError> {
        let sha256 = held.sha256().await.map_err(disk_error)?;
        let expected = [
            row.sha256.as_deref(),
            announced.as_ref().map(|hash| &hash[..]),
        ];
        if expected.iter().flatten().any(|hash| *hash != sha256) {
            return Err(ServiceError::Invalid(
                "The file that arrived is not the one that was sent. Upload it again.".to_owned(),
            )
            .into());
        }
        if let Some(asset) = self.known(row, sha256).await? {
            return Ok(asset);
        }
        let (path, poster) = (held.original(), held.poster());
        // The disk writes while the file is looked at.
        let (facts, synced) = tokio::join!(look_at(&path, &poster, row.size_bytes), held.sync());
        let facts = facts?;
        synced.map_err(disk_error)?;
        let asset = AssetId(row.id.0);
        self.media
            .keep(asset, &path, &poster)
            .await
            .map_err(ServiceError::internal)?;
        let new = NewAsset {
            id: asset,
            client: row.client,
            file_name: &row.file_name,
            facts: &facts,
            sha256: &sha256,
            uploaded_by: actor.user_id,
        };
        let entry = Entry::of(AuditAction::AssetUploaded)
            .at(row.client)
            .on("asset", asset)
            .after(json!({ "bytes": row.size_bytes, "sha256": hex::encode(sha256) }));
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        // Where this fails the file is moved back by whoever takes hold of the upload next.
        let stored: ServiceResult<AssetView> = conn
            .transaction(async |conn| {
                // One at a time for a client, so that two of the same become one.
                client_rows::find_for_update(conn, row.client).await?;
                let same = asset::find_same(conn, row.client, &sha256).await?;
                if let Some(same) = same {
                    asset::keep_from(conn, same.id, now).await?;
                    upload::take(conn, row.id, same.id).await?;
                    return Ok(same.into());
                }
                asset::insert(conn, &new, now).await?;
                upload::take(conn, row.id, asset).await?;
                audit::write(conn, By::User(actor), now, &[entry]).await?;
                Ok(AssetView {
                    id: asset,
                    file_name: row.file_name.clone(),
                    facts: facts.clone(),
                    sha256: hex::encode(sha256),
                    alt: String::new(),
                    deleted: false,
                    made_from: None,
                })
            })
            .await;
        let stored = stored?;
        if stored.id != asset {
            self.media.delete(asset).await.map_err(disk_error)?;
        }
        Ok(stored)
    }

    /// The asset that holds these bytes already, if there is one.
    async fn known(&self, row: &Upload, sha256: [u8; 32]) -> ServiceResult<Option<AssetView>> {
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            client_rows::find_for_update(conn, row.client).await?;
            let Some(same) = asset::find_same(conn, row.client, &sha256).await? else {
                return Ok(None);
            };
            asset::keep_from(conn, same.id, now).await?;
            upload::take(conn, row.id, same.id).await?;
            Ok(Some(same.into()))
        })
        .await
    }
}

/// What is in a file; draws its poster.
pub(crate) async fn look_at(path: &Path, poster: &Path, bytes: u64) -> ServiceResult<MediaFacts> {
    let mut head = Vec::new();
    let file = tokio::fs::File::open(path).await;
    let mut file = file.map_err(ServiceError::internal)?.take(HEAD);
    let read = file.read_to_end(&mut head).await;
    read.map_err(ServiceError::internal)?;
    let format = probe::identify(&head)?;
    let whole = {
        let path = path.to_owned();
        tokio::task::spawn_blocking(move || match format {
            Format::Video(container) => probe::check_whole(&path, container),
            Format::Image(format) => probe::image::check_whole(&path, format),
        })
        .await
    };
    whole.map_err(ServiceError::internal)??;
    Ok(match format {
        Format::Video(container) => {
            let facts = probe::facts(path, container, bytes).await?;
            probe::poster(path, poster, &facts).await?;
            MediaFacts::Video(facts)
        }
        Format::Image(format) => {
            let facts = probe::image::facts(path, format, bytes).await?;
            probe::image::poster(path, poster).await?;
            MediaFacts::Image(facts)
        }
    })
}
