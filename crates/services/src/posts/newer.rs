//! What somebody else has saved of a post while it was open elsewhere.

use chrono::DateTime;
use db::Connection;
use db::models::post::{self, Post};
use db::models::user;
use domain::time::instant_of;
use domain::{ClientId, ComposerId, Permission, PostId, UserId};

use super::PostInput;
use crate::clients::zone_of;
use crate::error::Overtaken;
use crate::versions::{Changes, VersionContent, VersionFile, VersionTarget};
use crate::{Actor, ServiceError, ServiceResult, Services};

impl Services {
    /// Whether somebody has saved a post since this revision, from elsewhere than this composer.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn newer_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        revision: i64,
        composer: Option<ComposerId>,
    ) -> ServiceResult<Option<Overtaken>> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let found = post::find(&mut conn, client, id).await?;
        let now = found.ok_or(ServiceError::NotFound("post"))?;
        if now.revision <= revision || is_own(&now, composer) {
            return Ok(None);
        }
        Ok(Some(overtaken_by(&mut conn, actor, &now).await?))
    }

    /// How a post as it is kept now differs from what somebody has written elsewhere.
    ///
    /// # Errors
    /// When the post is not this person's to see, or what they wrote names what is not there.
    pub async fn post_differences(
        &self,
        actor: &Actor,
        client: ClientId,
        input: &PostInput,
    ) -> ServiceResult<Changes> {
        let row = self.client_row(actor, Permission::SeeDesk, client).await?;
        let zone = zone_of(&row)?;
        let id = input.id.ok_or(ServiceError::NotFound("post"))?;
        let kept = self.post(actor, client, id).await?;
        let kept = VersionContent::of(&kept.post, &kept.deliveries, &kept.assets);
        let assets = self.assets_of_input(client, input).await?;
        let mut goes_to: Vec<_> = input
            .targets
            .iter()
            .map(|target| VersionTarget {
                account: target.account,
                platform: target.options.platform(),
                caption: target.caption.clone(),
                options: target.options.clone(),
            })
            .collect();
        goes_to.sort_by_key(|target| target.account);
        let written = VersionContent {
            caption: input.caption.clone(),
            files: assets
                .into_iter()
                .map(|file| VersionFile {
                    asset: file.asset.id,
                    file_name: file.asset.file_name,
                    sha256: hex::encode(&file.asset.sha256),
                    alt: file.alt,
                })
                .collect(),
            // A time that does not exist is another one than that which is kept.
            due_at: instant_of(input.local_time, zone, input.which).unwrap_or(DateTime::UNIX_EPOCH),
            local_time: input.local_time,
            time_zone: row.time_zone,
            goes_to,
        };
        Ok(Changes::between(1, &written, &kept))
    }
}

/// Whether it was this composer that saved the post last.
pub(super) fn is_own(post: &Post, composer: Option<ComposerId>) -> bool {
    composer.is_some_and(|composer| post.saved_in == Some(composer.0))
}

/// Who has saved a post, and when.
pub(super) async fn overtaken_by(
    conn: &mut Connection,
    actor: &Actor,
    now: &Post,
) -> ServiceResult<Overtaken> {
    let by = match now.saved_by.map(UserId::from) {
        Some(id) => user::names(conn, &[id]).await?.into_iter().next(),
        None => None,
    };
    Ok(Overtaken {
        by: by.map(|(_, name)| name),
        is_same_person: now.saved_by == Some(actor.user_id.0),
        at: now.updated_at,
        revision: now.revision,
    })
}
