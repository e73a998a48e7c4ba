//! Posts: what is to be said, when, for one client.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{AssetId, ClientId, ComposerId, PostId, UserId};
use uuid::Uuid;

use super::asset::Asset;
use crate::schema::{assets, deliveries, post_assets, posts};
use crate::{Connection, DbResult};

/// A post.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = posts, check_for_backend(diesel::pg::Pg))]
pub struct Post {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: PostId,
    /// The client it belongs to.
    #[diesel(deserialize_as = Uuid)]
    pub client_id: ClientId,
    /// The shared caption.
    pub caption: String,
    /// The time on the wall that was meant.
    pub local_time: NaiveDateTime,
    /// In which zone.
    pub time_zone: String,
    /// The instant that follows.
    pub due_at: DateTime<Utc>,
    /// The content hash.
    pub version: Vec<u8>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Moves with every save.
    pub revision: i64,
    /// Who saved it last, where that is known.
    pub saved_by: Option<Uuid>,
    /// From which opened composer.
    pub saved_in: Option<Uuid>,
}

/// What a person wrote.
pub struct PostContent<'a> {
    /// The shared caption.
    pub caption: &'a str,
    /// The time on the wall.
    pub local_time: NaiveDateTime,
    /// In which zone.
    pub time_zone: &'a str,
    /// The instant that follows.
    pub due_at: DateTime<Utc>,
    /// The content hash.
    pub version: &'a [u8],
    /// The files with their descriptions, in order.
    pub assets: &'a [(AssetId, &'a str)],
}

