//! What the three init calls share: who may post, what is opened.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest, Sha256};
use url::{Host, Url};

use super::{
    chunks::Plan,
    errors::{ApiError, Code},
    extract::Caller,
    markers::{InitMarker, Markers},
    state::{Platform, State},
    tasks::{Details, Kind, Mode, Source, Stats, Task, Upload},
    users::User,
};
use crate::random;

/// Where the bytes will come from.
pub(super) enum Origin {
    File(Plan),
    Pull(Vec<Url>),
}

/// A checked init call.
pub(super) struct Order {
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    pub(super) origin: Origin,
    pub(super) details: Details,
}

/// What init answers.
pub(super) struct Opened {
    pub(super) publish_id: String,
    pub(super) upload_url: Option<String>,
}

impl Platform {
    /// Applies `[[init:…]]` from the caption.
    pub(super) fn strike_init(&self, caller: &Caller, caption: &str) -> Result<(), ApiError> {
        let Some(marker) = Markers::read(caption).init else {
            return Ok(());
        };
        if self
            .state()
            .marker_strikes(&caller.open_id, caption, &marker)
        {
            Err(marker.error())
        } else {
            Ok(())
        }
    }

    /// Opens a task for the order. Every call opens a new one: TikTok has no
    /// idempotency key.
    pub(super) fn open_task(
        self: &Arc<Self>,
        user: &User,
        order: Order,
    ) -> Result<Opened, ApiError> {
        let now = self.now();
        let mut state = self.state();
        state.check_may_post(user, &order, now)?;

        let source = match &order.origin {
            Origin::File(_) => Source::File,
            Origin::Pull(_) => Source::Pull,
        };
        let publish_id = new_publish_id(order.kind, order.mode, source);
        let mut markers = Markers::read(&order.details.caption);
        if order.kind == Kind::Photo && markers == Markers::default() {
            markers = Markers::read(&order.details.description);
        }
        let (upload, urls) = match order.origin {
            Origin::File(plan) => (Some(new_upload(plan, now)), None),
            Origin::Pull(urls) => (None, Some(urls)),
        };
        let upload_url = upload.as_ref().map(|upload| {
            format!(
                "{}/upload/?upload_id={}&upload_token={}",
                self.base, upload.id, upload.token
            )
        });
        state.tasks.add(Task {
            publish_id: publish_id.clone(),
            post_id: new_post_id(),
            owner: user.open_id.clone(),
            kind: order.kind,
            mode: order.mode,
            source,
            details: order.details,
            markers,
            created_at: now,
            received_at: None,
            upload,
            downloaded: 0,
            media: Vec::new(),
            checking: urls.is_some(),
            verdict: None,
            ended: None,
            draft_finished_at: None,
            stats: Stats::default(),
        });
        drop(state);
        tracing::info!(publish_id, account = user.username, "a task was opened");
        if let Some(urls) = urls {
            self.start_pull(publish_id.clone(), order.kind, urls);
        }
        Ok(Opened {
            publish_id,
            upload_url,
        })
    }
}

impl State {
    fn marker_strikes(&mut self, open_id: &str, caption: &str, marker: &InitMarker) -> bool {
        let Some(times) = marker.times else {
            return true;
        };
        let key = (open_id.to_owned(), caption.to_owned());
        let struck = self.init_markers.entry(key).or_default();
        *struck += 1;
        *struck <= times
    }

    fn check_may_post(
        &self,
        user: &User,
        order: &Order,
        now: DateTime<Utc>,
    ) -> Result<(), ApiError> {
        let refuse = |code, message: &str| Err(ApiError::new(code, message));
        if user.banned {
            return refuse(Code::BannedFromPosting, "The user is banned from posting.");
        }
        match order.mode {
            Mode::Direct if self.posted_too_much(user, now) => {
                return refuse(Code::TooManyPosts, "The daily post cap is reached.");
            }
            Mode::Draft if self.pending_drafts(user, now) >= self.config.pending_drafts => {
                return refuse(
                    Code::TooManyPendingShare,
                    "Too many pending shares within the last 24 hours.",
                );
            }
            _ => {}
        }
        if !self.has_room_for(&user.open_id, now) {
            return refuse(
                Code::ReachedActiveUserCap,
                "The daily quota of active publishing users is reached.",
            );
        }
        if order.mode == Mode::Direct {
            self.check_privacy(user, &order.details)?;
        }
        if let Origin::Pull(urls) = &order.origin
            && let Some(url) = urls.iter().find(|url| !self.owns(url))
        {
            return refuse(
                Code::UrlOwnershipUnverified,
                &format!("The ownership of {url} is not verified."),
            );
        }
        Ok(())
    }

    fn check_privacy(&self, user: &User, details: &Details) -> Result<(), ApiError> {
        let wanted = details.privacy_level.as_deref().unwrap_or_default();
        if !(self.config.audited || user.private && wanted == "SELF_ONLY") {
            return Err(ApiError::new(
                Code::UnauditedClient,
                "Unaudited apps can only post with SELF_ONLY to private accounts.",
            ));
        }
        if !user.privacy_options().contains(&wanted) {
            return Err(ApiError::new(
                Code::PrivacyLevelMismatch,
                "privacy_level is not one of the creator's options.",
            ));
        }
        Ok(())
    }

    fn pending_drafts(&self, user: &User, now: DateTime<Utc>) -> usize {
        self.recent_tasks(&user.open_id, now)
            .filter(|task| task.mode == Mode::Draft && task.draft_finished_at.is_none())
            .count()
    }

    /// Whether an address may be pulled from: its domain or its prefix has
    /// been verified for the app.
    fn owns(&self, url: &Url) -> bool {
        let relaxed = self.config.allow_http_pull;
        let domain = match url.host() {
            Some(Host::Domain(domain)) => Some(domain),
            Some(_) if relaxed => None,
            _ => return false,
        };
        let allowed_scheme = url.scheme() == "https" || (relaxed && url.scheme() == "http");
        let has_login = !url.username().is_empty() || url.password().is_some();
        if !allowed_scheme || has_login {
            return false;
        }
        self.config.verified.iter().any(|verified| {
            if verified.contains("://") {
                verified.ends_with('/') && url.as_str().starts_with(verified.as_str())
            } else {
                domain.is_some_and(|domain| {
                    domain == verified
                        || domain
                            .strip_suffix(verified.as_str())
                            .is_some_and(|rest| rest.ends_with('.'))
                })
            }
        })
    }
}

fn new_upload(plan: Plan, now: DateTime<Utc>) -> Upload {
    Upload {
        id: random::fifty_bits().to_string(),
        token: random::token::<16>(),
        plan,
        received: 0,
        deadline: now + TimeDelta::hours(1),
        lane: Arc::new(tokio::sync::Mutex::new(Sha256::new())),
    }
}

fn new_publish_id(kind: Kind, mode: Mode, source: Source) -> String {
    let kind = match kind {
        Kind::Video => "v",
        Kind::Photo => "p",
    };
    let mode = match mode {
        Mode::Direct => "pub",
        Mode::Draft => "inbox",
    };
    let source = match source {
        Source::File => "file",
        Source::Pull => "url",
    };
    format!("{kind}_{mode}_{source}~v2-1.{}", new_post_id())
}

/// Ids are odd and above 2^62, so that none survives a trip through a double.
fn new_post_id() -> i64 {
    7_600_000_000_000_000_000 + random::fifty_bits() * 1024 + 1
}
