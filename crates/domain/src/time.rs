//! Time: wall-clock intent in a client's zone, and the instant that follows from it.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

/// The days that a month view shows: whole weeks from Monday, as many as the month touches.
/// `None` when the month is outside of what the calendar can count.
#[must_use]
pub fn month_grid(month: NaiveDate) -> Option<Vec<NaiveDate>> {
    let first = month.with_day(1)?;
    let next = first.checked_add_months(Months::new(1))?;
    let start =
        first.checked_sub_days(Days::new(u64::from(first.weekday().num_days_from_monday())))?;
    let mut days: Vec<NaiveDate> = start.iter_days().take_while(|day| *day < next).collect();
    while !days.len().is_multiple_of(7) {
        days.push(days.last()?.succ_opt()?);
    }
    Some(days)
}

/// Reads the value of `<input type="datetime-local">`: `2026-10-15T17:30`, with or without seconds.
#[must_use]
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text.trim(), format).ok())
}

/// Writes the value of `<input type="datetime-local">`.
#[must_use]
pub fn local_input(local: NaiveDateTime) -> String {
    local.format("%Y-%m-%dT%H:%M").to_string()
}

/// "Fri 16 Oct, 09:00".
#[must_use]
pub fn local_label(local: NaiveDateTime) -> String {
    local.format("%a %-d %b, %H:%M").to_string()
}

/// "Fri 16 Oct 2026, 09:00".
#[must_use]
pub fn local_label_with_year(local: NaiveDateTime) -> String {
    local.format("%a %-d %b %Y, %H:%M").to_string()
}

#[cfg(feature = "server")]
pub use zones::*;

#[cfg(feature = "server")]
mod zones {
    use chrono::{DateTime, NaiveDateTime, Offset, SubsecRound, TimeDelta, TimeZone, Utc};
    use chrono_tz::{OffsetName, Tz};

