//! What a version of a post says, kept when somebody is asked about it, and what has changed since another.

use std::time::Duration;

use chrono::{DateTime, NaiveDateTime, Utc};
use db::models::account::Account;
use db::models::delivery::Delivery;
use db::models::post::{Post, PostAsset};
use domain::post::PlatformOptions;
use domain::time::local_label;
use domain::{AccountId, AssetId, Platform};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

/// A comparison that takes longer tells of more changes than there are, instead of taking longer still.
const PATIENCE: Duration = Duration::from_millis(200);

/// What a version of a post says. How its accounts are called is not kept: a disconnect purges that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionContent {
    /// The shared caption.
    pub caption: String,
    /// The files, in order.
    pub files: Vec<VersionFile>,
    /// When it goes out.
    pub due_at: DateTime<Utc>,
    /// The time on the wall that was meant.
    pub local_time: NaiveDateTime,
    /// In which zone.
    pub time_zone: String,
    /// Where it goes.
    pub goes_to: Vec<VersionTarget>,
}

/// A file of a version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionFile {
    /// The file.
    pub asset: AssetId,
    /// The name it had on the person's disk.
    pub file_name: String,
    /// SHA-256 of its bytes, in hex.
    pub sha256: String,
    /// The description for people who cannot see it.
    pub alt: String,
}

/// An account that a version goes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionTarget {
    /// The account.
    pub account: AccountId,
    /// Its platform.
    pub platform: Platform,
    /// A caption of its own.
    pub caption: Option<String>,
    /// The platform's options.
    pub options: PlatformOptions,
}

impl VersionContent {
    /// What a post says now.
    #[must_use]
    pub fn of(post: &Post, deliveries: &[(Delivery, Account)], files: &[PostAsset]) -> Self {
        let mut goes_to: Vec<VersionTarget> = deliveries
            .iter()
            .map(|(delivery, account)| VersionTarget {
                account: account.id,
                platform: account.platform,
                caption: delivery.caption_override.clone(),
                options: delivery.options.clone(),
            })
            .collect();
        goes_to.sort_by_key(|target| target.account);
        Self {
            caption: post.caption.clone(),
            files: files
                .iter()
                .map(|file| VersionFile {
                    asset: file.asset.id,
                    file_name: file.asset.file_name.clone(),
                    sha256: hex::encode(&file.asset.sha256),
                    alt: file.alt.clone(),
                })
                .collect(),
            due_at: post.due_at,
            local_time: post.local_time,
            time_zone: post.time_zone.clone(),
            goes_to,
        }
    }
}

/// A piece of a caption, compared with what it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaptionPart {
    /// As it was.
    Same(String),
    /// No longer there.
    Removed(String),
    /// Not there before.
    Added(String),
}

/// What has changed between two versions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changes {
    /// The number of the version that it is compared with, from 1.
    pub since: usize,
    /// The caption, in pieces; all of it is one [`CaptionPart::Same`] when it has not changed.
    pub caption: Vec<CaptionPart>,
    /// Everything else, a sentence each.
    pub others: Vec<String>,
}

impl Changes {
    /// What has changed from one version, which has this number, to another.
    #[must_use]
    pub fn between(since: usize, before: &VersionContent, after: &VersionContent) -> Self {
        let mut others = Vec::new();
        tell_files(&before.files, &after.files, &mut others);
        tell_targets(&before.goes_to, &after.goes_to, &mut others);
        if before.due_at != after.due_at {
            others.push(format!(
                "Goes out {} instead of {}.",
                local_label(after.local_time),
                local_label(before.local_time)
            ));
        }
        Self {
            since,
            caption: compare(&before.caption, &after.caption),
            others,
        }
    }

    /// Whether the shared caption has changed.
    #[must_use]
    pub fn is_in_caption(&self) -> bool {
        self.caption
            .iter()
            .any(|part| !matches!(part, CaptionPart::Same(_)))
    }
}

