//! Posts as a client's own people may see them: sent to them to be approved, or on their way.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use diesel_async::RunQueryDsl;
use domain::{AssetId, ClientId, PostId, UserId};
use uuid::Uuid;

use super::account::Account;
use super::asset::Asset;
use super::delivery::Delivery;
use super::post::Post;
use crate::schema::{
    accounts, clients, deliveries, post_assets, post_versions, posts, reviews, user_clients,
};
use crate::{Connection, DbResult};

/// States in which a post is no draft any more, whether or not anybody was asked about it.
const UNDER_WAY: [&str; 6] = [
    "scheduled",
    "publishing",
    "processing",
    "published",
    "failed",
    "unknown",
];

/// What a client's people may see: what they were asked about, as it is, and what is under way. An edit after
/// they were asked hides the post until it is sent again.
fn is_visible() -> Box<dyn BoxableExpression<posts::table, Pg, SqlType = Bool>> {
    let asked = reviews::table
        .filter(reviews::post_id.eq(posts::id))
        .filter(reviews::version.eq(posts::version))
        .filter(reviews::stage.eq("client"))
        .filter(reviews::state.eq_any(["waiting", "approved", "changes"]));
    let under_way = deliveries::table
        .filter(deliveries::post_id.eq(posts::id))
        .filter(deliveries::state.eq_any(UNDER_WAY));
    Box::new(exists(asked).or(exists(under_way)))
}

/// One post of a client that its people may see.
///
/// # Errors
/// When the query fails.
pub async fn find(conn: &mut Connection, client: ClientId, id: PostId) -> DbResult<Option<Post>> {
    Ok(posts::table
        .find(id.0)
        .filter(posts::client_id.eq(client.0))
        .filter(is_visible())
        .select(Post::as_select())
        .first(conn)
        .await
        .optional()?)
}

/// The posts of a client that its people may see and that go out in this range of instants, earliest first.
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
        .filter(is_visible())
        .order((posts::due_at.asc(), posts::id.asc()))
        .select(Post::as_select())
        .load(conn)
        .await?)
}

/// What of a client was published, newest first.
///
/// # Errors
/// When the query fails.
pub async fn published(
    conn: &mut Connection,
    client: ClientId,
    before: Option<DateTime<Utc>>,
    limit: i64,
) -> DbResult<Vec<(Delivery, Post, Account)>> {
    let mut query = deliveries::table
        .inner_join(posts::table)
        .inner_join(accounts::table)
        .filter(deliveries::client_id.eq(client.0))
        .filter(deliveries::state.eq("published"))
        .into_boxed();
    if let Some(before) = before {
        query = query.filter(deliveries::published_at.lt(before));
    }
    Ok(query
        .order((deliveries::published_at.desc(), deliveries::id.desc()))
        .limit(limit)
        .select((
            Delivery::as_select(),
            Post::as_select(),
            Account::as_select(),
        ))
        .load(conn)
        .await?)
}

/// A file of a post that a client's people may see.
///
/// # Errors
/// When a query fails.
pub async fn asset(
    conn: &mut Connection,
    client: ClientId,
    id: AssetId,
) -> DbResult<Option<Asset>> {
    let holds = post_assets::table
        .filter(post_assets::post_id.eq(posts::id))
        .filter(post_assets::asset_id.eq(id.0));
    let shown: Option<Uuid> = posts::table
        .filter(posts::client_id.eq(client.0))
        .filter(exists(holds))
        .filter(is_visible())
        .select(posts::id)
        .first(conn)
        .await
        .optional()?;
    if shown.is_none() && !was_asked_about(conn, client, id).await? {
        return Ok(None);
    }
    super::asset::find(conn, client, id).await
}

/// Whether a file was part of a version that a client was asked about: what one has seen stays to be seen,
/// also while the post is being changed.
async fn was_asked_about(conn: &mut Connection, client: ClientId, id: AssetId) -> DbResult<bool> {
    let holds = serde_json::json!({"files": [{"asset": id}]});
    let asked: Option<Uuid> = reviews::table
        .inner_join(
            post_versions::table.on(post_versions::post_id
                .eq(reviews::post_id)
                .and(post_versions::version.eq(reviews::version))),
        )
        .filter(reviews::client_id.eq(client.0))
        .filter(reviews::stage.eq("client"))
        .filter(post_versions::content.contains(holds))
        .select(reviews::id)
        .first(conn)
        .await
        .optional()?;
    Ok(asked.is_some())
}

/// Which of these posts wait for the decision of somebody at these clients, in the order of `among`.
///
/// # Errors
/// When the query fails.
pub async fn waiting_among(
    conn: &mut Connection,
    clients: &[ClientId],
    among: &[PostId],
) -> DbResult<Vec<(ClientId, PostId)>> {
    let clients: Vec<Uuid> = clients.iter().map(|id| id.0).collect();
    let ids: Vec<Uuid> = among.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Uuid)> = reviews::table
        .inner_join(posts::table.on(posts::id.eq(reviews::post_id)))
        .filter(reviews::post_id.eq_any(&ids))
        .filter(reviews::client_id.eq_any(clients))
        .filter(reviews::stage.eq("client"))
        .filter(reviews::state.eq("waiting"))
        .filter(reviews::version.eq(posts::version))
        .select((reviews::client_id, reviews::post_id))
        .load(conn)
        .await?;
    Ok(among
        .iter()
        .filter_map(|id| {
            let (client, post) = rows.iter().find(|(_, post)| *post == id.0)?;
            Some((ClientId::from(*client), PostId::from(*post)))
        })
        .collect())
}

/// The names of the clients listed for a user.
///
/// # Errors
/// When the query fails.
pub async fn client_names(conn: &mut Connection, user: UserId) -> DbResult<Vec<String>> {
    Ok(user_clients::table
        .inner_join(clients::table.on(clients::id.eq(user_clients::client_id)))
        .filter(user_clients::user_id.eq(user.0))
        .order(clients::name)
        .select(clients::name)
        .load(conn)
        .await?)
}

/// The names of these clients.
///
/// # Errors
/// When the query fails.
pub async fn names_of(conn: &mut Connection, ids: &[ClientId]) -> DbResult<Vec<String>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    Ok(clients::table
        .filter(clients::id.eq_any(ids))
        .order(clients::name)
        .select(clients::name)
        .load(conn)
        .await?)
}
