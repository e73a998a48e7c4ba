//! What is published, and its public id, which TikTok tells only after moderation and only of public
//! posts. Nothing that goes wrong here makes a published post anything else.

use chrono::TimeDelta;
use url::Url;

use super::checkpoint::{Found, Stage, Task};
use super::{Step, report};
use crate::tiktok::config::SITE_URL;
use crate::tiktok::wire::StatusData;
use crate::{DeliveryContent, StepOutcome, StepReport};

/// The only privacy level whose posts get a public id.
pub(super) const PUBLIC: &str = "PUBLIC_TO_EVERYONE";

/// When the id is asked for again, after `passed` since the post: every 10 s for 2 min, every 10 min
/// for 6 h, hourly to 48 h.
fn pause(passed: TimeDelta) -> Option<TimeDelta> {
    if passed < TimeDelta::minutes(2) {
        Some(TimeDelta::seconds(10))
    } else if passed < TimeDelta::hours(6) {
        Some(TimeDelta::minutes(10))
    } else if passed < TimeDelta::hours(48) {
        Some(TimeDelta::hours(1))
    } else {
        None
    }
}

impl Step<'_> {
    /// TikTok says that it is posted.
    pub(super) fn published(&self, task: Task, data: &StatusData) -> StepOutcome {
        let found = Found {
            task,
            at: self.context.now,
        };
        let id = data.post_id();
        self.settled(found, id, Some(report::published(id, &data.status)))
    }

    /// Asks once more for the public id.
    pub(super) async fn follow(&self, found: Found) -> StepOutcome {
        let data = match self.api.status(&found.task.publish_id).await {
            Ok(data) => Some(data),
            Err(error) => {
                tracing::debug!(words = error.platform_words, "no public id yet");
                None
            }
        };
        let id = data.as_ref().and_then(StatusData::post_id);
        self.settled(found, id, id.map(report::learnt_id))
    }

    fn settled(&self, found: Found, id: Option<&str>, report: Option<StepReport>) -> StepOutcome {
        let handle = self.handle(None).or_else(|| found.task.handle.clone());
        // Who sees a draft is decided in the app.
        let may_be_public =
            self.options.as_draft || self.options.privacy_level.as_deref() == Some(PUBLIC);
        let waits_for_id = id.is_none() && may_be_public;
        let later = pause(self.context.now - found.at).filter(|_| waits_for_id);
        StepOutcome::Published {
            id: id.map(str::to_owned),
            address: handle.and_then(|handle| address(&handle, self.context.content, id)),
            report,
            follow_up: later.and_then(|pause| {
                let checkpoint = Stage::Published(found).write().ok()?;
                Some((checkpoint, self.context.now + pause))
            }),
        }
    }
}

/// The post, or the profile while its id is not known.
pub(super) fn address(handle: &str, content: &DeliveryContent, id: Option<&str>) -> Option<String> {
    let is_video = content
        .media
        .iter()
        .any(|item| item.facts.video().is_some());
    post_address(handle, if is_video { "video" } else { "photo" }, id)
}

fn post_address(handle: &str, kind: &str, id: Option<&str>) -> Option<String> {
    let mut url = Url::parse(SITE_URL).ok()?;
    {
        let mut path = url.path_segments_mut().ok()?;
        path.clear().push(&format!("@{handle}"));
        if let Some(id) = id {
            path.push(kind).push(id);
        }
    }
    Some(url.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_the_post_or_the_profile() {
        assert_eq!(
            post_address("kestrel.coffee_1", "video", Some("7602997517160123666")).as_deref(),
            Some("https://www.tiktok.com/@kestrel.coffee_1/video/7602997517160123666")
        );
        assert_eq!(
            post_address("kestrelcoffee", "photo", Some("7602997517160123666")).as_deref(),
            Some("https://www.tiktok.com/@kestrelcoffee/photo/7602997517160123666")
        );
        assert_eq!(
            post_address("kestrelcoffee", "video", None).as_deref(),
            Some("https://www.tiktok.com/@kestrelcoffee")
        );
    }

    #[test]
    fn the_id_is_asked_for_ever_less_often_and_not_for_ever() {
        for (passed, expected) in [
            (TimeDelta::zero(), Some(TimeDelta::seconds(10))),
            (TimeDelta::seconds(119), Some(TimeDelta::seconds(10))),
            (TimeDelta::minutes(2), Some(TimeDelta::minutes(10))),
            (TimeDelta::minutes(359), Some(TimeDelta::minutes(10))),
            (TimeDelta::hours(6), Some(TimeDelta::hours(1))),
            (TimeDelta::hours(47), Some(TimeDelta::hours(1))),
            (TimeDelta::hours(48), None),
        ] {
            assert_eq!(pause(passed), expected, "{passed}");
        }
    }
}
