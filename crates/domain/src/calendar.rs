//! How a post stands on the calendar, and the days of its views.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::DeliveryState;
use crate::words::words;

words! {
    /// How a post stands, as the calendar tells and filters it. Several states of its deliveries read the same.
    PostStatus, "a status of a post" {
        /// Being written.
        Draft = "draft",
        /// A draft that its approvers want changed.
        Changes = "changes",
        /// Waiting for somebody's approval.
        Waiting = "waiting",
        /// Approved, not yet given a minute.
        Approved = "approved",
        /// Goes out at its minute.
        Scheduled = "scheduled",
        /// On its way.
        Publishing = "publishing",
        /// The platform says that it is posted.
        Published = "published",
        /// It will not go out unless somebody acts.
        Failed = "failed",
        /// Nobody can say yet whether it went out.
        Unknown = "unknown",
        /// Taken back before it went out.
        Cancelled = "cancelled",
    }
}

impl PostStatus {
    /// How a post stands whose deliveries come to this state.
    #[must_use]
    pub const fn of(state: DeliveryState, changes_asked: bool) -> Self {
        match state {
            DeliveryState::Draft if changes_asked => Self::Changes,
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

    /// Whether the post may be given another minute from the calendar: nothing of it has been tried yet.
    #[must_use]
    pub const fn may_move(self) -> bool {
        matches!(
            self,
            Self::Draft | Self::Changes | Self::Waiting | Self::Approved | Self::Scheduled
        )
    }
}

/// The week that a day lies in, from Monday. `None` at the ends of what the calendar can count.
#[must_use]
pub fn week_of(day: NaiveDate) -> Option<Vec<NaiveDate>> {
    let monday =
        day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday())))?;
    let days: Vec<_> = monday.iter_days().take(7).collect();
    (days.len() == 7).then_some(days)
}

/// The days of the month that a day lies in. `None` at the ends of what the calendar can count.
#[must_use]
pub fn month_of(day: NaiveDate) -> Option<Vec<NaiveDate>> {
    let first = day.with_day(1)?;
    let next = first.checked_add_months(Months::new(1))?;
    Some(first.iter_days().take_while(|of| *of < next).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn a_week_begins_on_monday_and_a_month_on_its_first() {
        let week = week_of(day("2026-10-18")).expect("a week");
        assert_eq!(
            (week[0], week[6]),
            (day("2026-10-12"), day("2026-10-18")),
            "a Sunday is the last day of its week"
        );
        let month = month_of(day("2028-02-10")).expect("a month");
        assert_eq!((month[0], month.len()), (day("2028-02-01"), 29));
        assert_eq!(week_of(NaiveDate::MAX), None);
        assert_eq!(month_of(NaiveDate::MAX), None);
    }

    #[test]
    fn only_what_was_never_tried_is_moved() {
        let moved: Vec<_> = DeliveryState::ALL
            .into_iter()
            .filter(|state| PostStatus::of(*state, false).may_move())
            .collect();
        assert_eq!(
            moved,
            [
                DeliveryState::Draft,
                DeliveryState::InReview,
                DeliveryState::Approved,
                DeliveryState::Scheduled
            ]
        );
        assert_eq!(
            PostStatus::of(DeliveryState::Draft, true),
            PostStatus::Changes
        );
    }
}
