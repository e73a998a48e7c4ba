//! Tags: what the agency sorts a client's posts by.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use domain::{ClientId, PostId, TagId};
use uuid::Uuid;

use super::user::lower;
use crate::schema::{post_tags, tags};
use crate::{Connection, DbResult};

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = tags, check_for_backend(diesel::pg::Pg))]
pub struct Tag {
    /// Its id.
    #[diesel(deserialize_as = Uuid)]
    pub id: TagId,
    /// How it is called.
    pub name: String,
}

/// The tags of a client that any post carries, by name. One that none carries is as good as gone.
///
/// # Errors
/// When the query fails.
pub async fn of_client(conn: &mut Connection, client: ClientId) -> DbResult<Vec<Tag>> {
    let carried = post_tags::table.filter(post_tags::tag_id.eq(tags::id));
    Ok(tags::table
        .filter(tags::client_id.eq(client.0))
        .filter(exists(carried))
        .order(lower(tags::name))
        .select(Tag::as_select())
        .load(conn)
        .await?)
}

/// The tags of these posts, by name.
///
/// # Errors
/// When the query fails.
pub async fn of_posts(conn: &mut Connection, posts: &[PostId]) -> DbResult<Vec<(PostId, Tag)>> {
    let ids: Vec<Uuid> = posts.iter().map(|id| id.0).collect();
    let rows: Vec<(Uuid, Tag)> = post_tags::table
        .inner_join(tags::table)
        .filter(post_tags::post_id.eq_any(ids))
        .order(lower(tags::name))
        .select((post_tags::post_id, Tag::as_select()))
        .load(conn)
        .await?;
    Ok(rows
        .into_iter()
        .map(|(post, tag)| (post.into(), tag))
        .collect())
}

/// The tags of a client by these names, whatever their capitals; those that are not there yet are made.
///
/// # Errors
/// When a query fails.
pub async fn find_or_make(
    conn: &mut Connection,
    client: ClientId,
    names: &[String],
    now: DateTime<Utc>,
) -> DbResult<Vec<Tag>> {
    // Compared here: what the database takes for a capital depends on how it was set up.
    let find = |among: &[Tag], name: &str| {
        let is_it = |tag: &&Tag| tag.name.to_lowercase() == name.to_lowercase();
        among.iter().find(is_it).cloned()
    };
    let mut known = all(conn, client).await?;
    let rows: Vec<_> = names
        .iter()
        .filter(|name| find(&known, name).is_none())
        .map(|name| {
            (
                tags::id.eq(TagId::generate().0),
                tags::client_id.eq(client.0),
                tags::name.eq(name),
                tags::created_at.eq(now),
            )
        })
        .collect();
    if !rows.is_empty() {
        // Somebody else may make the same at this moment.
        diesel::insert_into(tags::table)
            .values(rows)
            .on_conflict_do_nothing()
            .execute(conn)
            .await?;
        known = all(conn, client).await?;
    }
    Ok(names.iter().filter_map(|name| find(&known, name)).collect())
}

async fn all(conn: &mut Connection, client: ClientId) -> DbResult<Vec<Tag>> {
    Ok(tags::table
        .filter(tags::client_id.eq(client.0))
        .order((tags::created_at, tags::id))
        .select(Tag::as_select())
        .load(conn)
        .await?)
}

/// Gives a post these tags and no others. Call it inside a transaction.
///
/// # Errors
/// When a query fails.
pub async fn set_of_post(conn: &mut Connection, post: PostId, wanted: &[TagId]) -> DbResult<()> {
    diesel::delete(post_tags::table.filter(post_tags::post_id.eq(post.0)))
        .execute(conn)
        .await?;
    let rows: Vec<_> = wanted
        .iter()
        .map(|tag| (post_tags::post_id.eq(post.0), post_tags::tag_id.eq(tag.0)))
        .collect();
    diesel::insert_into(post_tags::table)
        .values(rows)
        .execute(conn)
        .await?;
    Ok(())
}
