//! The calendar: what a client's month, week or list shows, and giving posts another minute.

#![expect(
    missing_docs,
    reason = "the macro makes a struct of the arguments, which the function describes"
)]

use domain::calendar::PostStatus;
use domain::{AccountId, ClientId, DeliveryId, Platform, PostId, TagId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::codec::Json;

use super::ApiError;
use super::deliveries::Held;

/// How a calendar is laid out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum View {
    /// A month in whole weeks.
    #[default]
    Month,
    /// A week by its hours.
    Week,
    /// All posts of a month below each other.
    List,
}

impl View {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Month, Self::Week, Self::List];

    /// The name of the day in the address.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Month => "month",
            Self::Week => "week",
            Self::List => "list",
        }
    }

    /// The word on its button.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Month => "Month",
            Self::Week => "Week",
            Self::List => "List",
        }
    }
}

/// Which part of a calendar is wanted: what stands in the address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CalendarQuery {
    /// How it is laid out.
    pub view: View,
    /// A month as "2026-10" or a day as "2026-10-14"; empty or wrong means today.
    pub at: Option<String>,
    /// The day that is opened, as "2026-10-14".
    pub day: Option<String>,
    /// Those that go to one of these accounts; empty for all.
    pub accounts: Vec<AccountId>,
    /// Those that stand like one of these; empty for all.
    pub statuses: Vec<PostStatus>,
    /// Those that carry one of these tags; empty for all.
    pub tags: Vec<TagId>,
    /// Which page of the list, from 0.
    pub page: u32,
}

/// A part of a client's calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CalendarData {
    /// "October 2026", or "12–18 October 2026".
    pub title: String,
    /// How it is laid out.
    pub view: View,
    /// The month shown as "2026-10", or the week's Monday as "2026-10-12".
    pub at: String,
    /// The same of what lies before.
    pub previous: String,
    /// The same of what comes after.
    pub next: String,
    /// A day of what is shown, for the other views: today where it is one of the month or week, else the first.
    pub focus: String,
    /// "London, BST (UTC+1)".
    pub zone_label: String,
    /// "London".
    pub place: String,
    /// The IANA name of the zone.
    pub zone: String,
    /// What the clocks show on the client's wall, as "2026-10-14T12:04".
    pub now: String,
    /// Its days; of the list only those that have posts on this page.
    pub days: Vec<DayData>,
    /// How many posts there are in all of it.
    pub total: u32,
    /// How many pages the list has.
    pub pages: u32,
    /// The linked accounts, to filter by.
    pub accounts: Vec<FilterAccount>,
    /// The client's tags, to filter by.
    pub tags: Vec<(TagId, String)>,
    /// Whether this client approves every post before it goes out.
    pub asks_client: bool,
    /// Whether nobody is asked about this client's posts.
    pub asks_nobody: bool,
    /// What a person has to look at, earliest first; of all days.
    pub attention: Vec<AttentionItem>,
    /// Moves with every change; see [`super::controls::look`].
    pub version: i64,
}

/// An account to filter by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilterAccount {
    /// The account.
    pub id: AccountId,
    /// "@kestrelcoffee".
    pub name: String,
    /// Its platform.
    pub platform: Platform,
}

/// A day of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DayData {
    /// "2026-10-14".
    pub date: String,
    /// "14", or "1 Oct" on the first of a month.
    pub label: String,
    /// "Wed 14 Oct".
    pub long_label: String,
    /// Whether it belongs to the month.
    pub in_month: bool,
    /// Whether it is today on the client's wall.
    pub is_today: bool,
    /// Whether it is over on the client's wall.
    pub is_past: bool,
    /// How many posts it has.
    pub count: u32,
    /// Its posts that are shown, earliest first: the first few unless the day is opened.
    pub cards: Vec<CardData>,
}

