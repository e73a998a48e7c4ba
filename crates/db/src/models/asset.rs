//! Uploaded files.

use chrono::{DateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::media::{Format, ImageFacts, MediaFacts, VideoFacts};
use domain::{AssetId, ClientId, UserId};
use uuid::Uuid;

use super::user::lower;
use crate::schema::{assets, clients, deliveries, post_assets};
use crate::{Connection, DbResult};

/// An uploaded file.
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
    /// What it is, told by content.
    #[diesel(deserialize_as = String)]
    pub format: Format,
    /// The video codec by ffprobe's name; of a video.
    pub video_codec: Option<String>,
    /// The audio codec, if it has sound.
    pub audio_codec: Option<String>,
    /// Pixels.
    pub width: i32,
    /// Pixels.
    pub height: i32,
    /// Frames a second; of a video.
    pub frame_rate: Option<f64>,
    /// Milliseconds; of a video.
    pub duration_ms: Option<i64>,
    /// Bytes.
    pub size_bytes: i64,
    /// SHA-256 of the bytes.
    pub sha256: Vec<u8>,
    /// When it was uploaded.
    pub created_at: DateTime<Utc>,
    /// When its files were removed.
    pub deleted_at: Option<DateTime<Utc>>,
    /// When it was last brought in: its retention clock started then.
    pub kept_from: DateTime<Utc>,
    /// The description that a post starts with when it takes the file.
    pub alt: String,
    /// The file that it was made from, as long as that is known.
    pub derived_from: Option<Uuid>,
    /// What that was called.
    pub derived_name: Option<String>,
    /// What it was made for: "for TikTok", "cropped to 9:16".
    pub derived_how: Option<String>,
}