/// Two texts, compared word by word.
fn compare(before: &str, after: &str) -> Vec<CaptionPart> {
    let diff = TextDiff::configure()
        .timeout(PATIENCE)
        .diff_words(before, after);
    let mut parts: Vec<CaptionPart> = Vec::new();
    for change in diff.iter_all_changes() {
        let word = change.value();
        match (parts.last_mut(), change.tag()) {
            (Some(CaptionPart::Same(text)), ChangeTag::Equal)
            | (Some(CaptionPart::Removed(text)), ChangeTag::Delete)
            | (Some(CaptionPart::Added(text)), ChangeTag::Insert) => text.push_str(word),
            (_, ChangeTag::Equal) => parts.push(CaptionPart::Same(word.to_owned())),
            (_, ChangeTag::Delete) => parts.push(CaptionPart::Removed(word.to_owned())),
            (_, ChangeTag::Insert) => parts.push(CaptionPart::Added(word.to_owned())),
        }
    }
    parts
}

fn tell_files(before: &[VersionFile], after: &[VersionFile], told: &mut Vec<String>) {
    let was_there = |file: &VersionFile| before.iter().any(|old| old.sha256 == file.sha256);
    let is_there = |file: &VersionFile| after.iter().any(|new| new.sha256 == file.sha256);
    for (number, (old, new)) in (1..).zip(before.iter().zip(after)) {
        if old.sha256 != new.sha256 && !is_there(old) && !was_there(new) {
            told.push(format!("File {number} is another one."));
        }
    }
    let kept = before.iter().filter(|file| is_there(file)).count();
    let moved = before
        .iter()
        .filter(|file| is_there(file))
        .map(|file| &file.sha256)
        .ne(after
            .iter()
            .filter(|file| was_there(file))
            .map(|file| &file.sha256));
    if moved && kept > 1 {
        told.push("The files are in another order.".to_owned());
    }
    match after.len().cmp(&before.len()) {
        std::cmp::Ordering::Greater => {
            told.push(count(after.len() - before.len(), "was", "were", "added"));
        }
        std::cmp::Ordering::Less => {
            told.push(count(before.len() - after.len(), "was", "were", "removed"));
        }
        std::cmp::Ordering::Equal => {}
    }
    for (number, new) in (1..).zip(after) {
        let old = before.iter().find(|old| old.sha256 == new.sha256);
        if old.is_some_and(|old| old.alt != new.alt) {
            told.push(format!("The description of file {number} has changed."));
        }
    }
}

fn count(number: usize, one: &str, many: &str, what: &str) -> String {
    if number == 1 {
        format!("A file {one} {what}.")
    } else {
        format!("{number} files {many} {what}.")
    }
}

fn tell_targets(before: &[VersionTarget], after: &[VersionTarget], told: &mut Vec<String>) {
    let find = |among: &[VersionTarget], account: AccountId| {
        among.iter().find(|one| one.account == account).cloned()
    };
    for new in after {
        let Some(old) = find(before, new.account) else {
            let which = if after.len() > before.len() {
                "one more"
            } else {
                "another"
            };
            told.push(format!("Goes to {which} account on {}.", new.platform));
            continue;
        };
        if old.caption != new.caption {
            told.push(format!(
                "The caption for {} alone has changed.",
                new.platform
            ));
        }
        let changed = changed_options(&old.options, &new.options);
        if !changed.is_empty() {
            told.push(format!("{}: {} changed.", new.platform, changed.join(", ")));
        }
    }
    for old in before {
        if find(after, old.account).is_none() {
            told.push(format!(
                "No longer goes to the account on {} that it went to.",
                old.platform
            ));
        }
    }
}