/// A post on the calendar.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CardData {
    /// Its id.
    pub post: PostId,
    /// Its minute on the client's wall, as "2026-10-14T09:00".
    pub local: String,
    /// The same as an instant, in seconds since 1970.
    pub at: i64,
    /// The first line of the caption.
    pub title: String,
    /// How it stands.
    pub status: PostStatus,
    /// Where it goes, in order.
    pub platforms: Vec<Platform>,
    /// The poster frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub poster_url: Option<String>,
    /// The delivery to show the history of, once there is something to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub history: Option<DeliveryId>,
    /// What keeps it although its minute has come.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Held>,
    /// What was found ahead of its minute, the worst first: whether it blocks, and a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<(bool, String)>,
}

impl CardData {
    /// "09:00".
    #[must_use]
    pub fn time(&self) -> &str {
        self.local.get(11..).unwrap_or_default()
    }

    /// Whether it may be given another minute from here.
    #[must_use]
    pub const fn may_move(&self) -> bool {
        self.status.may_move() && self.held.is_none()
    }
}

/// Why a person has to look at a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AttentionKind {
    /// Nobody knows whether it went out.
    Unknown,
    /// It did not go out.
    Failed,
    /// Its minute has come, and something keeps it.
    Held(Held),
    /// Something was found ahead of its minute.
    Found {
        /// Whether that will keep it from going out.
        blocks: bool,
    },
}

/// A delivery that a person has to look at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttentionItem {
    /// Why.
    pub kind: AttentionKind,
    /// The same in a sentence.
    pub sentence: String,
    /// The first line of the caption.
    pub title: String,
    /// "@kestrelcoffee".
    pub account_name: String,
    /// Its platform.
    pub platform: Platform,
    /// "Today, 17:30".
    pub due: String,
    /// The same as an instant, in seconds since 1970.
    pub at: i64,
    /// The same on the client's wall, as "2026-10-14T17:30".
    pub local: String,
    /// The post.
    pub post: PostId,
    /// The delivery to show the history of, once there is something to show.
    pub history: Option<DeliveryId>,
}

/// What came of the wish to have a post, or a copy of one, at a minute.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MinuteAnswer<T> {
    /// It is there.
    Done(T),
    /// The clocks show that time twice: somebody has to say which is meant. In a sentence.
    Twice(String),
}

/// What came of moving a post.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedData {
    /// The minute that it had, as "2026-10-14T09:00".
    pub from: String,
    /// Which of two that was, where the clocks show it twice.
    pub from_which: Option<Which>,
    /// "Thu 15 Oct, 14:30 London": the minute that it has.
    pub label: String,
    /// Whether its approval begins anew.
    pub asks_again: bool,
    /// Whether it is a draft now, because nobody is asked about it any more.
    pub is_draft_now: bool,
}

/// What came of moving one of many posts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedOne {
    /// The post.
    pub post: PostId,
    /// Why it was not moved.
    pub refused: Option<String>,
    /// Which of two the minute that it had was, where the clocks show it twice.
    pub from_which: Option<Which>,
    /// Whether it is a draft now, because nobody is asked about it any more.
    pub is_draft_now: bool,
}

/// Which one is meant of a time that the clocks show twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Which {
    /// Before the clocks go back.
    First,
    /// After they went back.
    Second,
}

/// A part of a client's calendar.
///
/// # Errors
/// When the client is not this person's to see.
#[server(endpoint = "calendar")]
pub async fn calendar(
    client: ClientId,
    #[server(default)] query: CalendarQuery,
) -> Result<CalendarData, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let wish = super::mapping::calendar_wish(&query);
    let part = services
        .calendar(&actor, client, &wish)
        .await
        .map_err(ssr::refuse)?;
    Ok(super::mapping::calendar(part, &query))
}

/// Gives a post another minute on the client's wall, as "2026-10-15T14:30".
///
/// # Errors
/// When that minute is over or does not exist; when the post has left.
#[server(endpoint = "move_post", input = Json)]
pub async fn move_post(
    client: ClientId,
    post: PostId,
    to: String,
    which: Option<Which>,
) -> Result<MinuteAnswer<MovedData>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let to = match minute(&view, &to, which)? {
        MinuteAnswer::Done(to) => to,
        MinuteAnswer::Twice(sentence) => return Ok(MinuteAnswer::Twice(sentence)),
    };
    let moved = services
        .move_post(&actor, client, post, to)
        .await
        .map_err(ssr::refuse)?;
    Ok(MinuteAnswer::Done(super::mapping::moved(&view, &moved)))
}