    /// Which of two: where the clocks go back, they show the same time once before and once after.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    pub enum Occurrence {
        /// Before the clocks go back.
        First,
        /// After the clocks went back.
        Second,
    }

    /// The zone's name is not in the IANA database.
    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    #[error("“{0}” is not a time zone. Pick one from the list, such as Europe/London.")]
    pub struct UnknownZone(pub String);

    /// A wall-clock time that a zone does not have exactly once.
    #[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
    pub enum LocalTimeError {
        /// The clocks go forward over it.
        #[error(
            "{0} does not exist in {1}: the clocks go forward over it that day. Pick a time an hour later or earlier."
        )]
        Skipped(String, Tz),
        /// The clocks go back over it.
        #[error(
            "{0} happens twice in {1}: the clocks go back over it that day. Pick a time an hour later or earlier."
        )]
        Twice(String, Tz),
    }

    /// The zone with this IANA name.
    ///
    /// # Errors
    /// When the name is not in the IANA database.
    pub fn zone(name: &str) -> Result<Tz, UnknownZone> {
        name.parse().map_err(|_| UnknownZone(name.to_owned()))
    }

    /// Every zone that people choose from: the IANA names of places, plus UTC.
    #[must_use]
    pub fn zone_names() -> Vec<&'static str> {
        const AREAS: [&str; 9] = [
            "Africa/",
            "America/",
            "Antarctica/",
            "Asia/",
            "Atlantic/",
            "Australia/",
            "Europe/",
            "Indian/",
            "Pacific/",
        ];
        chrono_tz::TZ_VARIANTS
            .iter()
            .map(|zone| zone.name())
            .filter(|name| *name == "UTC" || AREAS.iter().any(|area| name.starts_with(area)))
            .collect()
    }

    /// The instant at which the zone's clocks show `local`.
    ///
    /// # Errors
    /// When the clocks never show it, or show it twice: that is explained, not guessed.
    pub fn instant(local: NaiveDateTime, zone: Tz) -> Result<DateTime<Utc>, LocalTimeError> {
        match zone.from_local_datetime(&local) {
            chrono::LocalResult::Single(time) => Ok(time.with_timezone(&Utc)),
            chrono::LocalResult::None => {
                Err(LocalTimeError::Skipped(super::local_label(local), zone))
            }
            chrono::LocalResult::Ambiguous(..) => {
                Err(LocalTimeError::Twice(super::local_label(local), zone))
            }
        }
    }

    /// The same where a person has said which of two is meant. Where there is one alone, that is it.
    ///
    /// # Errors
    /// When the clocks never show it, or show it twice and nobody has said which.
    pub fn instant_of(
        local: NaiveDateTime,
        zone: Tz,
        which: Option<Occurrence>,
    ) -> Result<DateTime<Utc>, LocalTimeError> {
        match (zone.from_local_datetime(&local), which) {
            (chrono::LocalResult::Ambiguous(first, _), Some(Occurrence::First)) => {
                Ok(first.with_timezone(&Utc))
            }
            (chrono::LocalResult::Ambiguous(_, second), Some(Occurrence::Second)) => {
                Ok(second.with_timezone(&Utc))
            }
            _ => instant(local, zone),
        }
    }

    /// Which of two an instant is, where the zone's clocks show its time twice; `None` where they show it once.
    #[must_use]
    pub fn occurrence(instant: DateTime<Utc>, zone: Tz) -> Option<Occurrence> {
        match zone.from_local_datetime(&local(instant, zone)) {
            chrono::LocalResult::Ambiguous(first, _) if first == instant => Some(Occurrence::First),
            chrono::LocalResult::Ambiguous(..) => Some(Occurrence::Second),
            _ => None,
        }
    }

    /// The times that the zone's clocks show twice within so many days, each from when to before when.
    #[must_use]
    pub fn shown_twice(
        zone: Tz,
        from: DateTime<Utc>,
        days: u32,
    ) -> Vec<(NaiveDateTime, NaiveDateTime)> {
        let offset = |at: DateTime<Utc>| zone.offset_from_utc_datetime(&at.naive_utc()).fix();
        (0..days)
            .filter_map(|day| {
                let mut before = from.checked_add_signed(TimeDelta::days(day.into()))?;
                let mut after = before.checked_add_signed(TimeDelta::days(1))?;
                let (was, is) = (offset(before), offset(after));
                if is.local_minus_utc() >= was.local_minus_utc() {
                    return None;
                }
                // To the second, which no change is finer than.
                while after - before > TimeDelta::seconds(1) {
                    let between = before + (after - before) / 2;
                    if offset(between) == was {
                        before = between;
                    } else {
                        after = between;
                    }
                }
                let change = after.trunc_subsecs(0).naive_utc();
                Some((change + is, change + was))
            })
            .collect()
    }

    /// When a day begins in a zone: at midnight, or where the clocks go forward over that, right after. `None` at
    /// the ends of what can be counted.
    #[must_use]
    pub fn day_start(day: chrono::NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
        let midnight = day.and_time(chrono::NaiveTime::MIN);
        // No zone has ever gone forward by more than a day; all do so by whole minutes.
        (0..=24 * 60).find_map(|minutes| {
            let time = midnight.checked_add_signed(chrono::Duration::minutes(minutes))?;
            let found = zone.from_local_datetime(&time).earliest()?;
            Some(found.with_timezone(&Utc))
        })
    }

    /// What the zone's clocks show at this instant.
    #[must_use]
    pub fn local(instant: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
        instant.with_timezone(&zone).naive_local()
    }

    /// "London, BST" or, where the zone has no letters of its own, "Dubai, UTC+4".
    #[must_use]
    pub fn zone_label(zone: Tz, at: DateTime<Utc>) -> String {
        let here = at.with_timezone(&zone);
        let offset = utc_offset_label(here.offset().fix().local_minus_utc());
        match here.offset().abbreviation() {
            Some(letters) if letters.chars().all(|c| c.is_ascii_alphabetic()) => {
                format!("{}, {letters}", zone_place(zone))
            }
            _ => format!("{}, {offset}", zone_place(zone)),
        }
    }

    /// "London, BST (UTC+1)".
    #[must_use]
    pub fn zone_label_with_offset(zone: Tz, at: DateTime<Utc>) -> String {
        let offset = utc_offset_label(at.with_timezone(&zone).offset().fix().local_minus_utc());
        let label = zone_label(zone, at);
        if label.ends_with(&offset) {
            label
        } else {
            format!("{label} ({offset})")
        }
    }

    /// "London" for `Europe/London`, "New York" for `America/New_York`.
    #[must_use]
    pub fn zone_place(zone: Tz) -> String {
        zone.name()
            .rsplit('/')
            .next()
            .unwrap_or("UTC")
            .replace('_', " ")
    }

    fn utc_offset_label(seconds: i32) -> String {
        let sign = if seconds < 0 { '-' } else { '+' };
        let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
        match (hours, minutes) {
            (0, 0) => "UTC".to_owned(),
            (_, 0) => format!("UTC{sign}{hours}"),
            _ => format!("UTC{sign}{hours}:{minutes:02}"),
        }
    }
}
