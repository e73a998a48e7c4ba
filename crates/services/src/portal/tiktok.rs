//! What the owner of a TikTok account decides for themselves: who can see a post, and what it promotes. What
//! they choose makes another version of the post, which goes on waiting for them.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::AsyncConnection;
use db::models::account::Account;
use db::models::delivery::Delivery;
use db::models::event::{self, NewEvent};
use db::models::post::Post;
use db::models::review;
use db::models::{delivery, post};
use domain::account::AccountFacts;
use domain::approval::{ReviewStage, ReviewState};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::notice::NoticeKind;
use domain::post::{PlatformOptions, caption_title};
use domain::tiktok::{CreatorInfo, TikTokOptions};
use domain::version::{VersionParts, version_hash};
use domain::{AccountId, ClientId, DeliveryId, Permission, PostId};
use serde_json::json;

use super::NO_POST;
use crate::accounts::account_name;
use crate::approvals::{Locked, desk_href, portal_href};
use crate::audit::{By, Entry};
use crate::notify::{Audience, Notice};
use crate::posts::{FullPost, full_posts};
use crate::tokens::AccountRef;
use crate::{Actor, ServiceError, ServiceResult, Services};

/// What is chosen for a post on a TikTok account, and what TikTok offers now.
#[derive(Clone, Debug)]
pub struct TikTokSettings {
    /// How the account is called.
    pub account_name: String,
    /// What is chosen at present.
    pub options: TikTokOptions,
    /// What TikTok says about the creator at this moment.
    pub creator: CreatorInfo,
    /// The version that this belongs to, in hex.
    pub version: String,
}

/// What the account's owner chooses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TikTokChoice {
    /// Who can see it: one of the levels that TikTok offers.
    pub privacy_level: Option<String>,
    /// Whether it promotes anything.
    pub disclose: bool,
    /// It promotes the owner's own business.
    pub your_brand: bool,
    /// It is a paid partnership with a third party.
    pub branded_content: bool,
}

impl Services {
    /// What is chosen for a post that waits for this person, and what TikTok offers for it now.
    ///
    /// # Errors
    /// When it does not wait for this person, does not go to that account, or TikTok does not answer.
    pub async fn tiktok_settings(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        account: AccountId,
    ) -> ServiceResult<TikTokSettings> {
        actor.require_for(Permission::ApproveForClient, client)?;
        let full = self.waiting_post(client, id).await?;
        let (_, on, options) = tiktok_delivery(&full, account)?;
        let says = self
            .ask_account_facts(AccountRef {
                id: account,
                client,
                platform: on.platform,
            })
            .await?;
        let AccountFacts::TikTok(creator) = says else {
            return Err(NO_POST);
        };
        Ok(TikTokSettings {
            account_name: account_name(on.handle.as_deref(), on.nickname.as_deref()),
            options: options.clone(),
            creator,
            version: hex::encode(&full.post.version),
        })
    }

