//! Gathers what claimed deliveries say, all at once, and whether each may still be sent.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use connectors::{DeliveryContent, MediaItem};
use db::DbResult;
use db::delivery_queue::Claim;
use db::models::account::Account;
use db::models::connection::{self, Connection};
use db::models::delivery::{self, Delivery};
use db::models::post::{self, Post, PostAsset};
use db::models::review;
use domain::account::AccountStatus;
use domain::{DeliveryState, Platform};

use super::budgets::Spent;
use crate::{ServiceError, ServiceResult, Services};

/// A claim with what was stored about it at that moment.
pub(super) struct Loaded {
    pub claim: Claim,
    pub delivery: Delivery,
    pub post: Post,
    pub account: Account,
    pub lateness: chrono::Duration,
    /// Whether nothing is missing that its client wants before anything goes out.
    pub is_approved: bool,
    pub files: Vec<PostAsset>,
    pub connection: Option<Connection>,
    /// What came of spending for the first call.
    pub spent: Spent,
}

impl Loaded {
    /// Whether nothing of it has left, and it is to be sent.
    pub fn begins(&self) -> bool {
        self.claim.state == DeliveryState::Publishing
            && self.claim.checkpoint.is_none()
            && !self.claim.cancel_requested
    }
}

/// A delivery ready to be driven.
pub(super) struct Ready {
    pub content: DeliveryContent,
    pub platform: Platform,
    pub handle: Option<String>,
    pub due_at: chrono::DateTime<chrono::Utc>,
    pub lateness: chrono::Duration,
}

/// Loads what was claimed: a few queries, however many there are. A claim whose rows are gone is left
/// out: somebody has deleted the post, and its lease with it.
pub(super) async fn load(conn: &mut db::Connection, claims: &[Claim]) -> DbResult<Vec<Loaded>> {
    let ids: Vec<_> = claims.iter().map(|claim| claim.id).collect();
    let posts: Vec<_> = claims.iter().map(|claim| claim.post_id).collect();
    let accounts: Vec<_> = claims.iter().map(|claim| claim.account_id).collect();
    let mut rows: HashMap<_, _> = delivery::for_publishing(conn, &ids)
        .await?
        .into_iter()
        .map(|row| (row.0.id, row))
        .collect();
    // Only for clients that insist: for everybody else it costs nothing.
    let to_be_approved: Vec<_> = rows
        .values()
        .filter(|(.., rules)| rules.approval_policy.is_required())
        .map(|(_, post, ..)| post.id)
        .collect();
    let mut approved = HashSet::new();
    if !to_be_approved.is_empty() {
        for (post, version, _) in review::approved_by_client(conn, &to_be_approved).await? {
            approved.insert((post, version));
        }
    }
    let mut files: HashMap<_, Vec<PostAsset>> = HashMap::new();
    for (post, file) in post::assets_of(conn, &posts).await? {
        files.entry(post).or_default().push(file);
    }
    let mut connections: HashMap<_, _> = connection::of_accounts(conn, &accounts)
        .await?
        .into_iter()
        .map(|connection| (connection.account_id, connection))
        .collect();
    Ok(claims
        .iter()
        .filter_map(|claim| {
            let (delivery, post, account, rules) = rows.remove(&claim.id)?;
            Some(Loaded {
                is_approved: !rules.approval_policy.is_required()
                    || approved.contains(&(post.id, post.version.clone())),
                files: files.get(&claim.post_id).cloned().unwrap_or_default(),
                connection: connections.remove(&claim.account_id),
                spent: Spent::NotYet,
                claim: claim.clone(),
                lateness: chrono::Duration::minutes(rules.lateness_minutes.into()),
                delivery,
                post,
                account,
            })
        })
        .collect())
}

/// Whether a claimed delivery may be sent. `Ok(Err(sentence))` is why not.
pub(super) async fn ready(
    services: &Services,
    loaded: &Loaded,
) -> ServiceResult<Result<Ready, String>> {
    let Loaded {
        claim,
        delivery,
        post,
        account,
        ..
    } = loaded;
    // Once something has left, it is followed to its end whatever is on paper by now.
    let nothing_sent = claim.state == DeliveryState::Publishing && claim.checkpoint.is_none();
    let refuse = |sentence: &str| Ok(Err(sentence.to_owned()));
    if nothing_sent && delivery.scheduled_version.as_deref() != Some(post.version.as_slice()) {
        return refuse(
            "It was changed after it was scheduled. Look at it again and schedule it anew.",
        );
    }
    if nothing_sent && !loaded.is_approved {
        return refuse(
            "Its client approves every post and has not approved this version. Send it for approval.",
        );
    }
    if account.status == AccountStatus::Disconnected {
        return refuse("The account was disconnected.");
    }
    if nothing_sent && services.clock.now() > delivery.due_at + loaded.lateness {
        return refuse(
            "Its minute has passed by more than this client allows. Choose another time and schedule it anew.",
        );
    }
    let mut media = Vec::with_capacity(loaded.files.len());
    for file in &loaded.files {
        let source = match services.media.source(file.asset.id).await {
            Ok(source) => source,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && nothing_sent => {
                return Ok(Err(format!(
                    "“{}” is no longer kept. Upload it again and schedule the post anew.",
                    file.asset.file_name
                )));
            }
            Err(error) => return Err(ServiceError::internal(error)),
        };
        let facts = file.asset.facts();
        // Pictures are what a platform may want to fetch by itself.
        let source = if facts.image().is_some() {
            source.with_address(services.public_address(file.asset.id).await?)
        } else {
            source
        };
        media.push(MediaItem {
            facts,
            alt: file.alt.clone(),
            source: Arc::new(source),
        });
    }
    Ok(Ok(Ready {
        content: DeliveryContent {
            delivery_id: claim.id,
            caption: delivery
                .caption_override
                .clone()
                .unwrap_or_else(|| post.caption.clone()),
            options: delivery.options.clone(),
            due_at: delivery.due_at,
            media,
        },
        platform: account.platform,
        handle: account.handle.clone(),
        due_at: delivery.due_at,
        lateness: loaded.lateness,
    }))
}
