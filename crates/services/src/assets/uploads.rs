//! Files on their way in: begun with a size, brought by parts, gone on with after any break.
//!
//! Nothing here knows a protocol: `server::routes::uploads` speaks tus, and asks these.

use std::io;

use bytes::Bytes;
use chrono::{DateTime, Duration, Utc};
use db::models::upload::{self, State, Upload};
use domain::{ClientId, Permission, UploadId};
use futures::Stream;

use crate::media_store::{Checksum, Ended, Held};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// How long an upload that nobody goes on with is kept, counted from the last bytes that came.
const KEPT: Duration = Duration::days(3);
/// The time is written down again only when it has moved by so much, so that few parts cost a write.
const NOTED_EVERY: Duration = Duration::hours(1);
/// How many a sweep removes at a time.
const SWEPT: i64 = 500;

/// A file that is to come.
#[derive(Clone, Debug)]
pub struct NewUpload<'a> {
    /// The name it has on the person's disk.
    pub file_name: &'a str,
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 of the whole, where it is known beforehand.
    pub sha256: Option<[u8; 32]>,
}

/// How far an upload is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UploadView {
    /// Its id.
    pub id: UploadId,
    /// How many bytes are there.
    pub offset: u64,
    /// How many there will be.
    pub bytes: u64,
    /// Until when it can be gone on with.
    pub expires_at: DateTime<Utc>,
}

/// Why an upload does not go on. `Display` is one sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file stands elsewhere than whoever brings bytes thinks, or is not all there yet.
    #[error("{0} bytes of this file are there. Go on from there.")]
    Elsewhere(u64),
    /// Another request has it.
    #[error("This file is being worked on by another request. Try again in a moment.")]
    Busy,
    /// The bytes are not those that were sent.
    #[error("Some bytes changed on their way. Send them again.")]
    WrongChecksum,
    /// There are more than were announced.
    #[error("More bytes came than the file has. Upload it again.")]
    TooLong,
    /// The connection ended in the middle.
    #[error("The connection broke before all bytes had arrived. Go on where it broke.")]
    Broke,
    /// The disk is full.
    #[error("The server has no room left for this file. Tell whoever runs it, then try again.")]
    NoRoom,
    /// Nobody went on with it for too long, or it was not taken.
    #[error("This upload has ended. Upload the file again.")]
    Gone,
    /// Anything else.
    #[error(transparent)]
    Service(#[from] ServiceError),
}

impl From<db::DbError> for UploadError {
    fn from(error: db::DbError) -> Self {
        Self::Service(error.into())
    }
}

impl Services {
    /// Begins an upload: from here on its bytes may come, by parts and in their order.
    ///
    /// # Errors
    /// One sentence when the file is empty or too large.
    pub async fn begin_upload(
        &self,
        actor: &Actor,
        client: ClientId,
        new: NewUpload<'_>,
    ) -> ServiceResult<UploadView> {
        let client = self.client_row(actor, Permission::WritePosts, client);
        let client = client.await?.id;
        if new.bytes == 0 {
            return Err(ServiceError::Invalid(
                "The file is empty. Choose another one.".to_owned(),
            ));
        }
        let limit = self.settings.max_upload_bytes;
        if new.bytes > limit {
            return Err(ServiceError::Invalid(format!(
                "The file is larger than {}, the most that AutoPost takes. Export it smaller.",
                domain::media::size_label(limit)
            )));
        }
        let now = self.clock.now();
        let row = Upload {
            id: UploadId::generate(),
            client,
            user: actor.user_id,
            file_name: clean_file_name(new.file_name),
            size_bytes: new.bytes,
            sha256: new.sha256.map(Vec::from),
            state: State::Open,
            expires_at: now + KEPT,
        };
        upload::insert(&mut *self.conn().await?, &row, now).await?;
        Ok(view(&row, 0))
    }

    /// How far an upload is.
    ///
    /// # Errors
    /// When there is none with this id at this client, or it has ended.
    pub async fn upload(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
    ) -> Result<UploadView, UploadError> {
        let row = self.upload_row(actor, client, id).await?;
        match row.state {
            State::Refused(_) => Err(UploadError::Gone),
            State::Taken(_) => Ok(view(&row, row.size_bytes)),
            State::Open => {
                self.not_expired(&row)?;
                let arrived = self.media.arrived(id).await.map_err(disk_error)?;
                Ok(view(&row, arrived))
            }
        }
    }

