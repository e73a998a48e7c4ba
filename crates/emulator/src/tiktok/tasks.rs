use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize, Serializer};
use sha2::Sha256;

use super::{chunks::Plan, config::Config, markers::Markers};

/// What is posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// One video.
    Video,
    /// One to 35 photos.
    Photo,
}

/// Where it goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Straight to the profile.
    Direct,
    /// To the person's inbox, to be finished in TikTok's app.
    Draft,
}

/// How the bytes come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The client uploads them.
    File,
    /// TikTok downloads them.
    Pull,
}

/// What the client said about a post.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    /// The caption of a video, the title of photos.
    pub caption: String,
    /// The description of photos.
    pub description: String,
    /// Who may see it; drafts have none.
    pub privacy_level: Option<String>,
    /// Comments are off, by the client's wish or the account's settings.
    pub disable_comment: bool,
    /// Duets are off, by the client's wish or the account's settings.
    pub disable_duet: bool,
    /// Stitches are off, by the client's wish or the account's settings.
    pub disable_stitch: bool,
    /// Labelled as a paid partnership.
    pub brand_content: bool,
    /// Labelled as promotional content.
    pub brand_organic: bool,
    /// Labelled as made with AI.
    pub is_aigc: bool,
    /// Music may be added to photos.
    pub auto_add_music: bool,
    /// The moment of a video that is its cover.
    pub video_cover_timestamp_ms: Option<i32>,
    /// The photo that is the cover.
    pub photo_cover_index: Option<usize>,
}

/// One received file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Media {
    /// Where to see it.
    pub url: String,
    /// Its name in the folder of received media.
    pub file: String,
    /// Its bytes.
    pub size: u64,
    /// The SHA-256 of its bytes, in lowercase hex.
    pub sha256: String,
    /// Its kind.
    pub content_type: String,
    /// Pixels across, when known.
    pub width: u32,
    /// Pixels down, when known.
    pub height: u32,
    /// Milliseconds of a video, when known.
    pub duration_ms: u64,
}

/// What people did with a post.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Stats {
    /// Views.
    pub views: i64,
    /// Likes.
    pub likes: i32,
    /// Comments.
    pub comments: i32,
    /// Shares.
    pub shares: i32,
}

/// A post, or an attempt at one, as tests and people look at it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Post {
    /// TikTok's name for the attempt.
    pub publish_id: String,
    /// TikTok's id of the post, once it is complete. A string in JSON.
    #[serde(serialize_with = "as_text")]
    pub post_id: Option<i64>,
    /// Whether the id is told to clients: public and moderated.
    pub publicly_available: bool,
    /// The account's username.
    pub account: String,
    /// What is posted.
    pub kind: Kind,
    /// Where it goes.
    pub mode: Mode,
    /// How the bytes come.
    pub source: Source,
    /// The status that clients are told now.
    pub status: String,
    /// Why it failed.
    pub fail_reason: Option<String>,
    /// What the client said about it.
    #[serde(flatten)]
    pub details: Details,
    /// The received files.
    pub media: Vec<Media>,
    /// Bytes received or downloaded so far.
    pub received_bytes: u64,
    /// When init was answered.
    pub created_at: DateTime<Utc>,
    /// When the last byte was there.
    pub received_at: Option<DateTime<Utc>>,
    /// When it was complete.
    pub published_at: Option<DateTime<Utc>>,
    /// What people did with it.
    pub stats: Stats,
}

// The parameter's shape is what `serialize_with` calls it with.
#[expect(clippy::ref_option)]
fn as_text<S: Serializer>(id: &Option<i64>, serializer: S) -> Result<S::Ok, S::Error> {
    id.map(|id| id.to_string()).serialize(serializer)
}

/// An upload under way.
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) token: String,
    pub(super) plan: Plan,
    pub(super) received: u64,
    pub(super) deadline: DateTime<Utc>,
    /// Held while a chunk comes in, so that chunks are taken one at a time.
    pub(super) lane: Arc<tokio::sync::Mutex<Sha256>>,
}

/// One accepted init call and what came of it.
pub(super) struct Task {
    pub(super) publish_id: String,
    pub(super) post_id: i64,
    pub(super) owner: String,
    pub(super) kind: Kind,
    pub(super) mode: Mode,
    pub(super) source: Source,
    pub(super) details: Details,
    pub(super) markers: Markers,
    pub(super) created_at: DateTime<Utc>,
    pub(super) received_at: Option<DateTime<Utc>>,
    pub(super) upload: Option<Upload>,
    pub(super) downloaded: u64,
    pub(super) media: Vec<Media>,
    /// A download or a look into the media is still running.
    pub(super) checking: bool,
    /// What was wrong with the media, told only after processing.
    pub(super) verdict: Option<&'static str>,
    /// What ended it at once: a revoked grant, a cancellation, a failed pull.
    pub(super) ended: Option<String>,
    pub(super) draft_finished_at: Option<DateTime<Utc>>,
    pub(super) stats: Stats,
}

