//! Planning: drafts, scheduling, the calendar.

mod actions;
mod calendar;
mod judge;
mod moves;
mod newer;
mod save;

use std::collections::HashMap;

use db::models::account::Account;
use db::models::post::PostAsset;
use db::models::{delivery, post};
use db::{AsyncConnection, DbError};
use domain::audit::AuditAction;
use domain::state::Transition;
use domain::{ClientId, DeliveryState, Permission, PostId};

use crate::audit::{self, By, Entry};
use crate::{Actor, ServiceError, ServiceResult, Services};

pub use actions::{Cancelled, SentNow, Verdict};
pub use calendar::{CalendarPart, CalendarWish, LIST_PAGE, Layout};
pub use db::models::calendar::{Attention, Card, CardAccount, CardDelivery, CardTag};
pub use db::models::delivery::Delivery;
pub use db::models::post::Post;
pub use moves::{MoveTo, Moved};
pub use save::{Intent, KeptPost, PostInput, Target};

/// A post with everything that belongs to it.
#[derive(Clone, Debug)]
pub struct FullPost {
    /// The post.
    pub post: Post,
    /// Its deliveries with their accounts.
    pub deliveries: Vec<(Delivery, Account)>,
    /// Its files, in order.
    pub assets: Vec<PostAsset>,
}

impl FullPost {
    /// One state for the whole.
    #[must_use]
    pub fn state(&self) -> DeliveryState {
        DeliveryState::summary(self.deliveries.iter().map(|(delivery, _)| delivery.state))
    }

    /// Whether a person may still change it: nothing of it has left, or what left has come back.
    #[must_use]
    pub fn is_editable(&self) -> bool {
        self.deliveries
            .iter()
            .all(|(delivery, _)| may_edit(delivery.state))
    }
}

/// Posts with everything that belongs to them, in the order in which they were given: two queries.
pub(crate) async fn full_posts(
    conn: &mut db::Connection,
    posts: Vec<Post>,
) -> db::DbResult<Vec<FullPost>> {
    let ids: Vec<PostId> = posts.iter().map(|post| post.id).collect();
    let mut deliveries: HashMap<PostId, Vec<(Delivery, Account)>> = HashMap::new();
    for (delivery, account) in delivery::of_posts(conn, &ids).await? {
        let of = deliveries.entry(delivery.post_id).or_default();
        of.push((delivery, account));
    }
    let mut assets: HashMap<PostId, Vec<PostAsset>> = HashMap::new();
    for (post, asset) in post::assets_of(conn, &ids).await? {
        assets.entry(post).or_default().push(asset);
    }
    Ok(posts
        .into_iter()
        .map(|post| FullPost {
            deliveries: deliveries.remove(&post.id).unwrap_or_default(),
            assets: assets.remove(&post.id).unwrap_or_default(),
            post,
        })
        .collect())
}

fn may_edit(state: DeliveryState) -> bool {
    state == DeliveryState::Draft || state.after(Transition::Return).is_some()
}

impl Services {
    /// Deletes a draft or a cancelled post.
    ///
    /// # Errors
    /// When it is scheduled, or something of it has left: then it stays, for the history.
    pub async fn delete_post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<()> {
        self.client_row(actor, Permission::WritePosts, client)
            .await?;
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            if post::find_for_update(conn, client, id).await?.is_none() {
                return Ok(Err(ServiceError::NotFound("post")));
            }
            let deliveries = delivery::of_post_for_update(conn, id).await?;
            if deliveries.iter().any(|delivery| delivery.attempt > 0) {
                return Ok(Err(ServiceError::Conflict(
                    "This post has been tried, so it stays for the history.".to_owned(),
                )));
            }
            if deliveries.iter().any(|delivery| {
                !matches!(
                    delivery.state,
                    DeliveryState::Draft | DeliveryState::Cancelled
                )
            }) {
                return Ok(Err(ServiceError::Conflict(
                    "This post is scheduled, or waits for approval. Take it back first, then delete it."
                        .to_owned(),
                )));
            }
            post::delete(conn, id).await?;
            let entry = Entry::of(AuditAction::PostDeleted)
                .at(client)
                .on("post", id);
            audit::write(conn, By::User(actor), self.clock.now(), &[entry]).await?;
            Ok::<_, DbError>(Ok(()))
        })
        .await?
    }

    /// One post with everything that belongs to it.
    ///
    /// # Errors
    /// When there is none with this id, or it is not this person's to see.
    pub async fn post(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
    ) -> ServiceResult<FullPost> {
        actor.require_for(Permission::SeeDesk, client)?;
        let mut conn = self.conn().await?;
        let post = post::find(&mut conn, client, id)
            .await?
            .ok_or(ServiceError::NotFound("post"))?;
        let deliveries = delivery::of_posts(&mut conn, &[id]).await?;
        let assets = post::assets_of(&mut conn, &[id])
            .await?
            .into_iter()
            .map(|(_, asset)| asset)
            .collect();
        Ok(FullPost {
            post,
            deliveries,
            assets,
        })
    }
}

fn locked_sentence(state: DeliveryState) -> ServiceError {
    ServiceError::Conflict(
        match state {
            DeliveryState::Published => {
                "This post is published: what has left cannot be changed here."
            }
            DeliveryState::Unknown => {
                "Nobody knows yet whether this post went out. Look at the profile first."
            }
            DeliveryState::Failed => "This post was tried and failed, so it stays for the history.",
            DeliveryState::Cancelled => "This post is cancelled already.",
            _ => "This post is being published right now: what has left cannot be taken back.",
        }
        .to_owned(),
    )
}
