//! Files: how they come in, and what is known of those that are there.

pub(crate) mod finish;
mod frames;
pub mod library;
pub mod uploads;

use db::models::asset::{self, Asset};
use domain::media::MediaFacts;
use domain::{AssetId, ClientId, Permission};

use crate::probe::ProbeError;
use crate::{Actor, ServiceError, ServiceResult, Services};

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
    /// The description that a post starts with when it takes the file.
    pub alt: String,
    /// Whether its files are gone.
    pub deleted: bool,
    /// What it was made from, if AutoPost made it.
    pub made_from: Option<MadeFrom>,
}

/// What a copy was made from, and what for. It stays true when the original is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MadeFrom {
    /// The original, as long as it is known.
    pub asset: Option<AssetId>,
    /// What it was called.
    pub file_name: String,
    /// "for TikTok", "cropped to 9:16".
    pub how: String,
}

impl From<Asset> for AssetView {
    fn from(row: Asset) -> Self {
        Self {
            id: row.id,
            facts: row.facts(),
            sha256: hex::encode(&row.sha256),
            deleted: row.deleted_at.is_some(),
            made_from: row
                .derived_name
                .zip(row.derived_how)
                .map(|(file_name, how)| MadeFrom {
                    asset: row.derived_from.map(AssetId),
                    file_name,
                    how,
                }),
            file_name: row.file_name,
            alt: row.alt,
        }
    }
}

impl Services {
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
