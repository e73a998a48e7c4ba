use std::{io, path::Path, sync::Arc, time::Duration};

use super::{
    Shared,
    config::{Config, RedirectUriError, check_redirect_uri},
    faults::Fault,
    state::Platform,
    tasks::{Post, Stage, Stats},
    tokens::TokenPair,
    users::User,
};
use crate::{clock::Clock, recorder::Recorder};

/// Looks into the stand-in TikTok and steers it. Clones share one platform.
#[derive(Clone)]
pub struct TikTokHandle(pub(super) Shared);

impl TikTokHandle {
    pub(crate) fn open(
        url: &str,
        folder: &Path,
        clock: Clock,
        recorder: Recorder,
        config: Config,
    ) -> io::Result<Self> {
        Platform::open(url, folder, clock, recorder, config).map(Self)
    }

    /// The API's base address: `{url}/tiktok`.
    #[must_use]
    pub fn api_base(&self) -> String {
        self.0.base.clone()
    }

    /// The page that people are sent to: `{url}/tiktok/v2/auth/authorize/`.
    #[must_use]
    pub fn authorize_url(&self) -> String {
        format!("{}/v2/auth/authorize/", self.0.base)
    }

    /// The current settings.
    #[must_use]
    pub fn config(&self) -> Config {
        self.0.state().config.clone()
    }

