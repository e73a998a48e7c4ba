//! What a post said before: kept with every save, and brought back as a new one.

use chrono::{DateTime, Duration, Utc};
use db::models::account;
use db::models::post_save::{self, PostSave};
use db::models::{asset, delivery, post, post_version};
use domain::time::{local, occurrence};
use domain::{AssetId, ClientId, DeliveryState, Permission, PostId};

use crate::clients::zone_of;
use crate::posts::{Intent, PostInput, Target};
use crate::versions::{Changes, VersionContent};
use crate::{Actor, ServiceError, ServiceResult, Services};

/// For how many minutes what one person saves again and again counts as one.
const TOGETHER: i64 = 5;
/// How many saves are listed.
const LISTED: i64 = 60;

/// A save of a post.
#[derive(Clone, Debug, PartialEq)]
pub struct SaveView {
    /// Its id.
    pub id: i64,
    /// Who saved it.
    pub by: String,
    /// When it was saved last.
    pub at: DateTime<Utc>,
    /// Whether it is what the post says now.
    pub is_now: bool,
    /// What changed since the one before; `None` for the first that is kept.
    pub changes: Option<Changes>,
}

/// What came of bringing a save back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Restored {
    /// What could not be brought back, and what follows, a sentence each.
    pub told: Vec<String>,
}

/// Keeps what a post says after it was saved. Call it in the transaction of the save, when all is written.
///
/// # Errors
/// When a query fails.
pub(crate) async fn keep(
    conn: &mut db::Connection,
    actor: &Actor,
    client: ClientId,
    id: PostId,
    now: DateTime<Utc>,
) -> ServiceResult<()> {
    let Some(saved) = post::find(conn, client, id).await? else {
        return Ok(());
    };
    let newest = post_save::of_post(conn, id, 1).await?.pop();
    if newest
        .as_ref()
        .is_some_and(|newest| newest.version == saved.version)
    {
        return Ok(());
    }
    let deliveries = delivery::of_posts(conn, &[id]).await?;
    let files: Vec<_> = post::assets_of(conn, &[id])
        .await?
        .into_iter()
        .map(|(_, file)| file)
        .collect();
    let content = VersionContent::of(&saved, &deliveries, &files);
    let content = serde_json::to_value(content).map_err(ServiceError::internal)?;
    let joins = newest.filter(|newest| {
        let is_recent = now - newest.began_at < Duration::minutes(TOGETHER);
        newest.saved_by == actor.user_id && is_recent
    });
    if let Some(newest) = joins {
        let asked = post_version::of_posts(conn, &[id]).await?;
        // What somebody was asked about stays as it was.
        if asked.iter().all(|one| one.version != newest.version) {
            post_save::rewrite(conn, newest.id, &saved.version, &content, now).await?;
            return Ok(());
        }
    }
    post_save::insert(conn, id, &saved.version, &content, actor.user_id, now).await?;
    Ok(())
}

impl Services {
    /// The last saves of a post, newest first.
    ///
    /// # Errors
    /// When the post is not this person's to see.
    pub async fn post_saves(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<Vec<SaveView>> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let found = post::find(&mut conn, client, id).await?;
        let post = found.ok_or(ServiceError::NotFound("post"))?;
        // One more, to compare the last with.
        let mut rows = post_save::of_post(&mut conn, id, LISTED + 1).await?;
        let contents = rows
            .iter()
            .map(content_of)
            .collect::<ServiceResult<Vec<_>>>()?;
        let is_more = i64::try_from(rows.len()).is_ok_and(|count| count > LISTED);
        if is_more {
            rows.pop();
        }
        Ok(rows
            .into_iter()
            .enumerate()
            .map(|(place, row)| SaveView {
                id: row.id,
                by: row.saved_by_name,
                at: row.saved_at,
                is_now: place == 0 && row.version == post.version,
                changes: contents.get(place + 1).map(|before| {
                    let since = contents.len() - place - 1;
                    Changes::between(since, before, &contents[place])
                }),
            })
            .collect())
    }

    /// Brings back what a post said: its caption, files, accounts with their options, and its time, as a new save.
    /// What is no longer there is left out, and told.
    ///
    /// # Errors
    /// When the post can no longer be changed, or is not this person's to write.
    pub async fn restore_save(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        save: i64,
    ) -> ServiceResult<Restored> {
        let row = self
            .client_row(actor, Permission::WritePosts, client)
            .await?;
        let zone = zone_of(&row)?;
        let full = self.post(actor, client, id).await?;
        let mut told = Vec::new();
        let mut conn = self.conn().await?;
        let found = post_save::find(&mut conn, id, save).await?;
        let content = content_of(&found.ok_or(ServiceError::NotFound("version"))?)?;
        let mut assets: Vec<(AssetId, String)> = Vec::new();
        for file in content.files {
            let kept = asset::find(&mut conn, client, file.asset).await?;
            if kept.is_some_and(|kept| kept.deleted_at.is_none()) {
                assets.push((file.asset, file.alt));
            } else {
                told.push(format!(
                    "“{}” is no longer kept, and is left out. Upload it again if you need it.",
                    file.file_name
                ));
            }
        }
        let linked = account::linked(&mut conn, client).await?;
        drop(conn);
        let mut targets = Vec::new();
        for target in content.goes_to {
            if linked.iter().any(|account| account.id == target.account) {
                targets.push(Target {
                    account: target.account,
                    caption: target.caption,
                    options: target.options,
                });
            } else {
                told.push(format!(
                    "The account on {} that it went to is no longer connected, and is left out.",
                    target.platform
                ));
            }
        }
        let input = PostInput {
            id: Some(id),
            caption: content.caption,
            assets,
            targets,
            // The instant that was meant, on the clock that the client has now.
            local_time: local(content.due_at, zone),
            which: occurrence(content.due_at, zone),
            revision: None,
            composer: None,
        };
        self.save_post(actor, client, input, Intent::SaveDraft)
            .await?;
        if !matches!(
            full.state(),
            DeliveryState::Draft | DeliveryState::Cancelled
        ) {
            told.push("It is a draft again: schedule it, or send it for approval.".to_owned());
        }
        Ok(Restored { told })
    }
}

fn content_of(row: &PostSave) -> ServiceResult<VersionContent> {
    serde_json::from_value(row.content.clone()).map_err(ServiceError::internal)
}
