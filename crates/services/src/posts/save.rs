//! Keeping, scheduling and sending what a person wrote.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use db::AsyncConnection;
use db::models::account::{self, Account};
use db::models::asset;
use db::models::client;
use db::models::delivery::{self, Delivery};
use db::models::event::{self, NewEvent};
use db::models::post::{self, Post, PostAsset, PostContent};
use domain::account::{AccountFacts, AccountStatus};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::media::Attached;
use domain::post::PlatformOptions;
use domain::rules::{Field, Finding, Severity, blocks, judge};
use domain::time::{instant, local, local_label};
use domain::version::{VersionParts, version_hash};
use domain::{AccountId, AssetId, ClientId, DeliveryId, DeliveryState, Permission, PostId};
use serde_json::json;

use super::{locked_sentence, may_edit};
use crate::approvals::{Over, may_be_scheduled};
use crate::audit::{self, By, Entry};
use crate::clients::zone_of;
use crate::tokens::AccountRef;
use crate::{Actor, ServiceError, ServiceResult, Services, planning};

/// More files than any platform takes in one post.
const MOST_FILES: usize = 35;
/// The longest description of a file; Bluesky's own app takes as many.
const ALT_CHARACTERS: usize = 2_000;

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
    /// The account, with its options.
    pub target: Option<(AccountId, PlatformOptions)>,
    /// The time on the client's wall.
    pub local_time: NaiveDateTime,
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
                let due = instant(input.local_time, zone)
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
        check_texts(&input)?;
        let assets = self.assets_of_input(client, &input).await?;
        let target = self.target_of_input(client, &input).await?;
        if intent != Intent::SaveDraft {
            let target = target.as_ref().map(|(account, options)| (account, options));
            let mut known = HashMap::new();
            self.judge_live(client, &input.caption, &assets, target, &mut known)
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
        let goes_to: Vec<_> = target
            .iter()
            .map(|(account, options)| (account.id, None, options))
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

        let id = input.id.unwrap_or_else(PostId::generate);
        let planned = Planned {
            actor,
            client,
            post: id,
            intent,
            now,
            local_time,
            zone,
        };
        let mut conn = self.conn().await?;
        conn.transaction(async |conn| {
            // Nobody tightens what is set for the client between our look at it and what we write.
            let row = client::find_for_share(conn, client).await?;
            let row = row.ok_or(ServiceError::NotFound("client"))?;
            if intent != Intent::SaveDraft {
                may_be_scheduled(conn, &row, id, &version).await?;
            }
            let mut existing = Vec::new();
            let mut before = None;
            if input.id.is_some() {
                // Locked: a worker that claims one of these now waits, and then sees what we wrote.
                let Some(was) = post::find_for_update(conn, client, id).await? else {
                    return Err(ServiceError::NotFound("post"));
                };
                existing = delivery::of_post_for_update(conn, id).await?;
                if let Some(locked) = existing.iter().find(|delivery| !may_edit(delivery.state)) {
                    return Err(locked_sentence(locked.state));
                }
                let is_kept = !existing.is_empty()
                    && existing.iter().all(|delivery| {
                        matches!(
                            delivery.state,
                            DeliveryState::InReview | DeliveryState::Approved
                        )
                    });
                if intent == Intent::SaveDraft && is_kept && was.version == version {
                    // What waits or is approved says this already, and goes on waiting.
                    return Ok(id);
                }
                post::update(conn, id, &content, now).await?;
                before = Some(was);
            } else {
                post::insert(conn, id, client, actor.user_id, &content, now).await?;
            }
            let keep: Vec<AccountId> = goes_to.iter().map(|(account, ..)| *account).collect();
            delivery::delete_of_post_except(conn, id, &keep).await?;
            let mut events = Vec::new();
            let mut entries = planned.audit(before.as_ref(), &existing, &keep, &content);
            for (account, _, options) in &goes_to {
                let known = existing
                    .iter()
                    .find(|delivery| delivery.account_id == *account);
                let delivery_id = known.map_or_else(DeliveryId::generate, |delivery| delivery.id);
                if known.is_some() {
                    delivery::rewrite(conn, delivery_id, options, due_at, now).await?;
                } else {
                    let new = delivery::NewDelivery {
                        id: delivery_id,
                        client,
                        post: id,
                        account: *account,
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
            if input.id.is_some() {
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
            Ok(id)
        })
        .await
    }

    async fn assets_of_input(
        &self,
        client: ClientId,
        input: &PostInput,
    ) -> ServiceResult<Vec<PostAsset>> {
        if input.assets.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.conn().await?;
        let mut assets = Vec::with_capacity(input.assets.len());
        for (id, alt) in &input.assets {
            let found = asset::find(&mut conn, client, *id).await?;
            let asset = found.ok_or(ServiceError::NotFound("file"))?;
            if asset.deleted_at.is_some() {
                return Err(ServiceError::Invalid(format!(
                    "“{}” is no longer kept. Upload it again.",
                    asset.file_name
                )));
            }
            assets.push(PostAsset {
                asset,
                alt: alt.clone(),
            });
        }
        Ok(assets)
    }

    async fn target_of_input(
        &self,
        client: ClientId,
        input: &PostInput,
    ) -> ServiceResult<Option<(Account, PlatformOptions)>> {
        let Some((id, options)) = &input.target else {
            return Ok(None);
        };
        let found = account::find(&mut *self.conn().await?, client, *id).await?;
        let account = found
            .filter(|account| account.status != AccountStatus::Disconnected)
            .ok_or(ServiceError::NotFound("account"))?;
        if account.platform != options.platform() {
            return Err(ServiceError::Invalid(
                "These options are for another platform.".to_owned(),
            ));
        }
        Ok(Some((account, options.clone())))
    }

    /// The server's own judgement, with what the platform says now. What it says about an account is asked
    /// once for all posts that are judged together.
    pub(crate) async fn judge_live(
        &self,
        client: ClientId,
        caption: &str,
        assets: &[PostAsset],
        target: Option<(&Account, &PlatformOptions)>,
        known: &mut HashMap<AccountId, AccountFacts>,
    ) -> ServiceResult<()> {
        let Some((account, options)) = target else {
            let finding = Finding::error(Field::Accounts, "Choose the account that this goes to.");
            return Err(ServiceError::Findings(vec![finding]));
        };
        if account.status == AccountStatus::NeedsReconnecting {
            let finding = Finding::error(
                Field::Accounts,
                "This account needs reconnecting before it can post.",
            );
            return Err(ServiceError::Findings(vec![finding]));
        }
        let says = match known.get(&account.id) {
            Some(says) => says.clone(),
            None => {
                let on = AccountRef {
                    id: account.id,
                    client,
                    platform: account.platform,
                };
                let says = self.ask_account_facts(on).await?;
                known.insert(account.id, says.clone());
                says
            }
        };
        let facts: Vec<_> = assets.iter().map(|file| file.asset.facts()).collect();
        let attached: Vec<_> = facts
            .iter()
            .zip(assets)
            .map(|(facts, file)| Attached {
                facts,
                alt: &file.alt,
            })
            .collect();
        let mut findings = judge(caption, &attached, options, Some(&says));
        if blocks(&findings) {
            findings.retain(|finding| finding.severity == Severity::Error);
            return Err(ServiceError::Findings(findings));
        }
        Ok(())
    }
}

/// What cannot be stored, or is so long that nobody can have meant it.
fn check_texts(input: &PostInput) -> ServiceResult<()> {
    let cannot_be_kept = |text: &str| text.len() > 400_000 || text.contains('\0');
    if cannot_be_kept(&input.caption) {
        return Err(ServiceError::Invalid(
            "The caption is far too long, or holds a character that cannot be stored.".to_owned(),
        ));
    }
    if input.assets.len() > MOST_FILES {
        return Err(ServiceError::Invalid(format!(
            "A post can hold at most {MOST_FILES} files. Remove some."
        )));
    }
    let is_bad = |alt: &str| alt.chars().count() > ALT_CHARACTERS || cannot_be_kept(alt);
    if input.assets.iter().any(|(_, alt)| is_bad(alt)) {
        return Err(ServiceError::Invalid(format!(
            "A description has more than {ALT_CHARACTERS} characters, or one that cannot be stored. Shorten it."
        )));
    }
    Ok(())
}

/// What a person decided about a post, for the history.
struct Planned<'a> {
    actor: &'a Actor,
    client: ClientId,
    post: PostId,
    intent: Intent,
    now: DateTime<Utc>,
    local_time: NaiveDateTime,
    zone: Tz,
}

impl Planned<'_> {
    /// What the audit keeps of the post, and of deliveries that it no longer has. A draft that is kept again
    /// and again, by itself every other second, is written down once.
    fn audit(
        &self,
        before: Option<&Post>,
        existing: &[Delivery],
        keep: &[AccountId],
        content: &PostContent<'_>,
    ) -> Vec<Entry> {
        let was_draft = existing
            .iter()
            .all(|delivery| delivery.state == DeliveryState::Draft);
        let mut entries = Vec::new();
        if before.is_none() || !was_draft || self.intent != Intent::SaveDraft {
            let mut entry = Entry::of(AuditAction::PostSaved)
                .at(self.client)
                .on("post", self.post)
                .after(json!({
                    "version": hex::encode(content.version),
                    "due_at": content.due_at,
                    "files": content.assets.len(),
                    "accounts": keep,
                }));
            if let Some(before) = before {
                entry = entry.before(json!({
                    "version": hex::encode(&before.version),
                    "due_at": before.due_at,
                }));
            }
            entries.push(entry);
        }
        entries.extend(
            existing
                .iter()
                .filter(|delivery| !keep.contains(&delivery.account_id))
                .map(|gone| audit::moved((self.client, gone.id), gone.state, "removed", 0)),
        );
        entries
    }

    /// What the audit keeps of a delivery, if it goes to another state.
    fn audit_of_delivery(&self, id: DeliveryId, known: Option<&Delivery>) -> Option<Entry> {
        let before = known.map_or(DeliveryState::Draft, |delivery| delivery.state);
        let after = if self.intent == Intent::SaveDraft {
            DeliveryState::Draft
        } else {
            DeliveryState::Scheduled
        };
        (before != after).then(|| audit::moved((self.client, id), before, after.as_str(), 0))
    }

    /// One line, about one delivery or about the post alone.
    fn event(&self, on: Option<(AccountId, DeliveryId, &PlatformOptions)>) -> NewEvent {
        let when = format!(
            "{} {}",
            local_label(self.local_time),
            domain::time::zone_place(self.zone)
        );
        let consent = on.map_or("", |(.., options)| consent_sentence(options));
        let (kind, tone, title, detail) = match self.intent {
            Intent::SaveDraft => (
                "saved",
                Tone::Neutral,
                "Kept as a draft",
                format!("Planned for {when}."),
            ),
            Intent::Schedule => (
                "scheduled",
                Tone::Good,
                "Scheduled",
                format!("For {when}. {consent}").trim_end().to_owned(),
            ),
            Intent::PublishNow => (
                "scheduled",
                Tone::Good,
                "Sent off",
                format!("To go out at once. {consent}")
                    .trim_end()
                    .to_owned(),
            ),
        };
        NewEvent {
            client: self.client,
            account: on.map(|(account, ..)| account),
            post: Some(self.post),
            delivery: on.map(|(_, delivery, _)| delivery),
            attempt: None,
            at: self.now,
            actor: Some(self.actor.user_id),
            kind,
            tone,
            title: title.to_owned(),
            detail,
            platform_words: None,
            duration_ms: None,
        }
    }
}

/// What the person agreed to by scheduling, for the record.
fn consent_sentence(options: &PlatformOptions) -> &'static str {
    match options {
        // Whoever finishes it in the app agrees there.
        PlatformOptions::TikTok(options) if options.as_draft => "As a draft into TikTok’s inbox.",
        PlatformOptions::TikTok(options) if options.is_branded_content() => {
            "Agreed to TikTok’s Branded Content Policy and Music Usage Confirmation."
        }
        PlatformOptions::TikTok(_) => "Agreed to TikTok’s Music Usage Confirmation.",
        PlatformOptions::Bluesky(_) => "",
    }
}
