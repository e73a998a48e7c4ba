//! Keeping, scheduling and sending what a person wrote.

mod input;
mod told;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use db::models::client;
use db::models::delivery::{self, Delivery};
use db::models::event;
use db::models::post::{self, Post, PostContent};
use db::{AsyncConnection, Connection};
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding};
use domain::time::{Occurrence, instant_of, local};
use domain::version::{VersionParts, version_hash};
use domain::{
    AccountId, AssetId, ClientId, ComposerId, DeliveryId, DeliveryState, Permission, PostId,
};

use self::told::Planned;
use super::newer::{is_own, overtaken_by};
use super::{locked_sentence, may_edit};
use crate::approvals::{Over, may_be_scheduled};
use crate::audit::{self, By};
use crate::clients::zone_of;
use crate::{Actor, ServiceError, ServiceResult, Services, planning};

/// What a person wants to happen with what they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// Keep it.
    SaveDraft,
    /// Send it at its minute.
    Schedule,
    /// Send it now.
    PublishNow,
}

/// What a person wrote.
#[derive(Clone, Debug)]
pub struct PostInput {
    /// The post to change; `None` makes a new one.
    pub id: Option<PostId>,
    /// The caption.
    pub caption: String,
    /// The files with their descriptions, in order.
    pub assets: Vec<(AssetId, String)>,
    /// Where it goes: each account once.
    pub targets: Vec<Target>,
    /// The time on the client's wall.
    pub local_time: NaiveDateTime,
    /// Which one is meant, where the clocks show that time twice.
    pub which: Option<Occurrence>,
    /// The revision that the person started from; `None` where nobody can have been overtaken.
    pub revision: Option<i64>,
    /// The opened composer that this comes from. It is never overtaken by itself.
    pub composer: Option<ComposerId>,
}

/// An account that a post goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The account.
    pub account: AccountId,
    /// What the post says there, if that is not the shared caption.
    pub caption: Option<String>,
    /// What is chosen for it.
    pub options: PlatformOptions,
}

/// A post as it was kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeptPost {
    /// The post.
    pub id: PostId,
    /// The revision that the next save starts from.
    pub revision: i64,
}

impl Services {
    /// Keeps, schedules or sends what a person wrote.
    ///
    /// # Errors
    /// The findings when it may not go out, or why it can no longer be changed. Nothing is changed then.
    pub async fn save_post(
        &self,
        actor: &Actor,
        client: ClientId,
        input: PostInput,
        intent: Intent,
    ) -> ServiceResult<PostId> {
        let kept = self.keep_post(actor, client, input, intent).await?;
        Ok(kept.id)
    }

