//! Copies of files: asked for, being made under a lease, and made.

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Bool, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::copy::CopyState;
use domain::{AssetId, ClientId, CopyId, Platform, UserId};
use serde_json::Value;
use uuid::Uuid;

use crate::schema::copies;
use crate::{Connection, DbResult};

/// A copy of a file.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = copies, check_for_backend(diesel::pg::Pg))]
pub struct Copy {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: CopyId,
    /// The client that it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// What it is made from.
    #[diesel(deserialize_as = Uuid)]
    pub original_id: AssetId,
    /// How it is made.
    pub recipe: Value,
    /// "for TikTok", "cropped to 9:16".
    pub how: String,
    /// What stands in its name besides the original's.
    pub label: String,
    /// Whose rules it has to pass: the platform's word.
    pub platform: Option<String>,
    /// Who asked for it first.
    #[diesel(deserialize_as = Uuid)]
    pub asked_by: UserId,
    /// Where its making stands.
    #[diesel(deserialize_as = String)]
    pub state: CopyState,
    /// How far it is, in per cent.
    pub progress: i16,
    /// Which try the present or last one is; whoever works on it proves it by this number.
    pub fence: i64,
    /// The asset that the present try makes.
    pub target_id: Option<Uuid>,
    /// Why it was not made.
    pub problem: Option<String>,
    /// The file that came of it.
    pub asset_id: Option<Uuid>,
}

/// A copy that is asked for.
#[derive(Debug)]
pub struct NewCopy<'a> {
    /// At which client.
    pub client: ClientId,
    /// Of which file.
    pub original: AssetId,
    /// How it is made.
    pub recipe: &'a Value,
    /// SHA-256 of that.
    pub recipe_hash: &'a [u8],
    /// "for TikTok", "cropped to 9:16".
    pub how: &'a str,
    /// What stands in its name besides the original's.
    pub label: &'a str,
    /// Whose rules it has to pass.
    pub platform: Option<Platform>,
    /// Who asks.
    pub asked_by: UserId,
}

/// Adds a copy that waits for its turn.
///
/// # Errors
/// When the query fails.
pub async fn insert(
    conn: &mut Connection,
    new: &NewCopy<'_>,
    now: DateTime<Utc>,
) -> DbResult<Copy> {
    Ok(diesel::insert_into(copies::table)
        .values((
            copies::id.eq(CopyId::generate().0),
            copies::client_id.eq(new.client.0),
            copies::original_id.eq(new.original.0),
            copies::recipe.eq(new.recipe),
            copies::recipe_hash.eq(new.recipe_hash),
            copies::how.eq(new.how),
            copies::label.eq(new.label),
            copies::platform.eq(new.platform.map(Platform::as_str)),
            copies::asked_by.eq(new.asked_by.0),
            copies::state.eq(CopyState::Waiting.as_str()),
            copies::created_at.eq(now),
            copies::updated_at.eq(now),
        ))
        .returning(Copy::as_select())
        .get_result(conn)
        .await?)
}