/// The names of the options that differ: "privacy level", "video cover".
fn changed_options(before: &PlatformOptions, after: &PlatformOptions) -> Vec<String> {
    let fields = |options: &PlatformOptions| match serde_json::to_value(options) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (fields(before), fields(after));
    let added = after
        .iter()
        .filter(|(name, value)| before.get(*name) != Some(value));
    // What is empty may be left out altogether.
    let removed = before.iter().filter(|(name, _)| !after.contains_key(*name));
    added
        .chain(removed)
        .map(|(name, _)| name.trim_end_matches("_ms").replace('_', " "))
        .collect()
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, Duration};
    use domain::post::PlatformOptions;
    use domain::tiktok::TikTokOptions;
    use domain::{AccountId, AssetId, Platform};

    use super::{CaptionPart, Changes, VersionContent, VersionFile, VersionTarget};

    fn content(caption: &str, files: &[&str]) -> VersionContent {
        let due_at = DateTime::from_timestamp(1_791_979_200, 0).expect("an instant");
        VersionContent {
            caption: caption.to_owned(),
            files: files
                .iter()
                .map(|hash| VersionFile {
                    asset: AssetId::generate(),
                    file_name: "a.jpg".to_owned(),
                    sha256: (*hash).to_owned(),
                    alt: String::new(),
                })
                .collect(),
            due_at,
            local_time: due_at.naive_utc(),
            time_zone: "Europe/London".to_owned(),
            goes_to: vec![VersionTarget {
                account: AccountId(uuid::Uuid::nil()),
                platform: Platform::TikTok,
                caption: None,
                options: PlatformOptions::TikTok(TikTokOptions::default()),
            }],
        }
    }

    #[test]
    fn a_caption_is_compared_word_by_word() {
        let before = content("Kenya AA from Nyeri county. On bar.", &[]);
        let after = content("Kenya AA from Gatomboya. On bar.", &[]);
        let changes = Changes::between(1, &before, &after);
        assert!(changes.is_in_caption());
        let text = |keep: fn(&CaptionPart) -> Option<&String>| {
            changes
                .caption
                .iter()
                .filter_map(keep)
                .cloned()
                .collect::<String>()
        };
        let old = text(|part| match part {
            CaptionPart::Same(text) | CaptionPart::Removed(text) => Some(text),
            CaptionPart::Added(_) => None,
        });
        let new = text(|part| match part {
            CaptionPart::Same(text) | CaptionPart::Added(text) => Some(text),
            CaptionPart::Removed(_) => None,
        });
        assert_eq!(
            (old.as_str(), new.as_str()),
            (&*before.caption, &*after.caption)
        );
        let removed = changes
            .caption
            .iter()
            .any(|part| matches!(part, CaptionPart::Removed(text) if text.contains("county")));
        let kept = changes.caption.iter().any(
            |part| matches!(part, CaptionPart::Same(text) if text.starts_with("Kenya AA from")),
        );
        assert!(removed && kept, "{:?}", changes.caption);
    }

    #[test]
    fn nothing_that_has_not_changed_is_told() {
        let same = content("Flat white", &["a", "b"]);
        let changes = Changes::between(1, &same, &same);
        assert!(!changes.is_in_caption());
        assert_eq!(changes.others, Vec::<String>::new());
    }

    #[test]
    fn a_cover_that_was_chosen_or_given_up_is_told() {
        let before = content("Same", &["a"]);
        let mut after = content("Same", &["a"]);
        if let PlatformOptions::TikTok(options) = &mut after.goes_to[0].options {
            options.video_cover_ms = Some(1200);
        }
        let told = ["TikTok: video cover changed."];
        assert_eq!(Changes::between(1, &before, &after).others, told);
        assert_eq!(Changes::between(1, &after, &before).others, told);
    }

    #[test]
    fn files_time_and_options_are_told_in_sentences() {
        let before = content("Same", &["a", "b", "c"]);
        let mut after = content("Same", &["b", "a", "x", "y"]);
        after.files[0].alt = "A cup".to_owned();
        after.due_at += Duration::hours(2);
        after.local_time += Duration::hours(2);
        if let PlatformOptions::TikTok(options) = &mut after.goes_to[0].options {
            options.privacy_level = Some("PUBLIC_TO_EVERYONE".into());
        }
        let changes = Changes::between(1, &before, &after);
        assert_eq!(
            changes.others,
            [
                "File 3 is another one.",
                "The files are in another order.",
                "A file was added.",
                "The description of file 1 has changed.",
                "TikTok: privacy level changed.",
                "Goes out Wed 14 Oct, 14:00 instead of Wed 14 Oct, 12:00.",
            ]
        );
    }
}
