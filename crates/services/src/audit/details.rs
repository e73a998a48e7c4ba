//! An entry in words that people read.

use domain::DeliveryState;
use domain::approval::Verdict;
use domain::audit::AuditAction;
use serde_json::{Map, Value};

use super::read::{AuditEntry, is_by_a_client};

/// One thing that was one way before and is another now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What.
    pub name: String,
    /// What it was, if it was anything.
    pub before: Option<String>,
    /// What it is, if it is anything.
    pub after: Option<String>,
}

/// What was done, as it follows the name of who did it: "moved a delivery from scheduled to publishing".
#[must_use]
pub fn sentence(entry: &AuditEntry) -> String {
    let Ok(action) = entry.action.parse::<AuditAction>() else {
        // Written by a newer version, whose words are not known here.
        return entry.action.replace('_', " ");
    };
    let was = || word(entry.before.as_ref(), "state");
    let is = || word(entry.after.as_ref(), "state");
    let platform = || {
        let name = word(entry.after.as_ref(), "platform")
            .or_else(|| word(entry.before.as_ref(), "platform"))?;
        let platform: domain::Platform = name.parse().ok()?;
        Some(platform.to_string())
    };
    let special = match action {
        AuditAction::DeliveryMoved => was().zip(is()).map(|(was, is)| {
            if was == is {
                format!("sent a delivery that was {was} at once")
            } else {
                format!("moved a delivery from {was} to {is}")
            }
        }),
        AuditAction::AccountConnected => {
            platform().map(|platform| format!("connected a {platform} account"))
        }
        AuditAction::AccountDisconnected => {
            platform().map(|platform| format!("disconnected a {platform} account"))
        }
        AuditAction::Decided => word(entry.after.as_ref(), "verdict")
            .and_then(|verdict| verdict.parse().ok())
            .map(|verdict| match verdict {
                Verdict::Approved => "approved a post".to_owned(),
                Verdict::Changes => "asked for changes to a post".to_owned(),
            }),
        AuditAction::Commented => entry
            .after
            .as_ref()
            .and_then(|after| after.get("resolved")?.as_bool())
            .map(|resolved| match resolved {
                true => "settled a comment".to_owned(),
                false => "opened a comment again".to_owned(),
            }),
        AuditAction::CopyAsked | AuditAction::CopyCancelled | AuditAction::CopyMade => {
            word(entry.after.as_ref(), "made").map(|made| match action {
                AuditAction::CopyAsked => format!("asked for a copy of a file {made}"),
                AuditAction::CopyCancelled => format!("cancelled a copy of a file {made}"),
                _ => format!("made a copy of a file {made}"),
            })
        }
        AuditAction::Exported => {
            word(entry.after.as_ref(), "what").map(|what| format!("exported the {what}"))
        }
        _ => None,
    };
    special.unwrap_or_else(|| action.phrase().to_owned())
}

/// What was done, as a client reads it; none for what another entry beside it says already, or what only says how
/// we work: that a decision moved the post on, that a delivery was taken up.
#[must_use]
pub fn sentence_for_clients(entry: &AuditEntry) -> Option<String> {
    if entry.action != AuditAction::DeliveryMoved.as_str() {
        return Some(sentence(entry));
    }
    let state: DeliveryState = entry.after.as_ref()?.get("state")?.as_str()?.parse().ok()?;
    let words = match state {
        DeliveryState::Scheduled if is_by_a_client(entry) => return None,
        DeliveryState::Scheduled => "scheduled a post",
        DeliveryState::Published => "published a post",
        DeliveryState::Failed => "could not publish a post",
        DeliveryState::Unknown => "does not know yet whether a post is out",
        DeliveryState::Cancelled => "cancelled a post",
        DeliveryState::Draft
        | DeliveryState::InReview
        | DeliveryState::Approved
        | DeliveryState::Publishing
        | DeliveryState::Processing => return None,
    };
    Some(words.to_owned())
}