/// The copy of a file by this recipe, if it was asked for before.
///
/// # Errors
/// When the query fails.
pub async fn find_same(
    conn: &mut Connection,
    original: AssetId,
    recipe_hash: &[u8],
) -> DbResult<Option<Copy>> {
    Ok(copies::table
        .filter(copies::original_id.eq(original.0))
        .filter(copies::recipe_hash.eq(recipe_hash))
        .select(Copy::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// One copy of a client.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, client: ClientId, id: CopyId) -> DbResult<Option<Copy>> {
    Ok(copies::table
        .find(id.0)
        .filter(copies::client_id.eq(client.0))
        .select(Copy::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The copies of these files of a client, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn of(
    conn: &mut Connection,
    client: ClientId,
    originals: &[AssetId],
) -> DbResult<Vec<Copy>> {
    let ids: Vec<Uuid> = originals.iter().map(|id| id.0).collect();
    Ok(copies::table
        .filter(copies::client_id.eq(client.0))
        .filter(copies::original_id.eq_any(ids))
        .order(copies::id.asc())
        .select(Copy::as_select())
        .load(conn)
        .await?)
}

/// The copies of a client that are waited for, oldest first.
///
/// # Errors
/// When the query fails.
pub async fn under_way(conn: &mut Connection, client: ClientId) -> DbResult<Vec<Copy>> {
    // In these words the two small indexes on what waits and what runs answer it, whatever else is stored.
    let is_under_way = sql::<Bool>("(state = 'waiting' OR state = 'running')");
    Ok(copies::table
        .filter(is_under_way)
        .filter(copies::client_id.eq(client.0))
        .order(copies::id.asc())
        .select(Copy::as_select())
        .load(conn)
        .await?)
}

/// Lets one that came to nothing, or whose file is gone, wait for its turn once more.
///
/// # Errors
/// When the query fails.
pub async fn begin_anew(conn: &mut Connection, id: CopyId, now: DateTime<Utc>) -> DbResult<Copy> {
    Ok(diesel::update(copies::table.find(id.0))
        .set((
            copies::state.eq(CopyState::Waiting.as_str()),
            copies::progress.eq(0),
            copies::tries.eq(0),
            copies::problem.eq(None::<String>),
            copies::asset_id.eq(None::<Uuid>),
            copies::updated_at.eq(now),
        ))
        .returning(Copy::as_select())
        .get_result(conn)
        .await?)
}

/// Gives one up that is waiting or being made. Whoever makes it finds out with their next word.
///
/// # Errors
/// When the query fails.
pub async fn cancel(conn: &mut Connection, id: CopyId, now: DateTime<Utc>) -> DbResult<bool> {
    let under_way = [CopyState::Waiting.as_str(), CopyState::Running.as_str()];
    let changed = diesel::update(
        copies::table
            .find(id.0)
            .filter(copies::state.eq_any(under_way)),
    )
    .set((
        copies::state.eq(CopyState::Cancelled.as_str()),
        copies::lease_owner.eq(None::<String>),
        copies::lease_until.eq(None::<DateTime<Utc>>),
        copies::updated_at.eq(now),
    ))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}

/// Who takes a copy, and until when others leave it to them.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// Who.
    pub owner: &'a str,
    /// Until when.
    pub until: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Taken {
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    left_behind: Option<Uuid>,
}

/// Takes the copy that has waited longest, or one whose worker has gone silent. Gives what such a one may have left
/// behind as well: the asset that it had meant to make.
///
/// # Errors
/// When the query fails.
pub async fn claim(
    conn: &mut Connection,
    lease: Lease<'_>,
    target: AssetId,
    now: DateTime<Utc>,
) -> DbResult<Option<(Copy, Option<AssetId>)>> {
    let taken: Option<Taken> = diesel::sql_query(
        "UPDATE copies c
         SET state = 'running', lease_owner = $2, lease_until = $3, target_id = $4, progress = 0,
             tries = c.tries + 1, fence = c.fence + 1, updated_at = $1
         FROM (SELECT id, target_id FROM copies
               WHERE state = 'waiting' OR (state = 'running' AND lease_until <= $1)
               ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) due
         WHERE c.id = due.id
         RETURNING c.id, due.target_id AS left_behind",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Text, _>(lease.owner)
    .bind::<Timestamptz, _>(lease.until)
    .bind::<SqlUuid, _>(target.0)
    .get_result(conn)
    .await
    .optional()?;
    let Some(taken) = taken else {
        return Ok(None);
    };
    let copy = copies::table
        .find(taken.id)
        .select(Copy::as_select())
        .first(conn)
        .await?;
    Ok(Some((copy, taken.left_behind.map(AssetId))))
}

/// Ends those that were taken so often without an end that another try would end their worker once more.
///
/// # Errors
/// When the query fails.
pub async fn give_up(
    conn: &mut Connection,
    tries: i32,
    problem: &str,
    now: DateTime<Utc>,
) -> DbResult<usize> {
    Ok(diesel::sql_query(
        "UPDATE copies SET state = 'failed', problem = $3, lease_owner = NULL, lease_until = NULL, updated_at = $1
         WHERE state = 'running' AND lease_until <= $1 AND tries >= $2",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Int4, _>(tries)
    .bind::<Text, _>(problem)
    .execute(conn)
    .await?)
}

/// Says how far it is, and keeps the lease. `false` when it was given up, or somebody else has it by now.
///
/// # Errors
/// When the query fails.
pub async fn beat(
    conn: &mut Connection,
    copy: &Copy,
    progress: i16,
    until: DateTime<Utc>,
) -> DbResult<bool> {
    let mine = copies::table
        .find(copy.id.0)
        .filter(copies::state.eq(CopyState::Running.as_str()))
        .filter(copies::fence.eq(copy.fence));
    let changed = diesel::update(mine)
        .set((copies::progress.eq(progress), copies::lease_until.eq(until)))
        .execute(conn)
        .await?;
    Ok(changed > 0)
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is this asset.
    Done(AssetId),
    /// It could not be made, and why.
    Failed(String),
    /// It was not brought to its end, and waits for another turn as if it had never had one.
    GivenBack,
}

/// Writes what became of a try. `false` when it was given up, or somebody else has it by now: then nothing is.
///
/// # Errors
/// When the query fails.
pub async fn settle(
    conn: &mut Connection,
    copy: &Copy,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> DbResult<bool> {
    let mine = copies::table
        .find(copy.id.0)
        .filter(copies::state.eq(CopyState::Running.as_str()))
        .filter(copies::fence.eq(copy.fence));
    let (state, progress, asset, problem) = match outcome {
        Outcome::Done(asset) => (CopyState::Done, 100, Some(asset.0), None),
        Outcome::Failed(problem) => (CopyState::Failed, 0, None, Some(problem)),
        Outcome::GivenBack => (CopyState::Waiting, 0, None, None),
    };
    let settled = (
        copies::state.eq(state.as_str()),
        copies::progress.eq(progress),
        copies::asset_id.eq(asset),
        copies::problem.eq(problem),
        copies::lease_owner.eq(None::<String>),
        copies::lease_until.eq(None::<DateTime<Utc>>),
        copies::updated_at.eq(now),
    );
    let changed = if *outcome == Outcome::GivenBack {
        let once_less = copies::tries.eq(copies::tries - 1);
        diesel::update(mine)
            .set((settled, once_less))
            .execute(conn)
            .await?
    } else {
        diesel::update(mine).set(settled).execute(conn).await?
    };
    Ok(changed > 0)
}

/// Gives back all that a worker holds, as it ends.
///
/// # Errors
/// When the query fails.
pub async fn give_back(conn: &mut Connection, owner: &str, now: DateTime<Utc>) -> DbResult<usize> {
    Ok(diesel::update(
        copies::table
            .filter(copies::state.eq(CopyState::Running.as_str()))
            .filter(copies::lease_owner.eq(owner)),
    )
    .set((
        copies::state.eq(CopyState::Waiting.as_str()),
        copies::progress.eq(0),
        copies::tries.eq(copies::tries - 1),
        copies::lease_owner.eq(None::<String>),
        copies::lease_until.eq(None::<DateTime<Utc>>),
        copies::updated_at.eq(now),
    ))
    .execute(conn)
    .await?)
}

/// Those of these that are being made.
///
/// # Errors
/// When the query fails.
pub async fn running_of(conn: &mut Connection, ids: &[CopyId]) -> DbResult<Vec<CopyId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let found: Vec<Uuid> = copies::table
        .filter(copies::id.eq_any(ids))
        .filter(copies::state.eq(CopyState::Running.as_str()))
        .select(copies::id)
        .load(conn)
        .await?;
    Ok(found.into_iter().map(CopyId).collect())
}
