//! The files of a client as its library shows them: page by page, with where each is used.

use chrono::{DateTime, Utc};
use diesel::dsl::{count_star, exists, not, sql};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Nullable, Timestamptz, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::{AssetId, ClientId};
use uuid::Uuid;

use super::asset::Asset;
use super::delivery::Delivery;
use super::post::Post;
use crate::schema::{assets, deliveries, post_assets, posts, users};
use crate::{Connection, DbResult};

/// What kind of files are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Videos.
    Video,
    /// Pictures.
    Picture,
}

/// Which files are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only these.
    pub kind: Option<Kind>,
    /// Only those that are in no post.
    pub unused: bool,
    /// Only those with this in their name.
    pub name: String,
    /// Only those that came before this one.
    pub before: Option<AssetId>,
}

/// Files of a client that are there, newest first.
///
/// # Errors
/// When the query fails.
pub async fn page(
    conn: &mut Connection,
    client: ClientId,
    filter: &Filter,
    limit: i64,
) -> DbResult<Vec<Asset>> {
    let mut query = assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::deleted_at.is_null())
        .order(assets::id.desc())
        .limit(limit)
        .select(Asset::as_select())
        .into_boxed();
    query = match filter.kind {
        Some(Kind::Video) => query.filter(assets::duration_ms.is_not_null()),
        Some(Kind::Picture) => query.filter(assets::duration_ms.is_null()),
        None => query,
    };
    if filter.unused {
        let used = post_assets::table.filter(post_assets::asset_id.eq(assets::id));
        query = query.filter(not(exists(used)));
    }
    if !filter.name.is_empty() {
        query = query.filter(assets::file_name.ilike(containing(&filter.name)));
    }
    if let Some(before) = filter.before {
        query = query.filter(assets::id.lt(before.0));
    }
    Ok(query.load(conn).await?)
}

/// What people typed, as a pattern that means just that.
fn containing(text: &str) -> String {
    let mut pattern = String::from("%");
    for letter in text.chars() {
        if matches!(letter, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// How many files a client has, and their bytes.
///
/// # Errors
/// When the query fails.
pub async fn totals(conn: &mut Connection, client: ClientId) -> DbResult<(i64, i64)> {
    Ok(assets::table
        .filter(assets::client_id.eq(client.0))
        .filter(assets::deleted_at.is_null())
        .select((
            count_star(),
            sql::<BigInt>("coalesce(sum(size_bytes), 0)::bigint"),
        ))
        .first(conn)
        .await?)
}

/// Where a file is used.
#[derive(Clone, Debug, QueryableByName)]
pub struct Use {
    #[diesel(sql_type = SqlUuid)]
    asset_id: Uuid,
    /// In how many posts.
    #[diesel(sql_type = BigInt)]
    pub posts: i64,
    /// Whether one of them still needs it.
    #[diesel(sql_type = Bool)]
    pub is_wanted: bool,
    /// When the last of them was settled.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub settled_at: Option<DateTime<Utc>>,
}

impl Use {
    /// Of which file.
    #[must_use]
    pub fn asset(&self) -> AssetId {
        AssetId(self.asset_id)
    }
}

/// Where these files are used; those that are in no post are left out.
///
/// # Errors
/// When the query fails.
pub async fn uses(conn: &mut Connection, of: &[AssetId]) -> DbResult<Vec<Use>> {
    let ids: Vec<Uuid> = of.iter().map(|id| id.0).collect();
    Ok(diesel::sql_query(
        "SELECT a.asset_id, count(DISTINCT a.post_id) AS posts,
                bool_or(d.state IS NULL OR d.state NOT IN ('published', 'failed', 'unknown', 'cancelled')) AS is_wanted,
                max(d.updated_at) AS settled_at
         FROM post_assets a LEFT JOIN deliveries d ON d.post_id = a.post_id
         WHERE a.asset_id = ANY($1) GROUP BY a.asset_id",
    )
    .bind::<Array<SqlUuid>, _>(ids)
    .load(conn)
    .await?)
}

/// The posts that a file is in, latest first, each with its deliveries.
///
/// # Errors
/// When the query fails.
pub async fn posts_of(
    conn: &mut Connection,
    client: ClientId,
    asset: AssetId,
) -> DbResult<Vec<(Post, Vec<Delivery>)>> {
    let uses = post_assets::table
        .filter(post_assets::asset_id.eq(asset.0))
        .select(post_assets::post_id);
    let found: Vec<Post> = posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(posts::id.eq_any(uses))
        .order((posts::due_at.desc(), posts::id.desc()))
        .select(Post::as_select())
        .load(conn)
        .await?;
    let ids: Vec<Uuid> = found.iter().map(|post| post.id.0).collect();
    let mut of: Vec<Delivery> = deliveries::table
        .filter(deliveries::post_id.eq_any(ids))
        .order(deliveries::id.asc())
        .select(Delivery::as_select())
        .load(conn)
        .await?;
    Ok(found
        .into_iter()
        .map(|post| {
            let (its, others) = of.drain(..).partition(|one| one.post_id == post.id);
            of = others;
            (post, its)
        })
        .collect())
}

/// Who brought a file.
///
/// # Errors
/// When the query fails.
pub async fn brought_by(conn: &mut Connection, asset: AssetId) -> DbResult<Option<String>> {
    let by = assets::table.find(asset.0).select(assets::uploaded_by);
    Ok(users::table
        .filter(users::id.eq_any(by))
        .select(users::name)
        .first(conn)
        .await
        .optional()?)
}

/// Sets the description that posts start with; whether there is such a file.
///
/// # Errors
/// When the query fails.
pub async fn set_alt(
    conn: &mut Connection,
    client: ClientId,
    asset: AssetId,
    alt: &str,
) -> DbResult<bool> {
    let changed = diesel::update(
        assets::table
            .find(asset.0)
            .filter(assets::client_id.eq(client.0)),
    )
    .set(assets::alt.eq(alt))
    .execute(conn)
    .await?;
    Ok(changed > 0)
}