/// What was one way before and is another now, by name. What stayed the same is left out.
#[must_use]
pub fn details(entry: &AuditEntry) -> Vec<Detail> {
    let empty = Map::new();
    let object = |value: &Option<Value>| value.as_ref().and_then(Value::as_object).cloned();
    let before = object(&entry.before).unwrap_or_else(|| empty.clone());
    let after = object(&entry.after).unwrap_or(empty);
    let mut names: Vec<&String> = before.keys().chain(after.keys()).collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .map(|name| Detail {
            name: name.replace('_', " "),
            before: before.get(name).and_then(text),
            after: after.get(name).and_then(text),
        })
        .filter(|detail| detail.before != detail.after)
        .collect()
}

fn word(value: Option<&Value>, name: &str) -> Option<String> {
    let word = value?.get(name)?.as_str()?;
    Some(word.replace('_', " "))
}

fn text(value: &Value) -> Option<String> {
    /// More of a hash tells nobody more.
    const LONGEST: usize = 80;
    let text = match value {
        Value::Null => return None,
        Value::Bool(true) => "yes".to_owned(),
        Value::Bool(false) => "no".to_owned(),
        Value::String(text) if is_hash(text) => text.chars().take(8).collect(),
        Value::String(text) => text.clone(),
        Value::Array(values) => values
            .iter()
            .filter_map(text)
            .collect::<Vec<_>>()
            .join(", "),
        other => other.to_string(),
    };
    if text.chars().count() > LONGEST {
        return Some(text.chars().take(LONGEST).chain(['…']).collect());
    }
    Some(text)
}

fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{Value, json};

    use super::{Detail, details, sentence, sentence_for_clients};
    use crate::audit::read::AuditEntry;

    fn entry(action: &str, before: Option<Value>, after: Option<Value>) -> AuditEntry {
        AuditEntry {
            id: 1,
            at: DateTime::UNIX_EPOCH,
            actor: None,
            actor_name: "AutoPost".to_owned(),
            actor_role: None,
            client: None,
            client_name: None,
            action: action.to_owned(),
            subject_kind: None,
            subject_id: None,
            ip: None,
            agent: None,
            before,
            after,
        }
    }

    #[test]
    fn what_was_done_is_said_in_words() {
        let moved = entry(
            "delivery_moved",
            Some(json!({ "state": "in_review" })),
            Some(json!({ "state": "approved" })),
        );
        assert_eq!(
            sentence(&moved),
            "moved a delivery from in review to approved"
        );
        let decided = entry("decided", None, Some(json!({ "verdict": "changes" })));
        assert_eq!(sentence(&decided), "asked for changes to a post");
        assert_eq!(sentence_for_clients(&decided), Some(sentence(&decided)));
        let published = entry(
            "delivery_moved",
            Some(json!({ "state": "processing" })),
            Some(json!({ "state": "published" })),
        );
        assert_eq!(
            sentence_for_clients(&published).as_deref(),
            Some("published a post")
        );
        let scheduled = AuditEntry {
            actor_role: Some("client_approver".to_owned()),
            ..entry(
                "delivery_moved",
                None,
                Some(json!({ "state": "scheduled" })),
            )
        };
        assert_eq!(sentence_for_clients(&scheduled), None);
        let settled = entry(
            "commented",
            None,
            Some(json!({ "internal": false, "resolved": true })),
        );
        assert_eq!(sentence(&settled), "settled a comment");
        let said = entry("commented", None, Some(json!({ "internal": false })));
        assert_eq!(sentence(&said), "commented on a post");
        let connected = entry(
            "account_connected",
            None,
            Some(json!({ "platform": "tiktok" })),
        );
        assert_eq!(sentence(&connected), "connected a TikTok account");
        assert_eq!(sentence(&entry("signed_in", None, None)), "signed in");
        assert_eq!(
            sentence(&entry("of_a_newer_version", None, None)),
            "of a newer version"
        );
    }

    #[test]
    fn only_what_changed_is_listed() {
        let changed = entry(
            "client_changed",
            Some(json!({ "name": "Kestrel", "lateness_minutes": 60 })),
            Some(
                json!({ "name": "Kestrel", "lateness_minutes": 120, "accounts": ["a", "b"], "at": null }),
            ),
        );
        let detail = |name: &str, before: Option<&str>, after: &str| Detail {
            name: name.to_owned(),
            before: before.map(str::to_owned),
            after: Some(after.to_owned()),
        };
        assert_eq!(
            details(&changed),
            [
                detail("accounts", None, "a, b"),
                detail("lateness minutes", Some("60"), "120"),
            ]
        );
    }
}
