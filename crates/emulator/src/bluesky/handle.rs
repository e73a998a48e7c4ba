use std::{io, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    Shared,
    config::{Account, Config},
    faults::Fault,
    state::{Platform, Record, State},
    video::JobFailure,
};
use crate::{clock::Clock, recorder::Recorder};

/// A post as everybody sees it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Post {
    /// `at://{did}/app.bsky.feed.post/{rkey}`
    pub uri: String,
    /// The content id of the record.
    pub cid: String,
    /// The account's handle.
    pub account: String,
    /// The account.
    pub did: String,
    /// The record key.
    pub rkey: String,
    /// The text.
    pub text: String,
    /// The languages.
    pub langs: Vec<String>,
    /// The pictures or the video.
    pub media: Vec<Media>,
    /// The whole record.
    pub record: Value,
    /// When it was first written.
    pub created_at: DateTime<Utc>,
    /// How often it was written over with something else.
    pub overwritten: u32,
}

/// A file of a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Media {
    /// Its type.
    pub mime: String,
    /// The description for people who cannot see it.
    pub alt: String,
    /// Its size in bytes.
    pub size: u64,
    /// Its SHA-256, in hexadecimal digits.
    pub sha256: String,
    /// Where it can be looked at.
    pub url: String,
}

/// Looks into the stand-in Bluesky and steers it. Clones share one platform.
#[derive(Clone)]
pub struct BlueskyHandle(pub(super) Shared);

impl BlueskyHandle {
    pub(crate) fn open(
        url: &str,
        folder: &Path,
        clock: Clock,
        recorder: Recorder,
        config: Config,
    ) -> io::Result<Self> {
        Platform::open(url, folder, clock, recorder, config).map(Self)
    }

    /// The origin of the server, which is also the issuer, the handle resolver, the AppView and the video
    /// service.
    #[must_use]
    pub fn url(&self) -> String {
        self.0.url.clone()
    }

    /// The directory of DIDs: `{url}/plc`.
    #[must_use]
    pub fn plc_url(&self) -> String {
        format!("{}/plc", self.0.url)
    }

    /// Where people look at posts: `{url}/bluesky`, in place of `https://bsky.app`.
    #[must_use]
    pub fn web_url(&self) -> String {
        format!("{}/bluesky", self.0.url)
    }

    /// Changes settings while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.0.state().config);
    }

    /// All accounts.
    #[must_use]
    pub fn accounts(&self) -> Vec<Account> {
        self.0.state().accounts.clone()
    }

    /// The account of a handle or DID.
    #[must_use]
    pub fn account(&self, actor: &str) -> Option<Account> {
        self.0.state().account(actor).cloned()
    }

    /// Adds an account, or replaces the one with the same DID.
    pub fn add_account(&self, account: Account) {
        let mut state = self.0.state();
        state.accounts.retain(|known| known.did != account.did);
        state.accounts.push(account);
    }

    /// Edits an account. `false` when there is none of that name.
    pub fn edit_account(&self, actor: &str, edit: impl FnOnce(&mut Account)) -> bool {
        let mut state = self.0.state();
        let did = state.account(actor).map(|account| account.did.clone());
        let account =
            did.and_then(|did| state.accounts.iter_mut().find(|account| account.did == did));
        account.map(edit).is_some()
    }

    /// The person takes back all that they granted, and their app password. `false` when there is no
    /// such account.
    pub fn revoke(&self, actor: &str) -> bool {
        let Some(account) = self.account(actor) else {
            return false;
        };
        self.0.end_sessions(&account.did);
        self.0.state().oauth.revoke(&account.did);
        self.edit_account(actor, |account| account.app_password = None)
    }

    /// Expires the account's OAuth access tokens. App-password ones carry their own end: turn the clock.
    pub fn expire_access_tokens(&self, actor: &str) -> bool {
        let now = self.0.now();
        let Some(account) = self.account(actor) else {
            return false;
        };
        self.0.state().oauth.expire_access(&account.did, now);
        true
    }

    /// Everything that was posted, oldest first: what a duplicate shows up in.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        self.0.posts()
    }

    /// Sets what people did with a post: likes, reposts, replies, quotes. `false` when there is none.
    pub fn set_counts(&self, uri: &str, [likes, reposts, replies, quotes]: [u32; 4]) -> bool {
        let mut state = self.0.state();
        let record = state.records.iter_mut().find(|record| record.uri() == uri);
        record
            .map(|record| {
                (record.likes, record.reposts) = (likes, reposts);
                (record.replies, record.quotes) = (replies, quotes);
            })
            .is_some()
    }

    /// Forgets the blobs that no post names, as servers do after a while.
    pub fn collect_blobs(&self) {
        let mut state = self.0.state();
        let named: Vec<String> = state
            .records
            .iter()
            .map(|record| record.value.to_string())
            .collect();
        state
            .blobs
            .retain(|(_, cid), _| named.iter().any(|record| record.contains(cid.as_str())));
    }

    /// The next video that arrives will fail in this way.
    pub fn fail_next_job(&self, failure: JobFailure) {
        self.0.state().failing_jobs.push_back(failure);
    }

    /// Queues a fault.
    pub fn fault(&self, fault: Fault) {
        self.0.state().faults.push(fault);
    }

    /// The faults that are still queued.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.0.state().faults.all()
    }

    /// Forgets the queued faults.
    pub fn clear_faults(&self) {
        self.0.state().faults.clear();
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.0.clock.advance(by);
    }

    /// Back to the start: default accounts, the settings it was started with, no sessions, no posts, no
    /// faults.
    pub fn reset(&self) {
        self.0.reset();
    }

    /// The accounts as entries of the front page.
    pub(crate) fn entries(&self) -> String {
        self.accounts()
            .iter()
            .map(|account| super::feed::entry(&self.0, account))
            .collect()
    }
}

impl Platform {
    pub(super) fn posts(self: &Arc<Self>) -> Vec<Post> {
        let state = self.state();
        state
            .records
            .iter()
            .map(|record| self.post(&state, record))
            .collect()
    }

    fn post(&self, state: &State, record: &Record) -> Post {
        let value = &record.value;
        let embed = &value["embed"];
        let named: Vec<(&Value, &Value)> = match embed["$type"].as_str() {
            Some("app.bsky.embed.images") => embed["images"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|image| (&image["image"], &image["alt"]))
                .collect(),
            Some("app.bsky.embed.video") => vec![(&embed["video"], &embed["alt"])],
            _ => Vec::new(),
        };
        let media = named
            .into_iter()
            .filter_map(|(reference, alt)| {
                let cid = reference["ref"]["$link"].as_str()?;
                let blob = state.blobs.get(&(record.did.clone(), cid.to_owned()))?;
                Some(Media {
                    mime: blob.mime.clone(),
                    alt: alt.as_str().unwrap_or_default().to_owned(),
                    size: blob.size,
                    sha256: blob.sha256.clone(),
                    url: self.blob_url(&record.did, cid),
                })
            })
            .collect();
        let langs = value["langs"].as_array().into_iter().flatten();
        Post {
            uri: record.uri(),
            cid: record.cid.clone(),
            account: state
                .account(&record.did)
                .map(|account| account.handle.clone())
                .unwrap_or_default(),
            did: record.did.clone(),
            rkey: record.rkey.clone(),
            text: value["text"].as_str().unwrap_or_default().to_owned(),
            langs: langs
                .filter_map(|lang| lang.as_str().map(str::to_owned))
                .collect(),
            media,
            record: value.clone(),
            created_at: record.created_at,
            overwritten: record.overwritten,
        }
    }
}