    /// Adds bytes to an upload, from where it stands. What comes is kept also when the connection breaks, unless
    /// there is a checksum that it would have to fit.
    ///
    /// # Errors
    /// When it stands elsewhere, is being worked on, or the bytes are not those that were sent.
    pub async fn append_to_upload<S, E>(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
        offset: u64,
        checksum: Option<Checksum>,
        body: S,
    ) -> Result<UploadView, UploadError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: std::fmt::Display,
    {
        self.upload_row(actor, client, id).await?;
        let (held, mut row) = self.held_upload(client, id).await?;
        match row.state {
            State::Refused(_) => return Err(UploadError::Gone),
            State::Taken(_) => return Err(UploadError::Elsewhere(row.size_bytes)),
            State::Open => self.not_expired(&row)?,
        }
        let arrived = held.length().await.map_err(disk_error)?;
        if arrived != offset {
            return Err(UploadError::Elsewhere(arrived));
        }
        let until = self.clock.now() + KEPT;
        if until - row.expires_at > NOTED_EVERY {
            upload::extend(&mut *self.conn().await?, id, until).await?;
            row.expires_at = until;
        }
        let room = row.size_bytes.saturating_sub(arrived);
        let ended = held.append(body, room, checksum).await;
        match ended.map_err(disk_error)? {
            Ended::Whole => {
                let arrived = held.length().await.map_err(disk_error)?;
                Ok(view(&row, arrived))
            }
            Ended::Broke => Err(UploadError::Broke),
            Ended::TooLong => Err(UploadError::TooLong),
            Ended::WrongChecksum => Err(UploadError::WrongChecksum),
        }
    }

    /// Ends an upload, and removes what had come.
    ///
    /// # Errors
    /// When there is none with this id at this client, or it is being worked on.
    pub async fn cancel_upload(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
    ) -> Result<(), UploadError> {
        self.upload_row(actor, client, id).await?;
        let (held, _) = self.held_upload(client, id).await?;
        // The row first: whoever comes next finds nothing to go on with.
        upload::delete(&mut *self.conn().await?, id).await?;
        self.media.discard(id).await.map_err(disk_error)?;
        drop(held);
        Ok(())
    }

    /// Removes uploads that nobody goes on with. Returns how many.
    pub(crate) async fn sweep_uploads(&self) -> ServiceResult<usize> {
        let now = self.clock.now();
        let expired = upload::expired(&mut *self.conn().await?, now, SWEPT).await?;
        let mut swept = 0;
        for id in expired {
            // One that is being written to is not abandoned; the next sweep looks again.
            let Some(held) = self.media.hold(id).await.map_err(ServiceError::internal)? else {
                continue;
            };
            if upload::is_open(&mut *self.conn().await?, id).await? {
                held.take_back().await.map_err(ServiceError::internal)?;
            }
            upload::delete(&mut *self.conn().await?, id).await?;
            self.media
                .discard(id)
                .await
                .map_err(ServiceError::internal)?;
            drop(held);
            swept += 1;
        }
        Ok(swept)
    }

    /// The row of an upload, for whoever may bring files to the client.
    pub(super) async fn upload_row(
        &self,
        actor: &Actor,
        client: ClientId,
        id: UploadId,
    ) -> ServiceResult<Upload> {
        actor.require_for(Permission::WritePosts, client)?;
        let row = upload::find(&mut *self.conn().await?, client, id).await?;
        row.ok_or(ServiceError::NotFound("upload"))
    }

    /// The right to change an upload, and its row as it is from then on.
    pub(super) async fn held_upload(
        &self,
        client: ClientId,
        id: UploadId,
    ) -> Result<(Held, Upload), UploadError> {
        let held = self.media.hold(id).await.map_err(disk_error)?;
        let held = held.ok_or(UploadError::Busy)?;
        let row = upload::find(&mut *self.conn().await?, client, id).await?;
        let is_open = row.as_ref().is_some_and(|row| row.state == State::Open);
        let settled = if is_open {
            held.take_back().await
        } else {
            // Somebody was quicker, and taking hold has made the folder again.
            self.media.discard(id).await
        };
        settled.map_err(disk_error)?;
        let row = row.ok_or(ServiceError::NotFound("upload"))?;
        Ok((held, row))
    }

    pub(super) fn not_expired(&self, row: &Upload) -> Result<(), UploadError> {
        if row.expires_at <= self.clock.now() {
            return Err(UploadError::Gone);
        }
        Ok(())
    }
}

fn view(row: &Upload, offset: u64) -> UploadView {
    UploadView {
        id: row.id,
        offset,
        bytes: row.size_bytes,
        expires_at: row.expires_at,
    }
}

pub(super) fn disk_error(error: io::Error) -> UploadError {
    if error.kind() == io::ErrorKind::StorageFull {
        tracing::error!(%error, "no room for an upload");
        return UploadError::NoRoom;
    }
    UploadError::Service(ServiceError::internal(error))
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