/// Where a task is in its life, computed from the clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    Receiving,
    Processing,
    InInbox,
    Complete(DateTime<Utc>),
    Failed(String),
}

impl Task {
    pub(super) fn stage(&self, now: DateTime<Utc>, config: &Config) -> Stage {
        if let Some(reason) = &self.ended {
            return Stage::Failed(reason.clone());
        }
        let Some(processed_at) = self.processed_at(config) else {
            let lapsed = self.upload.as_ref().is_some_and(|up| now >= up.deadline);
            return if lapsed {
                Stage::Failed("internal".to_owned())
            } else {
                Stage::Receiving
            };
        };
        if self.markers.stuck || self.checking || now < processed_at {
            return Stage::Processing;
        }
        if let Some(reason) = self.markers.fail.as_deref().or(self.verdict) {
            return Stage::Failed(reason.to_owned());
        }
        match (self.mode, self.draft_finished_at) {
            (Mode::Direct, _) => Stage::Complete(processed_at),
            (Mode::Draft, Some(finished_at)) => Stage::Complete(finished_at),
            (Mode::Draft, None) => Stage::InInbox,
        }
    }

    /// When its processing is over; `None` before an upload is whole. A pull
    /// counts from init, so that a test's clock need not wait for the download.
    pub(super) fn processed_at(&self, config: &Config) -> Option<DateTime<Utc>> {
        match self.source {
            Source::File => Some(self.received_at? + config.processing),
            Source::Pull if self.markers.pull_slow => {
                Some(self.created_at + config.processing + TimeDelta::minutes(10))
            }
            Source::Pull => Some(self.created_at + config.processing),
        }
    }

    pub(super) fn is_public(&self) -> bool {
        self.details.privacy_level.as_deref() == Some("PUBLIC_TO_EVERYONE")
    }

    /// Whether everybody may see it: complete, public and moderated.
    pub(super) fn is_available(&self, now: DateTime<Utc>, config: &Config) -> bool {
        match (self.stage(now, config), config.moderation) {
            (Stage::Complete(at), Some(moderation)) => self.is_public() && now >= at + moderation,
            _ => false,
        }
    }

    pub(super) fn received_bytes(&self) -> u64 {
        self.upload
            .as_ref()
            .map_or(self.downloaded, |upload| upload.received)
    }

    /// The status on the wire.
    pub(super) fn status(&self, stage: &Stage) -> &'static str {
        match (stage, self.source) {
            (Stage::Receiving | Stage::Processing, Source::File) => "PROCESSING_UPLOAD",
            (Stage::Receiving | Stage::Processing, Source::Pull) => "PROCESSING_DOWNLOAD",
            (Stage::InInbox, _) => "SEND_TO_USER_INBOX",
            (Stage::Complete(_), _) => "PUBLISH_COMPLETE",
            (Stage::Failed(_), _) => "FAILED",
        }
    }

    pub(super) fn post(&self, account: String, now: DateTime<Utc>, config: &Config) -> Post {
        let stage = self.stage(now, config);
        let published_at = match &stage {
            Stage::Complete(at) => Some(*at),
            _ => None,
        };
        Post {
            publish_id: self.publish_id.clone(),
            post_id: published_at.map(|_| self.post_id),
            publicly_available: self.is_available(now, config),
            account,
            kind: self.kind,
            mode: self.mode,
            source: self.source,
            status: self.status(&stage).to_owned(),
            fail_reason: match stage {
                Stage::Failed(reason) => Some(reason),
                _ => None,
            },
            details: self.details.clone(),
            media: self.media.clone(),
            received_bytes: self.received_bytes(),
            created_at: self.created_at,
            received_at: self.received_at,
            published_at,
            stats: self.stats,
        }
    }
}

/// All tasks, oldest first.
#[derive(Default)]
pub(super) struct Tasks {
    list: Vec<Task>,
    by_publish_id: HashMap<String, usize>,
    by_upload_id: HashMap<String, usize>,
}

impl Tasks {
    pub(super) fn add(&mut self, task: Task) {
        let index = self.list.len();
        self.by_publish_id.insert(task.publish_id.clone(), index);
        if let Some(upload) = &task.upload {
            self.by_upload_id.insert(upload.id.clone(), index);
        }
        self.list.push(task);
    }

    pub(super) fn all(&self) -> &[Task] {
        &self.list
    }

    pub(super) fn all_mut(&mut self) -> &mut [Task] {
        &mut self.list
    }

    pub(super) fn get(&self, publish_id: &str) -> Option<&Task> {
        self.list.get(*self.by_publish_id.get(publish_id)?)
    }

    pub(super) fn get_mut(&mut self, publish_id: &str) -> Option<&mut Task> {
        self.list.get_mut(*self.by_publish_id.get(publish_id)?)
    }

    pub(super) fn by_upload_id(&mut self, upload_id: &str) -> Option<&mut Task> {
        self.list.get_mut(*self.by_upload_id.get(upload_id)?)
    }
}
