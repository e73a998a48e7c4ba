use std::collections::HashMap;

use axum::http::{HeaderMap, HeaderName, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};

use super::errors::{XrpcError, XrpcResult};

/// How much of something an account may do within a time.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) name: &'static str,
    pub(super) limit: u32,
    pub(super) seconds: i64,
}

/// What was done, by account and window.
#[derive(Default)]
pub(super) struct Limits(HashMap<(String, &'static str), Vec<Spent>>);

/// Points, and when they were spent.
type Spent = (DateTime<Utc>, u32);

impl Limits {
    /// Spends points of all the windows, or refuses and spends none. The headers are those of the
    /// tightest window.
    pub(super) fn spend(
        &mut self,
        who: &str,
        points: u32,
        windows: &[Window],
        now: DateTime<Utc>,
    ) -> XrpcResult<HeaderMap> {
        let mut tightest: Option<(u32, HeaderMap)> = None;
        for window in windows {
            let spans = self.0.entry((who.to_owned(), window.name)).or_default();
            spans.retain(|(at, _)| now - *at < TimeDelta::seconds(window.seconds));
            let spent: u32 = spans.iter().map(|(_, points)| points).sum();
            let reset =
                spans.first().map_or(now, |(at, _)| *at) + TimeDelta::seconds(window.seconds);
            let left = window.limit.saturating_sub(spent);
            if points > left {
                let mut headers = headers(window, left, reset);
                put(
                    &mut headers,
                    "retry-after",
                    (reset - now).num_seconds().max(1).to_string(),
                );
                return Err(
                    XrpcError::new(429, "RateLimitExceeded", "Rate Limit Exceeded")
                        .with_headers(headers),
                );
            }
            let left = left - points;
            if tightest.as_ref().is_none_or(|(least, _)| left < *least) {
                tightest = Some((left, headers(window, left, reset)));
            }
        }
        for window in windows {
            let spans = self.0.entry((who.to_owned(), window.name)).or_default();
            spans.push((now, points));
        }
        Ok(tightest.map(|(_, headers)| headers).unwrap_or_default())
    }

    /// How often something was done within its window.
    pub(super) fn spent(&self, who: &str, window: Window, now: DateTime<Utc>) -> u32 {
        self.0
            .get(&(who.to_owned(), window.name))
            .into_iter()
            .flatten()
            .filter(|(at, _)| now - *at < TimeDelta::seconds(window.seconds))
            .map(|(_, points)| points)
            .sum()
    }
}

fn headers(window: &Window, left: u32, reset: DateTime<Utc>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    put(&mut headers, "ratelimit-limit", window.limit.to_string());
    put(&mut headers, "ratelimit-remaining", left.to_string());
    put(
        &mut headers,
        "ratelimit-reset",
        reset.timestamp().to_string(),
    );
    put(
        &mut headers,
        "ratelimit-policy",
        format!("{};w={}", window.limit, window.seconds),
    );
    headers
}

fn put(headers: &mut HeaderMap, name: &'static str, value: String) {
    if let Ok(value) = HeaderValue::from_str(&value) {
        headers.insert(HeaderName::from_static(name), value);
    }
}
