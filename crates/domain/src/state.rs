//! A delivery's life: the states, what moves it from one to the next, and nothing else decides.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Where a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Being written; goes nowhere by itself.
    Draft,
    /// Waiting for somebody's approval.
    InReview,
    /// Approved, not yet given a minute.
    Approved,
    /// Goes out at its minute.
    Scheduled,
    /// A worker holds it and is talking to the platform.
    Publishing,
    /// The platform has everything and is still working on it.
    Processing,
    /// The platform says that it is posted.
    Published,
    /// It will not go out unless somebody acts.
    Failed,
    /// Nobody can say yet whether it went out; never sent again before that is known.
    Unknown,
    /// Taken back before it went out.
    Cancelled,
}

/// What can happen to a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Transition {
    /// Staff ask for approval.
    Submit,
    /// An approver agrees.
    Approve,
    /// An approver asks for changes, or staff take it back to edit it.
    Return,
    /// Approval was taken back before anything left: it waits again.
    Reopen,
    /// Its minute came without a decision that nobody insists on.
    GoWithout,
    /// Staff fix the minute.
    Schedule,
    /// A worker claims it.
    Claim,
    /// The platform took all of it and works on it.
    AwaitPlatform,
    /// The platform confirmed the post.
    Publish,
    /// A step failed in a way that is tried again later.
    Postpone,
    /// Nothing of what was tried can have been posted; the next try starts from the beginning.
    Restart,
    /// It was refused for good.
    Fail,
    /// What happened cannot be known.
    LoseTrack,
    /// Staff or a disconnect take it back.
    Cancel,
    /// The account or a pause keeps it before anything of it has left; it goes on from the beginning.
    PutBack,
    /// The platform, asked again, says that it is there; or a person has looked and says so.
    Confirm,
    /// A person has looked, it is not there, and wants it sent again; or mended what it failed of.
    SendAgain,
    /// A person has looked, and lets it rest; or the platform says that it refused it.
    GiveUp,
    /// The platform, asked again, says that it is certainly not there: it goes out from the beginning.
    NotThere,
    /// The worker that held it made sure, before anything could be posted, that nothing will be.
    TakeBack,
}

impl DeliveryState {
    /// Every state, in the order of a delivery's life.
    pub const ALL: [Self; 10] = [
        Self::Draft,
        Self::InReview,
        Self::Approved,
        Self::Scheduled,
        Self::Publishing,
        Self::Processing,
        Self::Published,
        Self::Failed,
        Self::Unknown,
        Self::Cancelled,
    ];

    /// The one table: the state that follows, or `None` where the transition is not allowed.
    #[must_use]
    pub const fn after(self, transition: Transition) -> Option<Self> {
        use DeliveryState as S;
        use Transition as T;
        match (self, transition) {
            (S::Draft, T::Submit) => Some(S::InReview),
            (S::InReview, T::Approve) => Some(S::Approved),
            (S::InReview | S::Approved | S::Scheduled | S::Failed | S::Cancelled, T::Return) => {
                Some(S::Draft)
            }
            (S::Approved | S::Scheduled, T::Reopen) => Some(S::InReview),
            (S::Draft | S::Approved | S::Scheduled, T::Schedule) | (S::InReview, T::GoWithout) => {
                Some(S::Scheduled)
            }
            (S::Scheduled | S::Publishing, T::Claim) => Some(S::Publishing),
            (S::Processing, T::Claim) => Some(S::Processing),
            (S::Publishing | S::Processing, T::AwaitPlatform) => Some(S::Processing),
            (S::Publishing | S::Processing, T::Publish) => Some(S::Published),
            (S::Publishing, T::Postpone) => Some(S::Publishing),
            (S::Processing, T::Postpone) => Some(S::Processing),
            (S::Publishing | S::Processing, T::Restart) => Some(S::Publishing),
            (S::Publishing | S::Processing, T::Fail) => Some(S::Failed),
            (S::Publishing | S::Processing, T::LoseTrack) => Some(S::Unknown),
            // What a worker holds cannot be unsent; it settles by itself.
            // What failed is let rest: it did not go out, and will not.
            (S::Draft | S::InReview | S::Approved | S::Scheduled | S::Failed, T::Cancel) => {
                Some(S::Cancelled)
            }
            // A disconnect ends the right to talk to the platform: whatever had left by then stays
            // without an answer.
            (S::Publishing | S::Processing, T::Cancel) => Some(S::Unknown),
            (S::Publishing, T::PutBack) => Some(S::Scheduled),
            (S::Publishing | S::Processing, T::TakeBack) => Some(S::Cancelled),
            (S::Unknown, T::Confirm) => Some(S::Published),
            // Only ever by a person.
            (S::Unknown | S::Failed, T::SendAgain) => Some(S::Scheduled),
            (S::Unknown, T::GiveUp) => Some(S::Failed),
            // The platform itself says so: then it is no longer unknown.
            (S::Unknown, T::NotThere) => Some(S::Scheduled),
            // Being asked about is not being sent.
            (S::Unknown, T::Claim) => Some(S::Unknown),
            _ => None,
        }
    }

