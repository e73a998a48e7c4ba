//! Where a delivery stands with TikTok, as it is written down between two steps.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::tiktok::chunks::ChunkPlan;
use crate::{Checkpoint, ErrorKind, PlatformError};

/// The form of what is written; a newer AutoPost reads the older forms.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(flatten)]
    stage: Stage,
}

/// The stages, in their order.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "stage", rename_all = "snake_case")]
pub(super) enum Stage {
    /// The account allows the post.
    Checked(Checked),
    /// Pictures are about to be handed over in one call: said before it is made.
    Announcing(Announcing),
    /// The video is announced and its parts are going up.
    Uploading(Uploading),
    /// Everything was sent, or may have been; TikTok is asked what became of it.
    Polling(Polling),
    /// TikTok confirmed the post; its public id may still come.
    Published(Found),
}

/// The account allowed the post.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Checked {
    /// When it did.
    pub at: DateTime<Utc>,
    /// Its handle.
    pub handle: Option<String>,
}

/// Pictures are about to be handed over.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Announcing {
    /// Since when.
    pub at: DateTime<Utc>,
    /// The account's handle.
    pub handle: Option<String>,
}

/// What was announced.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// TikTok's name for it.
    pub publish_id: String,
    /// When it was announced.
    pub announced_at: DateTime<Utc>,
    /// The account's handle.
    pub handle: Option<String>,
}

/// How its bytes go up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Upload {
    /// Where to; whoever knows it can upload.
    pub url: UploadUrl,
    /// When that address ends.
    pub ends_at: DateTime<Utc>,
    /// The parts.
    pub plan: ChunkPlan,
    /// How often parts were sent again although the last one may have arrived. From the first time on
    /// a refusal says nothing about whether the video is complete.
    pub repeats: u32,
}

/// Parts are going up.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Uploading {
    pub task: Task,
    pub upload: Upload,
    /// The number of the part that is sent next.
    pub next: u64,
    /// Whether the last part may have been sent: said before it is.
    pub last_chunk_started: bool,
}

/// TikTok is being asked.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Polling {
    pub task: Task,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How often it was asked.
    pub polls: u32,
    /// What it said last, so that the history is told news only.
    pub last_status: Option<String>,
    /// The upload, as long as TikTok has not confirmed that everything arrived.
    pub unconfirmed: Option<Upload>,
    /// Since when the draft is in the account's inbox.
    #[serde(default)]
    pub delivered_at: Option<DateTime<Utc>>,
}

/// TikTok confirmed the post.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Found {
    pub task: Task,
    /// When it did.
    pub at: DateTime<Utc>,
}

/// An upload address: a secret, because it carries its own permission.
#[derive(Clone, Debug)]
pub(super) struct UploadUrl(SecretString);

impl UploadUrl {
    /// The address, to be used and not shown.
    pub fn parse(&self) -> Result<url::Url, PlatformError> {
        self.0.expose_secret().parse().map_err(|_| {
            PlatformError::new(
                ErrorKind::RetryLater,
                "TikTok named an upload address that is none. AutoPost starts the upload again.",
            )
            .after(std::time::Duration::from_mins(5))
            .restarting()
        })
    }
}

impl From<String> for UploadUrl {
    fn from(address: String) -> Self {
        Self(address.into())
    }
}

impl Serialize for UploadUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.expose_secret().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for UploadUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl Stage {
    /// Reads what was written. What cannot be read cannot be taken up again, and it may have been sent.
    pub fn read(checkpoint: Checkpoint) -> Result<Self, PlatformError> {
        match serde_json::from_value(checkpoint.0) {
            Ok(Written {
                version: VERSION,
                stage,
            }) => Ok(stage),
            _ => Err(PlatformError::new(
                ErrorKind::OutcomeUnknown,
                "AutoPost cannot read its own notes on this upload. Look at the account in TikTok before posting again.",
            )),
        }
    }

    /// As it is written down.
    pub fn write(self) -> Result<Checkpoint, PlatformError> {
        let written = Written {
            version: VERSION,
            stage: self,
        };
        serde_json::to_value(written).map(Checkpoint).map_err(|_| {
            PlatformError::new(
                ErrorKind::RetryLater,
                "AutoPost could not write down where this upload stands.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn uploading() -> Stage {
        Stage::Uploading(Uploading {
            task: Task {
                publish_id: "v_pub_file~v2-1.7".to_owned(),
                announced_at: DateTime::UNIX_EPOCH,
                handle: Some("kestrelcoffee".to_owned()),
            },
            upload: Upload {
                url: "https://upload.example/?token=hush-hush".to_owned().into(),
                ends_at: DateTime::UNIX_EPOCH,
                plan: ChunkPlan::of(70_000_000).unwrap(),
                repeats: 0,
            },
            next: 3,
            last_chunk_started: false,
        })
    }

    #[test]
    fn a_checkpoint_reads_as_it_was_written_and_names_its_version() {
        let written = uploading().write().unwrap();
        assert_eq!(written.0["version"], 1);
        assert_eq!(written.0["stage"], "uploading");
        let again = Stage::read(written.clone()).unwrap().write().unwrap();
        assert!(again == written);
    }

    #[test]
    fn upload_addresses_are_not_printed() {
        assert!(!format!("{:?}", uploading()).contains("hush"));
        let written = uploading().write().unwrap();
        assert!(!format!("{written:?}").contains("hush"));
    }

    #[test]
    fn what_cannot_be_read_is_never_started_again() {
        for json in [
            serde_json::json!({}),
            serde_json::json!({"version": 2, "stage": "checked"}),
        ] {
            let error = Stage::read(Checkpoint(json)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
        }
    }
}