    /// Changes settings while it runs.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        change(&mut self.0.state().config);
    }

    /// Registers one more redirect address.
    ///
    /// # Errors
    ///
    /// When TikTok would not register it.
    pub fn register_redirect_uri(&self, uri: &str) -> Result<(), RedirectUriError> {
        let mut state = self.0.state();
        check_redirect_uri(uri, state.config.allow_http_redirect)?;
        if state.config.redirect_uris.iter().any(|known| known == uri) {
            return Ok(());
        }
        if state.config.redirect_uris.len() >= 10 {
            return Err(RedirectUriError::TooMany);
        }
        state.config.redirect_uris.push(uri.to_owned());
        Ok(())
    }

    /// Verifies a domain, or an address prefix that ends in `/`, for pulling.
    pub fn verify(&self, domain_or_prefix: &str) {
        let mut state = self.0.state();
        state.config.verified.push(domain_or_prefix.to_owned());
    }

    /// All accounts.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.0.state().users.clone()
    }

    /// One account.
    #[must_use]
    pub fn user(&self, username: &str) -> Option<User> {
        self.0.state().user(username).cloned()
    }

    /// Adds an account, or replaces the one with the same username.
    pub fn add_user(&self, user: User) {
        let mut state = self.0.state();
        state.users.retain(|known| known.username != user.username);
        state.users.push(user);
    }

    /// Edits an account. `false` when there is none of that name.
    pub fn edit_user(&self, username: &str, edit: impl FnOnce(&mut User)) -> bool {
        let mut state = self.0.state();
        let user = state
            .users
            .iter_mut()
            .find(|user| user.username == username);
        user.map(edit).is_some()
    }

    /// An avatar's signed address.
    #[must_use]
    pub fn avatar_url(&self, username: &str, side: u32) -> String {
        self.0.avatar_url(username, side)
    }

    /// Connects an account without the consent page. `None` when there is no
    /// such account.
    #[must_use]
    pub fn issue_tokens(&self, username: &str, scopes: &[&str]) -> Option<TokenPair> {
        let now = self.0.now();
        let mut state = self.0.state();
        let open_id = state.user(username)?.open_id.clone();
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        let config = state.config.clone();
        Some(state.tokens.connect(open_id, scopes, &config, now))
    }

    /// The person disconnects the app. `false` when there is no such account.
    pub fn revoke(&self, username: &str) -> bool {
        let now = self.0.now();
        self.with_open_id(username, |state, open_id| state.revoke(open_id, 1, now))
    }

    /// Expires the account's access tokens.
    pub fn expire_access_tokens(&self, username: &str) -> bool {
        let now = self.0.now();
        self.with_open_id(username, |state, open_id| {
            state.tokens.expire_access(open_id, now);
        })
    }

    /// Expires the account's refresh tokens.
    pub fn expire_refresh_tokens(&self, username: &str) -> bool {
        let now = self.0.now();
        self.with_open_id(username, |state, open_id| {
            state.tokens.expire_refresh(open_id, now);
        })
    }

    fn with_open_id(
        &self,
        username: &str,
        act: impl FnOnce(&mut super::state::State, &str),
    ) -> bool {
        let mut state = self.0.state();
        let Some(open_id) = state.user(username).map(|user| user.open_id.clone()) else {
            return false;
        };
        act(&mut state, &open_id);
        true
    }

    /// Everything that was handed over and has not failed, oldest first: what
    /// a duplicate shows up in.
    #[must_use]
    pub fn posts(&self) -> Vec<Post> {
        let now = self.0.now();
        let state = self.0.state();
        let handed_over = state.tasks.all().iter().filter(|task| {
            task.received_at.is_some()
                && !matches!(task.stage(now, &state.config), Stage::Failed(_))
        });
        handed_over.map(|task| state.post(task, now)).collect()
    }

    /// Every accepted init call and what came of it, oldest first.
    #[must_use]
    pub fn tasks(&self) -> Vec<Post> {
        let now = self.0.now();
        let state = self.0.state();
        state
            .tasks
            .all()
            .iter()
            .map(|task| state.post(task, now))
            .collect()
    }

    /// Ends a task that is not complete with this reason. `false` when there
    /// is no such task.
    pub fn fail_task(&self, publish_id: &str, reason: &str) -> bool {
        let mut state = self.0.state();
        let task = state.tasks.get_mut(publish_id);
        task.map(|task| task.ended = Some(reason.to_owned()))
            .is_some()
    }

    /// The person posts a draft from the inbox. `false` when it is not there.
    pub fn finish_draft(&self, publish_id: &str) -> bool {
        let now = self.0.now();
        let mut state = self.0.state();
        let Some(task) = state.tasks.get(publish_id) else {
            return false;
        };
        if task.stage(now, &state.config) != Stage::InInbox {
            return false;
        }
        let privacy = state
            .user_by_open_id(&task.owner)
            .map(|user| user.privacy_options()[0].to_owned());
        state.tasks.get_mut(publish_id).is_some_and(|task| {
            task.draft_finished_at = Some(now);
            task.details.privacy_level = privacy;
            true
        })
    }

    /// Sets what people did with a post. `false` when there is no such post.
    pub fn set_stats(&self, post_id: i64, stats: Stats) -> bool {
        let mut state = self.0.state();
        let task = state
            .tasks
            .all_mut()
            .iter_mut()
            .find(|task| task.post_id == post_id);
        task.map(|task| task.stats = stats).is_some()
    }

    /// Finds out what has happened and tells the app of it, if it has an address
    /// for webhooks. Returns how many calls were answered with 200.
    pub async fn send_webhooks(&self) -> usize {
        Arc::clone(&self.0).send_webhooks().await
    }

    /// Has an event told that the emulator does not bring about by itself.
    /// `false` when there is no such account.
    pub fn tell(&self, event: &str, username: &str, content: &serde_json::Value) -> bool {
        let now = self.0.now();
        self.with_open_id(username, |state, open_id| {
            let body = super::webhooks::body(&state.config, event, open_id, content, now);
            state.push_event(body, now);
        })
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

    /// Waits until no download and no look into media is running.
    pub async fn settle(&self) {
        Arc::clone(&self.0).background.settle().await;
    }

    /// Back to the start: default accounts, the settings it was started with,
    /// no tokens, no posts, no faults. Received files are removed.
    pub fn reset(&self) {
        self.0.reset();
        for folder in [&self.0.incoming, &self.0.media] {
            if let Err(error) = Platform::clear_folder(folder) {
                tracing::warn!(%error, "received files could not be removed");
            }
        }
    }
}