/// Adds a post. Call it inside a transaction together with its deliveries.
///
/// # Errors
/// When a query fails.
pub async fn insert(
    conn: &mut Connection,
    id: PostId,
    client: ClientId,
    created_by: UserId,
    content: &PostContent<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::insert_into(posts::table)
        .values((
            posts::id.eq(id.0),
            posts::client_id.eq(client.0),
            posts::caption.eq(content.caption),
            posts::local_time.eq(content.local_time),
            posts::time_zone.eq(content.time_zone),
            posts::due_at.eq(content.due_at),
            posts::version.eq(content.version),
            posts::created_by.eq(created_by.0),
            posts::saved_by.eq(created_by.0),
            posts::created_at.eq(now),
            posts::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    set_assets(conn, id, content.assets).await
}

/// Rewrites a post, which has another revision then. Call it inside a transaction together with its deliveries.
///
/// # Errors
/// When a query fails.
pub async fn update(
    conn: &mut Connection,
    id: PostId,
    saved_by: UserId,
    content: &PostContent<'_>,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(posts::table.find(id.0))
        .set((
            posts::revision.eq(posts::revision + 1),
            posts::saved_by.eq(saved_by.0),
            posts::saved_in.eq(None::<Uuid>),
            posts::caption.eq(content.caption),
            posts::local_time.eq(content.local_time),
            posts::time_zone.eq(content.time_zone),
            posts::due_at.eq(content.due_at),
            posts::version.eq(content.version),
            posts::updated_at.eq(now),
        ))
        .execute(conn)
        .await?;
    diesel::delete(post_assets::table.filter(post_assets::post_id.eq(id.0)))
        .execute(conn)
        .await?;
    set_assets(conn, id, content.assets).await
}

/// Notes from which opened composer a post was saved.
///
/// # Errors
/// When the query fails.
pub async fn set_saved_in(conn: &mut Connection, id: PostId, composer: ComposerId) -> DbResult<()> {
    diesel::update(posts::table.find(id.0))
        .set(posts::saved_in.eq(composer.0))
        .execute(conn)
        .await?;
    Ok(())
}

/// Notes who changed a post, and when, where that was no save.
///
/// # Errors
/// When the query fails.
pub async fn changed_by(
    conn: &mut Connection,
    id: PostId,
    user: UserId,
    now: DateTime<Utc>,
) -> DbResult<()> {
    diesel::update(posts::table.find(id.0))
        .set((posts::saved_by.eq(user.0), posts::updated_at.eq(now)))
        .execute(conn)
        .await?;
    Ok(())
}

/// The post that an opened composer has added and that nobody else has saved since, locked until the
/// transaction ends.
///
/// # Errors
/// When the query fails.
pub async fn added_in_for_update(
    conn: &mut Connection,
    client: ClientId,
    created_by: UserId,
    composer: ComposerId,
) -> DbResult<Option<Post>> {
    Ok(posts::table
        .filter(posts::saved_in.eq(composer.0))
        .filter(posts::client_id.eq(client.0))
        .filter(posts::created_by.eq(created_by.0))
        .for_update()
        .select(Post::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// Moves a post to another time; what it says stays. It has another revision then, of which only
/// [`changed_by`] says whose it is. Call it inside a transaction together with its deliveries.
///
/// # Errors
/// When the query fails.
pub async fn move_to(
    conn: &mut Connection,
    id: PostId,
    local_time: NaiveDateTime,
    due_at: DateTime<Utc>,
    version: &[u8],
) -> DbResult<()> {
    diesel::update(posts::table.find(id.0))
        .set((
            posts::revision.eq(posts::revision + 1),
            posts::saved_by.eq(None::<Uuid>),
            posts::saved_in.eq(None::<Uuid>),
            posts::local_time.eq(local_time),
            posts::due_at.eq(due_at),
            posts::version.eq(version),
        ))
        .execute(conn)
        .await?;
    Ok(())
}

async fn set_assets(conn: &mut Connection, id: PostId, assets: &[(AssetId, &str)]) -> DbResult<()> {
    let rows: Vec<_> = assets
        .iter()
        .zip(0_i32..)
        .map(|((asset, alt), position)| {
            (
                post_assets::post_id.eq(id.0),
                post_assets::position.eq(position),
                post_assets::asset_id.eq(asset.0),
                post_assets::alt.eq(*alt),
            )
        })
        .collect();
    diesel::insert_into(post_assets::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}

/// One post of a client; another client's is not found.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, client: ClientId, id: PostId) -> DbResult<Option<Post>> {
    Ok(posts::table
        .find(id.0)
        .filter(posts::client_id.eq(client.0))
        .select(Post::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The same, locked until the transaction ends, so that an edit and a claim cannot cross.
///
/// # Errors
/// When the query fails.
pub async fn find_for_update(
    conn: &mut Connection,
    client: ClientId,
    id: PostId,
) -> DbResult<Option<Post>> {
    Ok(posts::table
        .find(id.0)
        .filter(posts::client_id.eq(client.0))
        .for_update()
        .select(Post::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// These posts, in no order.
///
/// # Errors
/// When the query fails.
pub async fn of_ids(conn: &mut Connection, ids: &[PostId]) -> DbResult<Vec<Post>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(posts::table
        .filter(posts::id.eq_any(ids))
        .select(Post::as_select())
        .load(conn)
        .await?)
}

/// The posts of a client that go out in this range of instants, earliest first.
///
/// # Errors
/// When the query fails.
pub async fn between(
    conn: &mut Connection,
    client: ClientId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> DbResult<Vec<Post>> {
    Ok(posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(posts::due_at.ge(from))
        .filter(posts::due_at.lt(until))
        .order((posts::due_at.asc(), posts::id.asc()))
        .select(Post::as_select())
        .load(conn)
        .await?)
}

/// Some of the posts of a client that go out in this range of instants, earliest first, after one of them.
///
/// # Errors
/// When the query fails.
pub async fn page(
    conn: &mut Connection,
    client: ClientId,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    after: Option<(DateTime<Utc>, PostId)>,
    limit: i64,
) -> DbResult<Vec<Post>> {
    let mut query = posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(posts::due_at.ge(from))
        .filter(posts::due_at.lt(until))
        .order((posts::due_at.asc(), posts::id.asc()))
        .limit(limit)
        .select(Post::as_select())
        .into_boxed();
    if let Some((due_at, id)) = after {
        let is_later = posts::due_at
            .gt(due_at)
            .or(posts::due_at.eq(due_at).and(posts::id.gt(id.0)));
        query = query.filter(is_later);
    }
    Ok(query.load(conn).await?)
}

/// The posts of a client that go out in this range of instants and are agreed on, or have gone out; earliest first.
///
/// # Errors
/// When the query fails.
pub async fn planned_between(
    conn: &mut Connection,
    client: ClientId,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Post>> {
    let planned = [
        "approved",
        "scheduled",
        "publishing",
        "processing",
        "published",
    ];
    let of_post = deliveries::table
        .filter(deliveries::post_id.eq(posts::id))
        .filter(deliveries::state.eq_any(planned));
    Ok(posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(posts::due_at.ge(from))
        .filter(posts::due_at.lt(until))
        .filter(exists(of_post))
        .order((posts::due_at.asc(), posts::id.asc()))
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
        .await?)
}

/// The posts of a client that are still to go out after `now`, of which every delivery is a draft and at
/// least one exists, earliest first.
///
/// # Errors
/// When the query fails.
pub async fn drafts_ahead(
    conn: &mut Connection,
    client: ClientId,
    now: DateTime<Utc>,
    limit: i64,
) -> DbResult<Vec<Post>> {
    let is_draft = deliveries::state.eq("draft");
    let of_post = deliveries::table.filter(deliveries::post_id.eq(posts::id));
    Ok(posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(posts::due_at.gt(now))
        .filter(exists(of_post.filter(is_draft)))
        .filter(not(exists(of_post.filter(not(is_draft)))))
        .order((posts::due_at, posts::id))
        .limit(limit)
        .select(Post::as_select())
        .load(conn)
        .await?)
}

/// A file of a post.
#[derive(Clone, Debug)]
pub struct PostAsset {
    /// The file.
    pub asset: Asset,
    /// The description for people who cannot see it; may be empty.
    pub alt: String,
}

/// The files of these posts, in order.
///
/// # Errors
/// When the query fails.
pub async fn assets_of(
    conn: &mut Connection,
    ids: &[PostId],
) -> DbResult<Vec<(PostId, PostAsset)>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, String, Asset)> = post_assets::table
        .inner_join(assets::table)
        .filter(post_assets::post_id.eq_any(ids))
        .order((post_assets::post_id, post_assets::position))
        .select((post_assets::post_id, post_assets::alt, Asset::as_select()))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(post, alt, asset)| (post.into(), PostAsset { asset, alt }))
        .collect())
}

/// Removes a post with its deliveries; the caller has made sure that nothing of it has left.
///
/// # Errors
/// When a query fails.
pub async fn delete(conn: &mut Connection, id: PostId) -> DbResult<()> {
    diesel::delete(deliveries::table.filter(deliveries::post_id.eq(id.0)))
        .execute(conn)
        .await?;
    diesel::delete(posts::table.find(id.0))
        .execute(conn)
        .await?;
    Ok(())
}
