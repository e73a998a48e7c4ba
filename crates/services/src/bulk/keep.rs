//! Keeping a post that a row of a file asked for.

use db::models::client::Client;
use db::models::event::{self, NewEvent};
use db::models::post::PostContent;
use db::models::{delivery, post};
use domain::audit::AuditAction;
use domain::history::Tone;
use domain::post::PlatformOptions;
use domain::time::local_label;
use domain::version::{VersionParts, version_hash};
use domain::{AccountId, AssetId, DeliveryId, PostId};
use serde_json::json;

use super::import::Planned;
use crate::audit::{By, Entry};
use crate::planning::{notes, tags, versions};
use crate::{Actor, ServiceError, ServiceResult, Services};

impl Services {
    /// Keeps a post as a draft, with all that stands beside it. Call it inside a transaction.
    pub(super) async fn keep_imported(
        &self,
        conn: &mut db::Connection,
        actor: &Actor,
        client: &Client,
        planned: &Planned,
    ) -> ServiceResult<PostId> {
        let now = self.clock.now();
        let id = PostId::generate();
        let goes_to: Vec<(AccountId, PlatformOptions)> = planned
            .accounts
            .iter()
            .map(|account| (account.id, PlatformOptions::empty(account.platform)))
            .collect();
        let hashes: Vec<(Vec<u8>, &str)> = planned
            .files
            .iter()
            .map(|file| (file.sha256.clone(), ""))
            .collect();
        let deliveries: Vec<_> = goes_to
            .iter()
            .map(|(account, options)| (*account, None, options))
            .collect();
        let version = version_hash(&VersionParts {
            caption: &planned.caption,
            assets: &hashes,
            due_at: planned.due_at,
            deliveries: &deliveries,
        })
        .map_err(ServiceError::internal)?;
        let assets: Vec<(AssetId, &str)> = planned.files.iter().map(|file| (file.id, "")).collect();
        let content = PostContent {
            caption: &planned.caption,
            local_time: planned.local_time,
            time_zone: &client.time_zone,
            due_at: planned.due_at,
            version: &version,
            assets: &assets,
        };
        post::insert(conn, id, client.id, actor.user_id, &content, now).await?;
        let told = |on: Option<(AccountId, DeliveryId)>| NewEvent {
            client: client.id,
            account: on.map(|(account, _)| account),
            post: Some(id),
            delivery: on.map(|(_, delivery)| delivery),
            attempt: None,
            at: now,
            actor: Some(actor.user_id),
            kind: "saved",
            tone: Tone::Neutral,
            title: "Kept as a draft".to_owned(),
            detail: format!(
                "Out of a file. Planned for {}.",
                local_label(planned.local_time)
            ),
            platform_words: None,
            duration_ms: None,
        };
        let mut events = Vec::new();
        for (account, options) in &goes_to {
            let delivery = DeliveryId::generate();
            let new = delivery::NewDelivery {
                caption: None,
                id: delivery,
                client: client.id,
                post: id,
                account: *account,
                options,
                due_at: planned.due_at,
            };
            delivery::insert(conn, &new, now).await?;
            events.push(told(Some((*account, delivery))));
        }
        if events.is_empty() {
            events.push(told(None));
        }
        event::append(conn, &events).await?;
        let accounts: Vec<AccountId> = goes_to.iter().map(|(account, _)| *account).collect();
        let entry = Entry::of(AuditAction::PostSaved)
            .at(client.id)
            .on("post", id)
            .after(json!({
                "version": hex::encode(version),
                "due_at": planned.due_at,
                "files": assets.len(),
                "accounts": accounts,
            }));
        self.record(conn, By::User(actor), &[entry]).await?;
        if !planned.tags.is_empty() {
            tags::set(conn, client.id, id, &planned.tags, now).await?;
        }
        if !planned.note.is_empty() {
            notes::write_first(conn, actor, id, &planned.note, now).await?;
        }
        versions::keep(conn, actor, client.id, id, now).await?;
        Ok(id)
    }
}
