//! Where a delivery stands with Bluesky, as it is written down between two steps.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bluesky::facets::Facet;
use crate::{Checkpoint, ErrorKind, PlatformError};

/// The form of what is written; a newer AutoPost reads the older forms.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(flatten)]
    plan: Plan,
}

/// A post on its way. What the record says is settled here, so that every try says the same.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Plan {
    /// The key of its record.
    pub key: String,
    /// When it says that it was written.
    pub created_at: DateTime<Utc>,
    /// What leads somewhere in its text.
    pub facets: Vec<Facet>,
    /// The files that are stored, in order, as the record refers to them.
    pub files: Vec<Value>,
    /// The video that the service is working on.
    pub job: Option<Job>,
    /// How often the video service failed with it.
    pub failures: u32,
    /// How often all files were sent again.
    pub repeats: u32,
    /// Whether the record may have been sent: said before it is.
    pub started: bool,
}

/// A video that is being prepared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Job {
    /// The service's name for it.
    pub id: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// How often was asked.
    pub looks: u32,
}

/// What comes next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The video service is asked.
    Waiting,
    /// The file of this number, from 0, is sent.
    File(usize),
    /// Everything is there; it is noted that the post goes out.
    Ready,
    /// The post is written.
    Started,
}

impl Plan {
    pub const fn new(key: String, created_at: DateTime<Utc>, facets: Vec<Facet>) -> Self {
        Self {
            key,
            created_at,
            facets,
            files: Vec::new(),
            job: None,
            failures: 0,
            repeats: 0,
            started: false,
        }
    }

    /// What comes next for a post with so many files.
    pub const fn stage(&self, files: usize) -> Stage {
        if self.started {
            Stage::Started
        } else if self.job.is_some() {
            Stage::Waiting
        } else if self.files.len() < files {
            Stage::File(self.files.len())
        } else {
            Stage::Ready
        }
    }

    /// With every file to be sent again: the server refused the record because it has lost them, so
    /// nothing is out.
    pub fn without_files(self) -> Self {
        Self {
            files: Vec::new(),
            job: None,
            repeats: self.repeats + 1,
            started: false,
            ..self
        }
    }

    /// Reads what was written. What cannot be read cannot be taken up again, and it may have been sent.
    pub fn read(checkpoint: Checkpoint) -> Result<Self, PlatformError> {
        match serde_json::from_value(checkpoint.0) {
            Ok(Written {
                version: VERSION,
                plan,
            }) => Ok(plan),
            _ => Err(PlatformError::new(
                ErrorKind::OutcomeUnknown,
                "AutoPost cannot read its own notes on this post. Look at the account on Bluesky before posting again.",
            )),
        }
    }

    /// As it is written down.
    pub fn write(self) -> Result<Checkpoint, PlatformError> {
        let written = Written {
            version: VERSION,
            plan: self,
        };
        serde_json::to_value(written).map(Checkpoint).map_err(|_| {
            PlatformError::new(
                ErrorKind::RetryLater,
                "AutoPost could not write down where this post stands.",
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bluesky::facets::Target;

    fn plan() -> Plan {
        let facet = Facet {
            start: 0,
            end: 4,
            to: Target::Tag("tea".to_owned()),
        };
        Plan::new("3k".to_owned(), DateTime::UNIX_EPOCH, vec![facet])
    }

    #[test]
    fn a_checkpoint_reads_as_it_was_written_and_names_its_version() {
        let written = plan().write().unwrap();
        assert_eq!(written.0["version"], 1);
        assert_eq!(Plan::read(written).unwrap(), plan());
    }

    #[test]
    fn what_comes_next_follows_from_what_is_there() {
        let file = serde_json::json!({"$type": "blob"});
        let mut plan = plan();
        assert_eq!(plan.stage(0), Stage::Ready);
        assert_eq!(plan.stage(2), Stage::File(0));
        plan.files.push(file.clone());
        assert_eq!(plan.stage(2), Stage::File(1));
        plan.job = Some(Job {
            id: "j".to_owned(),
            since: DateTime::UNIX_EPOCH,
            looks: 0,
        });
        assert_eq!(plan.stage(2), Stage::Waiting);
        plan.job = None;
        plan.files.push(file);
        assert_eq!(plan.stage(2), Stage::Ready);
        plan.started = true;
        assert_eq!(plan.stage(2), Stage::Started);
        assert_eq!(plan.without_files().stage(2), Stage::File(0));
    }

    #[test]
    fn what_cannot_be_read_is_never_started_again() {
        for json in [
            serde_json::json!({}),
            serde_json::json!({"version": 2, "key": "3k"}),
        ] {
            let error = Plan::read(Checkpoint(json)).unwrap_err();
            assert_eq!(error.kind, ErrorKind::OutcomeUnknown);
        }
    }
}