    /// The same, and says from which revision the next save starts.
    ///
    /// # Errors
    /// Also when somebody else has saved it since the revision that this started from.
    pub async fn keep_post(
        &self,
        actor: &Actor,
        client: ClientId,
        input: PostInput,
        intent: Intent,
    ) -> ServiceResult<KeptPost> {
        let permission = match intent {
            Intent::SaveDraft => Permission::WritePosts,
            Intent::Schedule | Intent::PublishNow => Permission::SendPosts,
        };
        let row = self.client_row(actor, permission, client).await?;
        let zone = zone_of(&row)?;
        let now = self.clock.now();
        let (due_at, local_time) = match intent {
            Intent::PublishNow => (now, local(now, zone)),
            Intent::SaveDraft | Intent::Schedule => {
                let due = instant_of(input.local_time, zone, input.which)
                    .map_err(|error| ServiceError::Invalid(error.to_string()))?;
                (due, input.local_time)
            }
        };
        if intent == Intent::Schedule && due_at <= now {
            let finding = Finding::error(
                Field::Time,
                format!(
                    "This time has passed. Pick one after {}.",
                    local(now, zone).format("%H:%M")
                ),
            );
            return Err(ServiceError::Findings(vec![finding]));
        }
        input.check()?;
        let assets = self.assets_of_input(client, &input).await?;
        let accounts = self.accounts_of_input(client, &input).await?;
        if intent != Intent::SaveDraft {
            let on: Vec<_> = accounts
                .iter()
                .zip(&input.targets)
                .map(|(account, target)| {
                    let caption = target.caption.as_ref().unwrap_or(&input.caption);
                    (account, caption.as_str(), &target.options)
                })
                .collect();
            self.judge_live(client, &assets, &on, &mut HashMap::new())
                .await?;
        }

        let files: Vec<(AssetId, &str)> = assets
            .iter()
            .map(|file| (file.asset.id, file.alt.as_str()))
            .collect();
        let hashes: Vec<(Vec<u8>, &str)> = assets
            .iter()
            .map(|file| (file.asset.sha256.clone(), file.alt.as_str()))
            .collect();
        let goes_to: Vec<_> = input
            .targets
            .iter()
            .map(|target| (target.account, target.caption.as_deref(), &target.options))
            .collect();
        let parts = VersionParts {
            caption: &input.caption,
            assets: &hashes,
            due_at,
            deliveries: &goes_to,
        };
        let version = version_hash(&parts).map_err(ServiceError::internal)?;
        let content = PostContent {
            caption: &input.caption,
            local_time,
            time_zone: &row.time_zone,
            due_at,
            version: &version,
            assets: &files,
        };

        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            // Nobody tightens what is set for the client between our look at it and what we write.
            let row = client::find_for_share(conn, client).await?;
            let row = row.ok_or(ServiceError::NotFound("client"))?;
            // Locked: a worker that claims one of these now waits, and then sees what we wrote.
            let before = find_before(conn, actor, client, &input).await?;
            let id = before
                .as_ref()
                .map_or_else(PostId::generate, |before| before.id);
            let planned = Planned {
                actor,
                client,
                post: id,
                intent,
                now,
                local_time,
                zone,
            };
            if intent != Intent::SaveDraft {
                may_be_scheduled(conn, &row, id, &version).await?;
            }
            let mut existing = Vec::new();
            let mut revision = 1;
            if let Some(was) = &before {
                existing = delivery::of_post_for_update(conn, id).await?;
                if let Some(locked) = existing.iter().find(|delivery| !may_edit(delivery.state)) {
                    return Err(locked_sentence(locked.state));
                }
                if is_overtaken(was, &input, &version) {
                    let newer = overtaken_by(conn, actor, was).await?;
                    return Err(ServiceError::Overtaken(newer));
                }
                revision = was.revision;
                if intent == Intent::SaveDraft && waits(&existing) && was.version == version {
                    // What waits or is approved says this already, and goes on waiting.
                    return Ok(KeptPost { id, revision });
                }
                post::update(conn, id, actor.user_id, &content, now).await?;
                revision += 1;
            } else {
                post::insert(conn, id, client, actor.user_id, &content, now).await?;
            }
            if let Some(composer) = input.composer {
                post::set_saved_in(conn, id, composer).await?;
            }
            let keep: Vec<AccountId> = goes_to.iter().map(|(account, ..)| *account).collect();
            delivery::delete_of_post_except(conn, id, &keep).await?;
            let mut events = Vec::new();
            let mut entries = planned.audit(before.as_ref(), &existing, &keep, &content);
            for (account, caption, options) in &goes_to {
                let known = existing
                    .iter()
                    .find(|delivery| delivery.account_id == *account);
                let delivery_id = known.map_or_else(DeliveryId::generate, |delivery| delivery.id);
                if let Some(known) = known {
                    delivery::rewrite(conn, delivery_id, options, due_at, now).await?;
                    if known.caption_override.as_deref() != *caption {
                        delivery::set_caption(conn, delivery_id, *caption).await?;
                    }
                } else {
                    let new = delivery::NewDelivery {
                        id: delivery_id,
                        client,
                        post: id,
                        account: *account,
                        caption: *caption,
                        options,
                        due_at,
                    };
                    delivery::insert(conn, &new, now).await?;
                }
                if intent != Intent::SaveDraft {
                    let ahead = crate::preflight::first_look(due_at, now);
                    delivery::schedule(conn, delivery_id, &version, ahead, now).await?;
                }
                entries.extend(planned.audit_of_delivery(delivery_id, known));
                // A draft that is kept again and again tells its history nothing new.
                let was_draft = known.is_some_and(|known| known.state == DeliveryState::Draft);
                if intent != Intent::SaveDraft || !was_draft {
                    events.push(planned.event(Some((*account, delivery_id, options))));
                }
            }
            if events.is_empty() {
                // For other pages of the same client, which look whether anything has changed.
                events.push(planned.event(None));
            }
            event::append(conn, &events).await?;
            audit::write(conn, By::User(actor), now, &entries).await?;
            if before.is_some() {
                let over = if intent == Intent::SaveDraft {
                    Over::Changed
                } else {
                    Over::NotWaitedFor
                };
                self.end_reviews(conn, actor, client, id, over).await?;
            }
            planning::versions::keep(conn, actor, client, id, now).await?;
            if intent == Intent::PublishNow {
                db::delivery_queue::wake(conn).await?;
            }
            Ok(KeptPost { id, revision })
        })
        .await
    }
}

/// The post as it was kept before, locked until the transaction ends; `None` for a new one.
async fn find_before(
    conn: &mut Connection,
    actor: &Actor,
    client: ClientId,
    input: &PostInput,
) -> ServiceResult<Option<Post>> {
    match (input.id, input.composer) {
        (Some(id), _) => {
            let found = post::find_for_update(conn, client, id).await?;
            Ok(Some(found.ok_or(ServiceError::NotFound("post"))?))
        }
        // Added already, by a request whose answer got lost.
        (None, Some(composer)) => {
            Ok(post::added_in_for_update(conn, client, actor.user_id, composer).await?)
        }
        (None, None) => Ok(None),
    }
}

/// Whether somebody else has saved the post since, and said something else.
fn is_overtaken(was: &Post, input: &PostInput, version: &[u8]) -> bool {
    let is_another = input.revision.is_some_and(|from| from != was.revision);
    is_another && was.version != version && !is_own(was, input.composer)
}

/// Whether all of it is with its approvers, or approved.
fn waits(existing: &[Delivery]) -> bool {
    !existing.is_empty()
        && existing.iter().all(|delivery| {
            matches!(
                delivery.state,
                DeliveryState::InReview | DeliveryState::Approved
            )
        })
}
