//! Files on their way in. How far one is, its file alone says.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{AssetId, ClientId, UploadId, UserId};
use uuid::Uuid;

use crate::schema::uploads;
use crate::{Connection, DbResult};

/// What became of an upload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// Bytes are still to come, or nobody has asked yet what they are.
    Open,
    /// It is this asset.
    Taken(AssetId),
    /// It was not taken, and why.
    Refused(String),
}

/// An upload.
#[derive(Clone, Debug)]
pub struct Upload {
    /// Its id; the bytes are kept under it.
    pub id: UploadId,
    /// The client it is for.
    pub client: ClientId,
    /// Who brings it.
    pub user: UserId,
    /// The name it has on the person's disk.
    pub file_name: String,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// SHA-256 of the whole, if it was announced.
    pub sha256: Option<Vec<u8>>,
    /// What became of it.
    pub state: State,
    /// Until when it can be gone on with.
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = uploads, check_for_backend(diesel::pg::Pg))]
struct Row {
    id: Uuid,
    client_id: Uuid,
    user_id: Uuid,
    file_name: String,
    size_bytes: i64,
    sha256: Option<Vec<u8>>,
    asset_id: Option<Uuid>,
    refusal: Option<String>,
    expires_at: DateTime<Utc>,
}

impl From<Row> for Upload {
    fn from(row: Row) -> Self {
        // The database holds the columns to the state.
        let state = match (row.asset_id, row.refusal) {
            (Some(asset), _) => State::Taken(asset.into()),
            (None, Some(refusal)) => State::Refused(refusal),
            (None, None) => State::Open,
        };
        Self {
            id: row.id.into(),
            client: row.client_id.into(),
            user: row.user_id.into(),
            file_name: row.file_name,
            size_bytes: row.size_bytes.unsigned_abs(),
            sha256: row.sha256,
            state,
            expires_at: row.expires_at,
        }
    }
}

/// Adds an upload of which no byte is there yet.
///
/// # Errors
/// When the query fails.
pub async fn insert(conn: &mut Connection, new: &Upload, now: DateTime<Utc>) -> DbResult<()> {
    diesel::insert_into(uploads::table)
        .values((
            uploads::id.eq(new.id.0),
            uploads::client_id.eq(new.client.0),
            uploads::user_id.eq(new.user.0),
            uploads::file_name.eq(&new.file_name),
            uploads::size_bytes.eq(new.size_bytes.cast_signed()),
            uploads::sha256.eq(new.sha256.as_deref()),
            uploads::state.eq("open"),
            uploads::created_at.eq(now),
            uploads::expires_at.eq(new.expires_at),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// One upload of a client; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find(
    conn: &mut Connection,
    client: ClientId,
    id: UploadId,
) -> DbResult<Option<Upload>> {
    let row: Option<Row> = uploads::table
        .find(id.0)
        .filter(uploads::client_id.eq(client.0))
        .select(Row::as_select())
        .first(conn)
        .await
        .optional()?;
    Ok(row.map(Upload::from))
}

/// Gives an upload more time.
///
/// # Errors
/// When the query fails.
pub async fn extend(conn: &mut Connection, id: UploadId, until: DateTime<Utc>) -> DbResult<()> {
    diesel::update(uploads::table.find(id.0))
        .set(uploads::expires_at.eq(until))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down which asset it is.
///
/// # Errors
/// When the query fails.
pub async fn take(conn: &mut Connection, id: UploadId, asset: AssetId) -> DbResult<()> {
    diesel::update(uploads::table.find(id.0))
        .set((
            uploads::state.eq("taken"),
            uploads::asset_id.eq(asset.0),
            uploads::refusal.eq(None::<String>),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

/// Writes down why it was not taken.
///
/// # Errors
/// When the query fails.
pub async fn refuse(conn: &mut Connection, id: UploadId, sentence: &str) -> DbResult<()> {
    diesel::update(uploads::table.find(id.0))
        .set((uploads::state.eq("refused"), uploads::refusal.eq(sentence)))
        .execute(conn)
        .await?;
    Ok(())
}

/// Forgets an upload.
///
/// # Errors
/// When the query fails.
pub async fn delete(conn: &mut Connection, id: UploadId) -> DbResult<()> {
    diesel::delete(uploads::table.find(id.0))
        .execute(conn)
        .await?;
    Ok(())
}

/// Uploads whose time is over.
///
/// # Errors
/// When the query fails.
pub async fn expired(
    conn: &mut Connection,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<UploadId>> {
    let ids: Vec<Uuid> = uploads::table
        .filter(uploads::expires_at.le(now))
        .order(uploads::expires_at.asc())
        .limit(limit)
        .select(uploads::id)
        .load(conn)
        .await?;
    Ok(ids.into_iter().map(UploadId).collect())
}

/// Whether an upload is there and still open.
///
/// # Errors
/// When the query fails.
pub async fn is_open(conn: &mut Connection, id: UploadId) -> DbResult<bool> {
    let open = uploads::table
        .find(id.0)
        .filter(uploads::state.eq("open"))
        .select(uploads::id);
    Ok(diesel::select(diesel::dsl::exists(open))
        .get_result(conn)
        .await?)
}
