//! Where a post or a delivery stands: always an icon, a word and a hue together.

use domain::DeliveryState;
use domain::calendar::PostStatus;
use leptos::prelude::*;

use super::icon::Icon;

/// A status as people see it. Several states of a delivery can look the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Being written.
    Draft,
    /// Waiting for somebody's approval.
    Waiting,
    /// Somebody asked for changes.
    Changes,
    /// Approved, not yet given a minute.
    Approved,
    /// Goes out at its minute.
    Scheduled,
    /// On its way, at ours or at the platform's end.
    Publishing,
    /// The platform says that it is posted.
    Published,
    /// Will not go out unless somebody acts.
    Failed,
    /// Nobody can say yet whether it went out.
    Unknown,
    /// Taken back before it went out.
    Cancelled,
}

impl Status {
    /// The word beside the icon.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Waiting => "Waiting",
            Self::Changes => "Changes",
            Self::Approved => "Approved",
            Self::Scheduled => "Scheduled",
            Self::Publishing => "Publishing",
            Self::Published => "Published",
            Self::Failed => "Failed",
            Self::Unknown => "Unknown",
            Self::Cancelled => "Cancelled",
        }
    }

    /// The class that brings the hue and the tint.
    #[must_use]
    pub const fn class(self) -> &'static str {
        match self {
            Self::Draft => "is-draft",
            Self::Waiting => "is-waiting",
            Self::Changes => "is-changes",
            Self::Approved => "is-approved",
            Self::Scheduled => "is-scheduled",
            Self::Publishing => "is-publishing",
            Self::Published => "is-published",
            Self::Failed => "is-failed",
            Self::Unknown => "is-unknown",
            Self::Cancelled => "is-cancelled",
        }
    }

    /// The icon of this status.
    #[must_use]
    pub const fn icon(self) -> Icon {
        match self {
            Self::Draft => Icon::Draft,
            Self::Waiting => Icon::Waiting,
            Self::Changes => Icon::Changes,
            Self::Approved => Icon::Approved,
            Self::Scheduled => Icon::Scheduled,
            Self::Publishing => Icon::Publishing,
            Self::Published => Icon::Published,
            Self::Failed => Icon::Failed,
            Self::Unknown => Icon::Unknown,
            Self::Cancelled => Icon::Cancelled,
        }
    }
}

impl From<DeliveryState> for Status {
    fn from(state: DeliveryState) -> Self {
        match state {
            DeliveryState::Draft => Self::Draft,
            DeliveryState::InReview => Self::Waiting,
            DeliveryState::Approved => Self::Approved,
            DeliveryState::Scheduled => Self::Scheduled,
            DeliveryState::Publishing | DeliveryState::Processing => Self::Publishing,
            DeliveryState::Published => Self::Published,
            DeliveryState::Failed => Self::Failed,
            DeliveryState::Unknown => Self::Unknown,
            DeliveryState::Cancelled => Self::Cancelled,
        }
    }
}

impl From<PostStatus> for Status {
    fn from(status: PostStatus) -> Self {
        match status {
            PostStatus::Draft => Self::Draft,
            PostStatus::Changes => Self::Changes,
            PostStatus::Waiting => Self::Waiting,
            PostStatus::Approved => Self::Approved,
            PostStatus::Scheduled => Self::Scheduled,
            PostStatus::Publishing => Self::Publishing,
            PostStatus::Published => Self::Published,
            PostStatus::Failed => Self::Failed,
            PostStatus::Unknown => Self::Unknown,
            PostStatus::Cancelled => Self::Cancelled,
        }
    }
}

/// A status on a tinted pill, with other words and another icon where a page says it better.
#[component]
pub fn StatusPill(
    /// Decides the hue, and the icon and word unless they are given.
    #[prop(into)]
    status: Status,
    /// Words to show instead of the status's own.
    #[prop(optional, into)]
    words: Option<String>,
    /// An icon to show instead of the status's own.
    #[prop(optional)]
    icon: Option<Icon>,
) -> impl IntoView {
    shown("pill", status, words, icon)
}

/// A status without a ground, for cards and rows.
#[component]
pub fn StatusInline(
    /// Decides the hue, and the icon and word unless they are given.
    #[prop(into)]
    status: Status,
    /// Words to show instead of the status's own.
    #[prop(optional, into)]
    words: Option<String>,
    /// An icon to show instead of the status's own.
    #[prop(optional)]
    icon: Option<Icon>,
) -> impl IntoView {
    shown("status", status, words, icon)
}

fn shown(kind: &str, status: Status, words: Option<String>, icon: Option<Icon>) -> impl IntoView {
    view! {
        <span class=format!("{kind} {}", status.class())>
            {icon.unwrap_or(status.icon()).view()}
            {words.unwrap_or_else(|| status.word().to_owned())}
        </span>
    }
}
