//! Tags: what the agency sorts a client's posts by. They are no part of a version, and never reach the portal.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::event::{self, NewEvent};
use db::models::{post, tag};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::{ClientId, Permission, PostId};
use serde_json::json;

use crate::audit::{By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use db::models::tag::Tag;

/// The longest name.
const LONGEST: usize = 40;
/// More than help anybody to find a post.
const MOST: usize = 20;

impl Services {
    /// The tags that any post of a client carries, by name.
    ///
    /// # Errors
    /// When the client is not this person's to see.
    pub async fn tags(&self, actor: &Actor, client: ClientId) -> ServiceResult<Vec<Tag>> {
        self.client_row(actor, Permission::SeeDesk, client).await?;
        Ok(tag::of_client(&mut *self.conn().await?, client).await?)
    }

    /// The tags of a post, by name.
    ///
    /// # Errors
    /// When the post is not this person's to see.
    pub async fn post_tags(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<Vec<Tag>> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let found = post::find(&mut conn, client, id).await?;
        found.ok_or(ServiceError::NotFound("post"))?;
        Ok(of_post(&mut conn, id).await?)
    }

    /// Gives a post these tags and no others, by name; those that are not there yet are made. What has left may
    /// be sorted, too.
    ///
    /// # Errors
    /// When a name will not do, or the post is not this person's to write.
    pub async fn set_post_tags(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        names: &[String],
    ) -> ServiceResult<Vec<Tag>> {
        actor.require_for(Permission::WritePosts, client)?;
        let names = check_names(names)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let found = post::find_for_update(conn, client, id).await?;
            found.ok_or(ServiceError::NotFound("post"))?;
            let before = of_post(conn, id).await?;
            set(conn, client, id, &names, now).await?;
            let after = of_post(conn, id).await?;
            if before != after {
                event::append(conn, &[sorted(actor, client, id, now)]).await?;
                let entry = Entry::of(AuditAction::PostTagged)
                    .at(client)
                    .on("post", id)
                    .before(json!({ "tags": before.len() }))
                    .after(json!({ "tags": after.len() }));
                self.record(conn, By::User(actor), &[entry]).await?;
            }
            Ok(after)
        })
        .await
    }
}

/// Gives a post these tags, whose names were checked.
pub(crate) async fn set(
    conn: &mut db::Connection,
    client: ClientId,
    post: PostId,
    names: &[String],
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let found = tag::find_or_make(conn, client, names, now).await?;
    let ids: BTreeSet<_> = found.into_iter().map(|tag| tag.id).collect();
    Ok(tag::set_of_post(conn, post, &Vec::from_iter(ids)).await?)
}

async fn of_post(conn: &mut db::Connection, post: PostId) -> db::DbResult<Vec<Tag>> {
    let found = tag::of_posts(conn, &[post]).await?;
    Ok(found.into_iter().map(|(_, tag)| tag).collect())
}

/// The names as they are kept, each once.
pub(crate) fn check_names(names: &[String]) -> ServiceResult<Vec<String>> {
    let mut kept: Vec<String> = Vec::new();
    for name in names {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        let name = name.trim_start_matches('#').trim_start();
        // Both part tags in a file of posts.
        let is_bad = |c: char| c.is_control() || matches!(c, ',' | ';');
        if name.is_empty() || name.chars().count() > LONGEST || name.contains(is_bad) {
            return Err(ServiceError::Invalid(format!(
                "A tag has 1 to {LONGEST} characters, and neither commas nor semicolons."
            )));
        }
        if !kept
            .iter()
            .any(|one| one.to_lowercase() == name.to_lowercase())
        {
            kept.push(name.to_owned());
        }
    }
    if kept.len() > MOST {
        return Err(ServiceError::Invalid(format!(
            "A post can have at most {MOST} tags. Remove some."
        )));
    }
    Ok(kept)
}

/// Moves what open pages look at; of the history it is no part.
fn sorted(actor: &Actor, client: ClientId, post: PostId, at: DateTime<Utc>) -> NewEvent {
    NewEvent {
        client,
        account: None,
        post: Some(post),
        delivery: None,
        attempt: None,
        at,
        actor: Some(actor.user_id),
        kind: "tagged",
        tone: Tone::Neutral,
        title: "Changed the tags".to_owned(),
        detail: String::new(),
        platform_words: None,
        duration_ms: None,
    }
}

#[cfg(test)]
mod tests {
    use super::check_names;

    #[test]
    fn names_are_tidied_and_kept_once() {
        let given = ["  #Autumn  menu", "autumn MENU", "Reel"].map(str::to_owned);
        assert_eq!(check_names(&given).expect("names"), ["Autumn menu", "Reel"]);
    }

    #[test]
    fn what_parts_tags_in_a_file_is_in_no_name() {
        for name in ["", " # ", "a,b", "a;b", "a\u{7}b", &"x".repeat(41)] {
            assert!(check_names(&[name.to_owned()]).is_err(), "{name:?}");
        }
    }
}
