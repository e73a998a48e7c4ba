use std::{
    collections::{HashMap, HashSet, VecDeque},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;
use url::Url;

use super::{
    config::{Account, Config, default_accounts},
    faults::Faults,
    limits::{Limits, Window},
    oauth::sessions::Sessions,
    session::PasswordSession,
    video::{Job, JobFailure},
};
use crate::{clock::Clock, random, recorder::Recorder};

/// Everything that the routes share.
pub(super) struct Platform {
    /// The origin that the server, the authorisation server, the directory, the AppView and the video
    /// service are all reached at.
    pub(super) url: String,
    pub(super) clock: Clock,
    pub(super) recorder: Recorder,
    /// Where blobs are kept.
    pub(super) blobs: PathBuf,
    pub(super) client: reqwest::Client,
    /// What our own tokens are signed with.
    pub(super) key: [u8; 32],
    initial: Config,
    state: Mutex<State>,
}

/// What changes. Never held across an await.
pub(super) struct State {
    pub(super) config: Config,
    pub(super) accounts: Vec<Account>,
    /// App-password sessions by the id of their refresh token.
    pub(super) sessions: HashMap<String, PasswordSession>,
    pub(super) oauth: Sessions,
    /// Ids of proofs and assertions that were used.
    pub(super) seen: HashSet<String>,
    pub(super) blobs: HashMap<(String, String), Blob>,
    /// Records in the order in which they were first written.
    pub(super) records: Vec<Record>,
    pub(super) jobs: Vec<Job>,
    pub(super) failing_jobs: VecDeque<JobFailure>,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
}

/// Bytes that an account has uploaded.
#[derive(Clone, Debug)]
pub(super) struct Blob {
    pub(super) mime: String,
    pub(super) size: u64,
    pub(super) sha256: String,
}

/// A record of a repository.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub(super) did: String,
    pub(super) rkey: String,
    pub(super) cid: String,
    pub(super) value: Value,
    pub(super) created_at: DateTime<Utc>,
    /// How often it was written over.
    pub(super) overwritten: u32,
    pub(super) likes: u32,
    pub(super) reposts: u32,
    pub(super) replies: u32,
    pub(super) quotes: u32,
}

pub(super) const POSTS: &str = "app.bsky.feed.post";

impl Record {
    pub(super) fn uri(&self) -> String {
        format!("at://{}/{POSTS}/{}", self.did, self.rkey)
    }
}

impl State {
    fn new(config: Config) -> Self {
        Self {
            config,
            accounts: default_accounts(),
            sessions: HashMap::new(),
            oauth: Sessions::default(),
            seen: HashSet::new(),
            blobs: HashMap::new(),
            records: Vec::new(),
            jobs: Vec::new(),
            failing_jobs: VecDeque::new(),
            limits: Limits::default(),
            faults: Faults::default(),
        }
    }

    /// The account of a handle or a DID.
    pub(super) fn account(&self, actor: &str) -> Option<&Account> {
        let handle = actor.to_ascii_lowercase();
        self.accounts
            .iter()
            .find(|account| account.did == actor || account.handle == handle)
    }

    pub(super) fn record(&self, did: &str, rkey: &str) -> Option<&Record> {
        self.records
            .iter()
            .find(|record| record.did == did && record.rkey == rkey)
    }

    /// The windows that a write falls into.
    pub(super) fn write_windows(&self) -> [Window; 2] {
        [
            Window {
                name: "repo-write-hour",
                limit: self.config.points_per_hour,
                seconds: 3600,
            },
            Window {
                name: "repo-write-day",
                limit: self.config.points_per_day,
                seconds: 86_400,
            },
        ]
    }
}

impl Platform {
    pub(super) fn open(
        url: &str,
        folder: &Path,
        clock: Clock,
        recorder: Recorder,
        config: Config,
    ) -> io::Result<Arc<Self>> {
        let blobs = folder.join("blobs");
        std::fs::create_dir_all(&blobs)?;
        // Fails when somebody else of this process was first.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .map_err(io::Error::other)?;
        Ok(Arc::new(Self {
            url: url.to_owned(),
            clock,
            recorder,
            blobs,
            client,
            key: random::bytes(),
            initial: config.clone(),
            state: Mutex::new(State::new(config)),
        }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Whether a client's time is within these seconds of now. Clients read the machine's clock, which
    /// ours may have left behind: near to either will do.
    pub(super) fn is_near(&self, time: i64, seconds: i64) -> bool {
        [self.now(), Clock::system().now()]
            .iter()
            .any(|now| (now.timestamp() - time).abs() <= seconds)
    }

    /// The server's own DID. The port is not part of it, as on the reference server.
    pub(super) fn server_did(&self) -> String {
        let host = Url::parse(&self.url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned));
        format!("did:web:{}", host.unwrap_or_default())
    }

    /// The video service's DID.
    pub(super) fn video_did(&self) -> String {
        self.server_did()
    }

    /// Where a blob can be looked at.
    pub(super) fn blob_url(&self, did: &str, cid: &str) -> String {
        format!("{}/bluesky/blob/{did}/{cid}", self.url)
    }

    pub(super) fn avatar_url(&self, did: &str) -> String {
        format!("{}/bluesky/avatar/{did}", self.url)
    }

    /// The nonces that are good now, the newest first.
    pub(super) fn nonces(&self) -> [String; 2] {
        let ttl = i64::try_from(self.state().config.nonce_ttl.as_secs()).unwrap_or(180);
        let period = self.now().timestamp() / ttl.max(1);
        [period, period - 1]
            .map(|period| super::jwt::hash(&format!("{} nonce {period}", hex::encode(self.key))))
    }

    /// Back to the accounts, settings and emptiness of the start.
    pub(super) fn reset(&self) {
        *self.state() = State::new(self.initial.clone());
    }
}

/// A whole number of seconds as a span.
pub(super) fn span(duration: std::time::Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::MAX)
}
