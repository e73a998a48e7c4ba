use std::{
    collections::{HashMap, HashSet},
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use tokio::sync::watch;

use super::{
    config::{Config, check_redirect_uris},
    faults::{Faults, Late},
    limits::Limits,
    tasks::{Post, Stage, Task, Tasks},
    tokens::Tokens,
    users::{User, default_users},
    webhooks::Webhooks,
};
use crate::{clock::Clock, html::percent_encode, random, recorder::Recorder};

/// Everything that the routes share.
pub(super) struct Platform {
    /// Where this platform is reached, such as `http://127.0.0.1:4100/tiktok`.
    pub(super) base: String,
    pub(super) clock: Clock,
    pub(super) recorder: Recorder,
    /// Uploads that are not whole yet.
    pub(super) incoming: PathBuf,
    /// Whole files, served to the feed.
    pub(super) media: PathBuf,
    pub(super) background: Background,
    pub(super) client: OnceLock<Option<reqwest::Client>>,
    initial: Config,
    signing_key: [u8; 32],
    state: Mutex<State>,
}

/// What changes. Never held across an await.
pub(super) struct State {
    pub(super) config: Config,
    pub(super) users: Vec<User>,
    pub(super) tokens: Tokens,
    pub(super) tasks: Tasks,
    pub(super) limits: Limits,
    pub(super) faults: Faults,
    /// Requests that the network still holds.
    pub(super) late: Vec<Late>,
    /// How often each init marker struck, by account and caption.
    pub(super) init_markers: HashMap<(String, String), u64>,
    /// How many refusals the token endpoints have made.
    pub(super) token_refusals: u64,
    pub(super) webhooks: Webhooks,
}

impl State {
    fn new(config: Config) -> Self {
        Self {
            config,
            users: default_users(),
            tokens: Tokens::default(),
            tasks: Tasks::default(),
            limits: Limits::default(),
            faults: Faults::default(),
            late: Vec::new(),
            init_markers: HashMap::new(),
            token_refusals: 0,
            webhooks: Webhooks::default(),
        }
    }

    pub(super) fn user(&self, username: &str) -> Option<&User> {
        self.users.iter().find(|user| user.username == username)
    }

    pub(super) fn user_by_open_id(&self, open_id: &str) -> Option<&User> {
        self.users.iter().find(|user| user.open_id == open_id)
    }

    pub(super) fn username(&self, open_id: &str) -> String {
        self.user_by_open_id(open_id)
            .map(|user| user.username.clone())
            .unwrap_or_default()
    }

    pub(super) fn post(&self, task: &Task, now: DateTime<Utc>) -> Post {
        task.post(self.username(&task.owner), now, &self.config)
    }

    /// The account's tasks of the last 24 hours that have not failed.
    pub(super) fn recent_tasks<'a>(
        &'a self,
        owner: &'a str,
        now: DateTime<Utc>,
    ) -> impl Iterator<Item = &'a Task> {
        self.tasks
            .all()
            .iter()
            .rev()
            .take_while(move |task| now - task.created_at < TimeDelta::hours(24))
            .filter(move |task| {
                task.owner == owner && !matches!(task.stage(now, &self.config), Stage::Failed(_))
            })
    }

    /// Whether one more account, or this one again, may post today.
    pub(super) fn has_room_for(&self, open_id: &str, now: DateTime<Utc>) -> bool {
        let active: HashSet<&str> = self
            .tasks
            .all()
            .iter()
            .rev()
            .take_while(|task| now - task.created_at < TimeDelta::hours(24))
            .map(|task| task.owner.as_str())
            .collect();
        active.contains(open_id) || active.len() < self.config.effective_user_cap()
    }

    /// Whether the account has used up its direct posts of 24 hours.
    pub(super) fn posted_too_much(&self, user: &User, now: DateTime<Utc>) -> bool {
        let ours = self
            .recent_tasks(&user.open_id, now)
            .filter(|task| task.mode == super::tasks::Mode::Direct)
            .count();
        ours + user.posts_elsewhere >= self.config.posts_per_day
    }

    /// The account disconnects the app: its tokens die, and so does whatever
    /// was under way. `reason` is what webhooks say: 1 the person, 5 the app.
    pub(super) fn revoke(&mut self, open_id: &str, reason: u8, now: DateTime<Utc>) {
        self.tokens.revoke(open_id);
        self.tell_removed(open_id, reason, now);
        for task in self.tasks.all_mut() {
            if task.owner == open_id
                && matches!(
                    task.stage(now, &self.config),
                    Stage::Receiving | Stage::Processing
                )
            {
                task.ended = Some("auth_removed".to_owned());
            }
        }
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
        check_redirect_uris(&config)
            .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let incoming = folder.join("incoming");
        let media = folder.join("media");
        std::fs::create_dir_all(&incoming)?;
        std::fs::create_dir_all(&media)?;
        Ok(Arc::new(Self {
            base: format!("{url}/tiktok"),
            clock,
            recorder,
            incoming,
            media,
            background: Background::default(),
            client: OnceLock::new(),
            initial: config.clone(),
            signing_key: random::bytes(),
            state: Mutex::new(State::new(config)),
        }))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Back to the accounts, settings and emptiness of the start.
    pub(super) fn reset(&self) {
        *self.state() = State::new(self.initial.clone());
    }

    /// An image address that stops working at `expires_at`.
    pub(super) fn signed_url(&self, path: &str, expires_at: DateTime<Utc>) -> String {
        let expires = expires_at.timestamp();
        format!(
            "{}/{}?x-expires={expires}&x-signature={}",
            self.base,
            path.split('/')
                .map(percent_encode)
                .collect::<Vec<_>>()
                .join("/"),
            self.signature(path, expires)
        )
    }

    pub(super) fn signature(&self, path: &str, expires: i64) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.signing_key);
        hasher.update(format!("{path}\n{expires}"));
        hex::encode(&hasher.finalize()[..16])
    }
}

/// Counts downloads and probes that are still running.
pub(super) struct Background(watch::Sender<usize>);

impl Default for Background {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Background {
    /// Counts one until the returned guard is dropped.
    pub(super) fn begin(&self) -> Running {
        self.0.send_modify(|running| *running += 1);
        Running(self.0.clone())
    }

    pub(super) fn watch(&self) -> watch::Receiver<usize> {
        self.0.subscribe()
    }

    /// Waits until nothing is running.
    pub(super) async fn settle(&self) {
        // The sender lives in `self`, so the wait cannot be cut short.
        let _ = self.watch().wait_for(|running| *running == 0).await;
    }
}

pub(super) struct Running(watch::Sender<usize>);

impl Drop for Running {
    fn drop(&mut self) {
        self.0
            .send_modify(|running| *running = running.saturating_sub(1));
    }
}