impl Asset {
    /// The probed facts, as the rules want them.
    #[must_use]
    pub fn facts(&self) -> MediaFacts {
        let (width, height) = (self.width.unsigned_abs(), self.height.unsigned_abs());
        let size_bytes = self.size_bytes.unsigned_abs();
        match self.format {
            // The database holds every video to these, so that nothing is made up here.
            Format::Video(container) => MediaFacts::Video(VideoFacts {
                container,
                video_codec: self.video_codec.clone().unwrap_or_default(),
                audio_codec: self.audio_codec.clone(),
                width,
                height,
                frame_rate: self.frame_rate.unwrap_or_default(),
                duration_ms: self.duration_ms.unwrap_or_default().unsigned_abs(),
                size_bytes,
            }),
            Format::Image(format) => MediaFacts::Image(ImageFacts {
                format,
                width,
                height,
                size_bytes,
            }),
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
    pub facts: &'a MediaFacts,
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
    let video = facts.video();
    diesel::insert_into(assets::table)
        .values((
            assets::id.eq(new.id.0),
            assets::client_id.eq(new.client.0),
            assets::file_name.eq(new.file_name),
            assets::format.eq(facts.format().as_str()),
            assets::video_codec.eq(video.map(|video| &video.video_codec)),
            assets::audio_codec.eq(video.and_then(|video| video.audio_codec.as_ref())),
            assets::width.eq(facts.width().cast_signed()),
            assets::height.eq(facts.height().cast_signed()),
            assets::frame_rate.eq(video.map(|video| video.frame_rate)),
            assets::duration_ms.eq(video.map(|video| video.duration_ms.cast_signed())),
            assets::size_bytes.eq(facts.size_bytes().cast_signed()),
            assets::sha256.eq(new.sha256),
            assets::uploaded_by.eq(new.uploaded_by.0),
            assets::created_at.eq(now),
            assets::kept_from.eq(now),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes from which file one was made, and what for. Its description goes with it.
///
/// # Errors
/// When the query fails.
pub async fn set_derived(
    conn: &mut Connection,
    id: AssetId,
    original: &Asset,
    how: &str,
) -> DbResult<()> {
    diesel::update(assets::table.find(id.0))
        .set((
            assets::derived_from.eq(original.id.0),
            assets::derived_name.eq(&original.file_name),
            assets::derived_how.eq(how),
            assets::alt.eq(&original.alt),
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

/// Those of these that are a client's, kept or not, in no order.
///
/// # Errors
/// When the query fails.
pub async fn find_these(
    conn: &mut Connection,
    client: ClientId,
    ids: &[Uuid],
) -> DbResult<Vec<Asset>> {
    Ok(assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::id.eq_any(ids))
        .select(Asset::as_select())
        .load(conn)
        .await?)
}

/// Whether all of these are a client's, kept or not.
///
/// # Errors
/// When the query fails.
pub async fn are_of(conn: &mut Connection, client: ClientId, ids: &[AssetId]) -> DbResult<bool> {
    let mut ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    ids.sort_unstable();
    ids.dedup();
    let wanted = i64::try_from(ids.len()).unwrap_or(i64::MAX);
    let found: i64 = assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::id.eq_any(ids))
        .count()
        .get_result(conn)
        .await?;
    Ok(found == wanted)
}

/// One asset, whosever it is: for those who were given its address.
///
/// # Errors
/// When the query fails.
pub async fn find_any(conn: &mut Connection, id: AssetId) -> DbResult<Option<Asset>> {
    Ok(assets::table
        .find(id.0)
        .select(Asset::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The files of a client that are still kept and have one of these names, whatever its capitals; newest first.
///
/// # Errors
/// When the query fails.
pub async fn kept_by_name(
    conn: &mut Connection,
    client: ClientId,
    names: &[String],
) -> DbResult<Vec<Asset>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let plain: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    // As it is written, too: what the database takes for a capital depends on how it was set up.
    let is_called = lower(assets::file_name)
        .eq_any(plain)
        .or(assets::file_name.eq_any(names));
    Ok(assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::deleted_at.is_null())
        .filter(is_called)
        .order((assets::created_at.desc(), assets::id.desc()))
        .select(Asset::as_select())
        .load(conn)
        .await?)
}

/// The file of a client with exactly these bytes, unless it is no longer kept.
///
/// # Errors
/// When the query fails.
pub async fn find_same(
    conn: &mut Connection,
    client: ClientId,
    sha256: &[u8],
) -> DbResult<Option<Asset>> {
    Ok(assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::sha256.eq(sha256))
        .filter(assets::deleted_at.is_null())
        .order(assets::id.asc())
        .select(Asset::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Starts the retention clock of a file anew, because it was brought in again.
///
/// # Errors
/// When the query fails.
pub async fn keep_from(conn: &mut Connection, id: AssetId, now: DateTime<Utc>) -> DbResult<()> {
    diesel::update(assets::table.find(id.0))
        .set(assets::kept_from.eq(now))
        .execute(conn)
        .await?;
    Ok(())
}

/// Whose files a sweep looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Those of clients that say nothing of their own.
    AsUsual,
    /// Those of a client that does.
    For(ClientId),
}

/// Assets whose retention clock ran out: older than `before`, in no post that still wants them, and
/// in none that was settled after `before`. With `only`, whether that one still is.
///
/// # Errors
/// When the query fails.
pub async fn expired(
    conn: &mut Connection,
    kept: Kept,
    before: DateTime<Utc>,
    only: Option<AssetId>,
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
    // A draft that names no account yet has no delivery either.
    let planned = deliveries::table.filter(deliveries::post_id.eq(post_assets::post_id));
    let unplanned = post_assets::table
        .filter(post_assets::asset_id.eq(assets::id))
        .filter(not(exists(planned)));
    let mut query = assets::table
        .filter(assets::deleted_at.is_null())
        .filter(not(exists(unplanned)))
        .filter(assets::kept_from.le(before))
        .filter(not(exists(wanted)))
        .order(assets::kept_from.asc())
        .limit(limit)
        .select(Asset::as_select())
        .into_boxed();
    if let Some(only) = only {
        query = query.filter(assets::id.eq(only.0));
    }
    query = match kept {
        Kept::For(client) => query.filter(assets::client_id.eq(client.0)),
        Kept::AsUsual => {
            let usual = clients::table
                .filter(clients::media_retention_days.is_null())
                .select(clients::id);
            query.filter(assets::client_id.eq_any(usual))
        }
    };
    Ok(query.load(conn).await?)
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