/// Moves posts by so many days, each at its own time on the client's wall. Beside a post may stand which minute is
/// meant, where the clocks show it twice on that day.
///
/// # Errors
/// When there are too many, or the client is not this person's to write for.
#[server(endpoint = "move_posts", input = Json)]
pub async fn move_posts(
    client: ClientId,
    posts: Vec<PostId>,
    days: i32,
    #[server(default)] which: Vec<(PostId, Which)>,
) -> Result<Vec<MovedOne>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let posts: Vec<_> = posts
        .into_iter()
        .map(|post| {
            let meant = which.iter().find(|(of, _)| *of == post);
            (post, meant.map(|(_, which)| (*which).into()))
        })
        .collect();
    let done = services
        .move_posts(&actor, client, &posts, days)
        .await
        .map_err(ssr::refuse)?;
    Ok(done
        .into_iter()
        .map(|(post, moved)| {
            let (moved, refused) = match moved {
                Ok(moved) => (Some(moved), None),
                Err(error) => (None, Some(error.to_string())),
            };
            MovedOne {
                post,
                refused,
                from_which: moved
                    .as_ref()
                    .and_then(|moved| Some(moved.from_which?.into())),
                is_draft_now: moved.is_some_and(|moved| moved.is_draft_now),
            }
        })
        .collect())
}

/// Makes a draft that says the same as a post, at this time on the client's wall; without one at the next that
/// suits.
///
/// # Errors
/// When there is no such post, or the time does not exist.
#[server(endpoint = "duplicate_post", input = Json)]
pub async fn duplicate_post(
    client: ClientId,
    post: PostId,
    at: Option<String>,
    which: Option<Which>,
) -> Result<MinuteAnswer<PostId>, ApiError> {
    use crate::ssr;
    let (services, actor) = ssr::signed_in().await?;
    let view = services.client(&actor, client).await.map_err(ssr::refuse)?;
    let at = match at.map(|at| minute(&view, &at, which)).transpose()? {
        None => None,
        Some(MinuteAnswer::Done(at)) => Some(at),
        Some(MinuteAnswer::Twice(sentence)) => return Ok(MinuteAnswer::Twice(sentence)),
    };
    let copy = services
        .duplicate_post(&actor, client, post, at)
        .await
        .map_err(ssr::refuse)?;
    Ok(MinuteAnswer::Done(copy))
}

/// The minute that is asked for on a client's wall, if it is clear which is meant.
#[cfg(feature = "ssr")]
fn minute(
    view: &services::clients::ClientView,
    text: &str,
    which: Option<Which>,
) -> Result<MinuteAnswer<services::posts::MoveTo>, ApiError> {
    use domain::time::{LocalTimeError, instant_of, parse_local};
    let time = parse_local(text).ok_or_else(|| {
        crate::ssr::refuse(services::ServiceError::Invalid(
            "Choose the day and time when this goes out.".to_owned(),
        ))
    })?;
    let which = which.map(Into::into);
    Ok(match instant_of(time, view.zone, which) {
        Err(twice @ LocalTimeError::Twice(..)) => MinuteAnswer::Twice(twice.to_string()),
        _ => MinuteAnswer::Done(services::posts::MoveTo { time, which }),
    })
}

#[cfg(feature = "ssr")]
impl From<Which> for domain::time::Occurrence {
    fn from(which: Which) -> Self {
        match which {
            Which::First => Self::First,
            Which::Second => Self::Second,
        }
    }
}

#[cfg(feature = "ssr")]
impl From<domain::time::Occurrence> for Which {
    fn from(which: domain::time::Occurrence) -> Self {
        use domain::time::Occurrence;
        match which {
            Occurrence::First => Self::First,
            Occurrence::Second => Self::Second,
        }
    }
}
