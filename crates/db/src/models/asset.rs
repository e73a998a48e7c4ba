//! Uploaded files.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::media::{Container, VideoFacts};
use domain::{AssetId, ClientId, UserId};
use uuid::Uuid;

use crate::schema::{assets, deliveries, post_assets};
use crate::{Connection, DbResult};

/// An uploaded video.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = assets, check_for_backend(diesel::pg::Pg))]
pub struct Asset {
    /// Its id; the files are kept under it.
    #[diesel(deserialize_as = Uuid)]
    pub id: AssetId,
    /// The client it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// The name it had on the person's disk.
    pub file_name: String,
    /// The container, told by content.
    #[diesel(deserialize_as = String)]
    pub container: Container,
    /// The video codec by ffprobe's name.
    pub video_codec: String,
    /// The audio codec, if it has sound.
    pub audio_codec: Option<String>,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Frames a second.
    pub frame_rate: f64,
    /// Milliseconds.
    pub duration_ms: i64,
    /// Bytes.
    pub size_bytes: i64,
    /// SHA-256 of the bytes.
    pub sha256: Vec<u8>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When its files were removed.
    pub deleted_at: Option<DateTime<Utc>>,
}

impl Asset {
    /// The probed facts, as the rules want them.
    #[must_use]
    pub fn facts(&self) -> VideoFacts {
        VideoFacts {
            container: self.container,
            video_codec: self.video_codec.clone(),
            audio_codec: self.audio_codec.clone(),
            width: self.width.unsigned_abs(),
            height: self.height.unsigned_abs(),
            frame_rate: self.frame_rate,
            duration_ms: self.duration_ms.unsigned_abs(),
            size_bytes: self.size_bytes.unsigned_abs(),
        }
    }
}

/// A file that has just been taken in.
pub struct NewAsset<'a> {
    /// Its id.
    pub id: AssetId,
    /// Whose it is.
    pub client: ClientId,
    /// Its name.
    pub file_name: &'a str,
    /// What the probe found.
    pub facts: &'a VideoFacts,
    /// SHA-256 of the bytes.
    pub sha256: &'a [u8],
    /// Who uploaded it.
    pub uploaded_by: UserId,
}

/// Adds an asset.
///
/// # Errors
/// When the query fails.
pub async fn insert(conn: &mut Connection, new: &NewAsset<'_>, now: DateTime<Utc>) -> DbResult<()> {
    let facts = new.facts;
    diesel::insert_into(assets::table)
        .values((
            assets::id.eq(new.id.0),
            assets::client_id.eq(new.client.0),
            assets::file_name.eq(new.file_name),
            assets::container.eq(facts.container.as_str()),
            assets::video_codec.eq(&facts.video_codec),
            assets::audio_codec.eq(&facts.audio_codec),
            assets::width.eq(facts.width.cast_signed()),
            assets::height.eq(facts.height.cast_signed()),
            assets::frame_rate.eq(facts.frame_rate),
            assets::duration_ms.eq(facts.duration_ms.cast_signed()),
            assets::size_bytes.eq(facts.size_bytes.cast_signed()),
            assets::sha256.eq(new.sha256),
            assets::uploaded_by.eq(new.uploaded_by.0),
            assets::created_at.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One asset of a client; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, client: ClientId, id: AssetId) -> DbResult<Option<Asset>> {
    Ok(assets::table
        .find(id.0)
        .filter(assets::client_id.eq(client.0))
        .select(Asset::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Assets whose retention clock ran out: older than `before`, in no post that still wants them, and
/// in none that was settled after `before`.
///
/// # Errors
/// When the query fails.
pub async fn expired(
    conn: &mut Connection,
    before: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Asset>> {
    let wanted = post_assets::table
        .inner_join(deliveries::table.on(deliveries::post_id.eq(post_assets::post_id)))
        .filter(post_assets::asset_id.eq(assets::id))
        .filter(
            deliveries::state
                .ne_all(["published", "failed", "unknown", "cancelled"])
                .or(deliveries::updated_at.gt(before)),
        );
    Ok(assets::table
        .filter(assets::deleted_at.is_null())
        .filter(assets::created_at.le(before))
        .filter(not(exists(wanted)))
        .order(assets::created_at.asc())
        .limit(limit)
        .select(Asset::as_select())
        .load(conn)
        .await?)
}

/// Marks an asset's files as removed.
///
/// # Errors
/// When the query fails.
pub async fn mark_deleted(conn: &mut Connection, id: AssetId, now: DateTime<Utc>) -> DbResult<()> {
    diesel::update(assets::table.find(id.0))
        .set(assets::deleted_at.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}