    /// Keeps what the account's owner chose. The post becomes another version, which waits in the place of
    /// the one that they were shown. Choosing the same once more changes nothing.
    ///
    /// # Errors
    /// When another version waits by now, or TikTok does not allow it: nothing is changed then.
    pub async fn choose_tiktok(
        &self,
        actor: &Actor,
        client: ClientId,
        id: PostId,
        account: AccountId,
        version: &str,
        choice: TikTokChoice,
    ) -> ServiceResult<()> {
        actor.require_for(Permission::ApproveForClient, client)?;
        let full = self.waiting_post(client, id).await?;
        let named = hex::decode(version).unwrap_or_default();
        if full.post.version != named {
            return Err(changed_meanwhile());
        }
        let (delivery, on, before) = tiktok_delivery(&full, account)?;
        let delivery_id = delivery.id;
        let chosen = TikTokOptions {
            privacy_level: choice.privacy_level,
            disclose: choice.disclose,
            // Nothing stays ticked where nobody sees it.
            your_brand: choice.disclose && choice.your_brand,
            branded_content: choice.disclose && choice.branded_content,
            ..before.clone()
        };
        if chosen == *before {
            return Ok(());
        }
        let options = PlatformOptions::TikTok(chosen.clone());
        let caption = delivery.caption(&full.post.caption);
        let on = [(on, caption, &options)];
        self.judge_live(client, &full.assets, &on, &mut HashMap::new())
            .await?;
        let next = version_with(&full, account, &options)?;
        let now = self.clock.now();
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            let locked = Locked::take(conn, client, id).await?;
            let newest = review::newest(conn, id, None).await?.ok_or(NO_POST)?;
            let waits = newest.state == ReviewState::Waiting && newest.stage == ReviewStage::Client;
            if !waits || newest.version != named || locked.post.version != named {
                return Err(changed_meanwhile());
            }
            let Post {
                local_time, due_at, ..
            } = locked.post;
            delivery::rewrite(conn, delivery_id, &options, due_at, now).await?;
            post::move_to(conn, id, local_time, due_at, &next).await?;
            post::changed_by(conn, id, actor.user_id, now).await?;
            review::settle(conn, newest.id, ReviewState::Void, Some(now), None).await?;
            let told = chosen_event(actor, &locked, account, delivery_id, &chosen, now);
            event::append(conn, &[told]).await?;
            let entry = Entry::of(AuditAction::PostSaved)
                .at(client)
                .on("post", id)
                .before(json!({"version": version}))
                .after(json!({"version": hex::encode(next), "what": "tiktok settings"}));
            self.record(conn, By::User(actor), &[entry]).await?;
            let locked = Locked::take(conn, client, id).await?;
            self.keep_version(conn, &locked.post, Some(actor)).await?;
            self.begin_review(conn, &locked, ReviewStage::Client, By::User(actor))
                .await?;
            let notice = Notice {
                kind: NoticeKind::Comment,
                client,
                post: Some(id),
                audience: Audience::Staff,
                except: None,
                title: format!(
                    "{} chose the TikTok settings of {}",
                    actor.name,
                    caption_title(&locked.post.caption, 60)
                ),
                body: "It goes on waiting for their approval.".to_owned(),
                desk_href: desk_href(client, id),
                portal_href: portal_href(client, id),
            };
            self.tell(conn, &notice).await
        })
        .await
    }

    /// A post that waits for the client, as it is now.
    async fn waiting_post(&self, client: ClientId, id: PostId) -> ServiceResult<FullPost> {
        let mut conn = self.conn().await?;
        let post = post::find(&mut conn, client, id).await?.ok_or(NO_POST)?;
        let newest = review::newest(&mut conn, id, Some(ReviewStage::Client)).await?;
        let newest = newest.ok_or(NO_POST)?;
        if newest.state != ReviewState::Waiting || newest.version != post.version {
            return Err(changed_meanwhile());
        }
        let full = full_posts(&mut conn, vec![post]).await?;
        full.into_iter().next().ok_or(NO_POST)
    }
}

fn changed_meanwhile() -> ServiceError {
    ServiceError::Conflict(
        "This post has been changed or decided about since you opened it. Look at it as it is now."
            .to_owned(),
    )
}

/// The delivery of a post on a TikTok account, where it is published and not merely sent as a draft.
fn tiktok_delivery(
    full: &FullPost,
    id: AccountId,
) -> ServiceResult<(&Delivery, &Account, &TikTokOptions)> {
    full.deliveries
        .iter()
        .find_map(|(delivery, account)| match &delivery.options {
            PlatformOptions::TikTok(options) if account.id == id && !options.as_draft => {
                Some((delivery, account, options))
            }
            _ => None,
        })
        .ok_or(NO_POST)
}

/// The version that a post becomes when one of its deliveries has these options.
fn version_with(
    full: &FullPost,
    account: AccountId,
    options: &PlatformOptions,
) -> ServiceResult<[u8; 32]> {
    let assets: Vec<(Vec<u8>, &str)> = full
        .assets
        .iter()
        .map(|file| (file.asset.sha256.clone(), file.alt.as_str()))
        .collect();
    let deliveries: Vec<_> = full
        .deliveries
        .iter()
        .map(|(delivery, of)| {
            let options = if of.id == account {
                options
            } else {
                &delivery.options
            };
            (of.id, delivery.caption_override.as_deref(), options)
        })
        .collect();
    let parts = VersionParts {
        caption: &full.post.caption,
        assets: &assets,
        due_at: full.post.due_at,
        deliveries: &deliveries,
    };
    version_hash(&parts).map_err(ServiceError::internal)
}

/// What the owner agreed to by choosing, for the record.
fn chosen_event(
    actor: &Actor,
    locked: &Locked,
    account: AccountId,
    delivery: DeliveryId,
    chosen: &TikTokOptions,
    at: DateTime<Utc>,
) -> NewEvent {
    NewEvent {
        client: locked.client.id,
        account: Some(account),
        post: Some(locked.post.id),
        delivery: Some(delivery),
        attempt: None,
        at,
        actor: Some(actor.user_id),
        kind: "settings_chosen",
        tone: Tone::Neutral,
        title: "TikTok settings chosen by the client".to_owned(),
        detail: chosen.consent(),
        platform_words: None,
        duration_ms: None,
    }
}