    /// Whether a person may still change what is said.
    #[must_use]
    pub const fn is_editable(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::InReview | Self::Approved | Self::Scheduled
        )
    }

    /// Whether nothing further happens without a person.
    #[must_use]
    pub const fn is_settled(self) -> bool {
        matches!(
            self,
            Self::Published | Self::Failed | Self::Unknown | Self::Cancelled
        )
    }

    /// Whether a worker is at it, or the platform is.
    #[must_use]
    pub const fn is_moving(self) -> bool {
        matches!(self, Self::Publishing | Self::Processing)
    }

    /// The word used in the database and in addresses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::InReview => "in_review",
            Self::Approved => "approved",
            Self::Scheduled => "scheduled",
            Self::Publishing => "publishing",
            Self::Processing => "processing",
            Self::Published => "published",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
            Self::Cancelled => "cancelled",
        }
    }

    /// Every state, from the one that most needs to be seen to the one that least does.
    pub const BY_URGENCY: [Self; 10] = [
        Self::Failed,
        Self::Unknown,
        Self::Publishing,
        Self::Processing,
        Self::InReview,
        Self::Draft,
        Self::Approved,
        Self::Scheduled,
        Self::Published,
        Self::Cancelled,
    ];

    /// One state for a post with several deliveries: the one that most needs to be seen.
    /// A post without deliveries is a draft.
    #[must_use]
    pub fn summary(states: impl IntoIterator<Item = Self>) -> Self {
        let place = |state: Self| Self::BY_URGENCY.iter().position(|of| *of == state);
        states
            .into_iter()
            .min_by_key(|state| place(*state))
            .unwrap_or(Self::Draft)
    }
}

impl fmt::Display for DeliveryState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The word names no state.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is not a state of a delivery.")]
pub struct UnknownState(pub String);

impl FromStr for DeliveryState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or_else(|| UnknownState(text.to_owned()))
    }
}

impl TryFrom<String> for DeliveryState {
    type Error = UnknownState;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::{DeliveryState as S, Transition as T};

    const TRANSITIONS: [T; 20] = [
        T::Submit,
        T::Approve,
        T::Return,
        T::Reopen,
        T::GoWithout,
        T::Schedule,
        T::Claim,
        T::AwaitPlatform,
        T::Publish,
        T::Postpone,
        T::Restart,
        T::Fail,
        T::LoseTrack,
        T::Cancel,
        T::PutBack,
        T::Confirm,
        T::SendAgain,
        T::GiveUp,
        T::TakeBack,
        T::NotThere,
    ];

    #[test]
    fn published_is_final() {
        assert!(
            TRANSITIONS
                .iter()
                .all(|transition| S::Published.after(*transition).is_none())
        );
    }

    #[test]
    fn what_is_unknown_is_sent_again_only_once_somebody_knows_that_it_is_not_there() {
        for transition in TRANSITIONS {
            let sends = matches!(
                S::Unknown.after(transition),
                Some(S::Scheduled | S::Publishing | S::Processing | S::Draft)
            );
            let known = matches!(transition, T::SendAgain | T::NotThere);
            assert_eq!(sends, known, "{transition:?}");
        }
    }

    #[test]
    fn what_is_unknown_can_be_settled_by_a_person_in_three_ways() {
        assert_eq!(S::Unknown.after(T::Confirm), Some(S::Published));
        assert_eq!(S::Unknown.after(T::SendAgain), Some(S::Scheduled));
        assert_eq!(S::Unknown.after(T::GiveUp), Some(S::Failed));
    }

    #[test]
    fn only_a_claimed_delivery_is_published() {
        for state in S::ALL {
            let published = state.after(T::Publish) == Some(S::Published);
            assert_eq!(published, state.is_moving(), "{state}");
        }
    }

    #[test]
    fn what_has_left_is_never_called_cancelled() {
        for state in S::ALL.into_iter().filter(|state| state.is_moving()) {
            assert_eq!(state.after(T::Cancel), Some(S::Unknown));
        }
    }

    #[test]
    fn a_client_without_approval_skips_two_states() {
        assert_eq!(S::Draft.after(T::Schedule), Some(S::Scheduled));
    }

    #[test]
    fn what_waits_for_approval_is_scheduled_by_approval_or_because_nobody_insists() {
        for transition in TRANSITIONS {
            let scheduled = S::InReview.after(transition) == Some(S::Scheduled);
            assert_eq!(scheduled, transition == T::GoWithout, "{transition:?}");
        }
        assert_eq!(S::InReview.after(T::Approve), Some(S::Approved));
    }

    #[test]
    fn approval_is_taken_back_only_while_no_worker_holds_it() {
        for state in S::ALL {
            let reopened = state.after(T::Reopen).is_some();
            assert_eq!(
                reopened,
                matches!(state, S::Approved | S::Scheduled),
                "{state}"
            );
        }
    }

    #[test]
    fn every_state_is_found_again_by_its_word() {
        for state in S::ALL {
            assert_eq!(state.as_str().parse(), Ok(state));
        }
    }

    #[test]
    fn a_post_shows_what_most_needs_to_be_seen() {
        assert_eq!(S::summary([]), S::Draft);
        assert_eq!(
            S::summary([S::Published, S::Failed, S::Scheduled]),
            S::Failed
        );
        assert_eq!(S::summary([S::Published, S::Cancelled]), S::Published);
    }
}
