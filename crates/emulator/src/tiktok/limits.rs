use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

/// What is counted together. The three init calls share one window, the
/// strictest reading of the documented six per minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Window {
    CreatorInfo,
    Init,
    Status,
    UserInfo,
    VideoList,
    VideoQuery,
}

impl Window {
    fn per_minute(self) -> usize {
        match self {
            Self::CreatorInfo => 20,
            Self::Init => 6,
            Self::Status => 30,
            Self::UserInfo | Self::VideoList | Self::VideoQuery => 600,
        }
    }
}

/// Sliding one-minute windows per access token.
#[derive(Default)]
pub(super) struct Limits(HashMap<(String, Window), VecDeque<DateTime<Utc>>>);

impl Limits {
    /// Counts a call, unless the window is full.
    pub(super) fn admit(&mut self, token: &str, window: Window, now: DateTime<Utc>) -> bool {
        let calls = self.0.entry((token.to_owned(), window)).or_default();
        while calls
            .front()
            .is_some_and(|call| now - call >= TimeDelta::minutes(1))
        {
            calls.pop_front();
        }
        if calls.len() >= window.per_minute() {
            return false;
        }
        calls.push_back(now);
        true
    }
}
